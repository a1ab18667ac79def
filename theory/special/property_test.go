package special

import (
	"math"
	"math/cmplx"
	"testing"

	"pgregory.net/rapid"

	"gradchain/theory/internal/reference"
)

// hold tests a property at drawn inputs and, so that what it sees is no matter of chance, at
// fixed ones.
func hold(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, property)
	reference.Fixed(t, rapid.MakeFuzz(property))
}

// near fails unless |got − want| ≤ tol.
func near(t *rapid.T, what string, got, want, tol float64) {
	t.Helper()
	if diff := math.Abs(got - want); !(diff <= tol) {
		t.Fatalf("%s = %v, want %v, off by %.3g, tolerance %.3g", what, got, want, diff, tol)
	}
}

// positive draws a number from e^lo to e^hi.
func positive(t *rapid.T, lo, hi float64) float64 {
	return math.Exp(rapid.Float64Range(lo, hi).Draw(t, "log_x"))
}

// ψ(x+1) = ψ(x) + 1/x, ψ(2x) = (ψ(x) + ψ(x+½))/2 + log 2, and the same for ψ′ = their
// derivatives (Abramowitz & Stegun 1964, 6.3.5, 6.3.8, 6.4.6, 6.4.8).
func TestDigamma_recurrence(t *testing.T) {
	hold(t, func(t *rapid.T) {
		x := positive(t, -10, 30)
		tol := 2e-15 * (1 + 1/x + math.Abs(Digamma(x)))
		near(t, "ψ(x+1)", Digamma(x+1), Digamma(x)+1/x, tol)
		near(t, "ψ(2x)", Digamma(2*x), (Digamma(x)+Digamma(x+0.5))/2+math.Ln2, tol)
		tol = 2e-15 * (1/x + 1/(x*x))
		near(t, "ψ′(x+1)", Trigamma(x+1), Trigamma(x)-1/x/x, tol)
		near(t, "ψ′(2x)", Trigamma(2*x), (Trigamma(x)+Trigamma(x+0.5))/4, tol)
	})
}

// ψ′ is the derivative of ψ: central differences of fourth order.
func TestTrigamma_difference(t *testing.T) {
	hold(t, func(t *rapid.T) {
		x := positive(t, -3, 10)
		h := 1e-3 * x
		want := (8*(Digamma(x+h)-Digamma(x-h)) - (Digamma(x+2*h) - Digamma(x-2*h))) / (12 * h)
		near(t, "ψ′", Trigamma(x), want, 1e-11*Trigamma(x)+4e-15*math.Abs(Digamma(x))/h)
	})
}

// log Γ(z+1) = log Γ(z) + log z on the branch that is analytic off (−∞, 0], conjugate
// symmetry, and the real function.
func TestLogGammaComplex_recurrence(t *testing.T) {
	hold(t, func(t *rapid.T) {
		x := rapid.Float64Range(-50, 1000).Draw(t, "x")
		y := math.Exp(rapid.Float64Range(-20, 10).Draw(t, "log_y"))
		z := complex(x, y)
		got, want := LogGammaComplex(z+1), LogGammaComplex(z)+cmplx.Log(z)
		near(t, "log Γ(z+1)", cmplx.Abs(got-want), 0, 3e-14*max(1, cmplx.Abs(z), cmplx.Abs(want)))
		if low := LogGammaComplex(cmplx.Conj(z)); low != cmplx.Conj(LogGammaComplex(z)) {
			t.Fatalf("log Γ(conj z) = %v, not the conjugate of %v", low, LogGammaComplex(z))
		}
		lgamma, _ := math.Lgamma(x)
		if on := LogGammaComplex(complex(x, 0)); x != math.Floor(x) && math.Abs(x) > 1e-150 { // Lgamma is off below
			near(t, "Re log Γ(x)", real(on), lgamma, 2e-14*max(1, math.Abs(x), math.Abs(lgamma)))
		}
	})
}

// Φ(x) + Φ(−x) = 1, Φ(−x) = Φ′(x)·Mills(x), log Φ, and all of them are monotone.
func TestNormCDF_identities(t *testing.T) {
	hold(t, func(t *rapid.T) {
		x := rapid.Float64Range(-37, 37).Draw(t, "x")
		near(t, "Φ(x) + Φ(−x)", NormCDF(x)+NormCDF(-x), 1, 4e-16)
		near(t, "Φ(−x)", NormSurvival(x), NormPDF(x)*Mills(x), 2e-15*NormCDF(-x))
		near(t, "log Φ(x)", LogNormCDF(x), math.Log(NormCDF(x)), 4e-16+1e-15*math.Abs(LogNormCDF(x)))
		y := x + positive(t, -10, 1)
		if !(NormCDF(y) >= NormCDF(x) && Mills(y) < Mills(x) && LogNormCDF(y) >= LogNormCDF(x)) {
			t.Fatalf("not monotone from %v to %v", x, y)
		}
	})
}

// (x + √(x²+4))/2 > 1/Mills(x) > (x + √(x²+8/π))/2 (Birnbaum 1942; Pollak 1956) for
// x > 0.
func TestMills_bounds(t *testing.T) {
	hold(t, func(t *rapid.T) {
		x := positive(t, -10, 300)
		upper, lower := (x+math.Hypot(x, 2))/2, (x+math.Hypot(x, math.Sqrt(8/math.Pi)))/2
		if inverse := 1 / Mills(x); !(lower*(1-1e-15) <= inverse && inverse <= upper*(1+1e-15)) {
			t.Fatalf("1/Mills(%v) = %v, not in [%v, %v]", x, inverse, lower, upper)
		}
	})
}

