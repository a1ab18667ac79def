package activation

import (
	"math"
	"slices"
	"testing"
)

// What is known of every activation without computing: end values, extrema, kinks,
// symmetry. Digits of gelu, gelu_tanh, silu, mish and selu: mpmath 1.3, 40 digits.
func TestTraits(t *testing.T) {
	const (
		lambda  = 1.050700987355480493419335
		alpha   = 1.673263242354377284817043
		no, yes = false, true
	)
	at := func(value, at float64) Extremum { return Extremum{value, at, yes, no} }
	only := func(value, at float64) Extremum { return Extremum{value, at, yes, yes} }
	limit := func(value, at float64) Extremum { return Extremum{value, at, no, no} }
	for _, tc := range []struct {
		text                                   string
		sup, inf, min                          Extremum
		max                                    float64
		kinks                                  []float64
		odd, homogeneous, monotone, hasDeadEnd bool
	}{
		{"linear", at(1, 1), at(1, -1), limit(-inf, -inf), inf, nil, yes, yes, yes, no},
		{"sigmoid", only(0.25, 0), limit(0, inf), limit(0, -inf), 1, nil, no, no, yes, no},
		{"tanh", only(1, 0), limit(0, inf), limit(-1, -inf), 1, nil, yes, no, yes, no},
		{"erf", only(2/math.SqrtPi, 0), limit(0, inf), limit(-1, -inf), 1, nil, yes, no, yes, no},
		{"arctan", only(1, 0), limit(0, inf), limit(-math.Pi/2, -inf), math.Pi / 2, nil, yes, no, yes, no},
		{"sin", at(1, 0), at(-1, math.Pi), at(-1, -math.Pi/2), 1, nil, yes, no, no, no},
		{"softsign", only(1, 0), limit(0, inf), limit(-1, -inf), 1, []float64{0}, yes, no, yes, no},
		{"relu", at(1, 1), at(0, 0), at(0, 0), inf, []float64{0}, no, yes, yes, yes},
		{"relu6", at(1, 1), at(0, 0), at(0, 0), 6, []float64{0, 6}, no, no, yes, yes},
		{"hard_tanh", at(1, 0), at(0, -1), at(-1, -1), 1, []float64{-1, 1}, yes, no, yes, yes},
		{"softplus", limit(1, inf), limit(0, -inf), limit(0, -inf), inf, nil, no, no, yes, no},
		{"log_sigmoid", limit(1, -inf), limit(0, inf), limit(-inf, -inf), 0, nil, no, no, yes, no},
		{"lecun_tanh", only(1.7159*2/3, 0), limit(0, inf), limit(-1.7159, -inf), 1.7159, nil, yes, no, yes, no},
		{"leaky_relu(0.1)", at(1, 1), at(0.1, -1), limit(-inf, -inf), inf, []float64{0}, no, yes, yes, no},
		{"leaky_relu(0)", at(1, 1), at(0, -1), at(0, 0), inf, []float64{0}, no, yes, yes, yes},
		{"leaky_relu(1)", at(1, 1), at(1, -1), limit(-inf, -inf), inf, nil, yes, yes, yes, no},
		{"leaky_relu(2)", at(2, -1), at(1, 1), limit(-inf, -inf), inf, []float64{0}, no, yes, yes, no},
		{"leaky_relu(-0.3)", at(1, 1), at(-0.3, -1), only(0, 0), inf, []float64{0}, no, yes, no, no},
		{"elu", at(1, 1), limit(0, -inf), limit(-1, -inf), inf, []float64{0}, no, no, yes, no},
		{"elu(0.3)", at(1, 1), limit(0, -inf), limit(-0.3, -inf), inf, []float64{0}, no, no, yes, no},
		{"elu(2)", limit(2, 0), limit(0, -inf), limit(-2, -inf), inf, []float64{0}, no, no, yes, no},
		{"celu(2)", at(1, 1), limit(0, -inf), limit(-2, -inf), inf, []float64{0}, no, no, yes, no},
		{"selu", limit(lambda*alpha, 0), limit(0, -inf), limit(-lambda*alpha, -inf), inf, []float64{0}, no, no, yes, no},
		{"gelu", only(1.1289041451851547863, math.Sqrt2), only(-0.12890414518515478634, -math.Sqrt2),
			only(-0.16997120747990366169, -0.75179152469356445746), inf, nil, no, no, no, no},
		{"gelu_tanh", only(1.1289930686587717655, 1.4185040087908283555), only(-0.12899306865877176546, -1.4185040087908283555),
			only(-0.17004075057125405064, -0.75246142207101625849), inf, nil, no, no, no, no},
		{"silu", only(1.099839320128866917, 2.3993572805154676678), only(-0.099839320128866916958, -2.3993572805154676678),
			only(-0.27846454276107379511, -1.2784645427610737951), inf, nil, no, no, no, no},
		{"mish", only(1.0884981612517278612, 1.4905711794854284593), only(-0.11252612238946255641, -2.25637639636079312),
			only(-0.30884341301725040663, -1.1924312145154952121), inf, nil, no, no, no, no},
		{"hard_swish", limit(1.5, 3), limit(-0.5, -3), only(-0.375, -1.5), inf, []float64{-3, 3}, no, no, no, yes},
		{"hard_sigmoid_torch", at(1./6, 0), at(0, -3), at(0, -3), 1, []float64{-3, 3}, no, no, yes, yes},
		{"hard_sigmoid_keras", at(0.2, 0), at(0, -2.5), at(0, -2.5), 1, []float64{-2.5, 2.5}, no, no, yes, yes},
	} {
		a := MustParse(tc.text)
		for _, e := range []struct {
			what      string
			got, want Extremum
		}{{"sup φ′", a.Sup(), tc.sup}, {"inf φ′", a.Inf(), tc.inf}, {"inf φ", a.Minimum(), tc.min}} {
			if !same(e.got.Value, e.want.Value) || !same(e.got.At, e.want.At) || e.got.Attained != e.want.Attained || e.got.Unique != e.want.Unique {
				t.Errorf("%s of %s = %+v, want %+v", e.what, tc.text, e.got, e.want)
			}
		}
		lo, hi := a.Range()
		if lo != a.Minimum().Value || hi != tc.max {
			t.Errorf("range of %s = [%v, %v], want [%v, %v]", tc.text, lo, hi, tc.min.Value, tc.max)
		}
		if !slices.Equal(a.Kinks(), tc.kinks) {
			t.Errorf("kinks of %s = %v, want %v", tc.text, a.Kinks(), tc.kinks)
		}
		got := [4]bool{a.Odd(), a.Homogeneous(), a.Monotone(), a.HasDeadZone()}
		if want := [4]bool{tc.odd, tc.homogeneous, tc.monotone, tc.hasDeadEnd}; got != want {
			t.Errorf("%s is odd, homogeneous, monotone, has a dead zone: %v, want %v", tc.text, got, want)
		}
	}
}

