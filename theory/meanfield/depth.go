package meanfield

import (
	"fmt"
	"math"

	"gradchain/theory/gauss"
	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
)

// VarianceAtDepth returns V iterated depth times from q. Domain: q > 0, depth ≥ 0. It is
// an error if no float64 holds it.
func (n Network) VarianceAtDepth(q float64, depth int) (float64, error) {
	err := domain.First(n.check(), domain.Positive("q", q), domain.Integer("depth", depth, 0))
	if err != nil {
		return 0, err
	}
	if n.Activation.Homogeneous() {
		return n.homogeneousAtDepth(q, depth)
	}
	q = orbit{next: func(q float64) float64 {
		if q == 0 {
			return 0
		}
		m, err := gauss.NewMoments(n.Activation, q)
		if err != nil {
			return math.Inf(1)
		}
		return n.WeightVar*m.Square + n.BiasVar
	}, lo: 0, hi: math.Inf(1), noise: relativeNoise}.at(q, depth)
	return domain.Result("the variance", q)
}

// homogeneousAtDepth returns χ^L q + σ_b²(χ^L − 1)/(χ − 1), where χ is that of the number
// which the decimal text of σ_w² denotes.
func (n Network) homogeneousAtDepth(q float64, depth int) (float64, error) {
	if depth == 0 {
		return q, nil
	}
	log := math.Log(n.WeightVar*slopeSquare(n.Activation)) + decimal.Rest(n.WeightVar)/n.WeightVar
	sum := float64(depth)
	if log != 0 {
		sum = math.Expm1(float64(depth)*log) / math.Expm1(log)
	}
	value := q * math.Exp(float64(depth)*log)
	if n.BiasVar > 0 {
		value += n.BiasVar * sum
	}
	return domain.Result("the variance", value)
}

// angleNoise is the rounding error of arccos of a cosine.
func angleNoise(theta float64) float64 { return 0x1p-52 / theta }

// AtDepth returns C iterated depth times from c, while the variance stays q. Domain:
// −1 ≤ c ≤ 1, depth ≥ 0. It is an error if the iterates leave [−1, 1], which they do only
// where q is no fixed point of V.
func (m *Correlation) AtDepth(c float64, depth int) (float64, error) {
	if err := domain.First(checkCorrelation(c), domain.Integer("depth", depth, 0)); err != nil {
		return 0, err
	}
	if depth == 0 {
		return c, nil
	}
	const slack = 1e-12
	// In the angle arccos c the map is smooth at c = ±1 for φ with kinks too.
	theta := orbit{next: func(theta float64) float64 {
		value := m.of(m.kernel.Value(math.Cos(theta)))
		if math.Abs(value) > 1+slack {
			return math.NaN()
		}
		return math.Acos(max(-1, min(value, 1)))
	}, lo: 0, hi: math.Pi, noise: angleNoise}.at(math.Acos(c), depth-1)
	value := math.NaN()
	if !math.IsNaN(theta) {
		value = m.of(m.kernel.Value(math.Cos(theta)))
	}
	if !(math.Abs(value) <= 1+slack) {
		return 0, fmt.Errorf("q = %v, want a fixed point of V: the correlation leaves [-1, 1]", m.q)
	}
	return max(-1, min(value, 1)), nil
}

// ReLUCorrelationRate returns (1 − c_L)·2L²/(9π²) for relu at σ_w² = 2 from c₀ = 0, which
// tends to 1 (Hayou, Doucet & Rousseau 2019). Domain: depth ≥ 1.
func ReLUCorrelationRate(depth int) (float64, error) {
	if err := domain.Integer("depth", depth, 1); err != nil {
		return 0, err
	}
	theta := orbit{next: gauss.ReLUAngle, lo: 0, hi: math.Pi, noise: relativeNoise}.at(math.Pi/2, depth)
	x := 2 * math.Sin(theta/2) * float64(depth) / (3 * math.Pi)
	return x * x, nil
}

// SquaredGradientRatio returns E‖∇₀‖²/E‖∇_L‖² = χ₁^L at equal widths. Domain: chi1 > 0,
// depth ≥ 0. It is an error on overflow; underflow is 0.
func SquaredGradientRatio(chi1 float64, depth int) (float64, error) {
	if err := domain.First(domain.Positive("chi_1", chi1), domain.Integer("depth", depth, 0)); err != nil {
		return 0, err
	}
	ratio, _ := decimal.Power(decimal.Value(chi1), depth).Float64()
	return domain.Result("χ₁^depth", ratio)
}
