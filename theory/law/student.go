package law

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/special"
)

// student is Student's t with nu degrees of freedom: |w|² has the F law with 1
// and nu degrees of freedom, so, for −1 < q < nu,
//
//	Λ(q) = (q/2) log nu + log Γ((1+q)/2)/Γ(½) + log Γ((nu−q)/2)/Γ(nu/2).
type student struct{ nu float64 }

func (student) spec() spec {
	return spec{
		name:  "student_t",
		forms: [][]param{{leastNu}},
		build: func(args []float64) family { return student{args[0]} },
	}
}

// leastNu keeps nu/2 and the mean 1/nu of log|w| within float64.
var leastNu = param{"nu", "nu >= 1e-300", func(x float64) bool { return x >= 1e-300 }}

func (f student) params() ([]string, []float64) { return []string{"nu"}, []float64{f.nu} }

func (f student) orders() (lo, hi float64) { return -1, f.nu }

func (f student) cumulant(order float64) float64 {
	pole := math.Log1p(f.below(order)/(f.nu-order) - 1)
	return order*math.Log(f.nu)/2 + logGammaRatio(0.5, order/2) + logGammaRatio(f.nu/2, -order/2) - pole
}

func (f student) slope(order float64) float64 {
	return (math.Log(f.nu) + special.Digamma((1+order)/2) - special.Digamma(f.below(order)/2)) / 2
}

func (f student) curvature(order float64) float64 {
	return (special.Trigamma((1+order)/2) + special.Trigamma(f.below(order)/2)) / 4
}

// below returns nu − order, where next to the tail index nu is the number that its decimal
// text denotes: the mean of student_t(1.0000001) is that of 1e-7.
func (f student) below(order float64) float64 {
	if distance := f.nu - order; distance > 1e-3 {
		return distance
	}
	return f.nu - order + decimal.Rest(f.nu)
}

func (f student) characteristic(theta, t float64) complex128 {
	return complex(0, t*math.Log(f.nu)/2) +
		complexLogGammaRatio((1+theta)/2, complex(0, t/2)) +
		complexLogGammaRatio((f.nu-theta)/2, complex(0, -t/2))
}

func (f student) envelope(theta, t float64) float64 {
	return gammaEnvelope((1+theta)/2, t/2) * gammaEnvelope((f.nu-theta)/2, t/2)
}

func (f student) mean() float64 {
	if f.nu <= 1 {
		return math.NaN()
	}
	return 0
}

func (f student) variance() float64 {
	switch {
	case f.nu <= 1:
		return math.NaN()
	case f.nu <= 2:
		return math.Inf(1)
	}
	return f.nu / (f.nu - 2)
}

func (student) absSup() float64 { return math.Inf(1) }

// log1pSquare returns log(1 + x²/nu) without overflow.
func (f student) log1pSquare(x float64) float64 {
	if x > 1e150 {
		return 2*math.Log(x) - math.Log(f.nu)
	}
	return math.Log1p(x * x / f.nu)
}

func (f student) absPDF(x float64) float64 {
	peak := 2 * math.Exp(logGammaRatio(f.nu/2, 0.5)) / math.Sqrt(math.Pi*f.nu)
	return peak * math.Exp(-(f.nu+1)/2*f.log1pSquare(x))
}

// scaledPDF returns x times the density, also where that underflows.
func (f student) scaledPDF(x float64) float64 {
	if x < 1e150 {
		return x * f.absPDF(x)
	}
	peak := 2 * math.Exp(logGammaRatio(f.nu/2, 0.5)) / math.Sqrt(math.Pi*f.nu)
	return peak * math.Exp(math.Log(x)-(f.nu+1)/2*f.log1pSquare(x))
}

// split returns u = x²/(nu+x²) and whether the series for absCDF in u converges
// faster than the one for absSurvival in 1−u.
func (f student) split(x float64) (u float64, low bool) {
	r := x / math.Sqrt(f.nu)
	u = 1 / (1 + 1/(r*r))
	return u, u < 3/(5+f.nu)
}