// σ(x) + σ(−x) = 1, SoftPlus(x) = SoftPlus(−x) + x = x/2 + log 2 + log cosh x/2.
func TestLogistic_identities(t *testing.T) {
	hold(t, func(t *rapid.T) {
		x := positive(t, -700, 700)
		near(t, "σ(x) + σ(−x)", Sigmoid(x)+Sigmoid(-x), 1, 3e-16)
		near(t, "log(1 + e^x)", SoftPlus(x), SoftPlus(-x)+x, 4e-16*SoftPlus(x))
		near(t, "log(1 + e^x)", SoftPlus(x), x/2+math.Ln2+LogCosh(x/2), 6e-16*SoftPlus(x))
		if LogCosh(x) != LogCosh(-x) || !(LogCosh(x) <= x) || !(LogCosh(x) <= x*x/2*(1+1e-15)+math.SmallestNonzeroFloat64) {
			t.Fatalf("log cosh(±%v) = %v, %v", x, LogCosh(x), LogCosh(-x))
		}
	})
}

// The tables of special cases in the comments, and the ends of the line.
func TestSpecialCases(t *testing.T) {
	inf, nan, least := math.Inf(1), math.NaN(), math.SmallestNonzeroFloat64
	for _, tc := range []struct {
		name    string
		f       func(x float64) float64
		x, want float64
	}{
		{"Digamma", Digamma, inf, inf},
		{"Digamma", Digamma, -inf, nan},
		{"Digamma", Digamma, nan, nan},
		{"Digamma", Digamma, 0, nan},
		{"Digamma", Digamma, math.Copysign(0, -1), nan},
		{"Digamma", Digamma, -3, nan},
		{"Digamma", Digamma, -1e300, nan},
		{"Digamma", Digamma, least, -inf},
		{"Trigamma", Trigamma, inf, 0},
		{"Trigamma", Trigamma, -inf, nan},
		{"Trigamma", Trigamma, nan, nan},
		{"Trigamma", Trigamma, 0, inf},
		{"Trigamma", Trigamma, -2, inf},
		{"Trigamma", Trigamma, 1e-200, inf},
		{"Trigamma", Trigamma, math.MaxFloat64, 1 / math.MaxFloat64},
		{"NormPDF", NormPDF, inf, 0},
		{"NormPDF", NormPDF, -1e300, 0},
		{"NormPDF", NormPDF, nan, nan},
		{"NormCDF", NormCDF, inf, 1},
		{"NormCDF", NormCDF, -inf, 0},
		{"NormCDF", NormCDF, -1e300, 0},
		{"NormCDF", NormCDF, nan, nan},
		{"NormSurvival", NormSurvival, -inf, 1},
		{"LogNormCDF", LogNormCDF, inf, 0},
		{"LogNormCDF", LogNormCDF, -inf, -inf},
		{"LogNormCDF", LogNormCDF, -1e200, -inf},
		{"LogNormCDF", LogNormCDF, nan, nan},
		{"Mills", Mills, inf, 0},
		{"Mills", Mills, math.MaxFloat64, 1 / math.MaxFloat64},
		{"Mills", Mills, -41, inf},
		{"Mills", Mills, nan, nan},
		{"Sigmoid", Sigmoid, inf, 1},
		{"Sigmoid", Sigmoid, -inf, 0},
		{"Sigmoid", Sigmoid, nan, nan},
		{"SoftPlus", SoftPlus, inf, inf},
		{"SoftPlus", SoftPlus, -inf, 0},
		{"SoftPlus", SoftPlus, nan, nan},
		{"LogCosh", LogCosh, -inf, inf},
		{"LogCosh", LogCosh, 0, 0},
		{"LogCosh", LogCosh, nan, nan},
	} {
		if got := tc.f(tc.x); got != tc.want && !(math.IsNaN(got) && math.IsNaN(tc.want)) {
			t.Errorf("%s(%v) = %v, want %v", tc.name, tc.x, got, tc.want)
		}
	}
	for _, tc := range []struct{ z, want complex128 }{
		{0, complex(inf, 0)},
		{-5, complex(inf, 0)},
		{1, 0},
		{2, 0},
		{complex(nan, 1), cmplx.NaN()},
		{complex(1, nan), cmplx.NaN()},
		{complex(inf, 0), cmplx.NaN()},
		{complex(0, -inf), cmplx.NaN()},
		{complex(inf, nan), cmplx.NaN()},
	} {
		if got := LogGammaComplex(tc.z); got != tc.want && !(cmplx.IsNaN(got) && cmplx.IsNaN(tc.want)) {
			t.Errorf("LogGammaComplex(%v) = %v, want %v", tc.z, got, tc.want)
		}
	}
	// continuous from above on the cut, from below for an imaginary part −0
	above, below := LogGammaComplex(complex(-0.5, 0)), LogGammaComplex(complex(-0.5, math.Copysign(0, -1)))
	if !(math.Abs(imag(above)+math.Pi) <= 1e-15) || below != cmplx.Conj(above) {
		t.Errorf("log Γ(−½ ± 0i) = %v, %v", above, below)
	}
}
