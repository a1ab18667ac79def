package kernel

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/theory/activation"
)

// instances are all activations, the parametrised ones with several arguments.
func instances() []activation.Activation {
	all := activation.All()
	for _, text := range []string{"leaky_relu(0)", "leaky_relu(-0.5)", "leaky_relu(1)", "leaky_relu(3)", "elu(0.25)",
		"elu(3)", "celu(0.1)", "celu(40)"} {
		all = append(all, activation.MustParse(text))
	}
	return all
}

func mustActivation(t interface{ Fatal(...any) }, a activation.Activation) Activation {
	phi, err := NewActivation(a)
	if err != nil {
		t.Fatal(err)
	}
	return phi
}

// at evaluates φ and φ′ = mant·2^exp at one argument.
func at(phi Activation, z float64) (value, mant, exp float64) {
	var v, m, e [1]float64
	phi.Phi(v[:], []float64{z})
	phi.DPhi(m[:], e[:], []float64{z})
	return v[0], m[0], e[0]
}

// TestActivation_theory compares with package activation, a second route to the same
// numbers with package math, at arguments of any size: φ, φ′ and log|φ′| to 1e-14,
// next to zeros of φ′ absolutely, and exact zeros of φ′ at the same places.
func TestActivation_theory(t *testing.T) {
	var sizes []float64
	for e := -320.0; e <= 308; e += 4 {
		sizes = append(sizes, math.Pow(10, e))
	}
	for x := 0.0; x < 45; x += 0.37 {
		sizes = append(sizes, x)
	}
	for _, a := range instances() {
		phi := mustActivation(t, a)
		for _, size := range append(sizes, math.MaxFloat64, 800, 2.5, 3, 6, 1.3e15+0.25, 2.7e15+0.5, 3.1e7, 6.2e7) {
			for _, z := range []float64{size, -size} {
				if a.Name() == "sin" && size > 1e15 {
					continue // theory and kernel both reduce exactly: TestElementary_reference
				}
				compare(t, a, phi, z)
			}
		}
	}
}

func compare(t *testing.T, a activation.Activation, phi Activation, z float64) {
	t.Helper()
	value, mant, exp := at(phi, z)
	want, slope, log := a.Phi(z), a.DPhi(z), a.LogAbsDPhi(z)
	if !(value == want || math.Abs(value-want) <= 1e-14*math.Abs(want)+0x1p-1066) {
		t.Errorf("%v: φ(%v) = %v, want %v", a, z, value, want)
	}
	if (mant == 0) != math.IsInf(log, -1) && exp > -math.MaxFloat64 || exp != math.Trunc(exp) || math.IsInf(mant, 0) {
		t.Errorf("%v: φ′(%v) = %v·2^%v, log %v", a, z, mant, exp, log)
	}
	if mant == 0 {
		return
	}
	if math.Abs(slope) > 1e-300 {
		if got := ldexp(mant, exp); !(math.Abs(got-slope) <= 1e-14*math.Abs(slope)+2e-16*edge(a, z)) {
			t.Errorf("%v: φ′(%v) = %v, want %v", a, z, got, slope)
		}
		return
	}
	if got := Log(math.Abs(mant)) + exp*math.Ln2; exp > -math.MaxFloat64 && !(math.Abs(got-log) <= 1e-14*math.Abs(log)) {
		t.Errorf("%v: log|φ′(%v)| = %v, want %v", a, z, got, log)
	}
}

// edge is 1 where φ′ may be next to a zero.
func edge(a activation.Activation, z float64) float64 {
	if !a.Monotone() && z > -4 {
		return 1
	}
	return 0
}

// TestActivation_piecewise: what is linear or quadratic by pieces is exact.
func TestActivation_piecewise(t *testing.T) {
	for _, a := range instances() {
		if n := len(a.Kinks()); n == 0 && a.Name() != "linear" || strings.Contains(a.Name(), "lu(") ||
			a.Name() == "softsign" || a.Name() == "elu" || a.Name() == "celu" || a.Name() == "selu" {
			continue
		}
		phi := mustActivation(t, a)
		for _, k := range append(a.Kinks(), 0, 0.3, -0.7, 2, -2, 5, -5, 1e300, -1e300) {
			for _, z := range []float64{k, math.Nextafter(k, math.Inf(1)), math.Nextafter(k, math.Inf(-1))} {
				value, mant, exp := at(phi, z)
				if value != a.Phi(z) || mant != a.DPhi(z) || exp != 0 {
					t.Errorf("%v at %v: φ = %v, φ′ = %v·2^%v, want %v and %v", a, z, value, mant, exp, a.Phi(z), a.DPhi(z))
				}
			}
		}
	}
}

// TestActivation_special: NaN gives NaN, and ±Inf the limits.
func TestActivation_special(t *testing.T) {
	for _, a := range instances() {
		phi := mustActivation(t, a)
		for _, z := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
			value, mant, exp := at(phi, z)
			want, slope := a.Phi(z), a.DPhi(z)
			if math.IsNaN(z) {
				if !math.IsNaN(value) || !math.IsNaN(mant) {
					t.Errorf("%v at NaN: φ = %v, φ′ = %v", a, value, mant)
				}
				continue
			}
			got := ldexp(mant, exp)
			if mant == 0 || exp == 0 {
				got = mant
			}
			if !alike(value, want) || !alike(got, slope) {
				t.Errorf("%v at %v: φ = %v, φ′ = %v·2^%v, want %v and %v", a, z, value, mant, exp, want, slope)
			}
		}
	}
}

