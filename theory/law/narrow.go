package law

import (
	"math"

	"gradchain/theory/special"
)

// narrow is the law of |w| for w ~ N(mu, sigma²) with eps = sigma/|mu| < 1/15, up to
// a probability below 1e-50: log|w| = log|mu| + log(1+eps·Z), Z ~ N(0,1).
//
// Expectations are trapezoidal sums over Z. Their error is that of the Poisson
// summation formula: with spacing h it is e^(−(2π/h − t·eps)²/2)-small for
// E|w|^(it), and rounding for t·eps ≤ 38, beyond which the modulus is below 1e-300.
type narrow struct {
	logMu float64 // log|mu|
	eps   float64
}

// Spacing and half-width of the nodes, in standard deviations.
const (
	narrowStep = 1.0 / 8
	narrowEnd  = 9.5
)

// paired reports whether the tilt is so small that the nodes may stay symmetric
// about 0; pairs ±z then sum without cancellation.
func (n narrow) paired(theta float64) bool { return math.Abs(theta)*n.eps < 0.5 }

// pairs calls visit with the positive nodes of Z, their weights, and
// s = ½log(1−eps²z²), d = atanh(eps·z), so that log(1 ± eps·z) = s ± d.
func (n narrow) pairs(visit func(weight, s, d float64)) {
	for z := narrowStep; z < narrowEnd; z += narrowStep {
		y := n.eps * z
		visit(narrowStep*special.NormPDF(z), 0.5*math.Log1p(-y*y), math.Atanh(y))
	}
}

// cumulant pairs (1+y)^q + (1−y)^q − 2 = 2(expm1(qs)cosh(qd) + 2sinh²(qd/2)).
func (n narrow) cumulant(order float64) float64 {
	if !n.paired(order) {
		center, _, _, logMass := n.tilted(order)
		return order*n.logMu + order*math.Log1p(n.eps*center) - center*center/2 + logMass
	}
	sum := 0.0
	n.pairs(func(weight, s, d float64) {
		half := math.Sinh(order * d / 2)
		sum += weight * 2 * (math.Expm1(order*s)*math.Cosh(order*d) + 2*half*half)
	})
	return order*n.logMu + math.Log1p(sum)
}

// slope pairs (1±y)^q log(1±y), to 2e^(qs)(s·cosh(qd) + d·sinh(qd)).
func (n narrow) slope(order float64) float64 {
	if !n.paired(order) {
		center, weights, logs, _ := n.tilted(order)
		return n.logMu + math.Log1p(n.eps*center) + average(weights, logs)
	}
	sum, total := 0.0, narrowStep*special.NormPDF(0)
	n.pairs(func(weight, s, d float64) {
		sum += weight * 2 * math.Exp(order*s) * (s*math.Cosh(order*d) + d*math.Sinh(order*d))
		total += weight * 2 * math.Exp(order*s) * math.Cosh(order*d)
	})
	return n.logMu + sum/total
}

func (n narrow) curvature(order float64) float64 {
	_, weights, logs, _ := n.tilted(order)
	mean, sum := average(weights, logs), 0.0
	for i, l := range logs {
		sum += weights[i] * (l - mean) * (l - mean)
	}
	return sum
}

func (n narrow) characteristic(theta, t float64) complex128 {
	center, weights, logs, _ := n.tilted(theta)
	mean := average(weights, logs)
	var sum complex128
	for i, l := range logs {
		sum += complex(weights[i], 0) * expm1(complex(0, t*(l-mean)))
	}
	return complex(0, t*(n.logMu+math.Log1p(n.eps*center)+mean)) + log1p(sum)
}

// tilted returns nodes for the density ∝ (1+eps·z)^theta e^(−z²/2): its maximum
// center, where z(1+eps·z) = theta·eps; normalised weights; log((1+eps·z)/
// (1+eps·center)) at the nodes; and the logarithm of the mass over
// (1+eps·center)^theta e^(−center²/2).
func (n narrow) tilted(theta float64) (center float64, weights, logs []float64, logMass float64) {
	center = 2 * theta * n.eps / (1 + math.Sqrt(1+4*theta*n.eps*n.eps))
	ratio := n.eps / (1 + n.eps*center)
	width := 1 / math.Sqrt(1+theta*ratio*ratio)
	total := 0.0
	for u := -narrowEnd; u <= narrowEnd; u += narrowStep {
		y := ratio * width * u
		w := math.Exp(theta*log1pMinus(y) - width*u*width*u/2)
		weights = append(weights, w)
		logs = append(logs, math.Log1p(y))
		total += w
	}
	for i := range weights {
		weights[i] /= total
	}
	return center, weights, logs, math.Log(total * width * narrowStep / math.Sqrt(2*math.Pi))
}

// average returns Σ weights·values, for weights that sum to 1.
func average(weights, values []float64) float64 {
	sum := 0.0
	for i, w := range weights {
		sum += w * values[i]
	}
	return sum
}

// log1pMinus returns log(1+y) − y without cancellation, by its series for small y.
func log1pMinus(y float64) float64 {
	if math.Abs(y) > 0.1 {
		return math.Log1p(y) - y
	}
	sum := 0.0
	for k := 17.0; k >= 2; k-- {
		sum = -sum*y + 1/k
	}
	return -sum * y * y
}
