package quad

import (
	"math"
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

var inf = math.Inf(1)

// Integrals with known values: closed forms, in the reason the difficulty. relTol is
// what is asked for and must be reached.
func TestIntegrate_table(t *testing.T) {
	for _, tc := range []struct {
		reason string
		f      func(x float64) float64
		breaks []float64
		want   float64
		relTol float64
	}{
		{"constant", func(x float64) float64 { return 3 }, []float64{-1, 4}, 15, 1e-13},
		{"odd", func(x float64) float64 { return x * x * x }, []float64{-2, 2}, 0, 1e-13},
		{"degree 31", func(x float64) float64 { return math.Pow(x, 30) }, []float64{0, 1}, 1. / 31, 1e-13},
		{"exponential", math.Exp, []float64{-3, 2}, math.Exp(2) - math.Exp(-3), 1e-13},
		{"oscillating", func(x float64) float64 { return math.Cos(100 * x) }, []float64{0, 1}, math.Sin(100) / 100, 1e-11},
		{"Gaussian, whole line", func(x float64) float64 { return math.Exp(-x * x) }, []float64{-inf, inf}, math.SqrtPi, 1e-13},
		{"Gaussian, half line below", func(x float64) float64 { return math.Exp(-x * x) }, []float64{-inf, 0}, math.SqrtPi / 2, 1e-13},
		{"Gaussian, breaks where it decays", func(x float64) float64 { return math.Exp(-x * x) }, []float64{-inf, -3, 1, 5, inf}, math.SqrtPi, 1e-13},
		{"Cauchy, whole line", func(x float64) float64 { return 1 / (1 + x*x) }, []float64{-inf, inf}, math.Pi, 1e-13},
		{"slow decay", func(x float64) float64 { return math.Pow(1+x, -1.5) }, []float64{0, inf}, 2, 1e-11},
		{"exponential tail", func(x float64) float64 { return x * math.Exp(-x) }, []float64{0, inf}, 1, 1e-13},
		{"shifted tail", func(x float64) float64 { return math.Exp(100 - x) }, []float64{100, inf}, 1, 1e-13},
		{"kink at a break", func(x float64) float64 { return math.Abs(x - 0.3) }, []float64{0, 0.3, 1}, 0.29, 1e-13},
		{"jump at a break", func(x float64) float64 {
			if x < 0.3 {
				return -1
			}
			return 2
		}, []float64{0, 0.3, 1}, 1.1, 1e-13},
		{"logarithm at 0", math.Log, []float64{0, 1}, -1, 1e-12},
		{"logarithm inside", func(x float64) float64 { return math.Log(math.Abs(x - 0.25)) }, []float64{0, 0.25, 1},
			0.25*math.Log(0.25) + 0.75*math.Log(0.75) - 1, 1e-12},
		{"square of a logarithm", func(x float64) float64 { return math.Log(x) * math.Log(x) }, []float64{0, 1}, 2, 1e-12},
		{"inverse square root", func(x float64) float64 { return 1 / math.Sqrt(x) }, []float64{0, 4}, 4, 1e-12},
		{"both ends singular", func(x float64) float64 { return 1 / math.Sqrt(-x) }, []float64{-4, 0}, 4, 1e-12},
		{"x^-0.9", func(x float64) float64 { return math.Pow(x, -0.9) }, []float64{0, 1}, 10, 1e-11},
		{"square root", math.Sqrt, []float64{0, 1}, 2. / 3, 1e-13},
		{"narrow peak with a break", func(x float64) float64 { return 1e-6 / (x*x + 1e-12) }, []float64{-1, 0, 1}, 2 * math.Atan(1e6), 1e-12},
		{"tiny interval", func(x float64) float64 { return x }, []float64{1e-300, 3e-300}, 4e-600, 1e-13},
		{"small interval", math.Exp, []float64{0, 1e-200}, 1e-200, 1e-13},
		{"long interval", func(x float64) float64 { return 1 }, []float64{-1e300, 1e300}, 2e300, 1e-13},
		{"neighbours", func(x float64) float64 { return 1 }, []float64{1, math.Nextafter(1, 2)}, 0x1p-52, 1e-13},
	} {
		value, bound := Integrate(tc.f, tc.breaks, tc.relTol/2)
		if diff := math.Abs(value - tc.want); !(diff <= bound) || !(bound <= tc.relTol*math.Abs(tc.want) || tc.want == 0) {
			t.Errorf("%s: %v ± %.3g, want %v, off by %.3g", tc.reason, value, bound, tc.want, diff)
		}
	}
}

// A value that cannot be had to the tolerance has a bound that says so.
func TestIntegrate_unreachable(t *testing.T) {
	for _, tc := range []struct {
		reason string
		f      func(x float64) float64
		breaks []float64
		want   float64
	}{
		{"more periods than panels", func(x float64) float64 { return math.Sin(3e6*x) + 1e-7 }, []float64{0, 1}, 1e-7 + (1-math.Cos(3e6))/3e6},
		{"algebraic singularity away from 0", func(x float64) float64 { return 1 / math.Sqrt(math.Abs(x-0.7)) }, []float64{0, 0.7, 1},
			2 * (math.Sqrt(0.7) + math.Sqrt(0.3))},
		{"integrand of rounding noise", func(x float64) float64 { return (1e8 + x) - 1e8 - x }, []float64{0, 1}, 0},
	} {
		value, bound := Integrate(tc.f, tc.breaks, 1e-14)
		if diff := math.Abs(value - tc.want); !(diff <= bound) || !(bound > 1e-12*math.Abs(value)) && bound != 0 {
			t.Errorf("%s: %v ± %.3g, want %v, off by %.3g", tc.reason, value, bound, tc.want, diff)
		}
	}
}

// The bound is one: integrands analytic between breaks with closed forms, and
// singularities at breaks.
func TestIntegrate_bound(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := rapid.Float64Range(-4, 4).Draw(t, "a")
		b := a + rapid.Float64Range(1e-3, 8).Draw(t, "length")
		c := rapid.Float64Range(-5, 5).Draw(t, "c")
		p := rapid.Float64Range(-0.95, 4).Draw(t, "p")
		width := math.Exp(rapid.Float64Range(-8, 3).Draw(t, "log_width"))
		relTol := math.Pow(10, -rapid.Float64Range(3, 14).Draw(t, "digits"))
		family := rapid.SampledFrom([]string{"exp", "cos", "peak", "power", "log", "kink", "tail"}).Draw(t, "family")
		breaks := []float64{a, b}
		var f func(x float64) float64
		var want, slack float64 // slack, in ulp: rounding of arguments, nodes and closed forms
		far := max(math.Abs(a), math.Abs(b))
		switch family {
		case "exp":
			f, want = func(x float64) float64 { return math.Exp(c * x) }, (math.Exp(c*b)-math.Exp(c*a))/c
			slack = (math.Exp(c*b) + math.Exp(c*a)) * (1/math.Abs(c) + 2*far)
		case "cos":
			k := c * 10
			f, want = func(x float64) float64 { return math.Cos(k * x) }, 2*math.Sin(k*(b-a)/2)*math.Cos(k*(a+b)/2)/k
			slack = (b - a) * (10 + 4*math.Abs(k)*far)
		case "peak":
			f = func(x float64) float64 { return width / ((x-c)*(x-c) + width*width) }
			want, slack = math.Atan((b-c)/width)-math.Atan((a-c)/width), math.Pi+2*far/width
		case "power":
			breaks = []float64{0, b - a}
			f, want = func(x float64) float64 { return math.Pow(x, p) }, math.Pow(b-a, p+1)/(p+1)
			slack = want * (4 + 1/(p+1))
		case "log":
			breaks = []float64{0, b - a}
			f, want = math.Log, (b-a)*(math.Log(b-a)-1)
			slack = (b - a) * (1 + math.Abs(math.Log(b-a)))
		case "kink":
			m := (a + b) / 2
			breaks = []float64{a, m, b}
			f = func(x float64) float64 { return math.Pow(math.Abs(x-m), 1+math.Abs(p)) }
			want = (math.Pow(m-a, 2+math.Abs(p)) + math.Pow(b-m, 2+math.Abs(p))) / (2 + math.Abs(p))
			slack = 8*want + 2*far*math.Pow(b-m, 1+math.Abs(p))
		case "tail":
			breaks = []float64{a, inf}
			f, want = func(x float64) float64 { return math.Exp((a - x) * (0.2 + width)) }, 1/(0.2+width)
			slack = 4*want + 4*far
		}
		if math.Abs(c) < 1e-100 {
			return
		}
		value, bound := Integrate(f, breaks, relTol)
		if diff := math.Abs(value - want); !(diff <= bound+0x1p-52*slack) {
			t.Fatalf("%v ± %.3g, want %v, off by %.3g", value, bound, want, diff)
		}
	})
}