// alike reports whether two numbers are equal to 4 ulp, or both NaN or the same
// infinity.
func alike(x, y float64) bool {
	return x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 0x1p-50*math.Abs(y)
}

// TestActivation_symmetry: φ′ of an even derivative has the same bits on both sides,
// and φ of an odd function too.
func TestActivation_symmetry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.Float64().Draw(t, "z")
		for _, a := range instances() {
			if !a.Odd() {
				continue
			}
			phi := mustActivation(t, a)
			v1, m1, e1 := at(phi, z)
			v2, m2, e2 := at(phi, -z)
			if v1 != -v2 || m1 != m2 || e1 != e2 {
				t.Errorf("%v at ±%v: φ = %v and %v, φ′ = %v·2^%v and %v·2^%v", a, z, v1, v2, m1, e1, m2, e2)
			}
		}
	})
}

// TestActivation_arrays: an element of an array is what it is alone, whatever the
// length, also in place, and nothing else is touched.
func TestActivation_arrays(t *testing.T) {
	const guard = 12345.678
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(instances()).Draw(t, "activation")
		n := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, 1024)).Draw(t, "length")
		seed := rapid.SliceOfN(rapid.Float64(), 1, 20).Draw(t, "values")
		phi := mustActivation(t, a)
		z := make([]float64, n)
		for i := range z {
			z[i] = seed[i%len(seed)]
		}
		var out [3][]float64
		for k := range out {
			out[k] = []float64{}
			for range n + 1 {
				out[k] = append(out[k], guard)
			}
		}
		phi.Phi(out[0][:n:n], z)
		phi.DPhi(out[1][:n:n], out[2][:n:n], z)
		inPlace := append([]float64(nil), z...)
		phi.Phi(inPlace, inPlace)
		mantInPlace, expInPlace := append([]float64(nil), z...), append([]float64(nil), z...)
		phi.DPhi(mantInPlace, make([]float64, n), mantInPlace)
		phi.DPhi(make([]float64, n), expInPlace, expInPlace)
		for i, x := range z {
			value, mant, exp := at(phi, x)
			if out[0][i] != value || out[1][i] != mant || out[2][i] != exp || inPlace[i] != value ||
				mantInPlace[i] != mant || expInPlace[i] != exp {
				t.Fatalf("%v, element %d of %d: %v, %v·2^%v, in place %v; alone %v, %v·2^%v", a, i, n,
					out[0][i], out[1][i], out[2][i], inPlace[i], value, mant, exp)
			}
		}
		if out[0][n] != guard || out[1][n] != guard || out[2][n] != guard {
			t.Fatalf("%v: element beyond %d touched", a, n)
		}
	})
}

// TestElementary_special: the special cases of the doc comments.
func TestElementary_special(t *testing.T) {
	inf := math.Inf(1)
	for _, tt := range []struct {
		reason string
		f      func(float64) float64
		x      float64
		want   float64
	}{
		{"e^0", Exp, 0, 1}, {"e^−0", Exp, math.Copysign(0, -1), 1},
		{"largest", Exp, inf, inf}, {"smallest", Exp, -inf, 0}, {"no number", Exp, math.NaN(), math.NaN()},
		{"overflows", Exp, 709.79, inf}, {"does not", Exp, 709.75, 1.7398368732641606e+308},
		{"subnormal", Exp, -745.1, 0x1p-1074}, {"underflows", Exp, -745.14, 0},
		{"tiny argument", Exp, 1e-300, 1}, {"far", Exp, -1e300, 0}, {"far", Exp, math.MaxFloat64, inf},
		{"log 1", Log, 1, 0}, {"log 0", Log, 0, -inf}, {"log −0", Log, math.Copysign(0, -1), -inf},
		{"largest", Log, inf, inf}, {"negative", Log, -1, math.NaN()}, {"no number", Log, math.NaN(), math.NaN()},
		{"smallest subnormal", Log, 0x1p-1074, -1074 * math.Ln2}, {"powers of two", Log, 0x1p1023, 1023 * math.Ln2},
	} {
		if got := tt.f(tt.x); !alike(got, tt.want) {
			t.Errorf("%s: f(%v) = %v, want %v", tt.reason, tt.x, got, tt.want)
		}
	}
}

// TestExpLog_inverse: Log(Exp(x)) = x to the rounding of e^x, and Exp is monotone to
// its error.
func TestExpLog_inverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-700, 700).Draw(t, "x")
		if got := Log(Exp(x)); !(math.Abs(got-x) <= 0x1p-52*math.Abs(x)+0x1.8p-52) {
			t.Errorf("Log(Exp(%v)) = %v", x, got)
		}
	})
}

func TestActivation_misuse(t *testing.T) {
	if _, err := NewActivation(activation.Activation{}); err == nil || !strings.HasPrefix(err.Error(), "activation missing") {
		t.Errorf("zero activation: error %v", err)
	}
	phi := mustActivation(t, activation.MustParse("tanh"))
	for _, call := range []func(){
		func() { phi.Phi(make([]float64, 3), make([]float64, 2)) },
		func() { phi.DPhi(make([]float64, 2), make([]float64, 3), make([]float64, 2)) },
		func() { phi.DPhi(make([]float64, 3), make([]float64, 2), make([]float64, 2)) },
	} {
		mustPanic(t, call)
	}
}

func mustPanic(t *testing.T, call func()) {
	t.Helper()
	defer func() {
		if p, _ := recover().(string); !strings.HasPrefix(p, "kernel: ") {
			t.Errorf("got panic %q, want one of the package", p)
		}
	}()
	call()
}
