package meanfield

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
)

// Correlation is the map C of the correlation of two inputs while both have the variance
// q. It keeps what it has computed and must not be used by two goroutines at a time.
type Correlation struct {
	network Network
	q       float64
	kernel  *gauss.Kernel
}

// CorrelationAt returns C at the variance q. Domain: q > 0.
func (n Network) CorrelationAt(q float64) (*Correlation, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	kernel, err := gauss.NewKernel(n.Activation, q)
	if err != nil {
		return nil, err
	}
	return &Correlation{n, q, kernel}, nil
}

// Correlation returns C at the end of the course from the first variance.
func (n Network) Correlation() (*Correlation, error) {
	c, err := n.Course(n.FirstVariance())
	if err != nil {
		return nil, err
	}
	return c.Correlation()
}

// Correlation returns C at the end of the course. At q* = 0 with χ₁ = 1 that is its limit for
// q → 0. It is an error where V diverges, and where the variance vanishes by a factor a layer.
func (c Course) Correlation() (*Correlation, error) {
	switch n := c.network; {
	case c.Diverges():
		return nil, c.Err()
	case c.End.Variance > 0:
		return n.CorrelationAt(c.End.Variance)
	case c.End.ChiQ < 1:
		return nil, fmt.Errorf("the variance goes from %s to q* = 0, by the factor %s a layer in the end: no signal is left whose correlation has a limit", c.start(), factor(c.End.ChiQ))
	default:
		return n.nearZero().CorrelationAt(1)
	}
}

// nearZero is the network of homogeneous φ that n tends to for q → 0, for φ(0) = 0 and V′(0) = 1.
func (n Network) nearZero() Network {
	right, left := n.Activation.DPhi(math.SmallestNonzeroFloat64), n.Activation.DPhi(-math.SmallestNonzeroFloat64)
	text := "linear"
	if left != right {
		text = fmt.Sprintf("leaky_relu(%v)", left/right)
	}
	near := Network{Activation: activation.MustParse(text)}
	near.WeightVar = 1 / slopeSquare(near.Activation)
	return near
}

func checkCorrelation(c float64) error {
	return domain.Check(-1 <= c && c <= 1, "c", c, "in [-1, 1]")
}

// Map returns C(c) = (σ_w² E φ(u)φ(v) + σ_b²)/q. Domain: −1 ≤ c ≤ 1.
func (m *Correlation) Map(c float64) (float64, error) {
	if err := checkCorrelation(c); err != nil {
		return 0, err
	}
	return domain.Result("C(c)", m.of(m.kernel.Value(c)))
}

// of returns the correlation of the next layer for E φ(u)φ(v).
func (m *Correlation) of(value float64) float64 {
	return (m.network.WeightVar*value + m.network.BiasVar) / m.q
}

// Slope returns C′(c) = σ_w² E φ′(u)φ′(v). Domain: −1 ≤ c ≤ 1.
func (m *Correlation) Slope(c float64) (float64, error) {
	if err := checkCorrelation(c); err != nil {
		return 0, err
	}
	return domain.Result("C′(c)", m.network.WeightVar*m.kernel.Slope(c))
}

// chi1 returns χ₁, exactly 1 where it is 1 to rounding.
func (m *Correlation) chi1() float64 {
	chi := m.network.WeightVar * m.kernel.SlopeSquare
	if math.Abs(chi-1) <= 4*rounding {
		return 1
	}
	return chi
}

// Keeps reports whether C is the identity: every correlation is kept.
func (m *Correlation) Keeps() bool {
	a := m.network.Activation
	return m.network.scaleFree() && a.DPhi(-1) == a.DPhi(1)
}

// FixedPoint returns c*, the stable fixed point of C on [0, 1] at q = q*: 1 where χ₁ ≤ 1.
// Otherwise C(0) ≥ 0 and C is convex, so that c* is the only fixed point below 1 and
// Newton's iteration from 0 ascends to it. Odd φ without bias have χ₁ > 1 at every q* > 0,
// by the Gaussian Poincaré inequality, unless they are linear.
func (m *Correlation) FixedPoint() float64 {
	a, chi := m.network.Activation, m.chi1()
	odd := m.network.BiasVar == 0 && a.Odd()
	switch {
	case odd && (chi > 1 || chi == 1 && !a.Homogeneous()):
		return 0
	case chi <= 1:
		return 1
	}
	c := 0.0
	for range 200 {
		value, slope := m.kernel.Both(c)
		next := c + (m.of(value)-c)/(1-m.network.WeightVar*slope)
		if !(next > c) {
			break
		}
		if next >= 1 {
			return 1
		}
		if next-c <= 0x1p-53 {
			return m.polish(next)
		}
		c = next
	}
	return m.polish(c)
}

// nearby is the 1 − χ_c below which c* and ξ_c take the chord of the kernel: the difference
// C(c) − c and 1 − χ_c lose their digits there.
const nearby = 0.05

// polish improves a c* at which C is nearly parallel to the diagonal. As C(1) = 1, it is
// where the chord from there has the slope 1 (Newton's iteration).
func (m *Correlation) polish(c float64) float64 {
	if m.network.WeightVar*m.kernel.Slope(c) < 1-nearby {
		return c
	}
	scale := m.network.WeightVar / m.q
	for range 3 {
		chord, bend, ok := m.kernel.Contraction(c)
		next := c - (scale*chord-1)*(1-c)/(scale*bend)
		if !ok || !(0 < next && next < 1) {
			break
		}
		c = next
	}
	return c
}

// Chi returns χ_c = C′(c) at a fixed point c of C.
func (m *Correlation) Chi(c float64) float64 {
	if c == 1 {
		return m.chi1()
	}
	return m.network.WeightVar * m.kernel.Slope(c)
}

// Xi returns the depth scale ξ_c = −1/log χ_c with which the correlation reaches a fixed
// point c of C: +Inf where χ_c = 1 or more, NaN where there is none, for χ_c ≤ 0.
func (m *Correlation) Xi(c float64) float64 {
	chi := m.Chi(c)
	if c < 1 && chi > 1-nearby {
		if _, bend, ok := m.kernel.Contraction(c); ok {
			return -1 / math.Log1p(-m.network.WeightVar/m.q*bend)
		}
	}
	if !(chi > 0) {
		return math.NaN()
	}
	return scaleOrInf(chi)
}

// Phase is where a network stands in the phase plane of (σ_w², σ_b²).
type Phase struct {
	QStar, Chi1, ChiQ, XiQ float64
	CStar, ChiC, XiC       float64
}

// Phase returns all of them at once: q* from the first variance, χ₁, χ_q and ξ_q there, c*, χ_c
// and ξ_c there. A depth scale is +Inf where its χ is 1 or more. The domain is that of
// Correlation.
func (n Network) Phase() (Phase, error) {
	course, err := n.Course(n.FirstVariance())
	if err != nil {
		return Phase{}, err
	}
	m, err := course.Correlation()
	if err != nil {
		return Phase{}, err
	}
	c := m.FixedPoint()
	return Phase{
		QStar: course.End.Variance, Chi1: m.chi1(), ChiQ: course.End.ChiQ, XiQ: scaleOrInf(course.End.ChiQ),
		CStar: c, ChiC: m.Chi(c), XiC: m.Xi(c),
	}, nil
}

func scaleOrInf(chi float64) float64 {
	if chi >= 1 {
		return math.Inf(1)
	}
	return -1 / math.Log(chi)
}
