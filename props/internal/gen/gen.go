// Package gen draws configurations for claims.
//
// Values come from short lists and decimal grids, simplest first, so that a
// shrunk counterexample reads like one a person would have chosen and the
// number of distinct configurations met while shrinking stays small.
package gen

import (
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"

	"gradchain/theory/activation"
	"gradchain/theory/figures"
	"gradchain/theory/law"
)

// Depths draws a number of layers between lo and hi, round numbers first.
func Depths(lo, hi int) *rapid.Generator[int] {
	return integers(lo, hi, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
}

// Widths draws a number of units between lo and hi, powers of two first.
func Widths(lo, hi int) *rapid.Generator[int] {
	return integers(lo, hi, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
}

// integers draws between lo and hi, one of the round numbers or any.
func integers(lo, hi int, round ...int) *rapid.Generator[int] {
	round = slices.DeleteFunc(round, func(n int) bool { return n < lo || n > hi })
	if len(round) == 0 {
		return rapid.IntRange(lo, hi)
	}
	return rapid.OneOf(rapid.SampledFrom(round), rapid.IntRange(lo, hi))
}

// Decimals draws k·step in [lo, hi], k integer, for a step that is a whole number
// or one part of it. Shrinking goes towards lo.
func Decimals(lo, hi, step float64) *rapid.Generator[float64] {
	up, down := math.Round(step), 1.0
	if step < 1 {
		up, down = 1, math.Round(1/step) // k/10 is nearer to the decimal than k·0.1
	}
	first, last := int(math.Ceil(lo*down/up-1e-9)), int(math.Floor(hi*down/up+1e-9))
	return rapid.Map(rapid.IntRange(0, last-first), func(k int) float64 {
		return float64(first+k) * up / down
	})
}

// Decade returns 10^(tenths/10), the same number on every machine.
func Decade(tenths int) float64 {
	return figures.Round(math.Pow(10, float64(tenths)/10), figures.Model)
}

// Law builds a weight law from its text; the texts are ours, so an error is a bug.
func Law(format string, args ...any) law.Law {
	return law.MustParse(fmt.Sprintf(format, args...))
}

// Scaled draws a law of weights symmetric about 0 whose scale argument is scale.
func Scaled(scale float64) *rapid.Generator[law.Law] {
	return rapid.SampledFrom([]law.Law{
		Law("normal(sigma=%v)", scale),
		Law("uniform(a=%v)", scale),
		Law("laplace(b=%v)", scale),
		Law("cauchy(s=%v)", scale),
	})
}

// Activations draws one of the named activation functions, the first first.
func Activations(texts ...string) *rapid.Generator[activation.Activation] {
	var all []activation.Activation
	for _, text := range texts {
		all = append(all, activation.MustParse(text))
	}
	return rapid.SampledFrom(all)
}

// Points draws a pre-activation: the adversarial ones first (0, ±1 ulp, kinks,
// saturation), then anything up to ±bound.
func Points(bound float64, kinks ...float64) *rapid.Generator[float64] {
	special := []float64{0}
	for _, z := range append([]float64{0, 1, 3, 6, 20, 37, 40, 700, 745, 800}, kinks...) {
		for _, v := range []float64{z, -z} {
			special = append(special, v, math.Nextafter(v, math.Inf(1)), math.Nextafter(v, math.Inf(-1)))
		}
	}
	// All three are drawn and one is taken: what is not taken shrinks to its
	// simplest, and then the choice itself shrinks to the first, which is 0.
	decimals, floats := Decimals(-20, 20, 0.01), rapid.Float64Range(-bound, bound)
	return rapid.Custom(func(t *rapid.T) float64 {
		choice := rapid.IntRange(0, 2).Draw(t, "choice")
		all := []float64{
			rapid.SampledFrom(special).Draw(t, "special"), decimals.Draw(t, "decimal"), floats.Draw(t, "float"),
		}
		return all[choice]
	})
}
