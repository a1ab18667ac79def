package normalization

import (
	"cmp"
	"math"
	"slices"

	"gradchain/theory/activation"
	"gradchain/theory/quad"
	"gradchain/theory/special"
)

// A unit h of B inputs has, less its mean, the law of r·v: v uniform on the unit sphere of
// the d = B − 1 dimensions orthogonal to 1, r² = a χ²_d. Two of its normalised inputs are
//
//	y₁ = ϖ cos t,  y₂ = ϖ cos(t − t₀),  cos t₀ = −1/d,  t uniform on the circle,
//
// with ϖ = √d sin α and tan²α = χ²₂/(χ²_(d−2) + e), e = Bε/a. What depends on r in the
// Jacobian can be averaged for a given ϖ, in closed form: with T = tan α
//
//	law        e^(−eT²/2) ((d−2)(1+T²)^(−d/2) + e (1+T²)^(−(d−2)/2)) T dT
//	E a/s²     e^(−eT²/2) B (1+T²)^(−d/2) T dT
//	E aε/s⁴    that times (e/2)·e^x E_p(x),  p = (d−2)/2,  x = e(1+T²)/2
//
// (derived). A batch of 2 has one dimension: t is 0 or π and T² = χ²₁/e.

// ring is a node of the rule over ϖ, with its weights.
type ring struct {
	radius  float64 // ϖ
	law     float64
	inverse float64 // of a/s²
	twice   float64 // of a/s²·(2−ρ), where ρ = 1 − ε/s² is the mean of y²
}

// panelOrder is the number of nodes of a panel.
const panelOrder = 16

var panelNodes, panelWeights = quad.Legendre(panelOrder)

// negligibleLog is the logarithm of a weight that does not count.
const negligibleLog = -44

// rings returns the rule over ϖ for a batch and e = Bε/a, which splits at the given radii.
// A mean of 1/s² that is infinite has infinite weights, and for a batch of 2 with e = 0
// weights of 0, because there the Jacobian is 0.
func rings(batch int, e float64, radii []float64) []ring {
	d := float64(batch - 1)
	if e < 1e-32 && d >= 3 {
		e = 0 // the relative effect of e is √e or less
	}
	if e == 0 && d <= 2 {
		scale := 0.0
		if d == 2 {
			scale = math.Inf(1)
		}
		return []ring{{math.Sqrt(d), 1, scale, scale}}
	}
	low, high := ringEnds(d, e, radii)
	out := make([]ring, 0, panelOrder*(len(low)+len(high)))
	each(low, func(at, weight float64) {
		sin, cos := math.Sincos(at)
		out = append(out, weigh(d, e, sin, cos, weight))
	})
	each(high, func(at, weight float64) {
		cos, sin := math.Sincos(at)
		out = append(out, weigh(d, e, sin, cos, -weight))
	})
	return out
}

// end is that of a panel. From one where the circle begins to cross a kink the integrand
// goes like the square root of the distance.
type end struct {
	at   float64
	root bool
}

// each calls f with the nodes and weights between the ends.
func each(ends []end, f func(at, weight float64)) {
	for i := 1; i < len(ends); i++ {
		lo, width := ends[i-1], ends[i].at-ends[i-1].at
		if width == 0 {
			continue
		}
		for j, x := range panelNodes {
			s, slope := (1+x)/2, 1.0
			if lo.root {
				s, slope = s*s, 2*s
			}
			f(lo.at+width*s, panelWeights[j]/2*slope*width)
		}
	}
}

// weigh returns the node at α of a rule over α.
func weigh(d, e, sin, cos, weight float64) ring {
	t := sin / cos
	r := ring{radius: math.Sqrt(d) * sin}
	b := d + 1
	if d == 1 {
		half := weight / (cos * cos) * math.Sqrt(2*e/math.Pi) * math.Exp(-e*t*t/2)
		r.law, r.inverse = half, half*b*cos*cos/e
		r.twice = r.inverse * (1 + cos*cos)
		return r
	}
	logCos := math.Log(cos)
	if sin < cos {
		logCos = math.Log1p(-sin*sin) / 2
	}
	common := weight * math.Exp(-e*t*t/2+(d-3)*logCos) * sin
	r.law = common * (d - 2 + e/(cos*cos))
	r.inverse = common * b
	r.twice = r.inverse
	if e > 0 {
		r.twice *= 1 + e/2*special.ExpIntegral((d-2)/2, e/(2*cos*cos))
	}
	return r
}

