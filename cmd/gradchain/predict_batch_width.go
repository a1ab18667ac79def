package main

import (
	"fmt"
	"math"
)

// With batch normalisation the mean square of a gradient is a mean of 1/s², s the deviation of a
// unit over the batch, that units with a small s carry. The sum over n units has the relative
// variance v/n, and the mean of its logarithm is v/2n below that of its mean: v is E s⁻⁴/(E s⁻²)²,
// times 1 + 2/(B−2) for the directions of the gradient, and for small batches, where E s⁻⁴ is
// infinite or nearly so, what it is without the deviations that n units do not have.

// mostScatter is the largest v/4n, of the logarithm of a norm, at which a layer's limit of infinite
// width is given.
const mostScatter = 0.02

// scatter is v/4n for E s⁻⁴/(E s⁻²)² of a batch at a width.
func scatter(inverseSquare float64, batch int, width float64) float64 {
	// From P(χ²_d < y) ~ y^(d/2): E s⁻⁴ up to the largest s⁻² of n units grows like these; the
	// factors are what simulated networks of widths 128 to 2,048 show.
	limit := math.Inf(1)
	switch batch {
	case 2, 3:
		limit = width
	case 4:
		limit = 1.6 * math.Sqrt(width)
	case 5:
		limit = max(1, 2.5*math.Log(width))
	}
	return min(inverseSquare, limit) * (1 + 2/float64(max(1, batch-2))) / (4 * width)
}

// dropNarrow takes out the gradients of layers that are too narrow for the limit, and of those
// below, and returns the width from which on they are not.
func dropNarrow(layers []wideLayer, widths []int, batch int) (from float64, dropped bool) {
	from = 1
	for l := len(layers) - 1; l > 0; l-- {
		if s := layers[l].inverseSquare; s > 0 {
			for scatter(s, batch, from) > mostScatter {
				from *= 1.1
			}
			dropped = dropped || scatter(s, batch, float64(widths[l])) > mostScatter
		}
		if dropped {
			layers[l].logGrad = math.NaN()
		}
	}
	if dropped {
		layers[0].logGrad = math.NaN()
	}
	return from, dropped
}

// narrowNote says why gradients are missing.
func narrowNote(from float64) string {
	if from > 1e7 {
		return "E‖∂out/∂h‖² is carried by the few units whose deviation over the batch is nearly 0: no width that can be built has enough of them for the limit"
	}
	return fmt.Sprintf("E‖∂out/∂h‖² is carried by the units whose deviation over the batch is small: the limit of infinite width is given from a width of about %.2g on, where it is good to some 2 %% a layer", from)
}
