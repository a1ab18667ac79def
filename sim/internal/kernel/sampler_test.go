package kernel

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/stream"
	"gradchain/theory/law"
)

// samplerLaws are all laws, and the corners of their parameters.
func samplerLaws() []law.Law {
	laws := law.All()
	for _, text := range []string{"normal(-3,0.1)", "normal(1e-3)", "uniform(1e-5)", "laplace(20)", "lognormal(-0.5,3)",
		"student_t(0.05)", "student_t(0.5)", "student_t(1)", "student_t(2)", "student_t(30)", "student_t(1e6)",
		"cauchy(1e3)", "truncated_normal(1,0.01)", "truncated_normal(2,5)", "truncated_normal(1,12)", "constant(-2)"} {
		laws = append(laws, law.MustParse(text))
	}
	return laws
}

func mustSampler(t interface{ Fatal(...any) }, l law.Law) Sampler {
	s, err := NewSampler(l)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// source is the stream of the tests, keyed by their purpose.
func source(purpose, config string) stream.Source {
	return stream.Key{Seed: 1, Purpose: purpose, Config: config}.Source(stream.Xoshiro)
}

// draw takes n values in blocks of 256.
func draw(s Sampler, src stream.Source, n int) []float64 {
	out := make([]float64, lanes(n))
	bits := make([]uint64, s.Words()*256)
	for at := 0; at < n; at += 256 {
		dst := out[at:min(at+256, len(out))]
		block := bits[:s.Words()*len(dst)]
		src.Fill(block)
		s.Sample(dst, block)
	}
	return out[:n]
}

// TestSampler_extremeWords: no word gives 0, NaN or ±Inf, at no parameter.
func TestSampler_extremeWords(t *testing.T) {
	laws := samplerLaws()
	for _, text := range []string{"normal(1e308)", "normal(5e-324)", "normal(1,1e-300)", "uniform(1e308)", "uniform(5e-324)",
		"laplace(1e308)", "laplace(5e-324)", "rademacher(5e-324)", "lognormal(0,1e308)", "lognormal(1e308,1)",
		"lognormal(-1e308,1)", "student_t(1e-300)", "student_t(1e-3)", "student_t(1e308)", "cauchy(1e308)", "cauchy(5e-324)",
		"truncated_normal(1e308,1e308)", "truncated_normal(1,5e-324)", "truncated_normal(5e-324,1)", "truncated_normal(1,38)"} {
		laws = append(laws, law.MustParse(text))
	}
	words := []uint64{0, 1, 2, 3, 1 << 63, 1<<63 - 1, math.MaxUint64, math.MaxUint64 - 1, 1 << 62, 0x5555555555555555,
		0xaaaaaaaaaaaaaaaa, 1<<53 - 1, ^uint64(7), 7, 1<<63 | 7}
	for _, l := range laws {
		s := mustSampler(t, l)
		for _, a := range words {
			for _, b := range words {
				bits := make([]uint64, s.Words()*width)
				for j := range bits {
					bits[j] = a
					if j >= len(bits)/2 {
						bits[j] = b
					}
				}
				var x vector
				s.Sample(x[:], bits)
				for _, v := range x {
					if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatalf("%v: words %#x, %#x give %v", l, a, b, v)
					}
				}
			}
		}
	}
}

// TestSampler_arrays: a value depends on the words of its own group only, and on its
// place in it, not on the length of the array; nothing beyond it is touched.
func TestSampler_arrays(t *testing.T) {
	const guard = 54321.125
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(samplerLaws()).Draw(t, "law")
		n := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, 1024)).Draw(t, "length")
		s := mustSampler(t, l)
		bits := make([]uint64, s.Words()*lanes(n))
		stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}.Source(stream.Xoshiro).Fill(bits)
		dst := make([]float64, n+1)
		dst[n] = guard
		s.Sample(dst[:n:n], bits)
		if dst[n] != guard {
			t.Fatalf("%v: element beyond %d touched", l, n)
		}
		for g := 0; g < n; g += width {
			var alone vector
			s.Sample(alone[:], bits[s.Words()*g:s.Words()*(g+width)])
			if m := min(width, n-g); !slices.Equal(alone[:m], dst[g:g+m]) {
				t.Fatalf("%v, group %d of %d values: %v, alone %v", l, g/width, n, dst[g:g+m], alone[:m])
			}
		}
	})
}

// TestNormalPairs_arrays is the same for pairs.
func TestNormalPairs_arrays(t *testing.T) {
	const guard = 54321.125
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, 1024)).Draw(t, "length")
		bits := make([]uint64, 2*lanes(n))
		stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}.Source(stream.Xoshiro).Fill(bits)
		a, b := make([]float64, n+1), make([]float64, n+1)
		a[n], b[n] = guard, guard
		NormalPairs(a[:n:n], b[:n:n], bits)
		if a[n] != guard || b[n] != guard {
			t.Fatalf("element beyond %d touched", n)
		}
		for i := range n {
			g, j := i/width*width, i%width
			var x, y vector
			var radius, angle words
			radius[0], angle[0] = bits[2*g+j], bits[2*g+width+j]
			boxMuller(&x, &y, &radius, &angle)
			if a[i] != x[0] || b[i] != y[0] {
				t.Fatalf("pair %d of %d: (%v, %v), alone (%v, %v)", i, n, a[i], b[i], x[0], y[0])
			}
		}
	})
}

