package gen

import (
	"math"

	"pgregory.net/rapid"
)

// levels is the number of values of one integer behind a fraction.
const levels = 256

// fraction draws uniformly from [0, 1) and shrinks towards 0. rapid's integers prefer small
// ones, whatever the range; their law is known, so its distribution function makes them
// uniform again: one integer says between which two of its values, a second where there.
func fraction(t *rapid.T) float64 {
	coarse, fine := rapid.IntRange(0, levels-1), rapid.IntRange(0, levels-1)
	v, w := coarse.Draw(t, "coarse"), fine.Draw(t, "fine")
	return below[v] + (below[v+1]-below[v])*below[w]
}

// below[v] is the chance of a draw of rapid.IntRange(0, levels−1) less than v.
var below = cumulative()

// cumulative follows rapid's genUintNBiased: the number of bits is geometric of mean 9, at
// most those of the range, and from 32 on the value is the largest there is.
func cumulative() (below [levels + 1]float64) {
	const bits, stop = 8, 1.0 / 9
	share := func(n int) float64 { return math.Pow(1-stop, float64(n)) } // of more than n bits
	for v := range levels {
		p := (share(bits-1) - share(31)) / levels
		for n := 1; n < bits; n++ {
			if v < 1<<n {
				p += (share(n-1) - share(n)) / float64(int(1)<<n)
			}
		}
		if v == levels-1 {
			p += share(31)
		}
		below[v+1] = below[v] + p
	}
	return below
}