// Integrands at which the difference of the two rules is small by chance, so that it
// alone would be no bound.
func TestIntegrate_chance(t *testing.T) {
	width, rate := math.Exp(0.24462890625), 0.2+math.Exp(-2.55859375)
	for _, tc := range []struct {
		reason string
		f      func(x float64) float64
		breaks []float64
		want   float64
	}{
		{"peak", func(x float64) float64 { return width / ((x-4.2333984375)*(x-4.2333984375) + width*width) },
			[]float64{2.363037109375, 10.362548828125}, math.Atan((10.362548828125-4.2333984375)/width) - math.Atan((2.363037109375-4.2333984375)/width)},
		{"tail", func(x float64) float64 { return math.Exp((1 - x) * rate) }, []float64{1, inf}, 1 / rate},
	} {
		value, bound := Integrate(tc.f, tc.breaks, 1e-3)
		if diff := math.Abs(value - tc.want); !(diff <= bound) {
			t.Errorf("%s: %v ± %.3g, want %v, off by %.3g", tc.reason, value, bound, tc.want, diff)
		}
	}
}

// A kink that is no break may hide: of 1000 places the bound misses 32, and the value is
// good to 3e-6 still. The difference of the two rules alone misses a third.
func TestIntegrate_hiddenKink(t *testing.T) {
	misses, worst := 0, 0.0
	for i := range 1000 {
		c := (float64(i) + math.Sqrt2 - 1) / 1000
		value, bound := Integrate(func(x float64) float64 { return math.Abs(x - c) }, []float64{0, 1}, 1e-10)
		diff := math.Abs(value - (c*c+(1-c)*(1-c))/2)
		worst = max(worst, diff)
		if !(diff <= bound) {
			misses++
		}
	}
	if !(misses <= 60) || !(worst <= 1e-5) {
		t.Errorf("%d misses, off by up to %v", misses, worst)
	}
}