// TestNormalPairs_words compares pairs with the formula of their words by package
// math, for words of every size: 4 ulp of the kernel and 4 of the reference.
func TestNormalPairs_words(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		radius, angle := rapid.Uint64().Draw(t, "radius"), rapid.Uint64().Draw(t, "angle")
		var a, b [1]float64
		bits := make([]uint64, 2*width)
		bits[0], bits[width] = radius, angle
		NormalPairs(a[:], b[:], bits)
		log := math.Log(math.Ldexp(float64(radius>>1|1), -63))
		if rest := 1<<63 - float64(radius>>1|1); rest < 1<<62 {
			log = math.Log1p(-math.Ldexp(max(rest, 1024), -63))
		}
		r := math.Sqrt(-2 * log)
		sin, cos := math.Sincos(math.Pi / 2 * math.Ldexp(float64(int64(angle&^7|4)), -64))
		if angle&1 != 0 {
			cos = -cos
		}
		x, y := r*cos, r*sin
		if angle&2 != 0 {
			x, y = y, x
		}
		if !(math.Abs(a[0]-x) <= 8*0x1p-52*math.Abs(x) && math.Abs(b[0]-y) <= 8*0x1p-52*math.Abs(y)) {
			t.Errorf("words %#x, %#x: pair (%v, %v), want (%v, %v)", radius, angle, a[0], b[0], x, y)
		}
	})
}

// TestAbsQuantile compares with package law, in the body and in the tails down to
// where a word of 64 bits cannot reach.
func TestAbsQuantile(t *testing.T) {
	normal := law.MustParse("normal(1)")
	for e := -1.0; e > -60; e -= 0.37 {
		p := math.Exp2(e)
		if got, want := absQuantile(1-p, p), -normal.Quantile(p/2); !(math.Abs(got-want) <= 2e-15*want) {
			t.Errorf("quantile of |N(0,1)| at 1 − %v: %v, want %v", p, got, want)
		}
		if got, want := absQuantile(p, 1-p), math.Sqrt2*math.Erfinv(p); !(math.Abs(got-want) <= 2e-15*want) {
			t.Errorf("quantile of |N(0,1)| at %v: %v, want %v", p, got, want)
		}
	}
}

// TestAffine: σx + μ with its rule at 0 and at the ends of float64.
func TestAffine(t *testing.T) {
	for _, tt := range []struct {
		reason             string
		x, mu, sigma, want float64
	}{
		{"the identity", 0.7, 0, 1, 0.7},
		{"scaled and shifted", -0.5, 1, 3, -0.5},
		{"rounded twice, not fused", 0x1p-30 + 1, -1, 0x1p-30 + 1, 0x1p-29},
		{"cancels to the step from 0", 1, -2, 2, 0x1p-53},
		{"cancels from below", -1, 2, 2, -0x1p-53},
		{"underflows", -1e-10, 0, 1e-320, -0x1p-1074},
		{"overflows", 3, 0, 1e308, math.MaxFloat64},
		{"overflows below", -3, -1e308, 1e308, -math.MaxFloat64},
	} {
		x := []float64{tt.x}
		if Affine(x, tt.mu, tt.sigma); x[0] != tt.want {
			t.Errorf("%s: %v·%v + %v = %v, want %v", tt.reason, tt.sigma, tt.x, tt.mu, x[0], tt.want)
		}
	}
}

// TestTruncated_support: the values stay within the cut, up to it.
func TestTruncated_support(t *testing.T) {
	for _, k := range []float64{1e-300, 0.01, 1, 3, 8} {
		s := newTruncated(1, k)
		var x vector
		s.Sample(x[:], []uint64{1, 0, 1 << 63, 5, 6, 7, 8, 9})
		if !(x[0] >= -k && x[1] <= k && x[1] >= k*(1-1e-3)) {
			t.Errorf("k = %v: extreme words give %v", k, x[:2])
		}
	}
}

func TestSampler_misuse(t *testing.T) {
	if _, err := NewSampler(law.Law{}); err == nil || !strings.HasPrefix(err.Error(), "law missing") {
		t.Errorf("zero law: error %v", err)
	}
	for _, l := range law.All() {
		s := mustSampler(t, l)
		mustPanic(t, func() { s.Sample(make([]float64, 9), make([]uint64, 9)) })
	}
	mustPanic(t, func() { NormalPairs(make([]float64, 9), make([]float64, 9), make([]uint64, 18)) })
	mustPanic(t, func() { NormalPairs(make([]float64, 9), make([]float64, 8), make([]uint64, 32)) })
}

// TestAllocations: no array operation allocates.
func TestAllocations(t *testing.T) {
	x, y, z := make([]float64, 100), make([]float64, 100), make([]float64, 100)
	bits := make([]uint64, 2*lanes(100))
	p := NewLogAccumulator(100)
	for _, l := range law.All() {
		s := mustSampler(t, l)
		words := bits[:s.Words()*lanes(100)]
		if got := testing.AllocsPerRun(5, func() { s.Sample(x, words) }); got != 0 {
			t.Errorf("%v: %v allocations", l, got)
		}
	}
	for _, a := range instances() {
		phi := mustActivation(t, a)
		if got := testing.AllocsPerRun(5, func() { phi.Phi(x, z); phi.DPhi(x, y, z) }); got != 0 {
			t.Errorf("%v: %v allocations", a, got)
		}
	}
	if got := testing.AllocsPerRun(5, func() { NormalPairs(x, y, bits); p.Reset(100); p.Multiply(x, y, z) }); got != 0 {
		t.Errorf("pairs and products: %v allocations", got)
	}
}
