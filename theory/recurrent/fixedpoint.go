package recurrent

import (
	"math"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
	"gradchain/theory/special"
)

// TanhFixedPointSlope returns the slope w(1−h²) of h ↦ tanh(wh) at its stable fixed
// point, which is h = 0 for w ≤ 1 and the positive one for w > 1. It is 1 at w = 1 and
// less elsewhere (derived): large weights vanish by saturation. With y = wh the fixed
// point is y = w tanh y, and the slope w/cosh² y. Domain: w > 0.
func TanhFixedPointSlope(w float64) (float64, error) {
	if err := domain.Positive("w", w); err != nil {
		return 0, err
	}
	above := decimal.Minus(w, 1)
	switch {
	case above <= 0:
		return w, nil
	case above < 1e-6: // y² = 3a + 3a²/5 + O(a³), slope = w − y²/w
		return 1 - 2*above + 2.4*above*above, nil
	case w > 400: // the slope is about 4w e^(−2w)
		return 0, nil
	}
	// y coth y ≤ 1 + y²/3 bounds y below by √(3(w−1)).
	y, err := special.Brent(func(y float64) float64 { return y - w*math.Tanh(y) }, math.Sqrt(3*above)/2, w)
	if err != nil {
		return 0, err
	}
	e := math.Exp(-2 * y)
	return 4 * w * e / (1 + e) / (1 + e), nil
}