// The integral is linear in f, additive over the range and odd under reflection, all
// within the bounds.
func TestIntegrate_identities(t *testing.T) {
	hold(t, func(t *rapid.T) {
		c, d := rapid.Float64Range(-3, 3).Draw(t, "c"), rapid.Float64Range(-3, 3).Draw(t, "d")
		m := rapid.Float64Range(-0.9, 0.9).Draw(t, "m")
		f := func(x float64) float64 { return math.Sin(c*x) * math.Exp(-d*x) }
		g := func(x float64) float64 { return math.Log(x + 2) }
		whole, e0 := Integrate(f, []float64{-1, 1}, 1e-10)
		left, e1 := Integrate(f, []float64{-1, m}, 1e-10)
		right, e2 := Integrate(f, []float64{m, 1}, 1e-10)
		if diff := math.Abs(left + right - whole); !(diff <= e0+e1+e2) {
			t.Fatalf("∫f over the parts %v + %v, over the whole %v", left, right, whole)
		}
		other, e3 := Integrate(g, []float64{-1, 1}, 1e-10)
		both, e4 := Integrate(func(x float64) float64 { return 3*f(x) - g(x) }, []float64{-1, 1}, 1e-10)
		if diff := math.Abs(both - (3*whole - other)); !(diff <= 3*e0+e3+e4) {
			t.Fatalf("∫(3f − g) = %v, not %v", both, 3*whole-other)
		}
		mirrored, e5 := Integrate(func(x float64) float64 { return f(-x) }, []float64{-1, 1}, 1e-10)
		if diff := math.Abs(mirrored - whole); !(diff <= e0+e5) {
			t.Fatalf("∫f(−x) = %v, ∫f(x) = %v", mirrored, whole)
		}
	})
}

