package chain

import (
	"fmt"
	"math"
	"testing"
)

// TestLaw_boundFar: far from 0 the phases of the inversion lose digits, and Bound says how many.
// A scale s moves the law by L log s, given here to 32 digits, so that what remains between the
// two laws are their own errors; without rounding in the bound it would be 2e-13 too small.
func TestLaw_boundFar(t *testing.T) {
	const depth = 1000
	one := mustLaw(t, product("uniform(1)", "linear", depth))
	for _, tt := range []struct {
		scale  float64
		hi, lo float64 // 1,000 ln scale
	}{
		{1e50, 115129.25464970228, -7.498634144026226e-13},
		{1e100, 230258.50929940457, -1.4997268288052452e-12},
		{1e150, 345387.76394910685, -2.2495902432078678e-12},
		{1e200, 460517.01859880914, -2.9994536576104904e-12},
		{1e250, 575646.2732485114, 5.445834384145429e-11},
		{1e300, 690775.5278982137, -4.4991804864157355e-12},
	} {
		two := mustLaw(t, product(fmt.Sprintf("uniform(%v)", tt.scale), "linear", depth))
		worst := 0.0
		for _, x := range grid(one.given, 500) {
			y := x + tt.hi
			worst = math.Max(worst, math.Abs(one.CDF(y-tt.hi-tt.lo)-two.CDF(y)))
		}
		if !(worst <= one.Bound()+two.Bound()) {
			t.Errorf("scale %v: the laws differ by %.3g, bounds %.3g and %.3g", tt.scale, worst, one.Bound(), two.Bound())
		}
	}
}
