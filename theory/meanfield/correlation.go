package meanfield

import (
	"fmt"
	"math"

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

// Correlation returns C at q*. It is an error unless q* exists and is positive.
func (n Network) Correlation() (*Correlation, error) {
	q, err := n.FixedPoint()
	if err != nil {
		return nil, err
	}
	if q == 0 {
		return nil, fmt.Errorf("weight_var = %v and bias_var = 0: the variance vanishes, q* = 0, and no correlation is left; want larger ones", n.WeightVar)
	}
	return n.CorrelationAt(q)
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

// FixedPoint returns c*, the stable fixed point of C on [0, 1] at q = q*: 1 where χ₁ ≤ 1.
// Otherwise C(0) ≥ 0 and C is convex, so that c* is the only fixed point below 1 and
// Newton's iteration from 0 ascends to it.
func (m *Correlation) FixedPoint() float64 {
	switch {
	case m.network.WeightVar*m.kernel.SlopeSquare <= 1:
		return 1
	case m.network.BiasVar == 0 && m.network.Activation.Odd():
		return 0
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

// depthScale returns ξ_c for a fixed point c and χ_c = C′(c); +Inf unless 0 < χ_c < 1.
func (m *Correlation) depthScale(c, chi float64) float64 {
	if c < 1 && chi > 1-nearby {
		if _, bend, ok := m.kernel.Contraction(c); ok {
			return -1 / math.Log1p(-m.network.WeightVar/m.q*bend)
		}
	}
	return scaleOrInf(chi)
}

// CorrelationFixedPoint returns c* at q*. It is an error unless q* exists and is positive.
func (n Network) CorrelationFixedPoint() (float64, error) {
	m, err := n.Correlation()
	if err != nil {
		return 0, err
	}
	return m.FixedPoint(), nil
}

// ChiC returns χ_c = C′(c*) at q*, with the domain of CorrelationFixedPoint.
func (n Network) ChiC() (float64, error) {
	m, err := n.Correlation()
	if err != nil {
		return 0, err
	}
	return m.Slope(m.FixedPoint())
}

// XiC returns the depth scale −1/log χ_c with which the correlation reaches c*, with the
// domain of ChiC. It is an error unless also 0 < χ_c < 1.
func (n Network) XiC() (float64, error) {
	m, err := n.Correlation()
	if err != nil {
		return 0, err
	}
	c := m.FixedPoint()
	chi, err := m.Slope(c)
	if err != nil {
		return 0, err
	}
	if xi := m.depthScale(c, chi); chi > 0 && !math.IsInf(xi, 1) {
		return xi, nil
	}
	return depthScale("χ_c", chi)
}

// Phase is where a network stands in the phase plane of (σ_w², σ_b²).
type Phase struct {
	QStar, Chi1, ChiQ, XiQ float64
	CStar, ChiC, XiC       float64
}

// Phase returns all of them at once: q*, χ₁, χ_q and ξ_q there, c*, χ_c and ξ_c there. A
// depth scale is +Inf where its χ is 1 or more. The domain is that of
// CorrelationFixedPoint.
func (n Network) Phase() (Phase, error) {
	m, err := n.Correlation()
	if err != nil {
		return Phase{}, err
	}
	p := Phase{
		QStar: m.q, Chi1: n.WeightVar * m.kernel.SlopeSquare, ChiQ: n.WeightVar * m.kernel.Growth,
		CStar: m.FixedPoint(),
	}
	p.ChiC = p.Chi1
	if p.CStar < 1 {
		p.ChiC = n.WeightVar * m.kernel.Slope(p.CStar)
	}
	p.XiQ, p.XiC = scaleOrInf(p.ChiQ), m.depthScale(p.CStar, p.ChiC)
	return p, nil
}

func scaleOrInf(chi float64) float64 {
	if chi >= 1 {
		return math.Inf(1)
	}
	return -1 / math.Log(chi)
}
