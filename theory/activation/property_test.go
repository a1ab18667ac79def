package activation

import (
	"math"
	"slices"
	"strings"
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

// samples holds every activation, and those with a parameter at several values.
var samples = func() []Activation {
	all := All()
	for _, text := range []string{
		"leaky_relu(0)", "leaky_relu(0.1)", "leaky_relu(-0.3)", "leaky_relu(2)", "leaky_relu(-1)",
		"elu(0.3)", "elu(2)", "celu(0.5)", "celu(2)", "celu(0.3)",
	} {
		all = append(all, MustParse(text))
	}
	return all
}()

// drawActivation draws an activation, parameters included.
func drawActivation(t *rapid.T) Activation {
	i := rapid.IntRange(0, len(specs)-1).Draw(t, "activation")
	s := &specs[i]
	if s.param == "" {
		return newActivation(s, 0)
	}
	x := math.Exp(rapid.Float64Range(-5, 5).Draw(t, "log_"+s.param))
	if s.name == "leaky_relu" && rapid.Bool().Draw(t, "negative") {
		x = -x
	}
	return newActivation(s, x)
}

// drawZ draws points near 0, near the kinks and far out.
func drawZ(t *rapid.T, a Activation, label string) float64 {
	sign := rapid.SampledFrom([]float64{-1, 1}).Draw(t, label+"_sign")
	switch rapid.IntRange(0, 2).Draw(t, label+"_kind") {
	case 0:
		return sign * rapid.Float64Range(0, 8).Draw(t, label)
	case 1:
		return sign * math.Exp(rapid.Float64Range(-700, 700).Draw(t, "log_"+label))
	}
	places := append(a.Kinks(), 0)
	return rapid.SampledFrom(places).Draw(t, label+"_kink") + sign*rapid.Float64Range(0, 1e-9).Draw(t, label)
}

// distance to the nearest kink.
func fromKink(a Activation, z float64) float64 {
	d := inf
	for _, k := range a.Kinks() {
		d = min(d, math.Abs(z-k))
	}
	return d
}

// φ′ is the central difference quotient of sixth order of φ. With the step h its error
// is h⁶M/140 for M = max|φ⁽⁷⁾| near z, plus 2 ulp|φ|/h of rounding.
func TestDPhi_difference(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		h := 1e-3
		if a.Name() == "celu" {
			h *= min(1, a.Args()[0]) // varies on that scale
		}
		z := rapid.Float64Range(-30, 30).Draw(t, "z")
		if fromKink(a, z) < 4*h {
			return
		}
		d := func(k float64) float64 { return a.Phi(z+k*h) - a.Phi(z-k*h) }
		want := (45*d(1) - 9*d(2) + d(3)) / (60 * h)
		slack := 1e-14*math.Abs(want) + 4e-16*(math.Abs(a.Phi(z))+math.Abs(z))/h + 1e-13
		if name := a.Name(); name == "elu" || name == "leaky_relu" || name == "celu" {
			slack *= 1 + math.Abs(a.Args()[0])
		}
		if diff := math.Abs(a.DPhi(z) - want); !(diff <= 10*slack) {
			t.Fatalf("φ′ of %v at %v = %v, differences give %v, off by %.3g, slack %.3g", a, z, a.DPhi(z), want, diff, slack)
		}
	})
}

// inf φ′ ≤ φ′ ≤ sup φ′ and inf φ ≤ φ ≤ sup φ, to an ulp, and φ is Lipschitz with the
// constant max(|sup φ′|, |inf φ′|).
func TestDPhi_bounds(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		x, y := drawZ(t, a, "x"), drawZ(t, a, "y")
		const ulp = 0x1p-52
		sup, low := a.Sup().Value, a.Inf().Value
		if d := a.DPhi(x); !(low-ulp*math.Abs(low) <= d && d <= sup+ulp*math.Abs(sup)) {
			t.Fatalf("φ′ of %v at %v = %v, not in [%v, %v]", a, x, d, low, sup)
		}
		lo, hi := a.Range()
		fx, fy := a.Phi(x), a.Phi(y)
		if !(lo-ulp*math.Abs(lo) <= fx && fx <= hi+ulp*math.Abs(hi)) {
			t.Fatalf("φ of %v at %v = %v, not in [%v, %v]", a, x, fx, lo, hi)
		}
		lipschitz := max(math.Abs(sup), math.Abs(low))
		if dx := math.Abs(x - y); !math.IsInf(fx, 0) && !math.IsInf(fy, 0) && !(math.Abs(fx-fy) <= lipschitz*dx+8*ulp*(math.Abs(fx)+math.Abs(fy))) {
			t.Fatalf("|φ(%v) − φ(%v)| = %v of %v, above %v times %v", x, y, math.Abs(fx-fy), a, lipschitz, dx)
		}
		if a.Monotone() && x < y && !(fx <= fy+4*ulp*math.Abs(fy)) {
			t.Fatalf("%v is not monotone: φ(%v) = %v, φ(%v) = %v", a, x, fx, y, fy)
		}
	})
}

