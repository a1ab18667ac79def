package quad

import "math"

// Legendre returns the nodes in (−1, 1), ascending, and the weights of the Gauss–Legendre
// rule of an order, which is exact for polynomials of degree up to 2·order − 1. It panics
// unless the order is positive.
func Legendre(order int) (nodes, weights []float64) {
	if order < 1 {
		panic("quad: order of a rule is not positive")
	}
	n := float64(order)
	nodes, weights = make([]float64, order), make([]float64, order)
	for i := range (order + 1) / 2 {
		x := math.Cos(math.Pi * (float64(i) + 0.75) / (n + 0.5)) // Tricomi's estimate
		if 2*i+1 == order {
			x = 0
		}
		var slope float64
		for range 8 { // Newton's iteration
			p, before := x, 1.0
			for k := 2.0; k <= n; k++ {
				p, before = ((2*k-1)*x*p-(k-1)*before)/k, p
			}
			slope = n * (before - x*p) / (1 - x*x)
			x -= p / slope
		}
		weight := 2 / ((1 - x*x) * slope * slope)
		nodes[i], nodes[order-1-i] = -x, x
		weights[i], weights[order-1-i] = weight, weight
	}
	return nodes, weights
}
