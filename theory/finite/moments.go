package finite

import (
	"math"
	"sort"

	"gradchain/theory/activation"
	"gradchain/theory/special"
)

// moments are expectations over a standard normal z of f = φ(√v z)/√v and s = φ′(√v z), and
// with He₂ = z² − 1 and He₄ = z⁴ − 6z² + 3, which give derivatives with respect to log v
// (Stein), with kinks too.
type moments [momentCount]float64

const (
	f1    = iota // E f
	f2           // E f²
	f3           // E f³
	f4           // E f⁴
	f1He2        // E f He₂
	f1He4        // E f He₄
	f2He2        // E f² He₂
	f2He4        // E f² He₄
	s2           // E s²
	s4           // E s⁴
	s2He2        // E s² He₂
	s2He4        // E s² He₄
	zs           // E zs
	zs2          // E z²s²
	zsf          // E zsf
	s2f          // E s²f
	s2f2         // E s²f²
	s1           // E s
	sf           // E sf
	f1z          // E f z
	f2z          // E f² z
	s2z          // E s² z
	momentCount
)

// The logarithms of the variances between which φ itself is used. Beyond them it is linear
// on either side of 0, or as good as a constant or a step.
const smallest, largest = -60, 60

// momentsAt are those at log v, to about 1e-6: they only have to tell how small a correction
// is.
func momentsAt(a activation.Activation, logV float64) (m moments) {
	root := math.Exp(logV / 2)
	each(breaks(a, root), func(z, weight float64) {
		f, s := a.Phi(root*z)/root, a.DPhi(root*z)
		he2, he4 := z*z-1, z*z*(z*z-6)+3
		for i, value := range [momentCount]float64{
			f1: f, f2: f * f, f3: f * f * f, f4: f * f * f * f,
			f1He2: f * he2, f1He4: f * he4, f2He2: f * f * he2, f2He4: f * f * he4,
			s2: s * s, s4: s * s * s * s, s2He2: s * s * he2, s2He4: s * s * he4,
			zs: z * s, zs2: z * z * s * s, zsf: z * s * f, s2f: s * s * f, s2f2: s * s * f * f,
			s1: s, sf: s * f, f1z: f * z, f2z: f * f * z, s2z: s * s * z,
		} {
			m[i] += value * weight
		}
	})
	return m
}

// farOut is where the normal density ends.
const farOut = 10

// breaks are the ends of the panels of an integral over z: finer towards 0, where φ(√v z)
// changes on the scale 1/√v, and at kinks.
func breaks(a activation.Activation, root float64) []float64 {
	out := []float64{-farOut, 0, farOut}
	longest := 1.0
	if oscillates(a) {
		longest = 1 / max(root, 1)
	}
	for z := min(0.5, 0.5/root); z < farOut; z += min(z, longest) {
		out = append(out, z, -z)
	}
	for _, kink := range a.Kinks() {
		if z := kink / root; math.Abs(z) < farOut {
			out = append(out, z)
		}
	}
	sort.Float64s(out)
	return out
}

func oscillates(a activation.Activation) bool { return a.Tail(1).Kind == activation.Oscillating }

// The rule of Gauss and Legendre with 6 points on [−1, 1], its positive half.
var (
	legendreAt     = [3]float64{0.2386191860831969, 0.6612093864662645, 0.9324695142031521}
	legendreWeight = [3]float64{0.4679139345726910, 0.3607615730481386, 0.1713244923791704}
)

// each visits the nodes between the breaks with their normal weights.
func each(breaks []float64, visit func(z, weight float64)) {
	for i := 1; i < len(breaks); i++ {
		center, half := (breaks[i]+breaks[i-1])/2, (breaks[i]-breaks[i-1])/2
		for k, at := range legendreAt {
			for _, z := range [2]float64{center - half*at, center + half*at} {
				visit(z, half*legendreWeight[k]*special.NormPDF(z))
			}
		}
	}
}

// table keeps the moments on a grid of log v and interpolates: the terms of a deep network
// change slowly with v.
type table struct {
	phi  activation.Activation
	kept map[int]moments
}

const perUnit = 16 // points of the grid

// at returns the moments at log v, and the log v of the √v by which f was divided.
func (t *table) at(logV float64) (moments, float64) {
	if t.phi.Homogeneous() {
		return t.point(0), logV
	}
	end := float64(largest)
	if oscillates(t.phi) {
		end = 10
	}
	clamped := max(smallest, min(logV, end))
	scale := clamped
	switch { // where φ is linear f does not depend on v
	case logV < smallest && t.phi.Phi(0) == 0, logV > end && t.linear():
		scale = logV
	}
	lo := math.Floor(clamped * perUnit)
	m, above, share := t.point(int(lo)), t.point(int(lo)+1), clamped*perUnit-lo
	for i := range m {
		m[i] += share * (above[i] - m[i])
	}
	return m, scale
}

// linear says whether φ is unbounded and tends to be linear.
func (t *table) linear() bool {
	for _, sign := range [2]int{-1, 1} {
		if tail := t.phi.Tail(sign); tail.Kind == activation.Constant && tail.Coefficient != 0 {
			return true
		}
	}
	return false
}

func (t *table) point(i int) moments {
	m, ok := t.kept[i]
	if !ok {
		m = momentsAt(t.phi, float64(i)/perUnit)
		t.kept[i] = m
	}
	return m
}
