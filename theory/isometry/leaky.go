package isometry

import (
	"math"

	"gradchain/theory/special"
)

// leakyEdge is the largest squared singular value at criticality, σ_w² = 2/(1+a²), where φ′²
// is 1 or a² with probability ½ each. With r = (1−a²)/(1+a²) the S-transform of σ_w²φ′² is
// (1+z)/(1+u(z)), so that the edge is the least over z > 0 of
//
//	gaussian    (1+z)/z·(1+u)^L
//	orthogonal  (1+z)/z·((1+u)/(1+z))^L,   u = z + 2r²z(1+z)/(1 + √(1 + 4r²z(1+z)))
//
// (derived as in Pennington, Schoenholz & Ganguli 2017). a = ±1 gives the linear network,
// a = 0 the ReLU one. The logarithm of it is convex enough in log z to have one minimum, for
// orthogonal weights at z = ∞ where L is small: then it is σ_w^(2L).
func leakyEdge(L, a float64, gaussian bool) float64 {
	r := (1 - a*a) / (1 + a*a)
	if math.IsInf(a*a, 1) {
		r = -1
	}
	log := func(v float64) float64 {
		z := math.Exp(v)
		growth := L * math.Log1p(leakyShift(r, z))
		if !gaussian {
			growth -= L * math.Log1p(z)
		}
		return math.Log1p(1/z) + growth
	}
	const far = 80
	_, most := special.MaximizeBracketed(func(v float64) float64 { return -log(v) }, -far, far)
	edge := -most
	if !gaussian { // the limit z → ∞
		edge = min(edge, L*math.Log1p(math.Abs(r)))
	}
	return math.Exp(edge)
}

// leakyShift is u(z).
func leakyShift(r, z float64) float64 {
	s := 4 * r * r * z * (1 + z)
	return z + s/2/(1+math.Sqrt(1+s))
}