func TestIntegrate_notANumber(t *testing.T) {
	for _, tc := range []struct {
		reason string
		f      func(x float64) float64
		breaks []float64
	}{
		{"NaN everywhere", func(float64) float64 { return math.NaN() }, []float64{0, 1}},
		{"NaN at one node", func(x float64) float64 {
			if x == 0.5 {
				return math.NaN()
			}
			return x
		}, []float64{0, 1}},
		{"+Inf everywhere", func(float64) float64 { return inf }, []float64{0, 1}},
		{"−Inf at one node", func(x float64) float64 { return math.Log(math.Abs(x - 0.5)) }, []float64{0, 1}},
		{"NaN found late", func(x float64) float64 { return math.Sqrt(math.Abs(x-0.3)-1e-4) + 1 }, []float64{0, 1}},
		{"overflow of the sum", func(float64) float64 { return math.MaxFloat64 }, []float64{0, 4}},
	} {
		value, bound := Integrate(tc.f, tc.breaks, 1e-12)
		if !math.IsNaN(value) || !math.IsInf(bound, 1) {
			t.Errorf("%s: %v ± %v, want NaN ± Inf", tc.reason, value, bound)
		}
	}
}

func TestIntegrate_panics(t *testing.T) {
	for _, tc := range []struct {
		breaks []float64
		want   string
	}{
		{nil, "quad: fewer than two breaks"},
		{[]float64{1}, "quad: fewer than two breaks"},
		{[]float64{1, 1}, "quad: breaks do not ascend"},
		{[]float64{2, 1}, "quad: breaks do not ascend"},
		{[]float64{0, 2, 1}, "quad: breaks do not ascend"},
		{[]float64{0, math.NaN()}, "quad: breaks do not ascend"},
		{[]float64{inf, inf}, "quad: breaks do not ascend"},
	} {
		func() {
			defer func() {
				if got := recover(); got != tc.want {
					t.Errorf("breaks %v: panic %v, want %s", tc.breaks, got, tc.want)
				}
			}()
			Integrate(math.Exp, tc.breaks, 1e-10)
		}()
	}
}

// The rules are exact for polynomials: Gauss to degree 19, Kronrod to degree 31 (the
// rule is symmetric), and not beyond.
func TestRules_degree(t *testing.T) {
	for degree := range 36 {
		var gauss, kronrod float64
		for i, x := range nodes {
			power := math.Pow(x, float64(degree)) + math.Pow(-x, float64(degree))
			if i == 0 {
				power = math.Pow(0, float64(degree))
			}
			gauss += gaussWeights[i] * power
			kronrod += kronrodWeights[i] * power
		}
		want := 0.0
		if degree%2 == 0 {
			want = 2 / float64(degree+1)
		}
		for _, rule := range []struct {
			name   string
			got    float64
			degree int
		}{{"gauss", gauss, 19}, {"kronrod", kronrod, 31}} {
			exact := math.Abs(rule.got-want) <= 5e-16
			if exact != (degree <= rule.degree || degree%2 == 1) {
				t.Errorf("%s rule at degree %d: %v, want %v", rule.name, degree, rule.got, want)
			}
		}
	}
}