// log|φ′| is the logarithm of |φ′| where that is a normal number, and −∞ exactly where
// φ′ is 0 and has not underflowed.
func TestLogAbsDPhi_logarithm(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		z := drawZ(t, a, "z")
		d, log := math.Abs(a.DPhi(z)), a.LogAbsDPhi(z)
		switch {
		case d >= 0x1p-1022:
			if want := math.Log(d); !(math.Abs(log-want) <= 1e-15*(1+math.Abs(want))) {
				t.Fatalf("log|φ′| of %v at %v = %v, want %v", a, z, log, want)
			}
		case !(log < -708):
			t.Fatalf("log|φ′| of %v at %v = %v, but φ′ = %v", a, z, log, d)
		case a.HasDeadZone() != (log == -inf) && math.Abs(z) < 1e90:
			t.Fatalf("log|φ′| of %v at %v = %v, dead zone %v", a, z, log, a.HasDeadZone())
		}
	})
}

// φ′(z) + φ′(−z) = 1, and φ(z) − φ(−z) = z, for zσ with any symmetric gate; mish is
// not one.
func TestGate_symmetry(t *testing.T) {
	for _, tc := range []struct {
		text string
		want bool
	}{{"gelu", true}, {"gelu_tanh", true}, {"silu", true}, {"hard_swish", true}, {"mish", false}} {
		a := MustParse(tc.text)
		worst := 0.0
		for z := 0.01; z < 900; z *= 1.1 {
			worst = max(worst, math.Abs(a.DPhi(z)+a.DPhi(-z)-1), math.Abs(a.Phi(z)-a.Phi(-z)-z)/z)
		}
		if got := worst <= 4e-16; got != tc.want {
			t.Errorf("%s: φ′(z) + φ′(−z) − 1 is up to %v", tc.text, worst)
		}
	}
}

// Odd and homogeneous functions are, and the others are not.
func TestSymmetry(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		z := drawZ(t, a, "z")
		if a.Odd() && a.Phi(-z) != -a.Phi(z) {
			t.Fatalf("%v is odd, but φ(±%v) = %v, %v", a, z, a.Phi(z), a.Phi(-z))
		}
		if !a.Odd() && a.Phi(-2) == -a.Phi(2) {
			t.Fatalf("%v is not odd, but φ(±2) = ±%v", a, a.Phi(2))
		}
		c := math.Exp(rapid.Float64Range(-300, 300).Draw(t, "log_c"))
		if got, want := a.Phi(c*z), c*a.Phi(z); a.Homogeneous() && math.Abs(z) < 1e100 && !(math.Abs(got-want) <= 1e-15*math.Abs(want)+1e-320) {
			t.Fatalf("%v is homogeneous, but φ(cz) = %v, cφ(z) = %v at c = %v, z = %v", a, got, want, c, z)
		}
		bends := false
		for _, z := range []float64{-4, -1, 1, 4} {
			bends = bends || !same(a.Phi(2*z), 2*a.Phi(z))
		}
		if !a.Homogeneous() && !bends {
			t.Fatalf("%v is not homogeneous, but φ(2z) = 2φ(z) for z = ±1 and ±4", a)
		}
	})
}

// φ that is not monotone falls somewhere: φ′ < 0 at the place of its infimum.
func TestMonotone_witness(t *testing.T) {
	for _, a := range samples {
		z := a.Inf().At
		if !a.Inf().Attained {
			z += 1e-9 // hard_swish at −3 from the right
		}
		if !a.Monotone() && !(a.DPhi(z) < 0) {
			t.Errorf("%v is not monotone, but φ′(%v) = %v", a, z, a.DPhi(z))
		}
	}
}

