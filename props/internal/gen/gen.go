// Package gen draws configurations for claims.
//
// Values come from short lists and decimal grids, simplest first, so that a
// shrunk counterexample reads like one a person would have chosen and the
// number of distinct configurations met while shrinking stays small.
package gen

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"

	"gradchain/theory/activation"
	"gradchain/theory/figures"
	"gradchain/theory/law"
)

// Depths draws a number of layers between lo and hi, log-uniformly: a round number or any.
func Depths(lo, hi int) *rapid.Generator[int] {
	return integers(lo, hi, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
}

// Widths draws a number of units between lo and hi, log-uniformly: a power of two or any.
func Widths(lo, hi int) *rapid.Generator[int] {
	return integers(lo, hi, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
}

// Integers draws a whole number from lo ≥ 1 to hi, log-uniformly. Shrinking goes towards lo.
func Integers(lo, hi int) *rapid.Generator[int] { return integers(lo, hi) }

// integers draws between lo and hi: in half of the draws what is nearest among the round
// numbers, which a shrunk one is if it can.
func integers(lo, hi int, round ...int) *rapid.Generator[int] {
	round = slices.DeleteFunc(round, func(n int) bool { return n < lo || n > hi })
	return rapid.Custom(func(t *rapid.T) int {
		free := len(round) == 0 || rapid.Bool().Draw(t, "any")
		x := figures.Round(float64(lo)*math.Pow(float64(hi+1)/float64(lo), fraction(t)), figures.Model)
		if free {
			return min(int(x), hi)
		}
		return slices.MinFunc(round, func(a, b int) int {
			return cmp.Compare(math.Abs(math.Log(float64(a)/x)), math.Abs(math.Log(float64(b)/x)))
		})
	})
}

// Decimals draws k·step in [lo, hi], k integer, for a step that is a whole number
// or one part of it: log-uniformly if lo is above 0, else uniformly. Shrinking goes
// towards lo.
func Decimals(lo, hi, step float64) *rapid.Generator[float64] {
	up, down := math.Round(step), 1.0
	if step < 1 {
		up, down = 1, math.Round(1/step) // k/10 is nearer to the decimal than k·0.1
	}
	first, last := math.Ceil(lo*down/up-1e-9), math.Floor(hi*down/up+1e-9)
	return rapid.Custom(func(t *rapid.T) float64 {
		u, k := fraction(t), 0.0
		if first > 0 {
			k = math.Floor(figures.Round(first*math.Pow((last+1)/first, u), figures.Model))
		} else {
			k = math.Floor(figures.Round(first+(last-first+1)*u, figures.Model))
		}
		return min(k, last) * up / down
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
