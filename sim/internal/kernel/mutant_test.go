package kernel

import (
	"math"
	"slices"
	"testing"

	"gradchain/sim/stream"
	"gradchain/theory/law"
)

// short cuts words to their upper 32 bits.
func short(bits []uint64) []uint64 {
	words := slices.Clone(bits)
	for i := range words {
		words[i] &^= 1<<32 - 1
	}
	return words
}

// changed is a standard normal sampler whose values a mutation changes.
func changed(change func(i int, x []float64) float64) func(dst []float64, bits []uint64) {
	return func(dst []float64, bits []uint64) {
		normal{0, 1}.Sample(dst, bits)
		x := slices.Clone(dst)
		for i := range dst {
			dst[i] = change(i, x)
		}
	}
}

// twelve is the sum of 12 uniform values, a normal law without tails.
func twelve(dst []float64, bits []uint64) {
	words := make([]uint64, 12*len(dst))
	stream.Key{Seed: bits[0], Purpose: "twelve"}.Source(stream.Xoshiro).Fill(words)
	for i := range dst {
		dst[i] = 0
		for _, w := range words[12*i : 12*i+12] {
			dst[i] += signed(w) / 2
		}
	}
}

// TestDistribution_mutants: the tests reject samplers that are wrong in the ways
// samplers are wrong.
func TestDistribution_mutants(t *testing.T) {
	for _, mutant := range []struct {
		name   string
		sample func(dst []float64, bits []uint64)
		test   func(d drawn) string
	}{
		{"uniform of 32 bits", func(dst []float64, bits []uint64) { uniform{1}.Sample(dst, short(bits)) }, drawn.coarse},
		{"σ 5 % too large", changed(func(i int, x []float64) float64 { return 1.05 * x[i] }), drawn.wrong},
		{"shifted by 0.04", changed(func(i int, x []float64) float64 { return x[i] + 0.04 }), drawn.wrong},
		{"tails cut at 3", changed(func(i int, x []float64) float64 { return max(-3, min(x[i], 3)) }), drawn.wrong},
		{"always positive", changed(func(i int, x []float64) float64 { return math.Abs(x[i]) }), drawn.wrong},
		{"a pair twice the cosine", changed(func(i int, x []float64) float64 { return x[i&^4] }), drawn.wrong},
		{"a lane twice", changed(func(i int, x []float64) float64 { return x[i-i%8/7] }), drawn.wrong},
		{"neighbours of one sign", changed(func(i int, x []float64) float64 { return math.Copysign(x[i], x[i&^1]) }), drawn.wrong},
		{"neighbours of one modulus", changed(func(i int, x []float64) float64 { return math.Copysign(x[i&^1], x[i]) }), drawn.wrong},
		{"sum of 12 uniforms", twelve, func(d drawn) string { return d.wrongTails(draw(d, source("twelve", ""), 1<<20)) }},
	} {
		if mutant.test(drawn{law.MustParse("normal(1)"), mutant.sample, 1}) == "" {
			t.Errorf("mutant %q survives", mutant.name)
		}
	}
}

// TestNormalPairs_mutants is the same for the tails of pairs.
func TestNormalPairs_mutants(t *testing.T) {
	stretched := func(factor func(r float64) float64) func(a, b []float64, bits []uint64) {
		return func(a, b []float64, bits []uint64) {
			NormalPairs(a, b, bits)
			for i := range a {
				f := factor(math.Hypot(a[i], b[i]))
				a[i], b[i] = f*a[i], f*b[i]
			}
		}
	}
	for _, mutant := range []struct {
		name  string
		pairs func(a, b []float64, bits []uint64)
	}{
		{"tails cut at 6", stretched(func(r float64) float64 { return min(1, 6/r) })},
		{"tails e^−0.49r²", stretched(func(float64) float64 { return 1 / 0.99 })},
		{"words of 32 bits", func(a, b []float64, bits []uint64) { NormalPairs(a, b, short(bits)) }},
	} {
		if conditioned(mutant.pairs) == "" {
			t.Errorf("mutant %q survives", mutant.name)
		}
	}
}
