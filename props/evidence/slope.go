package evidence

import "math"

// SlopePoint is an interval for the value of a function at X.
type SlopePoint struct{ X, Lo, Hi float64 }

// SlopeInterval is the set of slopes b of the lines a + b·x that pass through
// all intervals (S1), exactly; empty, lo > hi, if no line does: then the
// function is not linear. Its error rate is that of the intervals, which must
// hold together; Zone.Judge turns it into a verdict. Fewer than two distinct X
// leave every slope.
func SlopeInterval(points []SlopePoint) (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	for _, p := range points {
		for _, q := range points {
			if dx := q.X - p.X; dx > 0 {
				lo = max(lo, (q.Lo-p.Hi)/dx)
				hi = min(hi, (q.Hi-p.Lo)/dx)
			} else if dx == 0 && q.Lo > p.Hi {
				return math.Inf(1), math.Inf(-1)
			}
		}
	}
	return lo, hi
}
