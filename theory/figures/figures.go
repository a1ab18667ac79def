// Package figures rounds what is computed to fewer digits than float64 has.
//
// The last digits of a computed number differ among machines: compilers fuse a
// multiplication and an addition where the processor can, and the functions of package
// math are not the same everywhere. What enters a model, whose canonical text keys the
// random streams, and what is printed for a program, whose bytes are compared, is rounded
// to digits that they share.
package figures

import (
	"math"
	"strconv"
)

// Model is the number of significant digits of a computed number that enters a model.
const Model = 12

// Print is that of one that is printed for a program: a sum over many samples differs by a
// few units of 1e-14 among machines, so that one number in ten million is rounded the
// other way.
const Print = 7

// Round returns the float64 nearest to x rounded to n ≥ 1 significant decimal digits. For n below
// Model it is first rounded to Model digits, so that 0.5 in the next digit goes one way on all
// machines.
//
// Special cases are:
//
//	Round(±0, n) = ±0
//	Round(±Inf, n) = ±Inf
//	Round(NaN, n) = NaN
//	Round(x, n) = x where the rounded number is above the largest float64
func Round(x float64, n int) float64 {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return x
	}
	from := x
	if n < Model {
		from = Round(x, Model)
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(from, 'e', n-1, 64), 64)
	if err != nil {
		return x
	}
	return rounded
}
