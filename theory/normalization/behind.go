package normalization

import (
	"context"
	"fmt"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
	"gradchain/theory/quad"
)

// BehindLayer is a wide layer x = norm(φ(h)) with batch normalization behind the activation.
// Over the B inputs every unit of h is Gaussian with covariance a·1 + b·11ᵀ, and the norm
// divides by s, s² = V + ε, V the variance of φ(h) over the batch. With
//
//	1/s² = ∫ e^(−ts²) dt,   e^(−tV) = √(t/π) ∫ Π_j e^(−(t/B)(φ(h_j)−c)²) dc
//
// the means of what is divided by powers of s are integrals over t and c of powers of
// one-dimensional Gaussian means, and over one number that the inputs share: for b > 0 the
// common part of h, for b < 0, where h has less of it than independent inputs, the Fourier
// variable of their mean (derived).
type BehindLayer struct {
	activation activation.Activation
	batch      int
}

// BehindMoments are what takes signal and gradient of a batch through such a layer: x has
// E x² = Share and sum 0, and a gradient of independent weights with covariance A·1 + C·11ᵀ
// between the inputs behind the layer has at h the covariance A·(Diagonal on the diagonal, Off
// beside it).
type BehindMoments struct {
	Share    float64 // E V/(V+ε); for ε = 0 P(V > 0)
	Diagonal float64 // E φ′(h₁)² (J²)₁₁, J = ∂x/∂φ
	Off      float64 // E φ′(h₁)φ′(h₂) (J²)₁₂
	Bound    float64 // of the relative error of these
}

// NewBehindLayer returns the layer. It is an error unless batch ≥ 2.
func NewBehindLayer(a activation.Activation, batch int) (*BehindLayer, error) {
	if err := domain.First(
		domain.Check(a.Name() != "", "activation", "the zero value", "from Parse"),
		domain.Integer("batch", batch, 2),
	); err != nil {
		return nil, err
	}
	return &BehindLayer{a, batch}, nil
}

// Moments returns the expectations for a, the variance of the mean of h over the batch, a/B + b,
// and ε. The bound is an estimate: below 2e-7 but for small batches with a small ε, where what
// is left of the integral over t is extrapolated. Where they do not settle to 2e-4 Diagonal and
// Off are NaN; for the share that is an error, as are numbers outside 1e-6 to 1e6, in units in
// which φ varies.
//
// Special cases, all of ε = 0, are:
//
//	batch 2: Diagonal and Off are 0, because x is ±1
//	batch 3, and any where φ is constant on an interval: they are ±Inf
func (l *BehindLayer) Moments(ctx context.Context, a, mean, epsilon float64) (BehindMoments, error) {
	if err := domain.First(domain.Positive("a", a), domain.NonNegative("mean", mean), domain.NonNegative("epsilon", epsilon)); err != nil {
		return BehindMoments{}, err
	}
	unit := 1.0
	if l.activation.Homogeneous() { // only ratios count, but for φ′
		unit = a
	}
	a, mean, epsilon = a/unit, mean/unit, epsilon/unit
	if total := a + mean; !(total >= 1e-6 && total <= 1e6 && a >= 1e-6*mean) || epsilon > 1e9 {
		return BehindMoments{}, fmt.Errorf("variance %v of the pre-activations with mean %v over the batch: want 1e-6 to 1e6, and 1e-6 of that of the mean", a, mean)
	}
	s, err := newBehind(l, a, mean, epsilon)
	if err != nil {
		return BehindMoments{}, err
	}
	m := BehindMoments{}
	if l.batch == 2 {
		m, err = s.two()
	} else {
		m, err = s.moments(ctx)
	}
	m.Diagonal /= unit
	m.Off /= unit
	return m, err
}

// behind is the integral at one a, mean and ε.
type behind struct {
	*BehindLayer
	b, a, mean, epsilon float64
	variance            float64 // of φ over independent inputs, which sets the scale of t
	lipschitz           float64
	marks               []float64
	cut                 integrands // bound of what the rules over what is shared leave out
}

func newBehind(l *BehindLayer, a, mean, epsilon float64) (*behind, error) {
	variance, _, err := gauss.Variance(l.activation, a)
	if err != nil {
		return nil, err
	}
	marks := append(marksOf(l.activation), 0)
	return &behind{
		BehindLayer: l, b: float64(l.batch), a: a, mean: mean, epsilon: epsilon, variance: variance,
		lipschitz: max(math.Abs(l.activation.Sup().Value), math.Abs(l.activation.Inf().Value)), marks: marks,
	}, nil
}

// The panels in t are [0, 1], [1, 4], [4, 16] … in units of 1/(Var φ + ε). From the first
// enough on, what is beyond is extrapolated from the last, and there is another panel where that
// has changed the whole by more than behindGoal.
const (
	firstEnough, mostPanels = 4, 6
	panelRatio              = 4
	behindGoal              = 1e-6
	// behindBound is the largest bound of the error that is no error.
	behindBound = 2e-4
	// accuracy is what the rules over c and the common part aim at. The means of 1/s² and 1/s⁴
	// cancel, most for small batches, which leaves behindFloor.
	accuracy, behindFloor = 1e-11, 2e-8
)

var accuracyLog = -math.Log(accuracy)

