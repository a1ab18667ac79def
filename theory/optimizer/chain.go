package optimizer

import (
	"math"
	"math/big"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
	"gradchain/theory/quad"
)

// ChainGradient returns |∂loss/∂w_i| = |1−w0^L| w0^(L−1) of the loss (∏w − 1)²/2 of a
// chain of depth L with all weights at w0 (elementary). Domain: depth ≥ 1, w0 > 0.
//
// Special cases are:
//
//	ChainGradient(L, 1) = 0
func ChainGradient(depth int, w0 float64) (float64, error) {
	if err := domain.First(domain.Integer("depth", depth, 1), domain.Positive("w0", w0)); err != nil {
		return 0, err
	}
	l, log := float64(depth), decimal.Log(w0)
	return domain.Result("gradient", math.Abs(math.Expm1(l*log))*math.Exp((l-1)*log))
}

// ChainFlowTime returns the time that gradient flow on the loss (∏w − 1)²/2 takes from
// all weights at w0 to ∏w = target,
//
//	∫ dw / ((1−w^L) w^(L−1))  from w0 to target^(1/L),
//
// about w0^(2−L)/(L−2) for w0^L ≪ 1 and L > 2: exponential in depth (Shamir 2018;
// depth 2 is Saxe, McClelland & Ganguli 2013, eq. (11); derived). Domain: depth ≥ 1,
// 0 < target < 1, 0 < w0 < target^(1/depth). It is an error if the time overflows.
//
// With u = w^L it is (1/L) ∫ u^(−1−a)/(1−u) du, a = 1 − 2/L, elementary for L ≤ 2.
func ChainFlowTime(depth int, w0, target float64) (float64, error) {
	if err := domain.First(
		domain.Integer("depth", depth, 1),
		domain.Check(0 < target && target < 1, "target", target, "between 0 and 1"),
		domain.Positive("w0", w0),
	); err != nil {
		return 0, err
	}
	way := logWay(depth, w0, target)
	if err := domain.Check(way > 0, "w0", w0, "< target^(1/depth)"); err != nil {
		return 0, err
	}
	linear := math.Log1p(-math.Expm1(-way) * target / decimal.Minus(1, target)) // log (1−w0^L)/(1−target)
	switch depth {
	case 1:
		return linear, nil
	case 2:
		return (way + linear) / 2, nil
	}
	a, end := 1-2/float64(depth), decimal.Log(target)
	integral := integrateFlow(a, way, end) / float64(depth)
	return domain.Result("flow time", math.Exp(math.Log(integral)+a*(way-end)))
}

// integrateFlow returns ∫ e^(−a(way−y))/(1−e^(end−y)) dy from y = 0 to way: the integral
// over log u = end − y, scaled by its largest exponential, at y = way.
func integrateFlow(a, way, end float64) float64 {
	breaks := []float64{0}
	for _, y := range []float64{1, way - 40/a, way - 1} {
		if breaks[len(breaks)-1] < y && y < way {
			breaks = append(breaks, y)
		}
	}
	integral, _ := quad.Integrate(func(y float64) float64 {
		return math.Exp(-a*(way-y)) / -math.Expm1(end-y)
	}, append(breaks, way), 1e-13)
	return integral
}

// logWay returns log(target/w0^depth), relatively accurate near 0 too.
func logWay(depth int, w0, target float64) float64 {
	way := decimal.Log(target) - float64(depth)*decimal.Log(w0)
	if math.Abs(way) > 0.5 {
		return way
	}
	ratio := decimal.Value(target)
	ratio.Quo(ratio, decimal.Power(decimal.Value(w0), depth))
	above, _ := ratio.Sub(ratio, big.NewFloat(1)).Float64()
	return math.Log1p(above)
}