// same says whether two traits are the same number to 1e-15 relatively.
func same(x, y float64) bool { return x == y || math.Abs(x-y) <= 1e-15*math.Abs(y) }

// An extremum that is attained is the value at its place, and one that is not is
// the limit there.
func TestExtremum_place(t *testing.T) {
	for _, a := range samples {
		for _, e := range []struct {
			what string
			f    func(z float64) float64
			e    Extremum
		}{{"sup φ′", a.DPhi, a.Sup()}, {"inf φ′", a.DPhi, a.Inf()}, {"inf φ", a.Phi, a.Minimum()}} {
			got := e.f(e.e.At)
			if !e.e.Attained && !math.IsInf(e.e.At, 0) { // one of the sides, just beside it
				const step = 1e-9
				left, right := e.f(e.e.At-step), e.f(e.e.At+step)
				if got == e.e.Value {
					t.Errorf("%s of %v is attained at %v", e.what, a, e.e.At)
				}
				if got = left; math.Abs(right-e.e.Value) < math.Abs(left-e.e.Value) {
					got = right
				}
			}
			if diff := math.Abs(got - e.e.Value); !(got == e.e.Value || diff <= 4e-9) || e.e.Attained && !(diff <= 1e-15) {
				t.Errorf("%s of %v = %v, but %v at %v", e.what, a, e.e.Value, got, e.e.At)
			}
		}
	}
}

// φ is not smooth at a kink: φ′ or its difference quotient jumps there.
func TestKinks_jump(t *testing.T) {
	const h = 1e-4
	for _, a := range samples {
		for _, k := range a.Kinks() {
			left, right := a.DPhi(k-h), a.DPhi(k+h)
			bend := (a.DPhi(k+2*h) - right) - (left - a.DPhi(k-2*h))
			if !(math.Abs(right-left) > 0.1 || math.Abs(bend) > 0.4*h) {
				t.Errorf("%v: φ′ goes from %v to %v at %v, and bends by %v", a, left, right, k, bend/h)
			}
		}
	}
}

