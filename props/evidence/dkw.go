package evidence

import (
	"math"
	"math/bits"
	"slices"
)

// DKWRadius is √(ln(2/miss)/(2n)): the empirical distribution of n independent
// samples lies within it of the true one everywhere, with probability 1 − miss.
// Dvoretzky, Kiefer and Wolfowitz (1956), with Massart's constant (1990).
func DKWRadius(n int, miss float64) float64 {
	return math.Sqrt(math.Log(2/miss) / (2 * float64(n)))
}

// dkwLogP is the log p-value of the inequality for an observed distance, at
// most 0.
func dkwLogP(n int, distance float64) float64 {
	d := max(0, distance)
	return min(0, math.Ln2-2*float64(n)*d*d)
}

// dkwCost is the number of samples at which a distance gap between two laws is
// seen with error rates α and β (D3): (√ln(2/α) + √ln(2/β))²/(2 gap²); the
// arguments are ln(1/α) and ln(1/β).
func dkwCost(gap, alpha, beta float64) float64 {
	r := math.Sqrt(alpha+math.Ln2) + math.Sqrt(beta+math.Ln2)
	return r * r / (2 * gap * gap)
}

// KolmogorovDistance is the largest distance between the empirical distribution
// of samples and a law, given as F(y) = P(Y ≤ y) and F(y−) = P(Y < y), atoms and
// ties included (D2); left nil means that the law is continuous. It is NaN if
// F is, and 0 without samples.
func KolmogorovDistance(samples []float64, cdf, left func(float64) float64) float64 {
	if left == nil {
		left = cdf
	}
	sorted := slices.Clone(samples)
	slices.Sort(sorted)
	n, distance := float64(len(sorted)), 0.0
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		above := math.Abs(float64(j)/n - cdf(sorted[i]))
		below := math.Abs(float64(i)/n - left(sorted[i]))
		distance = max(distance, above, below)
		i = j
	}
	return distance
}

// uniformDistance is the Kolmogorov distance of samples in [0, 1] from the
// uniform law, in linear time: Gonzalez, Sahni and Franta (1977). In a bin no
// wider than 1/n, i/n − u_(i) rises and u_(i) − (i−1)/n falls with i, so each is
// largest at an end of the bin.
func uniformDistance(samples []float64) float64 {
	type bin struct {
		count       int
		least, most float64
	}
	n := float64(len(samples))
	size := float64(int(1) << bits.Len(uint(len(samples)))) // a power of two above n: u·size is exact
	bins := make([]bin, int(size)+1)
	for _, u := range samples {
		switch b := &bins[int(u*size)]; {
		case b.count == 0:
			*b = bin{1, u, u}
		case u < b.least:
			b.count, b.least = b.count+1, u
		default:
			b.count, b.most = b.count+1, max(b.most, u)
		}
	}
	below, distance := 0, 0.0
	for _, b := range bins {
		if b.count > 0 {
			before := float64(below) / n
			below += b.count
			distance = max(distance, float64(below)/n-b.most, b.least-before)
		}
	}
	return distance
}
