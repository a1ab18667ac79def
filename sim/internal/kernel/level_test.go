package kernel

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/internal/kernel/xoshiro"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// atLevel runs f at a level.
func atLevel(l level.Level, f func()) {
	old := level.Now
	defer func() { level.Now = old }()
	level.Now = l
	f()
}

// eachLevel runs a property for every level above the generic one that the machine has.
// has reports whether the level in use has an own version of the kernel.
func eachLevel(t *testing.T, kernel string, has func() bool, check func(t *rapid.T, l level.Level)) {
	for l := level.AVX2; l <= level.AVX512; l++ {
		t.Run(kernel+"/"+l.String(), func(t *testing.T) {
			if l > level.Best() {
				t.Skipf("%s: this machine or build has no %v", kernel, l)
			}
			own := false
			atLevel(l, func() { own = has() })
			if !own {
				t.Skipf("%s: no version for %v", kernel, l)
			}
			rapid.Check(t, func(t *rapid.T) { check(t, l) })
		})
	}
}

// guarded is an array with guard words around it, at any alignment to a vector.
type guarded struct {
	all   []float64
	first int
	n     int
}

const guard = -1234.5678e9

func newGuarded(t *rapid.T, n int) guarded {
	g := guarded{first: 1 + rapid.IntRange(0, 7).Draw(t, "offset"), n: n}
	g.all = make([]float64, g.first+n+2)
	for i := range g.all {
		g.all[i] = guard
	}
	return g
}

func (g guarded) x() []float64 { return g.all[g.first : g.first+g.n : g.first+g.n] }

// intact fails if a guard word has changed.
func (g guarded) intact(t *rapid.T, name string) {
	for i, v := range g.all {
		if (i < g.first || i >= g.first+g.n) && v != guard {
			t.Fatalf("%s: element %d of %d touched", name, i-g.first, g.n)
		}
	}
}

// sameBits fails unless two arrays have the same bits; any NaN is one.
func sameBits(t *rapid.T, name string, got, want []float64) {
	for i := range want {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
			t.Fatalf("%s: element %d of %d is %x, generic %x", name, i, len(want), got[i], want[i])
		}
	}
}

// lengths are all up to 1,024, those next to whole groups more often.
func lengths(t *rapid.T) int {
	return rapid.OneOf(
		rapid.IntRange(0, 1024),
		rapid.Custom(func(t *rapid.T) int {
			return max(0, 8*rapid.IntRange(0, 8).Draw(t, "groups")+rapid.IntRange(-1, 1).Draw(t, "edge"))
		}),
	).Draw(t, "length")
}

// thresholds are the moduli at which something else happens.
var thresholds = []float64{5e-324, 0x1p-1022, 1e-300, 0x1p-500, 0x1p-501, math.Sqrt2 - 1, 0.75, 0.75 * math.Sqrt2, 1,
	1 + math.Sqrt2, 2.5, 3, 6, 692, 693.1, 694, 700, 745, 800, 0x1p25, 0x1p28, 0x1p49, 0x1p50, 0x1p51, 1e300, 0x1p400, 0x1p499,
	0x1p500, 4.729, 1.5e5, math.Ln2, math.Ln2 / 2, 0.88137358701954305, math.Pi / 4, math.Pi / 2, math.MaxFloat64}

// specials are 0, NaN, and the thresholds and their neighbours on both sides of 0.
var specials = func() []float64 {
	all := []float64{0, math.Copysign(0, -1), math.NaN()}
	for _, x := range thresholds {
		for _, y := range []float64{math.Nextafter(x, 0), x, math.Nextafter(x, math.Inf(1))} {
			all = append(all, y, -y)
		}
	}
	return all
}()

// fillValues sets moderate values, with special ones here and there.
func fillValues(t *rapid.T, x []float64) {
	size := rapid.SampledFrom([]float64{1, 6, 1000, 1e-5, 0x1p29}).Draw(t, "size")
	every := rapid.SampledFrom([]int{1, 3, 30, 10000}).Draw(t, "one special value in")
	bits := make([]uint64, len(x))
	seed := rapid.Uint64().Draw(t, "seed")
	stream.Key{Seed: seed, Purpose: "values"}.Source(stream.Xoshiro).Fill(bits)
	for i, w := range bits {
		x[i] = signed(w) * size
		if (w>>7)%uint64(every) == 0 {
			x[i] = specials[(w>>20)%uint64(len(specials))]
		}
	}
}