func (f student) absCDF(x float64) float64 {
	u, low := f.split(x)
	switch {
	case low:
		return x * f.absPDF(x) * betaSeries(0.5, f.nu/2, u)
	case f.nu < 1 && x < math.MaxFloat64: // small where nu is: not to be had as a difference
		return f.heavyCDF(x)
	}
	return 1 - f.absSurvival(x)
}

// heavyCDF returns P(|w| < x) = 2Γ((nu+1)/2)/(√π Γ(nu/2)) ∫₀^S cosh(s)^(−nu) ds, where
// x = √nu sinh S. From s = 20 on cosh(s) is e^s/2 in float64.
func (f student) heavyCDF(x float64) float64 {
	const panel, far = 1.0, 20.0
	power := func(s float64) float64 { return math.Exp(-f.nu * (s + math.Log1p(math.Exp(-2*s)) - math.Ln2)) }
	logRoot := math.Log(f.nu) / 2
	end := math.Asinh(math.Exp(math.Log(x) - logRoot))
	if end > far {
		end = math.Log(x) - logRoot + math.Ln2
	}
	integral := 0.0
	for a := 0.0; a < min(end, far); a += panel {
		integral += quad.Fixed(power, a, min(a+panel, end, far), 14, quad.Legendre{}, 0)
	}
	if end > far {
		integral -= math.Exp(f.nu*(math.Ln2-far)) * math.Expm1(-f.nu*(end-far)) / f.nu
	}
	return 2 / math.Sqrt(math.Pi) * math.Exp(logGammaRatio(f.nu/2, 0.5)) * integral
}

// seriesNu is where the series for absSurvival becomes longer than a quadrature.
const seriesNu = 50

func (f student) absSurvival(x float64) float64 {
	_, low := f.split(x)
	switch {
	case math.IsInf(x, 1):
		return 0
	case low:
		return 1 - f.absCDF(x)
	case f.nu <= seriesNu:
		r := math.Sqrt(f.nu) / x
		return f.scaledPDF(x) * betaSeries(f.nu/2, 0.5, 1/(1+1/(r*r)))
	}
	return f.absPDF(x) * f.tailIntegral(x)
}

// betaSeries returns Σ (a+b)_n/(a+1)_n xⁿ/(2a), so that the incomplete beta function
// is I_x(a,b) = 2x^a(1−x)^b/B(a,b) times it (NIST DLMF 8.17.8). The terms are positive.
func betaSeries(a, b, x float64) float64 {
	sum, term := 1.0, 1.0
	for n := 0.0; term > 1e-18*sum; n++ {
		term *= (a + b + n) / (a + 1 + n) * x
		sum += term
	}
	return sum / (2 * a)
}

// tailIntegral returns ∫₀^∞ ((nu+x²)/(nu+(x+v)²))^((nu+1)/2) dv by the exp-sinh rule
// (Takahasi & Mori 1974); the integrand is positive and decreasing.
func (f student) tailIntegral(x float64) float64 {
	const step = 1.0 / 16
	scale := 1 / (x*(f.nu+1)/(f.nu+x*x) + 1/(1+x))
	sum := 0.0
	for s := -4.5; s <= 4.5; s += step {
		v := scale * math.Exp(math.Pi/2*math.Sinh(s))
		exponent := -(f.nu + 1) / 2 * math.Log1p(v*(2*x+v)/(f.nu+x*x))
		sum += math.Exp(exponent) * v * math.Cosh(s)
	}
	return sum * step * math.Pi / 2
}

func (f student) absQuantile(c, s float64) float64 {
	if c < s {
		return invert(f.absCDF, f.absPDF, c, absNormalQuantile(c, s))
	}
	return invert(f.absSurvival, f.absPDF, s, absNormalQuantile(c, s))
}
