package normalization

import (
	"fmt"
	"math"
	"slices"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
	"gradchain/theory/special"
)

// Units is a normalisation over the units of every layer of a wide network: rms norm, which
// divides by √(E h² + ε), or layer norm, which takes out the mean before. The zero Units is
// invalid.
type Units struct {
	Activation activation.Activation
	After      bool    // x = norm(φ(h)), else x = φ(norm(h))
	Centred    bool    // layer norm; the mean of h is 0 anyway
	BiasVar    float64 // σ_b²
	Epsilon    float64 // ε
}

func (u Units) check() error {
	return domain.First(
		domain.Check(u.Activation.Name() != "", "activation", "the zero value", "from Parse"),
		domain.NonNegative("bias_var", u.BiasVar), domain.NonNegative("epsilon", u.Epsilon),
	)
}

// GradientFactor returns what a layer multiplies E‖∂out/∂x‖² by on the way back, deep in the
// network, where the variance q of the pre-activations has come from that of an input of second
// moment 1, σ_w² + σ_b², to its fixed point (width → ∞, derived):
//
//	in front of φ  σ_w² E φ′(z)²/(q + ε),  z ~ N(0, v), v = q/(q + ε), q = σ_w² E φ(z)² + σ_b²
//	behind φ       σ_w² E φ′(z)²/(s + ε),  z ~ N(0, q), q = σ_w² s/(s + ε) + σ_b²
//
// where s = E φ², for layer norm Var φ. Domain: weight_var > 0.
func (u Units) GradientFactor(weightVar float64) (float64, error) {
	if err := domain.First(u.check(), domain.Positive("weight_var", weightVar)); err != nil {
		return 0, err
	}
	const most = 2000
	q := weightVar + u.BiasVar
	for range most {
		next, factor, err := u.layer(q, weightVar)
		if err != nil {
			return 0, err
		}
		if math.Abs(next-q) <= 1e-14*q {
			return domain.Result("the gradient factor", factor)
		}
		q = next
	}
	return 0, fmt.Errorf("weight_var = %v: the variance has no limit after %d layers; want a larger one, or epsilon 0", weightVar, most)
}

// layer returns the variance of the next layer and the factor.
func (u Units) layer(q, weightVar float64) (next, factor float64, err error) {
	if !u.After {
		m, err := gauss.NewMoments(u.Activation, q/(q+u.Epsilon))
		return weightVar*m.Square + u.BiasVar, weightVar * m.SlopeSquare / (q + u.Epsilon), err
	}
	m, err := gauss.NewMoments(u.Activation, q)
	size := m.Square
	if u.Centred && err == nil {
		size, _, err = gauss.Variance(u.Activation, q)
	}
	return weightVar*size/(size+u.Epsilon) + u.BiasVar, weightVar * m.SlopeSquare / (size + u.Epsilon), err
}

// CriticalWeightVar returns the smallest σ_w² for which GradientFactor is 1, of those from
// e^-10 to e^10. Where it is 1 at every σ_w², every is true, and 1 is returned. It is an error
// where there is none, with what the factor is at σ_w = 1.
func (u Units) CriticalWeightVar() (weightVar float64, every bool, err error) {
	if err := u.check(); err != nil {
		return 0, false, err
	}
	const end, rounding = 10, 1e-12
	excess := func(log float64) float64 {
		factor, err := u.GradientFactor(math.Exp(log))
		if err != nil {
			return math.NaN()
		}
		return math.Log(factor)
	}
	all := []float64{excess(-end)}
	for log := 1.0 - end; log <= end; log++ {
		all = append(all, excess(log))
	}
	if !slices.ContainsFunc(all, func(x float64) bool { return !(math.Abs(x) <= rounding) }) {
		return 1, true, nil
	}
	for i := 1; i < len(all); i++ {
		if all[i-1] != 0 && all[i-1]*all[i] <= 0 {
			root, err := special.Brent(excess, float64(i-1)-end, float64(i)-end)
			return math.Exp(root), false, err
		}
	}
	one, err := u.GradientFactor(1)
	if err == nil {
		err = fmt.Errorf("gradients keep their size at no weight_std: at 1 a layer multiplies their mean square by %.4g, with bias_var = %v and epsilon = %v", one, u.BiasVar, u.Epsilon)
	}
	return 0, false, err
}
