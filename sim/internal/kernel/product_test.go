package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// factors is a kind of factors w·mant·2^exp.
type factors struct {
	reason string
	draw   func(r *rand.Rand) (w, mant, exp float64)
}

var factorKinds = []factors{
	{"moderate", func(r *rand.Rand) (w, mant, exp float64) {
		return r.NormFloat64(), 0.2 + r.Float64(), -float64(r.IntN(4))
	}},
	{"1e±300", func(r *rand.Rand) (w, mant, exp float64) {
		return math.Copysign(math.Pow(10, 600*r.Float64()-300), r.Float64()-0.5), math.Pow(10, 600*r.Float64()-300), 0
	}},
	{"subnormal weights", func(r *rand.Rand) (w, mant, exp float64) {
		return math.Float64frombits(1 + r.Uint64N(1<<52)), 1 + r.Float64(), 0
	}},
	{"both subnormal", func(r *rand.Rand) (w, mant, exp float64) {
		return -math.Float64frombits(1 + r.Uint64N(1<<40)), math.Float64frombits(1 + r.Uint64N(1<<52)), 3
	}},
	{"large exponents of both signs", func(r *rand.Rand) (w, mant, exp float64) {
		return 1 + r.Float64(), 0.5 + r.Float64(), float64(r.IntN(1<<22) - 1<<21)
	}},
	{"ends of float64", func(r *rand.Rand) (w, mant, exp float64) {
		return math.MaxFloat64, []float64{math.MaxFloat64, math.SmallestNonzeroFloat64}[r.IntN(2)], -1e6
	}},
	{"all just below 1", func(r *rand.Rand) (w, mant, exp float64) { return 1 - 0x1p-53, 1 - 0x1p-53, 0 }},
}

// exactProduct is a product in 240 bits, whose error after 3e6 roundings is 2^-218.
type exactProduct struct {
	m        *big.Float
	exponent int64
}

func newExact() exactProduct { return exactProduct{m: new(big.Float).SetPrec(240).SetInt64(1)} }

func (p *exactProduct) multiply(w, mant, exp float64) {
	for _, x := range []float64{w, mant} {
		p.m.Mul(p.m, new(big.Float).SetFloat64(x))
	}
	p.exponent += int64(exp)
	fraction := new(big.Float)
	p.exponent += int64(p.m.MantExp(fraction))
	p.m = fraction
}

// log returns log|product| to the last bit or so.
func (p exactProduct) log() float64 {
	m, _ := p.m.Float64()
	return math.Log(math.Abs(m)) + float64(p.exponent)*math.Ln2
}

// TestLogAccumulator_reference: products of up to 1e6 factors against math/big, within
// the bound of the doc comment: 2n roundings, and 3 ulp of the logarithm for its own
// error and that of the reference.
func TestLogAccumulator_reference(t *testing.T) {
	depths := []int{1, 2, 100, 10_000, 1_000_000}
	if testing.Short() {
		depths = depths[:4]
	}
	for _, kind := range factorKinds {
		for _, depth := range depths {
			if depth > 10_000 && kind.reason != "moderate" && kind.reason != "1e±300" {
				continue
			}
			r := rand.New(rand.NewPCG(uint64(depth), 5))
			p, want := NewLogAccumulator(1), newExact()
			for range depth {
				w, mant, exp := kind.draw(r)
				p.Multiply([]float64{w}, []float64{mant}, []float64{exp})
				want.multiply(w, mant, exp)
			}
			var log [1]float64
			var negative [1]bool
			p.Logs(log[:], negative[:])
			bound := float64(2*depth)*0x1p-53 + 3*0x1p-53*(1+math.Abs(want.log()))
			if !(math.Abs(log[0]-want.log()) <= bound) || negative[0] != (want.m.Sign() < 0) {
				t.Errorf("%s, %d factors: log|product| %v negative %v, want %v %v within %v",
					kind.reason, depth, log[0], negative[0], want.log(), want.m.Sign() < 0, bound)
			}
		}
	}
}

