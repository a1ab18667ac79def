package residual

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
)

// Stream is a residual network x ← x + Wφ(x) + b of infinite width, whose variance starts at
// Q. Forward and backward weights count as independent.
type Stream struct {
	Activation activation.Activation
	Depth      int     // at least 1
	Q          float64 // variance at the input
	WeightVar  float64
	BiasVar    float64
}

func (s Stream) check() error {
	return domain.First(
		domain.Check(s.Activation.Name() != "", "activation", "the zero value", "from Parse"),
		domain.Integer("depth", s.Depth, 1),
		domain.Positive("q", s.Q),
		domain.Positive("weight_var", s.WeightVar),
		domain.NonNegative("bias_var", s.BiasVar),
	)
}

// VarianceAtDepth returns q_L of q ← q + weight_var·E φ(z)² + bias_var, z ~ N(0, q) (Yang &
// Schoenholz 2017). Domain: any activation, depth ≥ 1, q > 0, weight_var > 0, bias_var ≥ 0;
// it is an error if q_L overflows.
//
// It is closed for linear, relu and leaky_relu. For the others the expectation is evaluated
// layer by layer, or where q changes slowly for many layers at once (file leap.go).
func VarianceAtDepth(s Stream) (float64, error) {
	if err := s.check(); err != nil {
		return 0, err
	}
	if s.Activation.Homogeneous() {
		return s.homogeneousVariance()
	}
	q, _, err := s.walk()
	if err != nil {
		return 0, err
	}
	return domain.Result("variance", q)
}

// LogGradientGrowth returns log E‖∇₀‖²/E‖∇_L‖² = Σ log(1 + weight_var·E φ′(z_l)²) along the path
// of VarianceAtDepth, in the same domain; it does not overflow with q. For tanh it grows like
// √L only (Yang & Schoenholz 2017; TanhGrowthCoefficient).
func LogGradientGrowth(s Stream) (float64, error) {
	if err := s.check(); err != nil {
		return 0, err
	}
	if s.Activation.Homogeneous() {
		m, err := gauss.NewMoments(s.Activation, 1)
		return float64(s.Depth) * math.Log1p(s.WeightVar*m.SlopeSquare), err
	}
	_, growth, err := s.walk()
	if err != nil {
		return 0, err
	}
	return domain.Result("log gradient growth", growth)
}

// homogeneousVariance is a geometric sum, since E φ² = q·E φ′².
func (s Stream) homogeneousVariance() (float64, error) {
	m, err := gauss.NewMoments(s.Activation, 1)
	if err != nil {
		return 0, err
	}
	rate := s.WeightVar * m.SlopeSquare
	growth := float64(s.Depth) * math.Log1p(rate)
	return domain.Result("variance", s.Q*math.Exp(growth)+s.BiasVar*(math.Expm1(growth)/rate))
}

// farOut is the q from which an unbounded φ is homogeneous to rounding: E φ²/q and E φ′²
// differ from their limits by the order 1/√q.
const farOut = 1e24

// walk returns q_L and the log growth of the gradient.
func (s Stream) walk() (q, growth float64, err error) {
	lo, hi := s.Activation.Range()
	unbounded := math.IsInf(lo, -1) || math.IsInf(hi, 1)
	var levels []leap
	var rise, gain float64
	q = s.Q
	for left, last := s.Depth, q; left > 0; {
		if unbounded && q >= farOut {
			return s.farOut(q, growth, float64(left))
		}
		// layers until q has left an interval, for which one is not tried twice
		if slow := (leapRatio - 1) * q / rise; min(slow, float64(left)) >= worthwhile && q >= last && rise > 0 {
			last = q * leapRatio
			if levels, err = leaps(s.layer, q); err != nil {
				return 0, 0, err
			}
		}
		step := 1
		if l := longest(levels, q, left); l >= 0 {
			step = 1 << l
			rise, gain = levels[l].at(q)
		} else if rise, gain, err = s.layer(q); err != nil {
			return 0, 0, err
		}
		q, growth, left = q+rise, growth+gain, left-step
		rise /= float64(step)
	}
	return q, growth, nil
}

// layer evaluates one layer.
func (s Stream) layer(q float64) (rise, gain float64, err error) {
	m, err := gauss.NewMoments(s.Activation, q)
	return s.WeightVar*m.Square + s.BiasVar, math.Log1p(s.WeightVar * m.SlopeSquare), err
}

// longest returns the index of the longest leap from q that is no longer than what is left,
// or −1.
func longest(levels []leap, q float64, left int) int {
	for l := len(levels) - 1; l >= 0; l-- {
		if q <= levels[l].hi && left>>l > 0 {
			return l
		}
	}
	return -1
}

// farOut finishes a walk of an unbounded activation from q through the rest of the layers.
func (s Stream) farOut(q, growth, layers float64) (float64, float64, error) {
	m, err := gauss.NewMoments(s.Activation, farOut)
	if err != nil {
		return 0, 0, err
	}
	rate := s.WeightVar * m.Square / farOut
	power := layers * math.Log1p(rate)
	q = q*math.Exp(power) + s.BiasVar*(math.Expm1(power)/rate)
	return q, growth + layers*math.Log1p(s.WeightVar*m.SlopeSquare), nil
}
