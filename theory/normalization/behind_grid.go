package normalization

import (
	"math"
	"slices"
)

// shared is a node of the rule over what the inputs share, with the law of h given it at the
// nodes of a grid: real for a common part, else the density times a wave.
type shared struct {
	weight float64
	re, im []float64
}

// behindGrid is a rule for h, good for all t up to one.
type behindGrid struct {
	*behind
	phi, slope []float64
	density    []float64 // of independent inputs, weights included
	shared     []shared
	// waves of step ω that are made as they are needed
	nodes               []float64
	front, narrow, step float64
	most                float64    // ω that the panels resolve
	cut                 integrands // what is beyond
}

// deviations is how far out a normal number counts.
var deviations = math.Sqrt(2*accuracyLog) + 0.8

// grid returns the rule for h: Gauss–Legendre panels that resolve e^(−(t/B)(φ−c)²) up to t.
func (s *behind) grid(t float64) *behindGrid {
	common := max(0, s.mean-s.a/s.b)
	end := deviations * math.Sqrt(s.a+common)
	widest := min(math.Sqrt(s.a), 2.5*math.Sqrt(s.b/(2*t))/s.lipschitz)
	if s.batch <= 4 {
		widest /= 2 // room for more waves: a power of the batch of a mean that falls slowly
	}
	ends := []float64{-end, end}
	for _, z := range s.marks {
		if math.Abs(z) < end {
			ends = append(ends, z)
		}
	}
	for u := 0.5; u < end; u *= 1.5 {
		ends = append(ends, -u, u)
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	g := &behindGrid{behind: s, most: 20 * math.Sqrt(s.a) / widest}
	var nodes, weights []float64
	for i, hi := range ends[1:] {
		lo := ends[i]
		parts := math.Ceil((hi - lo) / widest)
		for k := range int(parts) {
			width := (hi - lo) / parts
			for j, x := range panelNodes {
				nodes = append(nodes, lo+width*(float64(k)+(1+x)/2))
				weights = append(weights, panelWeights[j]*width/2)
			}
		}
	}
	for i, h := range nodes {
		g.phi = append(g.phi, s.activation.Phi(h))
		g.slope = append(g.slope, s.activation.DPhi(h))
		g.density = append(g.density, weights[i]*math.Exp(-h*h/(2*(s.a+common)))/math.Sqrt(2*math.Pi*(s.a+common)))
	}
	g.share(nodes, weights)
	return g
}

// share sets the rule over what the inputs share. All rules are trapezoidal: of Gaussians they
// miss e^(−2π²σ²/step²).
func (g *behindGrid) share(nodes, weights []float64) {
	switch part := g.mean - g.a/g.b; {
	case math.Abs(part)*g.b <= 1e-12*g.a:
		g.shared = []shared{{weight: 1, re: g.density}}
	case part > 0:
		// u of the common part √part·u, which h knows to 1/√(1 + B part/a)
		step := 2 * math.Pi / math.Sqrt(2*accuracyLog) / math.Sqrt(1+g.b*part/g.a)
		for k := -math.Floor(deviations / step); k*step <= deviations; k++ {
			u := k * step
			node := shared{weight: step * math.Exp(-u*u/2) / math.Sqrt(2*math.Pi)}
			for i, h := range nodes {
				z := h - math.Sqrt(part)*u
				node.re = append(node.re, weights[i]*math.Exp(-z*z/(2*g.a))/math.Sqrt(2*math.Pi*g.a))
			}
			g.shared = append(g.shared, node)
		}
	default:
		g.waves(nodes)
	}
}

// waves readies the rule for a common part that is smaller than that of independent inputs. The
// density of their mean, over that of independent ones, is √r·e^(−(r−1)Bμ²/2a), r = a/(B·mean),
// and the wave e^(iωh/√a) of every input gives it from ω ~ N(0, (r−1)/B).
func (g *behindGrid) waves(nodes []float64) {
	g.nodes = nodes
	b, excess := g.b, math.Inf(1) // r − 1
	g.front = math.Sqrt(b / (2 * math.Pi))
	if g.mean > 0 {
		excess = g.a/(b*g.mean) - 1
		g.narrow = b / (2 * excess)
		g.front *= math.Sqrt((excess + 1) / excess)
	}
	g.step = 2 * math.Pi / (math.Sqrt(2*accuracyLog*b) * (1 + 1/math.Sqrt(excess)))
	g.wave(0)
}

// wave makes the next node, if there is one.
func (g *behindGrid) wave(k int) bool {
	if k < len(g.shared) {
		return true
	}
	omega := float64(k) * g.step
	log := -g.narrow * omega * omega
	if g.nodes == nil || omega > g.most || log < -accuracyLog-3 {
		return false
	}
	node := shared{weight: 2 * g.step * g.front * math.Exp(log)}
	if k == 0 {
		node.weight /= 2
	}
	for i, h := range g.nodes {
		sin, cos := math.Sincos(omega * h / math.Sqrt(g.a))
		node.re = append(node.re, g.density[i]*cos)
		node.im = append(node.im, g.density[i]*sin)
	}
	g.shared = append(g.shared, node)
	return true
}

// at returns the integrands at t.
func (g *behindGrid) at(t float64) integrands {
	step := math.Pi / math.Sqrt(t*accuracyLog)
	reach := math.Sqrt(accuracyLog / t)
	lo, hi := slices.Min(g.phi)-reach, slices.Max(g.phi)+reach
	var out, sizes integrands
	g.cut = integrands{}
	peak := 0.0
	kernel := make([]float64, len(g.phi))
	// From the mean of φ outward, so that the peak is known early.
	middle := 0.0
	for i, w := range g.density {
		middle += w * g.phi[i]
	}
	for _, direction := range [2]float64{1, -1} {
		for k := (1 - direction) / 2; ; k++ {
			c := middle + direction*k*step
			if c < lo || c > hi {
				break
			}
			from, to, sum := g.kernel(kernel, t, c)
			size := g.b * math.Log(g.largest(kernel, from, to, sum))
			if k == 0 && direction == 1 || size > peak {
				peak = size
			}
			if sum == 0 || size < peak-accuracyLog-8 {
				continue
			}
			g.product(&out, &sizes, kernel[from:to], from, t, c)
		}
	}
	for i := range out {
		out[i] *= step * math.Sqrt(t/math.Pi)
		g.cut[i] *= step * math.Sqrt(t/math.Pi)
	}
	return out
}

// largest is the largest mean of the kernel given the common part, or that of all.
func (g *behindGrid) largest(kernel []float64, from, to int, all float64) float64 {
	if g.nodes != nil {
		return all
	}
	for _, node := range g.shared {
		all = max(all, real(dot(node, from, kernel[from:to]))*math.Pow(node.weight, 1/g.b))
	}
	return all
}

// kernel sets e^(−(t/B)(φ−c)²), which is not 0 from one node to before another, and returns its
// mean.
func (g *behindGrid) kernel(kernel []float64, t, c float64) (from, to int, sum float64) {
	rate := t / g.b
	from = len(kernel)
	to = from
	for i, phi := range g.phi {
		d := phi - c
		kernel[i] = 0
		if q := rate * d * d; q < 2*accuracyLog {
			kernel[i] = math.Exp(-q)
			from, to = min(from, i), i+1
			sum += g.density[i] * kernel[i]
		}
	}
	return from, to, sum
}

// product adds the integrands at t and c to the sums and to those of their moduli: powers of the
// means over one input, times those of the one or two that are picked.
func (g *behindGrid) product(sums, sizes *integrands, kernel []float64, from int, t, c float64) {
	n := len(kernel)
	phi, slope := g.phi[from:from+n], g.slope[from:from+n]
	both, own := make([]float64, n), make([]float64, n)
	one, two := make([]float64, n), make([]float64, n)
	for i, k := range kernel {
		d := phi[i] - c
		one[i] = k * slope[i]
		two[i] = one[i] * d
		both[i] = one[i] * slope[i]
		// (φ₁ − mean)² is (φ₁ − c)² less the variance 1/2t of c around the mean.
		own[i] = both[i] * (d*d - 1/(2*t))
	}
	var terms integrands
	small, k := 0, 0
	for ; small < 4 && g.wave(k); k++ {
		node := g.shared[k]
		psi, square, around, first, second := node.means(from, kernel, both, own, one, two)
		first, second = first*first, second*second
		rest := complex(node.weight, 0) * power(psi, g.batch-2)
		// 1/s² is ∫ e^(−ts²), 1/s⁴ has another t and 1/s⁶ a t²/2.
		terms = integrands{
			real(rest * psi * psi),
			real(rest * psi * (square*complex(1-1/g.b, 0) - around*complex(t/g.b, 0))),
			-real(rest*psi*around) * t * t / (2 * g.b),
			-real(rest*(first/2+second*complex(t, 0))) / g.b,
			-real(rest*(second-first/complex(2*t, 0))) * t * t / (2 * g.b),
		}
		small++
		for i, x := range terms {
			sums[i] += x
			sizes[i] += math.Abs(x)
			if math.Abs(x) > accuracy*sizes[i] || node.im == nil {
				small = 0
			}
		}
	}
	if g.nodes != nil && small < 4 { // cut off while falling like ω^−3 or faster
		for i, x := range terms {
			g.cut[i] += math.Abs(x) * float64(k) / 2
		}
	}
}

// means are those of five functions, which begin at a node.
func (node shared) means(from int, kernel, both, own, one, two []float64) (psi, square, around, first, second complex128) {
	n := len(kernel)
	both, own, one, two = both[:n], own[:n], one[:n], two[:n]
	var a, b, c, d, e float64
	for i, w := range node.re[from : from+n] {
		a += w * kernel[i]
		b += w * both[i]
		c += w * own[i]
		d += w * one[i]
		e += w * two[i]
	}
	var f, g, h, k, l float64
	if node.im != nil {
		for i, w := range node.im[from : from+n] {
			f += w * kernel[i]
			g += w * both[i]
			h += w * own[i]
			k += w * one[i]
			l += w * two[i]
		}
	}
	return complex(a, f), complex(b, g), complex(c, h), complex(d, k), complex(e, l)
}

// dot is the mean of v, which begins at a node, with the law of a shared part.
func dot(node shared, from int, v []float64) complex128 {
	var re, im float64
	for i, w := range node.re[from : from+len(v)] {
		re += w * v[i]
	}
	if node.im != nil {
		for i, w := range node.im[from : from+len(v)] {
			im += w * v[i]
		}
	}
	return complex(re, im)
}

// power is z^n by squaring.
func power(z complex128, n int) complex128 {
	out := complex(1, 0)
	for ; n > 0; n /= 2 {
		if n%2 == 1 {
			out *= z
		}
		z *= z
	}
	return out
}

// constant returns P(V = 0): all h where φ has one value. The intervals of one value of the
// catalogue are half-lines without 0 inside, where h that add up to 0 cannot all be.
func (s *behind) constant() float64 {
	if !s.activation.HasDeadZone() || s.mean == 0 {
		return 0
	}
	g := s.grid(1 / s.variance)
	values := []float64{}
	for i, d := range g.slope {
		if d == 0 && !slices.Contains(values, g.phi[i]) {
			values = append(values, g.phi[i])
		}
	}
	total := 0.0
	v := make([]float64, len(g.phi))
	for _, value := range values {
		for i := range v {
			v[i] = boolean(g.slope[i] == 0 && g.phi[i] == value)
		}
		for k, small := 0, 0; small < 6 && g.wave(k); k++ {
			node := g.shared[k]
			term := node.weight * real(power(dot(node, 0, v), s.batch))
			total += term
			if small++; math.Abs(term) > accuracy || node.im == nil {
				small = 0
			}
		}
	}
	return total
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
