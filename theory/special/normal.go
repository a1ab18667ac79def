package special

import "math"

// 1/√2 as the float64 nearest to it and the rest.
const (
	invSqrt2     = 1 / math.Sqrt2
	invSqrt2High = 6369051672525773. / (1 << 53)
	invSqrt2Low  = invSqrt2 - invSqrt2High
)

// logSqrt2Pi is log √(2π).
var logSqrt2Pi = math.Log(2*math.Pi) / 2

// millsFrom is the argument from which the asymptotic series of the Mills ratio
// is accurate to rounding, and below which e^(−x²/2) is a normal number.
const millsFrom = 36

// NormPDF returns the density of N(0,1), with the rounding of x² compensated.
func NormPDF(x float64) float64 {
	if math.Abs(x) > 40 {
		return 0
	}
	square := x * x
	rest := math.FMA(x, x, -square)
	return math.Exp(-square/2) * (1 - rest/2) / math.Sqrt(2*math.Pi)
}

// NormCDF returns Φ(x), relatively accurate in the left tail; it underflows to a
// subnormal number below −37.5 and to 0 below −38.6.
//
// The argument x/√2 of erfc is rounded; to first order that is undone, because
// erfc magnifies a relative error by x².
func NormCDF(x float64) float64 {
	t := x * invSqrt2High
	rest := math.FMA(x, invSqrt2High, -t) + x*invSqrt2Low
	value := math.Erfc(-t) / 2
	if math.Abs(x) > 40 {
		return value
	}
	return value + rest*math.Exp(-t*t)/math.Sqrt(math.Pi)
}

// NormSurvival returns 1 − Φ(x) = Φ(−x), relatively accurate in the right tail.
func NormSurvival(x float64) float64 { return NormCDF(-x) }

// LogNormCDF returns log Φ(x), finite wherever x² is.
func LogNormCDF(x float64) float64 {
	switch {
	case x > 0:
		return math.Log1p(-NormCDF(-x))
	case x > -millsFrom:
		return math.Log(NormCDF(x))
	}
	return math.Log(Mills(-x)) - x*x/2 - logSqrt2Pi
}

// Mills returns the Mills ratio (1 − Φ(x))/Φ′(x) of N(0,1). It is about 1/x for
// large x and overflows for x below −38.
func Mills(x float64) float64 {
	if x < millsFrom {
		return NormCDF(-x) / NormPDF(x)
	}
	// 1/x − 1/x³ + 1·3/x⁵ − … (Abramowitz & Stegun 1964, 26.2.12)
	y := 1 / x / x
	sum := 1.0
	for k := 15.0; k > 0; k -= 2 {
		sum = 1 - k*y*sum
	}
	return sum / x
}
