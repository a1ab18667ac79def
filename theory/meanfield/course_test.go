package meanfield

import (
	"math"
	"testing"

	"gradchain/theory/gauss"

	"pgregory.net/rapid"
)

// The fixed points are where V(q) − q changes its sign on a grid of 100 points a factor of
// e from 1e-12 to 1e12, one between each pair; and χ_q is below 1 where the sign falls.
func TestFixedPoints_grid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		if n.Activation.Homogeneous() {
			return
		}
		got, err := n.FixedPoints()
		if err != nil {
			t.Fatal(err)
		}
		const lo, hi = 1e-12, 1e12
		var inside []FixedPoint
		for _, p := range got {
			if lo < p.Variance && p.Variance < hi {
				inside = append(inside, p)
			}
		}
		at, before := 0, math.NaN()
		for q := lo; q < hi; q *= 1.01 {
			m, err := gauss.NewMoments(n.Activation, q)
			if err != nil {
				t.Fatal(err)
			}
			r := (n.WeightVar*m.Square+n.BiasVar)/q - 1
			if math.Abs(r) < 1e-13 {
				continue
			}
			if before*r < 0 {
				if at == len(inside) || !(inside[at].Variance <= q*(1+1e-9)) || !(inside[at].Variance >= q/1.03) || (inside[at].ChiQ < 1) != (r < 0) {
					t.Fatalf("%+v: sign change at %v to %v, fixed points %v", n, q, r, got)
				}
				at++
			}
			before = r
		}
		if at != len(inside) {
			t.Fatalf("%+v: %d sign changes, fixed points %v", n, at, got)
		}
	})
}