// Limits and special values: φ, φ′ and log|φ′| at −∞, 0 and ∞; NaN gives NaN.
func TestSpecialCases(t *testing.T) {
	nan := math.NaN()
	ln2 := math.Ln2
	for _, tc := range []struct {
		text               string
		phi, dphi, log     [3]float64
		negativeZeroIsKept bool
	}{
		{"linear", [3]float64{-inf, 0, inf}, [3]float64{1, 1, 1}, [3]float64{0, 0, 0}, true},
		{"sigmoid", [3]float64{0, 0.5, 1}, [3]float64{0, 0.25, 0}, [3]float64{-inf, -2 * ln2, -inf}, false},
		{"tanh", [3]float64{-1, 0, 1}, [3]float64{0, 1, 0}, [3]float64{-inf, 0, -inf}, true},
		{"erf", [3]float64{-1, 0, 1}, [3]float64{0, 2 / math.SqrtPi, 0}, [3]float64{-inf, math.Log(2 / math.SqrtPi), -inf}, true},
		{"arctan", [3]float64{-math.Pi / 2, 0, math.Pi / 2}, [3]float64{0, 1, 0}, [3]float64{-inf, 0, -inf}, true},
		{"sin", [3]float64{nan, 0, nan}, [3]float64{nan, 1, nan}, [3]float64{nan, 0, nan}, true},
		{"softsign", [3]float64{-1, 0, 1}, [3]float64{0, 1, 0}, [3]float64{-inf, 0, -inf}, true},
		{"relu", [3]float64{0, 0, inf}, [3]float64{0, 0, 1}, [3]float64{-inf, -inf, 0}, false},
		{"relu6", [3]float64{0, 0, 6}, [3]float64{0, 0, 0}, [3]float64{-inf, -inf, -inf}, false},
		{"hard_tanh", [3]float64{-1, 0, 1}, [3]float64{0, 1, 0}, [3]float64{-inf, 0, -inf}, false},
		{"softplus", [3]float64{0, ln2, inf}, [3]float64{0, 0.5, 1}, [3]float64{-inf, -ln2, 0}, false},
		{"log_sigmoid", [3]float64{-inf, -ln2, 0}, [3]float64{1, 0.5, 0}, [3]float64{0, -ln2, -inf}, false},
		{"leaky_relu(0.25)", [3]float64{-inf, 0, inf}, [3]float64{0.25, 0.25, 1}, [3]float64{-2 * ln2, -2 * ln2, 0}, true},
		{"leaky_relu(-2)", [3]float64{inf, 0, inf}, [3]float64{-2, 1, 1}, [3]float64{ln2, 0, 0}, true},
		{"elu(0.5)", [3]float64{-0.5, 0, inf}, [3]float64{0, 0.5, 1}, [3]float64{-inf, -ln2, 0}, true},
		{"celu(2)", [3]float64{-2, 0, inf}, [3]float64{0, 1, 1}, [3]float64{-inf, 0, 0}, true},
		{"gelu", [3]float64{0, 0, inf}, [3]float64{0, 0.5, 1}, [3]float64{-inf, -ln2, 0}, true},
		{"gelu_tanh", [3]float64{0, 0, inf}, [3]float64{0, 0.5, 1}, [3]float64{-inf, -ln2, 0}, true},
		{"silu", [3]float64{0, 0, inf}, [3]float64{0, 0.5, 1}, [3]float64{-inf, -ln2, 0}, true},
		{"mish", [3]float64{0, 0, inf}, [3]float64{0, 0.6, 1}, [3]float64{-inf, math.Log(0.6), 0}, true},
		{"hard_swish", [3]float64{0, 0, inf}, [3]float64{0, 0.5, 1}, [3]float64{-inf, -ln2, 0}, true},
		{"hard_sigmoid_torch", [3]float64{0, 0.5, 1}, [3]float64{0, 1. / 6, 0}, [3]float64{-inf, -math.Log(6), -inf}, false},
		{"hard_sigmoid_keras", [3]float64{0, 0.5, 1}, [3]float64{0, 0.2, 0}, [3]float64{-inf, -math.Log(5), -inf}, false},
	} {
		a := MustParse(tc.text)
		for _, f := range []struct {
			name string
			f    func(z float64) float64
			want [3]float64
		}{{"φ", a.Phi, tc.phi}, {"φ′", a.DPhi, tc.dphi}, {"log|φ′|", a.LogAbsDPhi, tc.log}} {
			for i, z := range []float64{-inf, 0, inf} {
				if got, want := f.f(z), f.want[i]; !same(got, want) && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Errorf("%s of %s at %v = %v, want %v", f.name, tc.text, z, got, want)
				}
			}
			if got, want := f.f(math.Copysign(0, -1)), f.f(0); got != want {
				t.Errorf("%s of %s at −0 = %v, want %v", f.name, tc.text, got, want)
			}
			if got := f.f(nan); !math.IsNaN(got) {
				t.Errorf("%s of %s at NaN = %v", f.name, tc.text, got)
			}
		}
		if got := math.Signbit(a.Phi(math.Copysign(0, -1))); a.Phi(0) == 0 && got != tc.negativeZeroIsKept {
			t.Errorf("φ of %s at −0 = %v", tc.text, a.Phi(math.Copysign(0, -1)))
		}
	}
}

func TestTailKind(t *testing.T) {
	for _, tc := range []struct {
		text        string
		left, right TailKind
		words       string
	}{
		{"linear", Constant, Constant, "constant constant"},
		{"leaky_relu(0)", Zero, Constant, "zero constant"},
		{"sigmoid", Exponential, Exponential, "exponential exponential"},
		{"erf", Gaussian, Gaussian, "gaussian gaussian"},
		{"softsign", Polynomial, Polynomial, "polynomial polynomial"},
		{"sin", Oscillating, Oscillating, "oscillating oscillating"},
		{"gelu", Gaussian, Constant, "gaussian constant"},
		{"gelu_tanh", Cubic, Constant, "cubic constant"},
		{"log_sigmoid", Constant, Exponential, "constant exponential"},
	} {
		a := MustParse(tc.text)
		left, right := a.Tail(-3), a.Tail(1)
		if words := left.Kind.String() + " " + right.Kind.String(); left.Kind != tc.left || right.Kind != tc.right || words != tc.words {
			t.Errorf("tails of %s are %s, want %s", tc.text, words, tc.words)
		}
	}
}
