package meanfield

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
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
	o := orbit{noise: n.varianceNoise, growth: n.varianceGrowth}
	if n.startsAtZero() {
		o.near = n.linearPart()
	}
	if slope := farSlopeSquare(n.Activation); slope > 0 {
		o.far = linear{1e32 * max(1, n.BiasVar), math.Log(n.WeightVar * slope)}
	}
	if q, err = o.at(q, depth); err != nil {
		return 0, fmt.Errorf("the variance: %w", err)
	}
	return domain.Result("the variance", q)
}

// startsAtZero says whether V(0) = 0.
func (n Network) startsAtZero() bool { return n.BiasVar == 0 && n.Activation.Phi(0) == 0 }

// varianceGrowth returns log(V(q)/q); +Inf where no float64 holds V(q).
func (n Network) varianceGrowth(q float64) float64 {
	if n.varianceNoise(q) == 0 {
		excess, _ := gauss.SquareExcess(n.Activation, q)
		return math.Log1p(math.Expm1(n.logSlope()) + n.WeightVar*(excess/q))
	}
	m, err := gauss.NewMoments(n.Activation, q)
	if err != nil {
		return math.Inf(1)
	}
	return math.Log((n.WeightVar*m.Square + n.BiasVar) / q)
}

// varianceNoise is the rounding error of varianceGrowth, beyond that of a number: for small
// variances, where V is nearly linear, that is known without a difference.
func (n Network) varianceNoise(q float64) float64 {
	const small = 0.01
	if q < small && n.startsAtZero() {
		if _, ok := gauss.SquareExcess(n.Activation, small); ok {
			return 0
		}
	}
	return ulp
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
	if chi := m.network.WeightVar * m.kernel.SlopeSquare; chi < 1 && math.Abs(m.of(m.kernel.Square)-1) <= slack &&
		(1-c)*math.Exp(float64(depth)*math.Log(chi)) < 0x1p-54 { // 1 − C(c) ≤ χ₁(1 − c)
		return 1, nil
	}
	sign := 1.0
	if c < 0 && m.network.BiasVar == 0 && m.network.Activation.Odd() {
		sign, c = -1, -c
	}
	d := 1 - c
	if c == 1 {
		if d = 1 - m.of(m.kernel.Square); math.Abs(d) <= slack {
			return sign, nil
		}
		depth--
	}
	if d > 0 {
		var err error
		if d, err = (orbit{noise: m.distanceNoise, growth: m.distanceGrowth}).at(d, depth); err != nil {
			return 0, fmt.Errorf("the correlation: %w", err)
		}
	}
	if !(-slack <= d && d <= 2+slack) {
		return 0, fmt.Errorf("q = %v, want a fixed point of V: the correlation leaves [-1, 1]", m.q)
	}
	return sign * max(-1, min(1-d, 1)), nil
}

// slack is how far beyond ±1 rounding may take a correlation.
const slack = 1e-12

// distanceGrowth returns log((1 − C(c))/(1 − c)) for d = 1 − c; NaN where C leaves [−1, 1].
func (m *Correlation) distanceGrowth(d float64) float64 {
	if d > 2 { // where a leap is tried
		return math.NaN()
	}
	if m.distanceNoise(d) == 0 {
		if loss, ok := gauss.Approach(m.network.Activation, d); ok {
			return math.Log1p(-loss) + m.network.logSlope()
		}
		short, _ := m.kernel.Shortfall(1 - d)
		return math.Log1p(m.network.WeightVar*m.kernel.SlopeSquare - 1 - m.network.WeightVar/m.q*short)
	}
	value := m.of(m.kernel.Value(1 - d))
	if math.Abs(value) > 1+slack {
		return math.NaN()
	}
	return math.Log((1 - value) / d)
}

// distanceNoise is the rounding error of distanceGrowth, beyond that of a number: 0 where
// C(1) = 1 and the kernel has an expansion there.
func (m *Correlation) distanceNoise(d float64) float64 {
	if math.Abs(m.of(m.kernel.Square)-1) <= slack {
		_, homogeneous := gauss.Approach(m.network.Activation, d)
		if _, expands := m.kernel.Shortfall(1 - d); homogeneous || expands && d < 0.5 {
			return 0
		}
	}
	return ulp * max(1, 1/d)
}

// oddAtDepth is AtDepth where c tends to 0, relatively accurate there. It is not ok where
// C is steeper than 1 at 0, and for c = ±1.
func (m *Correlation) oddAtDepth(c float64, depth int) (value float64, ok bool) {
	slope := m.network.WeightVar * m.kernel.Slope(0)
	if !(slope < 1 && math.Abs(c) < 1 && m.of(m.kernel.Value(0.5)) < 0.5) {
		return 0, false
	}
	size, err := orbit{
		noise: func(float64) float64 { return ulp }, near: linear{1e-9, math.Log(slope)},
		growth: func(c float64) float64 { return math.Log(m.of(m.kernel.Value(c)) / c) },
	}.at(math.Abs(c), depth)
	return math.Copysign(size, c), err == nil
}

// ReLUCorrelationRate returns (1 − c_L)·2L²/(9π²) for relu at σ_w² = 2 from c₀ = 0, which
// tends to 1 (Hayou, Doucet & Rousseau 2019). Domain: depth ≥ 1.
func ReLUCorrelationRate(depth int) (float64, error) {
	if err := domain.Integer("depth", depth, 1); err != nil {
		return 0, err
	}
	relu := activation.MustParse("relu")
	d, err := orbit{noise: func(float64) float64 { return 0 }, growth: func(d float64) float64 {
		loss, _ := gauss.Approach(relu, d)
		return math.Log1p(-loss)
	}}.at(1, depth)
	if err != nil {
		return 0, err
	}
	l := float64(depth) / (3 * math.Pi)
	return 2 * d * l * l, nil
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
