package quad

import (
	"math"
	"testing"
)

// A rule of order n integrates x^k exactly for k < 2n, and not x^(2n): there it lacks
// 2^(2n+1) n!⁴/((2n+1)(2n)!²) (Abramowitz & Stegun 1964, 25.4.30).
func TestLegendre(t *testing.T) {
	for _, order := range []int{1, 2, 3, 5, 10, 16, 20, 33} {
		nodes, weights := Legendre(order)
		for k := 0; k <= 2*order; k++ {
			sum := 0.0
			for i, x := range nodes {
				sum += weights[i] * math.Pow(x, float64(k))
				if i > 0 && !(nodes[i-1] < x) {
					t.Fatalf("order %d: nodes %v do not ascend", order, nodes)
				}
			}
			want := 0.0
			if k%2 == 0 {
				want = 2 / float64(k+1)
			}
			if k == 2*order {
				n := float64(order)
				half, _ := math.Lgamma(n + 1)
				full, _ := math.Lgamma(2*n + 1)
				want -= math.Exp((2*n+1)*math.Ln2+4*half-2*full) / (2*n + 1)
			}
			if !(math.Abs(sum-want) <= 1e-14) {
				t.Errorf("order %d: ∫ x^%d = %v, want %v", order, k, sum, want)
			}
		}
	}
}
