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
	zero := n.Activation.Phi(0)
	o := orbit{noise: relativeNoise, next: func(q float64) float64 {
		if q == 0 {
			return n.BiasVar + n.WeightVar*zero*zero
		}
		m, err := gauss.NewMoments(n.Activation, q)
		if err != nil {
			return math.Inf(1)
		}
		return n.WeightVar*m.Square + n.BiasVar
	}}
	if n.BiasVar == 0 && zero == 0 {
		o.near = n.linearPart()
	}
	if slope := farSlopeSquare(n.Activation); slope > 0 {
		o.far = linear{1e32 * max(1, n.BiasVar), math.Log(n.WeightVar * slope)}
	}
	q = o.at(q, depth)
	return domain.Result("the variance", q)
}

// homogeneousAtDepth returns χ^L q + σ_b²(χ^L − 1)/(χ − 1), where χ is that of the number
// which the decimal text of σ_w² denotes.
func (n Network) homogeneousAtDepth(q float64, depth int) (float64, error) {
	if depth == 0 {
		return q, nil
	}
	log := n.logSlope()
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

// logSlope returns the logarithm of V′(0) for φ(0) = 0.
func (n Network) logSlope() float64 {
	return math.Log(n.WeightVar*slopeSquare(n.Activation)) + decimal.Rest(n.WeightVar)/n.WeightVar
}

// linearPart returns where V without bias multiplies by e^rate, to rounding: it bends like
// q^(3/2) at a kink, on the scale 1 or for celu on that of its argument.
func (n Network) linearPart() linear {
	below := 1e-34
	if n.Activation.Name() == "celu" {
		below *= math.Pow(min(1, n.Activation.Args()[0]), 2)
	}
	return linear{below, n.logSlope()}
}

// angleNoise is the relative rounding error of arccos of a cosine.
func angleNoise(theta float64) float64 { return 0x1p-52 / (theta * theta) }

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
	if m.network.BiasVar == 0 && m.network.Activation.Odd() {
		if value, ok := m.oddAtDepth(c, depth); ok {
			return value, nil
		}
	}
	const slack = 1e-12
	if chi := m.network.WeightVar * m.kernel.SlopeSquare; chi < 1 && math.Abs(m.of(m.kernel.Square)-1) <= slack &&
		(1-c)*math.Exp(float64(depth)*math.Log(chi)) < 0x1p-54 { // 1 − C(c) ≤ χ₁(1 − c)
		return 1, nil
	}
	// In the angle arccos c the map is smooth at c = ±1 for φ with kinks too.
	theta := orbit{noise: angleNoise, next: func(theta float64) float64 {
		value := m.of(m.kernel.Value(math.Cos(theta)))
		if math.Abs(value) > 1+slack {
			return math.NaN()
		}
		return math.Acos(max(-1, min(value, 1)))
	}}.at(math.Acos(c), depth-1)
	value := math.NaN()
	if !math.IsNaN(theta) {
		value = m.of(m.kernel.Value(math.Cos(theta)))
	}
	if !(math.Abs(value) <= 1+slack) {
		return 0, fmt.Errorf("q = %v, want a fixed point of V: the correlation leaves [-1, 1]", m.q)
	}
	return max(-1, min(value, 1)), nil
}

// oddAtDepth is AtDepth where c tends to 0, relatively accurate there. It is not ok where
// C is steeper than 1 at 0, and for c = ±1.
func (m *Correlation) oddAtDepth(c float64, depth int) (value float64, ok bool) {
	slope := m.network.WeightVar * m.kernel.Slope(0)
	if !(slope < 1 && math.Abs(c) < 1 && m.of(m.kernel.Value(0.5)) < 0.5) {
		return 0, false
	}
	size := orbit{
		noise: relativeNoise, near: linear{1e-9, math.Log(slope)},
		next: func(c float64) float64 { return m.of(m.kernel.Value(c)) },
	}.at(math.Abs(c), depth)
	return math.Copysign(size, c), true
}

// ReLUCorrelationRate returns (1 − c_L)·2L²/(9π²) for relu at σ_w² = 2 from c₀ = 0, which
// tends to 1 (Hayou, Doucet & Rousseau 2019). Domain: depth ≥ 1.
func ReLUCorrelationRate(depth int) (float64, error) {
	if err := domain.Integer("depth", depth, 1); err != nil {
		return 0, err
	}
	theta := orbit{next: gauss.ReLUAngle, noise: relativeNoise}.at(math.Pi/2, depth)
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
