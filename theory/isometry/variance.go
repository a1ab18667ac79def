package isometry

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
	"gradchain/theory/special"
)

// SpectralVariance returns the variance of the spectrum of JJᵀ, whose mean is 1:
//
//	L(μ₂/μ₁² − 1 − s₁),  s₁ = −1 for gaussian and 0 for orthogonal
//
// (Pennington, Schoenholz & Ganguli 2017, eq. (22)). Domain: any activation; depth ≥ 1; q
// from 1e-150 to 1e150 unless linear or relu.
//
// Special cases are:
//
//	linear: L for gaussian, 0 for orthogonal
//	relu:   2L and L
func SpectralVariance(n Network) (float64, error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	spread, err := relativeSpread(n.Activation, n.Q)
	if err != nil {
		return 0, err
	}
	if n.Ensemble == Gaussian {
		spread++
	}
	return domain.Result("spectral variance", float64(n.Depth)*spread)
}

// relativeSpread returns μ₂/μ₁² − 1 = Var φ′²/(E φ′²)², relatively accurate where it is
// small.
func relativeSpread(a activation.Activation, q float64) (float64, error) {
	if spread, ok := closedSpread(a, q); ok {
		return spread, nil
	}
	if err := domain.Check(1e-150 <= q && q <= 1e150, "q", q, "from 1e-150 to 1e150"); err != nil {
		return 0, err
	}
	first, _, err := gauss.DerivativeMoment(a, q, 2)
	if err != nil {
		return 0, err
	}
	second, _, err := gauss.DerivativeMoment(a, q, 4)
	if err != nil {
		return 0, err
	}
	if spread := second/first/first - 1; spread > 0.1 {
		return spread, nil
	}
	return smallSpread(a, q)
}

// smallSpread is relativeSpread as that of φ′(z)²/φ′(0)², whose difference from 1 is computed
// without cancellation.
func smallSpread(a activation.Activation, q float64) (float64, error) {
	log := gauss.LogDerivativeIncrement(a)
	excess := func(z float64) float64 { return math.Expm1(2 * log(z)) }
	mean, _ := gauss.Expect(excess, q, a.Kinks()...)
	variance, _ := gauss.Expect(func(z float64) float64 {
		d := excess(z) - mean
		return d * d
	}, q, a.Kinks()...)
	return domain.Result("relative variance of φ′²", variance/(1+mean)/(1+mean))
}

// closedSpread is relativeSpread where there is a good closed form.
func closedSpread(a activation.Activation, q float64) (spread float64, ok bool) {
	switch a.Name() {
	case "linear":
		return 0, true
	case "relu":
		return 1, true
	case "leaky_relu": // symmetric in slope and 1/slope
		slope := math.Abs(a.Args()[0])
		square := min(slope, 1/slope) * min(slope, 1/slope)
		return (1 - square) / (1 + square) * ((1 - square) / (1 + square)), true
	case "erf": // E e^(−2kz²) = (1+4kq)^(−1/2)
		return math.Expm1(math.Log1p(q*(16/(8+1/q))) / 2), true
	case "sin": // cos²z = (1 + cos 2z)/2
		gap := -math.Expm1(-2 * q)
		return gap * gap / 2, true
	case "hard_tanh":
		return clippedSpread(1, q), true
	case "hard_sigmoid_torch":
		return clippedSpread(3, q), true
	case "hard_sigmoid_keras":
		return clippedSpread(2.5, q), true
	case "hard_swish": // φ′ = ½ + z/3, up to P(|z| > 3) < 1e-20
		square := 4 * q / 9
		return 2 * square * (2 + square) / (1 + square) / (1 + square), q < 0.1
	}
	return 0, false
}

// clippedSpread is (1−p)/p with p = P(|z| < cut).
func clippedSpread(cut, q float64) float64 {
	x := cut / math.Sqrt2 / math.Sqrt(q)
	return math.Erfc(x) / math.Erf(x)
}

// VarianceForSpread returns the q at which orthogonal weights give that variance of the
// spectrum at criticality; it rises from 0 to ∞ with q. Domain: the activation is tanh, erf,
// hard_tanh or arctan; depth ≥ 1; spread > 0, such that q is from 1e-150 to 1e150.
//
// For small variances q is about √(v/(8L)), except for hard_tanh.
func VarianceForSpread(a activation.Activation, depth int, variance float64) (float64, error) {
	name := a.Name()
	if err := domain.First(
		domain.Check(name == "tanh" || name == "erf" || name == "hard_tanh" || name == "arctan", "activation", a, "tanh, erf, hard_tanh or arctan"),
		domain.Integer("depth", depth, 1),
		domain.Positive("spectral_variance", variance),
	); err != nil {
		return 0, err
	}
	spread := variance / float64(depth)
	switch name {
	case "erf": // 16q² − 8tq − t = 0, t = (1+spread)² − 1
		t := spread * (2 + spread)
		return domain.Result("q", (t+math.Sqrt(t)*math.Sqrt(1+t))/4)
	case "hard_tanh":
		return domain.Result("q", clippedVariance(spread))
	}
	return invertSpread(a, spread)
}

var standardNormal = law.MustParse("normal(1)")

// clippedVariance solves P(|z| > 1) = spread/(1+spread).
func clippedVariance(spread float64) float64 {
	beyond := spread / (1 + spread)
	cut := -standardNormal.Quantile(beyond / 2)
	if spread > 1 {
		cut = math.Sqrt2 * math.Erfinv(1/(1+spread))
	}
	return 1 / (cut * cut)
}

// invertSpread solves relativeSpread(a, q) = spread for a rising spread, 8q² for small q,
// from a bracket whose ends it has tried.
func invertSpread(a activation.Activation, spread float64) (float64, error) {
	var failed error
	excess := func(logQ float64) float64 {
		value, err := relativeSpread(a, math.Exp(logQ))
		if err != nil {
			failed = err
			return math.NaN()
		}
		return math.Log(value / spread)
	}
	lo := math.Log(spread/8) / 2
	hi, width := lo, 0.1
	for excess(lo) > 0 {
		lo -= width
	}
	for ; excess(hi) < 0; width *= 2 {
		hi += width
	}
	if failed != nil {
		return 0, domain.Check(false, "spectral_variance", spread, "per layer such that q is from 1e-150 to 1e150")
	}
	logQ, err := special.Brent(excess, lo, hi)
	return math.Exp(logQ), err
}
