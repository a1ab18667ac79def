package kernel

import (
	"math"
	"slices"
	"testing"

	"gradchain/sim/stream"
	"gradchain/theory/law"

	"pgregory.net/rapid"
)

func mixtures() []law.Law {
	var laws []law.Law
	for _, text := range []string{
		"mixture(0.9,normal(1),0.1,constant(0))",
		"mixture(0.25,constant(0),0.5,uniform(1),0.25,laplace(2))",
		"mixture(0.7,normal(1),0.3,normal(5,0.1))",
		"mixture(0.001,cauchy(1),0.3,student_t(3),0.699,lognormal(0,1))",
		"mixture(0.5,constant(1),0.25,constant(-2),0.25,rademacher(3))",
		"mixture(0.125,normal(1),0.125,normal(2),0.125,normal(3),0.125,normal(4),0.125,normal(5),0.125,normal(6),0.125,truncated_normal(1,2),0.125,constant(0))",
	} {
		laws = append(laws, law.MustParse(text))
	}
	return laws
}

// TestMixture_distribution: the law of the values, with the error rates of wrongLaw and
// wrongTails, and their independence where the median is no atom.
func TestMixture_distribution(t *testing.T) {
	for _, l := range mixtures() {
		s := mustSampler(t, l)
		d := drawn{l, s.Sample, s.Words()}
		x := draw(d, source("distribution", l.String()), samples())
		wrong := []string{d.wrongLaw(x), d.wrongTails(x)}
		if len(l.Atoms()) == 0 {
			wrong = append(wrong, d.dependent(x))
		}
		for _, w := range wrong {
			if w != "" {
				t.Errorf("%v: %s", l, w)
			}
		}
	}
}

// TestMixture_mutants: the test of the law notices weights in the wrong order, a law left out
// and a scale squared.
func TestMixture_mutants(t *testing.T) {
	for _, tt := range []struct{ reason, sampled, law string }{
		{"weights exchanged", "mixture(0.1,normal(1),0.9,constant(0))", "mixture(0.9,normal(1),0.1,constant(0))"},
		{"the atom forgotten", "normal(1)", "mixture(0.9,normal(1),0.1,constant(0))"},
		{"one law for both", "normal(1)", "mixture(0.7,normal(1),0.3,normal(5,0.1))"},
		{"a scale squared", "mixture(0.5,normal(1),0.5,normal(4))", "mixture(0.5,normal(1),0.5,normal(2))"},
	} {
		s := mustSampler(t, law.MustParse(tt.sampled))
		d := drawn{law.MustParse(tt.law), s.Sample, s.Words()}
		x := draw(d, source("distribution", tt.law), samples())
		if d.wrongLaw(x) == "" {
			t.Errorf("%s: not noticed", tt.reason)
		}
	}
}

// TestMixture_choice: the first word of a value chooses a law by its share of [0, 2^64), and
// the value is that which the law alone makes of the words that follow; a value depends on the
// words of its own group of 8 only.
func TestMixture_choice(t *testing.T) {
	all := mixtures()
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(all).Draw(t, "law")
		n := rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(1, 1024)).Draw(t, "length")
		s := mustSampler(t, l)
		words := s.Words()
		bits := make([]uint64, words*lanes(n))
		stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}.Source(stream.Xoshiro).Fill(bits)
		got := make([]float64, n)
		s.Sample(got, bits)
		for i, x := range got {
			group := bits[i/width*width*words:][:width*words]
			u, at := float64(group[i%width])*0x1p-64, 0
			parts := l.Parts()
			for ; at < len(parts)-1 && u >= parts[at].Weight; at++ {
				u -= parts[at].Weight
			}
			alone, err := partSampler(parts[at].Law)
			if err != nil {
				t.Fatal(err)
			}
			var want vector
			alone.Sample(want[:], group[width:][:width*alone.Words()])
			if x != want[i%width] {
				t.Fatalf("%v: value %d of %d is %v, want %v of %v", l, i, n, x, want[i%width], parts[at].Law)
			}
		}
	})
}

// TestMixture_extremeWords: no word gives NaN, ±Inf or a 0 that is not the atom.
func TestMixture_extremeWords(t *testing.T) {
	for _, l := range mixtures() {
		s := mustSampler(t, l)
		for _, choice := range []uint64{0, 1, 1 << 62, 1 << 63, math.MaxUint64 - 1, math.MaxUint64} {
			for _, word := range []uint64{0, 1, 1 << 63, math.MaxUint64, 0x5555555555555555} {
				bits := slices.Repeat([]uint64{word}, s.Words()*width)
				for j := range width {
					bits[j] = choice
				}
				var x vector
				s.Sample(x[:], bits)
				for _, v := range x {
					if math.IsNaN(v) || math.IsInf(v, 0) || v == 0 && l.Zero() == 0 {
						t.Fatalf("%v: words %#x, %#x give %v", l, choice, word, v)
					}
				}
			}
		}
	}
}

func TestMixture_allocations(t *testing.T) {
	x := make([]float64, 1000)
	for _, l := range mixtures() {
		s := mustSampler(t, l)
		bits := make([]uint64, s.Words()*lanes(len(x)))
		if got := testing.AllocsPerRun(5, func() { s.Sample(x, bits) }); got != 0 {
			t.Errorf("%v: %v allocations", l, got)
		}
		mustPanic(t, func() { s.Sample(make([]float64, 9), make([]uint64, 9)) })
	}
}