// ringEnds returns the ends of the panels, in α up to π/4 and in π/2 − α from there on down.
func ringEnds(d, e float64, radii []float64) (low, high []end) {
	add := func(sin, cos float64, root bool) {
		if sin <= cos*(1-0x1p-40) {
			low = append(low, end{math.Atan2(sin, cos), root})
		} else { // a root at π/4 matters above it
			high = append(high, end{min(math.Atan2(cos, sin), math.Pi/4), root})
		}
	}
	unit, last := 1/math.Sqrt(d+e), math.Inf(1)
	for u := 0.5; ; {
		t := u * unit
		if log := -(d-2)/2*math.Log1p(t*t) - e*t*t/2; log < negligibleLog {
			last = t
			break
		}
		if t > 8 && e == 0 {
			break
		}
		add(t, 1, false)
		if u < 12 {
			u += min(1, u)
		} else {
			u *= 1.5
		}
	}
	for _, radius := range radii {
		if sin := radius / math.Sqrt(d); 0 < sin && sin < 1 {
			if cos := math.Sqrt((1 - sin) * (1 + sin)); sin < last*cos {
				add(sin, cos, true)
			}
		}
	}
	if low = append(low, end{at: 0}); last > 1 {
		low, high = append(low, end{at: math.Pi / 4}), append(high, end{at: math.Pi / 4})
		last = math.Atan2(1, last)
		high = append(high, end{at: last})
	} else {
		low = append(low, end{at: math.Atan(last)})
	}
	slices.SortFunc(low, compareEnds)
	slices.SortFunc(high, func(a, b end) int { return compareEnds(end{-a.at, a.root}, end{-b.at, b.root}) })
	return low, high
}

// compareEnds has of two ends at one place the one with a root last, which counts.
func compareEnds(a, b end) int {
	if a.at == b.at && a.root != b.root {
		if b.root {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.at, b.at)
}

// pair is a node of the rule over the circle.
type pair struct{ first, second, weight float64 }

// circle returns the rule over t at a radius, over the half circle around the middle of the
// two directions; the other half exchanges them. It splits where one of them is at a mark.
func circle(pairs []pair, d, radius float64, marks []float64) []pair {
	if d == 1 {
		return append(pairs, pair{radius, -radius, 0.5}, pair{-radius, radius, 0.5})
	}
	const panels = 8
	between := math.Acos(-1 / d)
	start := between / 2
	var space [64]float64
	ends := space[:0]
	for i := range panels + 1 {
		ends = append(ends, start+math.Pi*float64(i)/panels)
	}
	for _, z := range marks {
		if c := z / radius; math.Abs(c) < 1 {
			angle := math.Acos(c)
			for _, t := range [4]float64{angle, -angle, between + angle, between - angle} {
				for ; t < start; t += 2 * math.Pi {
				}
				if t < start+math.Pi {
					ends = append(ends, t)
				}
			}
		}
	}
	slices.Sort(ends)
	for i, hi := range ends[1:] {
		center, half := (ends[i]+hi)/2, (hi-ends[i])/2
		if half == 0 {
			continue
		}
		for j, x := range panelNodes {
			t := center + half*x
			pairs = append(pairs, pair{radius * math.Cos(t), radius * math.Cos(t-between), panelWeights[j] * half / math.Pi})
		}
	}
	return pairs
}

// marksOf returns where φ has kinks, or changes on a scale below 1.
func marksOf(a activation.Activation) []float64 {
	marks := a.Kinks()
	switch a.Name() {
	case "celu":
		for z := a.Args()[0] / 2; z < 1; z *= 3 {
			marks = append(marks, -z)
		}
	case "gelu_tanh":
		marks = append(marks, -6, -4, -2, 2, 4, 6)
	}
	return marks
}

// crossings returns the radii where the circle begins to cross a mark, or passes the point
// where two marks meet.
func crossings(d float64, marks []float64) []float64 {
	var radii []float64
	for i, z := range marks {
		radii = append(radii, math.Abs(z))
		for _, w := range marks[i:] {
			if d > 1 {
				radii = append(radii, math.Sqrt((z*z+w*w+2*z*w/d)/(1-1/(d*d))))
			}
		}
	}
	return radii
}
