package chain

import (
	"math"
	"slices"
)

// envelope bounds the modulus of the characteristic function of S: from at[i] on it is at
// most modulus[i]. The points at ascend geometrically until the modulus is negligible.
type envelope struct{ at, modulus []float64 }

const (
	envelopeRatio  = 1.0905077326652577 // 2^(1/8)
	envelopePoints = 1600               // reach 2^200
	noModulus      = 1e-18              // rounding
)

// envelope multiplies the bounds of the weight and of the derivative and raises them to
// the power L. For small t it uses that if |φ| ≤ c beyond b, then |φ(t)| ≤
// 1 − (1−c²)t²/(8b²) below (Petrov 1975, ch. I): 1 − |φ(2t)|² ≤ 4(1 − |φ(t)|²).
func (v *inversion) envelope() envelope {
	L := float64(v.Depth)
	var e envelope
	for t := 1 / (4 * v.sigma() * math.Sqrt(L)); len(e.at) < envelopePoints; t *= envelopeRatio {
		one := v.Factor.Weight.TiltedEnvelope(v.tilt, t) * v.slope.at(t)
		e.at = append(e.at, t)
		e.modulus = append(e.modulus, one)
		if math.Pow(one, L) < noModulus {
			break
		}
	}
	curvature := 0.0 // largest (1−c²)/(8b²) so far
	for i := len(e.at) - 1; i >= 0; i-- {
		t, c := e.at[i], e.modulus[i]
		modulus := min(c, 1-curvature*t*t)
		curvature = max(curvature, (1-c*c)/(8*t*t))
		e.modulus[i] = math.Exp(L * math.Log(modulus))
	}
	return e
}

// tails returns bounds of ∫ modulus/(πt) dt from each point on.
func (e envelope) tails() []float64 {
	tails := slices.Clone(e.modulus)
	rest := noModulus
	if last := len(e.at) - 1; e.modulus[last] >= noModulus {
		rest = math.Inf(1)
		if e.modulus[last] < 0.9*e.modulus[last-8] { // a power of t, t^(−0.15) at least
			rest = noModulus + 20*e.modulus[last]
		}
	}
	for i := len(tails) - 1; i >= 0; i-- {
		rest += e.modulus[i] * math.Log(envelopeRatio) / math.Pi
		tails[i] = rest
	}
	return tails
}

// slopeBounds bounds |E e^(itD)| given alive: mass[i] + variation[i]/t for every i.
//
// On a set of z where |D′| ≥ d, with g the density of z, one integration by parts gives
// |∫ e^(itD) g dz| ≤ V/t, V the total variation of g/|D′| there, jumps to 0 at the ends
// included. The rest of z has at most its probability (van der Corput).
type slopeBounds struct{ mass, variation []float64 }

func (b slopeBounds) at(t float64) float64 {
	best := 1.0
	for i, m := range b.mass {
		best = min(best, m+b.variation[i]/t)
	}
	return best
}

// The grid on which total variations are measured: cells for every panel between breaks,
// three points in each, and the allowance for what they miss.
const (
	variationCells  = 150
	variationSlack  = 1.02
	variationLevels = 40
)

// slopeBounds measures the bounds for thresholds d in steps of a factor 2.
func (d derivative) slopeBounds() slopeBounds {
	if d.values != nil {
		return slopeBounds{}
	}
	cells := d.slopeCells()
	var b slopeBounds
	for level := range variationLevels {
		threshold := math.Ldexp(1, 8-level)
		mass, variation, before := 2*lostMass, 0.0, 0.0
		for _, c := range cells {
			steep := c.least >= threshold
			if !steep {
				mass += c.mass
			}
			for _, ratio := range c.ratios {
				if !steep {
					ratio = 0
				}
				variation += math.Abs(ratio - before)
				before = ratio
			}
		}
		variation += before
		b.mass = append(b.mass, variationSlack*mass/d.alive)
		b.variation = append(b.variation, variationSlack*variation/d.alive)
	}
	return b
}

// slopeCell is a small interval of v: its probability, the least |D′| and g/|D′| next to
// both ends and in the middle.
type slopeCell struct {
	mass, least float64
	ratios      [3]float64
}

func (d derivative) slopeCells() []slopeCell {
	c := d.coordinate()
	ends := d.finite(c.breaks)
	var cells []slopeCell
	for i, lo := range ends[:len(ends)-1] {
		width := (ends[i+1] - lo) / variationCells
		for j := range variationCells {
			cell := slopeCell{least: math.Inf(1)}
			for k, at := range [...]float64{0.001, 0.5, 0.999} {
				v, h := lo+(float64(j)+at)*width, width*0.0005
				slope := math.Abs(d.phi.LogAbsDPhi(c.point(v+h))-d.phi.LogAbsDPhi(c.point(v-h))) / (2 * h)
				if math.IsNaN(slope) { // dead
					continue
				}
				density := c.density(v)
				cell.mass = max(cell.mass, density*width)
				cell.least = min(cell.least, slope)
				cell.ratios[k] = density / slope
			}
			cells = append(cells, cell)
		}
	}
	return cells
}
