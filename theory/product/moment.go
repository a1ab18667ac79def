package product

import (
	"math"
	"sort"

	"gradchain/theory/activation"
	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
)

// MomentExponent returns (1/L) log E‖Jv‖^order at the critical weight_var, dead paths
// counting as 0: with h = order/2
//
//	linear  log (2/n)^h Γ(n/2+h)/Γ(n/2)
//	relu    log E[(4/n)^h Γ(B/2+h)/Γ(B/2); B ≥ 1],  B ~ Bin(n, ½)
//
// (derived; Hanin 2018 for order 4, log(1+2/n) and log(1+5/n)). It is 0 at order 2
// and relatively accurate around it. Domain: a is linear or relu, width ≥ 1, order
// above −width for linear and above 0 for relu.
func MomentExponent(a activation.Activation, width int, order float64) (float64, error) {
	if err := checkMoment(a, width, 1, order); err != nil {
		return 0, err
	}
	return domain.Result("moment exponent", momentExponent(a, float64(width), order))
}

// NormMoment returns E‖Jv‖^order over depth layers, in the setting of MomentExponent;
// at order 4 it is (1+2/n)^L for linear and (1+5/n)^L for relu. It is an error if it
// overflows; it underflows to 0.
func NormMoment(a activation.Activation, width, depth int, order float64) (float64, error) {
	if err := checkMoment(a, width, depth, order); err != nil {
		return 0, err
	}
	return domain.Result("norm moment", math.Exp(float64(depth)*momentExponent(a, float64(width), order)))
}

func checkMoment(a activation.Activation, width, depth int, order float64) error {
	if err := checkNetwork(a, width, depth); err != nil {
		return err
	}
	if a.Name() == "relu" {
		return domain.Positive("order", order)
	}
	return domain.First(
		domain.Real("order", order),
		domain.Check(order > -float64(width), "order", order, "> -width"),
	)
}

// momentExponent measures the order from 0 or from 2, whichever is nearer: E‖Jv‖² = 1,
// and ‖Jv‖² tilts χ²_n to χ²_{n+2} and Bin(n, ½) to 1 + Bin(n−1, ½).
func momentExponent(a activation.Activation, n, order float64) float64 {
	h, shift := order/2, 0.0
	if order >= 1 {
		h, shift = decimal.Minus(order, 2)/2, 1
	}
	if a.Name() == "linear" {
		return powerRatio(n/2, h, shift)
	}
	if large := logMoment(n, order); large > 1 {
		return large
	}
	// B = shift + K with K ~ Bin(n−shift, ½), and ‖Jv‖^order is (2B/n)^shift times a
	// power of χ²_(B+2shift): with u = 2K − (n−shift), (B+2shift)/2 = (n+u+5shift)/4.
	excess := binomial{n - shift}.expect(1-shift, func(u float64) float64 {
		return math.Expm1(powerRatio(n/4, h, (u+5*shift)/4))
	})
	if shift == 0 {
		excess -= math.Exp(-n * math.Ln2)
	}
	return math.Log1p(excess)
}

// powerRatio returns log a^(−h) Γ(a+shift+h)/Γ(a+shift), accurate for small shift/a.
func powerRatio(a, h, shift float64) float64 {
	return h*math.Log1p(shift/a) + gammaRatioLessPower(a+shift, h)
}

// logMoment returns the moment exponent of relu with an absolute error of a few ulp of
// its largest part, as a sum of exponentials from its largest term down. The terms are
// log-concave in b, so that those below 1e-26 of the largest can be left out.
func logMoment(n, order float64) float64 {
	law, h := binomial{n}, order/2
	term := func(b float64) float64 {
		return law.logP(2*b-n) + h*math.Log(2*b/n) + gammaRatioLessPower(b/2, h)
	}
	top := 1 + float64(sort.Search(int(n)-1, func(i int) bool { // the next term is no larger
		b := float64(i + 1)
		return math.Log((n-b)/(b+1))+h*math.Log1p(1/b) <= gammaRatioLessPower(b/2, h)-gammaRatioLessPower((b+1)/2, h)
	}))
	largest := term(top)
	s := 1.0 // the stride, a quarter of the standard deviation of the terms
	for side := 8 * s; top-side >= 1 && top+side <= n &&
		min(largest-term(top-side), largest-term(top+side)) < 2; side = 8 * s {
		s *= 2
	}
	sum := 1.0
	for _, step := range []float64{s, -s} {
		for b := top + step; 1 <= b && b <= n; b += step {
			relative := math.Exp(term(b) - largest)
			if !(relative > 1e-26) {
				break
			}
			sum += relative
		}
	}
	return largest + math.Log(s*sum)
}