// The rule of a panel in t, for functions that are singular at 0 at the nearest: 10 nodes are good
// to 4e-12.
var timeNodes, timeWeights = quad.Legendre(10)

// integrands are E e^(−tV), and what Diagonal and Off are integrals of: the part of 1/s² and 1/s⁴,
// and that of 1/s⁶ without its ε.
type integrands [5]float64

func (s *behind) moments(ctx context.Context) (BehindMoments, error) {
	scale := 1 / (s.variance + s.epsilon)
	var sum integrands
	last := settling{BehindMoments: BehindMoments{Share: math.NaN()}}
	lo := 0.0
	for i := range mostPanels {
		hi := scale * math.Pow(panelRatio, float64(i))
		samples, part, err := s.panel(ctx, lo, hi)
		if err != nil {
			return BehindMoments{}, err
		}
		settled := i > 1
		for k := range part {
			sum[k] += part[k]
			settled = settled && math.Abs(part[k]) <= behindFloor*math.Abs(sum[k])
		}
		lo = hi
		if settled || s.epsilon == 0 && s.flat() {
			return s.whole(sum), nil
		}
		if i < firstEnough-1 {
			continue
		}
		m := s.whole(s.extrapolated(sum, samples, hi))
		share := math.Abs(m.Share-last.Share) / m.Share
		change := share +
			(math.Abs(m.Diagonal-last.Diagonal)+math.Abs(m.Off-last.Off))/(math.Abs(m.Diagonal)+math.Abs(m.Off))
		m.Bound += change / 4 // a panel more takes most of the error
		if last = (settling{m, behindFloor + share/4}); change <= behindGoal {
			break
		}
	}
	if !(last.Bound <= behindBound) { // the gradient's part
		if !(last.shareBound <= behindBound) {
			return last.BehindMoments, fmt.Errorf("batch %d with epsilon %v: the mean of 1/(variance + epsilon) does not settle to %v", s.batch, s.epsilon, behindBound)
		}
		last.Diagonal, last.Off, last.Bound = math.NaN(), math.NaN(), last.shareBound
	}
	return last.BehindMoments, nil
}

// settling is what has been computed, with the bound of the share alone.
type settling struct {
	BehindMoments
	shareBound float64
}

// panel integrates over t.
func (s *behind) panel(ctx context.Context, lo, hi float64) (samples []sample, part integrands, err error) {
	grid := s.grid(hi)
	for j, x := range timeNodes {
		if err := ctx.Err(); err != nil {
			return nil, part, err
		}
		t := lo + (hi-lo)*(1+x)/2
		f := grid.at(t)
		samples = append(samples, sample{t, f})
		for k := range part {
			weight := timeWeights[j] / 2 * (hi - lo) * math.Exp(-t*s.epsilon)
			part[k] += weight * f[k]
			s.cut[k] += weight * grid.cut[k]
		}
	}
	return samples, part, nil
}

// flat reports whether for ε = 0 the means of 1/s² are infinite: for a batch of 3 (of 2 has its own
// integral), or where φ is constant on an interval.
func (s *behind) flat() bool { return s.batch <= 3 || s.activation.HasDeadZone() }

// whole makes the moments of the integrals.
func (s *behind) whole(sum integrands) BehindMoments {
	m := BehindMoments{
		Share: 1 - s.epsilon*sum[0], Diagonal: sum[1] + s.epsilon*sum[2], Off: sum[3] + s.epsilon*sum[4], Bound: behindFloor,
	}
	m.Bound += s.epsilon*s.cut[0]/m.Share +
		(s.cut[1]+s.cut[3]+s.epsilon*(s.cut[2]+s.cut[4]))/(math.Abs(m.Diagonal)+math.Abs(m.Off))
	if s.epsilon > 0 {
		return m
	}
	m.Share = 1 - s.constant()
	if s.flat() {
		m.Diagonal, m.Off = math.Inf(1), math.Inf(-1)
	}
	return m
}

// extrapolated adds to the integrals what is beyond the last panel. E e^(−tV) tends to P(V = 0),
// from there on with one h beside an interval where φ is constant; the others need two.
func (s *behind) extrapolated(sum integrands, samples []sample, from float64) integrands {
	first, step := s.powers()
	atom := 0.0
	if s.epsilon > 0 {
		atom = s.constant()
	}
	for k := range sum {
		power := first
		switch {
		case s.epsilon == 0 && k != 1 && k != 3:
			continue
		case k == 0 && s.activation.HasDeadZone():
			power = 0.5
			for i := range samples {
				samples[i].f[0] -= atom
			}
			sum[0] += atom * math.Exp(-s.epsilon*from) / s.epsilon
		case k == 2 || k == 4:
			power-- // t² where the others have t
		}
		sum[k] += extrapolate(samples, k, from, s.epsilon, power, step)
	}
	return sum
}

// powers returns the first power of 1/t in which the integrands fall, and the step to the
// next: V is small where all h are near to each other, in B − 1 directions, or with φ′ = 0 at a
// point or an interval, where two of them are.
func (s *behind) powers() (first, step float64) {
	switch {
	case s.activation.HasDeadZone():
		return 1, 0.5
	case s.activation.Inf().Value*s.activation.Sup().Value < 0 && s.mean > 0:
		return max(1.25, min((s.b-1)/2, s.b/4)), 0.25
	}
	return (s.b - 1) / 2, 0.5
}
