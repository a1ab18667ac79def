package recurrent

import (
	"math"
	"slices"

	"gradchain/theory/internal/domain"
	"gradchain/theory/quad"
	"gradchain/theory/special"
)

// LSTMGateLyapunov returns E log σ(bias + z), z ~ N(0,q): the Lyapunov exponent of the
// product of independent random forget gates, the error carousel (derived). It is
// negative, and underflows to 0. Domain: bias real, q > 0.
func LSTMGateLyapunov(bias, q float64) (float64, error) {
	if err := domain.First(domain.Real("bias", bias), domain.Positive("q", q)); err != nil {
		return 0, err
	}
	return domain.Result("Lyapunov exponent", 0-math.Exp(softPlus.logMean(-bias, math.Sqrt(q))))
}

// LSTMGateMeanExponent returns log E σ(bias + z), z ~ N(0,q), the growth rate of the
// mean of that product (derived). By Jensen's inequality it is above
// LSTMGateLyapunov. Domain: bias real, q > 0.
func LSTMGateMeanExponent(bias, q float64) (float64, error) {
	if err := domain.First(domain.Real("bias", bias), domain.Positive("q", q)); err != nil {
		return 0, err
	}
	std := math.Sqrt(q)
	if bias > 0 { // E σ(bias + z) = 1 − E σ(−bias + z)
		return math.Log1p(-math.Exp(sigmoid.logMean(-bias, std))) + 0, nil
	}
	return domain.Result("mean exponent", sigmoid.logMean(bias, std))
}

// soft is a positive function f on the line with log f concave and increasing with
// slope at most 1.
type soft struct{ log, slope func(x float64) float64 }

var (
	sigmoid = soft{
		log:   func(x float64) float64 { return -special.SoftPlus(-x) },
		slope: func(x float64) float64 { return special.Sigmoid(-x) },
	}
	softPlus = soft{
		log: func(x float64) float64 {
			if x < -40 {
				return x // log(1+y) is y to rounding
			}
			return math.Log(special.SoftPlus(x))
		},
		slope: func(x float64) float64 {
			if x < -40 {
				return 1
			}
			return special.Sigmoid(x) / special.SoftPlus(x)
		},
	}
)

// reach is the half-width of the integral in logMean.
const reach = 10

// logMean returns log E f(mean + std·u), u ~ N(0,1).
//
// The integrand is e^(h(u)) with h(u) = log f(mean + std·u) − u²/2, whose second
// derivative is at most −1. Its mode u* is where std·slope = u, so in [0, std], and
// h(u) ≤ h(u*) − (u−u*)²/2: relative to the peak, what lies beyond 10 of the mode adds
// up to 4e-23. As f increases, the integral is at least that of e^((u*²−u²)/2) over
// u > u*, about 1/(1+u*).
//
// Where all of that is below −40, f(x) is e^x to rounding and the mean that of e^x.
func (f soft) logMean(mean, std float64) float64 {
	if mean+std*(std+reach) < -40 {
		return mean + std*std/2
	}
	mode, err := special.Brent(func(u float64) float64 { return std*f.slope(mean+std*u) - u }, 0, std)
	if err != nil {
		return math.NaN()
	}
	top := f.log(mean + std*mode)
	breaks := []float64{-reach, -1, 0, 1, reach}
	for _, x := range []float64{-40, -6, 0, 6, 40} { // f bends there, by e^−|x|
		if at := (x-mean)/std - mode; math.Abs(at) < reach {
			breaks = append(breaks, at)
		}
	}
	slices.Sort(breaks)
	integral, _ := quad.Integrate(func(v float64) float64 {
		return math.Exp(f.log(mean+std*(mode+v)) - top - v*(mode+v/2))
	}, slices.Compact(breaks), 1e-13)
	return top - mode*mode/2 + math.Log(integral) - math.Log(2*math.Pi)/2
}