// TestLogAccumulator_property: any finite factors, many paths at once: the same as one
// path alone, dead exactly if a factor is 0, and Scale as Multiply by 1.
func TestLogAccumulator_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(1, 1024)).Draw(t, "paths")
		values := rapid.SliceOfN(rapid.Float64(), 1, 30).Draw(t, "values")
		exps := rapid.SliceOfN(rapid.Int64Range(-1<<40, 1<<10), 1, 30).Draw(t, "exponents")
		depth := rapid.IntRange(0, 12).Draw(t, "depth")
		p, scaled := NewLogAccumulator(3), NewLogAccumulator(n)
		p.Reset(n)
		alone := make([]*LogAccumulator, min(n, 9))
		for i := range alone {
			alone[i] = NewLogAccumulator(1)
		}
		dead, ones := make([]bool, n), make([]float64, n)
		w, mant, exp := make([]float64, n), make([]float64, n), make([]float64, n)
		for l := range depth {
			for i := range n {
				w[i], mant[i], exp[i] = values[(i+l)%len(values)], values[(3*i+7*l)%len(values)], float64(exps[(i+5*l)%len(exps)])
				dead[i] = dead[i] || w[i] == 0 || mant[i] == 0
				ones[i] = 1
			}
			p.Multiply(w, mant, exp)
			for i := range alone {
				alone[i].Multiply(w[i:i+1], mant[i:i+1], exp[i:i+1])
			}
			scaled.Multiply(w, ones, exp)
			scaled.Scale(mant)
		}
		logs, same, one := make([]float64, n), make([]float64, n), make([]float64, 1)
		negative, negativeOne := make([]bool, n), make([]bool, 1)
		scaled.Logs(same, negative)
		p.Logs(logs, negative)
		for i, log := range logs {
			if math.IsNaN(log) || math.IsInf(log, 1) || math.IsInf(log, -1) != dead[i] || dead[i] && negative[i] {
				t.Fatalf("path %d: log %v negative %v, dead %v", i, log, negative[i], dead[i])
			}
			if !(log == same[i] || math.Abs(log-same[i]) <= 1e-14*(1+math.Abs(log))) {
				t.Fatalf("path %d: log %v, by Scale %v", i, log, same[i])
			}
			if i < len(alone) {
				alone[i].Logs(one, negativeOne)
				if one[0] != log || negativeOne[0] != negative[i] {
					t.Fatalf("path %d: log %v, alone %v", i, log, one[0])
				}
			}
		}
	})
}

// TestLogAccumulator_special: factors that are no numbers, or 0, and exponents that
// overflow.
func TestLogAccumulator_special(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, tt := range []struct {
		reason  string
		factors [][3]float64 // w, mant, exp
		want    float64
		neg     bool
	}{
		{"no factors", nil, 0, false},
		{"¼^538 is 0 in float64", slicesOf([3]float64{0.25, 1, 0}, 538), -538 * 2 * math.Ln2, false},
		{"a factor 0", [][3]float64{{2, 3, 0}, {0, 1, 0}, {5, 5, 5}}, -inf, false},
		{"a factor −0", [][3]float64{{-2, 3, 0}, {math.Copysign(0, -1), 1, 0}}, -inf, false},
		{"a derivative 0", [][3]float64{{-2, 0, 0}}, -inf, false},
		{"dead for ever", [][3]float64{{0, 1, 0}, {inf, 1, 0}, {nan, 1, 0}}, -inf, false},
		{"NaN for good", [][3]float64{{nan, 1, 0}, {2, 1, 0}}, nan, false},
		{"infinite", [][3]float64{{-inf, 1, 0}, {2, 1, 0}}, inf, true},
		{"exponents beyond float64 end there", [][3]float64{{1, 1, -1.5e308}, {1, 1, -1.5e308}}, -math.MaxFloat64 * math.Ln2, false},
		{"a saturated factor is not dead", [][3]float64{{1, -1e300, -1.5e300}, {-3, 1, 0}}, -1.5e300 * math.Ln2, false},
		{"signs", [][3]float64{{-1, 1, 0}, {-1, 1, 0}, {1, -1, 0}}, 0, true},
	} {
		p := NewLogAccumulator(1)
		for _, f := range tt.factors {
			p.Multiply(f[:1], f[1:2], f[2:])
		}
		var log [1]float64
		var negative [1]bool
		p.Logs(log[:], negative[:])
		if !(alike(log[0], tt.want) || math.Abs(log[0]-tt.want) < 1e-12) || negative[0] != tt.neg {
			t.Errorf("%s: log|product| %v negative %v, want %v %v", tt.reason, log[0], negative[0], tt.want, tt.neg)
		}
	}
}

func slicesOf(f [3]float64, n int) [][3]float64 {
	out := make([][3]float64, n)
	for i := range out {
		out[i] = f
	}
	return out
}

func TestLogAccumulator_misuse(t *testing.T) {
	p, two, three := NewLogAccumulator(2), make([]float64, 2), make([]float64, 3)
	mustPanic(t, func() { p.Multiply(three, two, two) })
	mustPanic(t, func() { p.Multiply(two, two, three) })
	mustPanic(t, func() { p.Scale(three) })
	mustPanic(t, func() { p.Logs(two, make([]bool, 3)) })
}