// TestLevels_activations: φ and φ′ of every activation.
func TestLevels_activations(t *testing.T) {
	for _, a := range instances() {
		phi := mustActivation(t, a)
		eachLevel(t, a.String(), func() bool { return true }, func(t *rapid.T, l level.Level) {
			n := lengths(t)
			z, value, mant, exp := newGuarded(t, n), newGuarded(t, n), newGuarded(t, n), newGuarded(t, n)
			fillValues(t, z.x())
			before := append([]float64(nil), z.x()...)
			wantValue, wantMant, wantExp := make([]float64, n), make([]float64, n), make([]float64, n)
			atLevel(level.Generic, func() { phi.Phi(wantValue, before); phi.DPhi(wantMant, wantExp, before) })
			atLevel(l, func() { phi.Phi(value.x(), z.x()); phi.DPhi(mant.x(), exp.x(), z.x()) })
			sameBits(t, "z", z.x(), before)
			sameBits(t, "φ", value.x(), wantValue)
			sameBits(t, "mantissa of φ′", mant.x(), wantMant)
			sameBits(t, "exponent of φ′", exp.x(), wantExp)
			atLevel(l, func() { phi.DPhi(z.x(), exp.x(), z.x()) })
			sameBits(t, "mantissa of φ′ in place", z.x(), wantMant)
			for _, g := range []guarded{z, value, mant, exp} {
				g.intact(t, a.String())
			}
		})
	}
}

// words are random, or all ones, zeros or in between, for a share of them.
func drawWords(t *rapid.T, n int) []uint64 {
	bits := make([]uint64, n)
	stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}.Source(stream.Xoshiro).Fill(bits)
	if rapid.Bool().Draw(t, "extreme words") {
		for i, w := range bits {
			switch w % 8 {
			case 0:
				bits[i] = ^(w >> (w >> 58))
			case 1:
				bits[i] = w >> (w >> 58)
			case 2:
				bits[i] = 0
			case 3:
				bits[i] = math.MaxUint64
			}
		}
	}
	return bits
}

func TestLevels_samplers(t *testing.T) {
	cut := law.MustParse("truncated_normal(1,0.3)") // the quantile of the word 0 is beyond 0.3
	for _, l := range append(samplerLaws(), cut) {
		s := mustSampler(t, l)
		eachLevel(t, l.String(), func() bool { return l.Name() != "constant" }, func(t *rapid.T, at level.Level) {
			n := lengths(t)
			bits := drawWords(t, s.Words()*lanes(n))
			before := append([]uint64(nil), bits...)
			got, want := newGuarded(t, n), make([]float64, n)
			atLevel(level.Generic, func() { s.Sample(want, bits) })
			atLevel(at, func() { s.Sample(got.x(), bits) })
			sameBits(t, l.String(), got.x(), want)
			got.intact(t, l.String())
			for i := range bits {
				if bits[i] != before[i] {
					t.Fatalf("%v: word %d changed", l, i)
				}
			}
		})
	}
}

func TestLevels_pairs(t *testing.T) {
	has := func() bool { return vectorPairs(make([]float64, 8), make([]float64, 8), make([]uint64, 16)) == 8 }
	eachLevel(t, "pairs", has, func(t *rapid.T, l level.Level) {
		n := lengths(t)
		bits := drawWords(t, 2*lanes(n))
		a, b := newGuarded(t, n), newGuarded(t, n)
		wantA, wantB := make([]float64, n), make([]float64, n)
		atLevel(level.Generic, func() { NormalPairs(wantA, wantB, bits) })
		atLevel(l, func() { NormalPairs(a.x(), b.x(), bits) })
		sameBits(t, "first of the pair", a.x(), wantA)
		sameBits(t, "second of the pair", b.x(), wantB)
		a.intact(t, "a")
		b.intact(t, "b")
	})
}

// TestLevels_products: Multiply and Scale by moderate, special and dying factors, in
// turn, compared after every step.
func TestLevels_products(t *testing.T) {
	one := []float64{1, 1, 1, 1, 1, 1, 1, 1}
	has := func() bool { return vectorMultiply(one, one, one, one, one) == 8 }
	eachLevel(t, "products", has, func(t *rapid.T, l level.Level) {
		n := lengths(t)
		want, got := NewLogAccumulator(n), NewLogAccumulator(n)
		m, e := newGuarded(t, n), newGuarded(t, n)
		copy(m.x(), got.m)
		copy(e.x(), got.e)
		got.m, got.e = m.x(), e.x()
		w, mant, exp := make([]float64, n), make([]float64, n), make([]float64, n)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			fillValues(t, w)
			fillValues(t, mant)
			for i := range exp {
				exp[i] = -float64(i % 7)
			}
			step := func(p *LogAccumulator) { p.Multiply(w, mant, exp); p.Scale(w) }
			atLevel(level.Generic, func() { step(want) })
			atLevel(l, func() { step(got) })
			sameBits(t, "mantissas", got.m, want.m)
			sameBits(t, "exponents", got.e, want.e)
		}
		m.intact(t, "mantissas")
		e.intact(t, "exponents")
	})
}