// The tails are those of φ′: the ratio to the leading behaviour tends to 1 like
// 1 + O(1/|z|), with the sign of the coefficient.
func TestTail_leading(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		sign := rapid.SampledFrom([]int{-1, 1}).Draw(t, "sign")
		x := math.Exp(rapid.Float64Range(4, 200).Draw(t, "log_z"))
		z := float64(sign) * x
		tail, log := a.Tail(sign), a.LogAbsDPhi(z)
		switch tail.Kind {
		case Oscillating:
			return
		case Zero:
			if log != -inf || tail.LogAbs(z) != -inf || a.DPhi(z) != 0 {
				t.Fatalf("φ′ of %v at %v = %v, want a dead zone", a, z, a.DPhi(z))
			}
			return
		}
		if log == -inf && tail.LogAbs(z) == -inf { // beyond float64
			return
		}
		if diff := math.Abs(log - tail.LogAbs(z)); !(diff <= 3/x+4e-15*math.Abs(log)+1e-15) {
			t.Fatalf("log|φ′| of %v at %v = %v, tail %v, off by %.3g", a, z, log, tail.LogAbs(z), diff)
		}
		if d := a.DPhi(z); d != 0 && (d < 0) != (tail.Coefficient < 0) {
			t.Fatalf("φ′ of %v at %v = %v, tail coefficient %v", a, z, d, tail.Coefficient)
		}
	})
}

// The tail ratio times the leading tail is φ′, and is in [1/4, 1]: σ′ ≤ e^−|z|.
func TestDerivativeTailRatio(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := MustParse(rapid.SampledFrom([]string{"sigmoid", "tanh"}).Draw(t, "activation"))
		z := drawZ(t, a, "z")
		ratio, err := a.DerivativeTailRatio(z)
		if err != nil || !(ratio >= 0.25 && ratio <= 1) {
			t.Fatalf("tail ratio of %v at %v = %v, %v", a, z, ratio, err)
		}
		log := a.LogAbsDPhi(z) - a.Tail(1).LogAbs(z)
		if diff := math.Abs(log - math.Log(ratio)); math.Abs(z) < 1e3 && !(diff <= 1e-15*(2+math.Abs(a.LogAbsDPhi(z)))) {
			t.Fatalf("tail ratio of %v at %v = %v, want %v", a, z, ratio, math.Exp(log))
		}
	})
	for _, tc := range []struct {
		text, want string
		z          float64
	}{
		{"relu", "activation = relu, want sigmoid or tanh", 1},
		{"tanh", "z = NaN, want a finite number", math.NaN()},
		{"sigmoid", "z = -Inf, want a finite number", -inf},
	} {
		if _, err := MustParse(tc.text).DerivativeTailRatio(tc.z); err == nil || err.Error() != tc.want {
			t.Errorf("tail ratio of %s at %v: %v, want %q", tc.text, tc.z, err, tc.want)
		}
	}
}

// The constants of selu make zero mean and unit variance a fixed point (checked in
// package gauss) and are those of Klambauer et al. to the last place.
func TestSELUConstant(t *testing.T) {
	for name, want := range map[string]float64{
		"alpha": 1.6732632423543772848170429916717, "lambda": 1.0507009873554804934193349852946,
	} {
		if got, err := SELUConstant(name); err != nil || !same(got, want) {
			t.Errorf("%s = %v, %v, want %v", name, got, err, want)
		}
	}
	if _, err := SELUConstant("gamma"); err == nil || err.Error() != "constant = gamma, want alpha or lambda" {
		t.Errorf("constant gamma: %v", err)
	}
}

func TestPanics(t *testing.T) {
	for _, tc := range []struct {
		call func()
		want string
	}{
		{func() { MustParse("swish") }, "activation: unknown activation"},
		{func() { MustParse("tanh").Tail(0) }, "activation: tail needs a sign"},
		{func() { _ = TailKind(7).String() }, "activation: unknown tail kind"},
		{func() { _ = TailKind(-1).String() }, "activation: unknown tail kind"},
	} {
		func() {
			defer func() {
				if got, ok := recover().(string); !ok || !strings.HasPrefix(got, tc.want) {
					t.Errorf("panic %q, want %q", got, tc.want)
				}
			}()
			tc.call()
		}()
	}
}

// The caller cannot change the kinks or the arguments of an activation.
func TestCopies(t *testing.T) {
	a := MustParse("elu(2)")
	a.Kinks()[0], a.Args()[0] = 5, 5
	if !slices.Equal(a.Kinks(), []float64{0}) || !slices.Equal(a.Args(), []float64{2}) || MustParse("tanh").Args() != nil {
		t.Errorf("kinks %v, arguments %v", a.Kinks(), a.Args())
	}
}