// TestLevels_logs: logarithms of products that are moderate, 0, subnormal or not finite.
func TestLevels_logs(t *testing.T) {
	has := func() bool { return logs[level.Now] != nil }
	eachLevel(t, "logs", has, func(t *rapid.T, l level.Level) {
		n := lengths(t)
		p := NewLogAccumulator(n)
		fillValues(t, p.m)
		size := rapid.SampledFrom([]float64{1, 1e5, 0x1.00001p20, 1e18, math.Inf(1)}).Draw(t, "exponents")
		for i := range p.e {
			p.e[i] = math.Trunc(float64(i%17-8) / 8 * min(size, math.MaxFloat64))
		}
		got, want := newGuarded(t, n), make([]float64, n)
		negative, wantNegative := make([]bool, n), make([]bool, n)
		atLevel(level.Generic, func() { p.Logs(want, wantNegative) })
		atLevel(l, func() { p.Logs(got.x(), negative) })
		sameBits(t, "logarithms", got.x(), want)
		got.intact(t, "logarithms")
		if !slices.Equal(negative, wantNegative) {
			t.Fatalf("signs %v, generic %v", negative, wantNegative)
		}
	})
}

// TestLevels_normals: the fused step is Fill, NormalPairs, Affine, DPhi and Multiply.
func TestLevels_normals(t *testing.T) {
	for _, name := range []string{"sigmoid", "tanh"} {
		phi := mustActivation(t, activation.MustParse(name))
		has := func() bool { return NewLogAccumulator(32).Normals(new(xoshiro.Lanes), 1, phi, Sigmas{1, 1}) }
		eachLevel(t, "normals of "+name, has, func(t *rapid.T, l level.Level) { checkNormals(t, phi, l) })
	}
}

func checkNormals(t *rapid.T, phi Activation, l level.Level) {
	n := 8 * rapid.OneOf(rapid.IntRange(4, 7), rapid.IntRange(4, 128)).Draw(t, "groups")
	sigmas := []float64{1, 0.25, 3, 30, 1e-100, 1e-5, 0x1p-400}
	sigmaW := rapid.SampledFrom(append(sigmas, 1e100, 0x1p400)).Draw(t, "sigma of w")
	sigmaZ := rapid.SampledFrom(sigmas).Draw(t, "sigma of z")
	key := stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}
	src, other := key.Source(stream.Xoshiro), key.Source(stream.Xoshiro)
	want, got := NewLogAccumulator(n), NewLogAccumulator(n)
	m, e := newGuarded(t, n), newGuarded(t, n)
	fillValues(t, want.m) // whatever the products were
	for i, x := range want.m {
		if math.Abs(x) < 0x1p-1022 {
			want.m[i] = 0
		}
	}
	copy(m.x(), want.m)
	copy(e.x(), want.e)
	got.m, got.e = m.x(), e.x()
	w, z, mant, exp := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	bits := make([]uint64, 2*n)
	for range rapid.IntRange(1, 10).Draw(t, "calls") {
		steps := rapid.IntRange(1, 10).Draw(t, "steps")
		atLevel(level.Generic, func() {
			for range steps {
				src.Fill(bits)
				NormalPairs(w, z, bits)
				Affine(w, 0, sigmaW)
				Affine(z, 0, sigmaZ)
				phi.DPhi(mant, exp, z)
				want.Multiply(w, mant, exp)
			}
		})
		atLevel(l, func() {
			if !got.Normals(stream.Lanes(other), steps, phi, Sigmas{sigmaW, sigmaZ}) {
				t.Fatalf("σ = %v and %v: no fused step", sigmaW, sigmaZ)
			}
		})
		sameBits(t, "mantissas", got.m, want.m)
		sameBits(t, "exponents", got.e, want.e)
	}
	m.intact(t, "mantissas")
	e.intact(t, "exponents")
	src.Fill(bits[:9])
	next := make([]uint64, 9)
	other.Fill(next)
	for i := range next {
		if next[i] != bits[i] {
			t.Fatalf("word %d after the steps is %#x, generic %#x", i, next[i], bits[i])
		}
	}
}

// TestNormals_refused: the fused step declines what it is not good for, and then does
// nothing.
func TestNormals_refused(t *testing.T) {
	sigmoid, relu := mustActivation(t, activation.MustParse("sigmoid")), mustActivation(t, activation.MustParse("relu"))
	for _, tt := range []struct {
		reason         string
		n              int
		steps          int
		phi            Activation
		sigmaW, sigmaZ float64
	}{
		{"no such activation", 32, 1, relu, 1, 1},
		{"too short", 24, 1, sigmoid, 1, 1},
		{"no whole groups", 36, 1, sigmoid, 1, 1},
		{"no step", 32, 0, sigmoid, 1, 1},
		{"e^−z would underflow", 32, 1, sigmoid, 1, 74},
		{"weights would be subnormal", 32, 1, sigmoid, 1e-300, 1},
		{"weights would overflow", 32, 1, sigmoid, 1e300, 1},
		{"pre-activations would be subnormal", 32, 1, sigmoid, 1, 1e-310},
		{"no number", 32, 1, sigmoid, math.NaN(), 1},
		{"no number", 32, 1, sigmoid, 1, math.NaN()},
	} {
		p, s := NewLogAccumulator(tt.n), xoshiro.Lanes{{1, 2, 3}}
		before := s
		if p.Normals(&s, tt.steps, tt.phi, Sigmas{tt.sigmaW, tt.sigmaZ}) || s != before || p.m[0] != 1 || p.e[0] != 0 {
			t.Errorf("%s: not refused", tt.reason)
		}
	}
}
