package normalization

import (
	"math"

	"gradchain/theory/activation"
)

// BatchTable has the moments of a BatchLayer at any number of τ, for maps that are iterated:
// from a number of different τ on it interpolates in log τ. It keeps what it has computed
// and must not be used by two goroutines at a time.
type BatchTable struct {
	layer  *BatchLayer
	last   float64
	known  BatchMoments
	direct int
	panels map[float64]*tablePanel
}

// NewBatchTable returns the table of a layer. It is an error unless batch ≥ 2.
func NewBatchTable(a activation.Activation, batch int) (*BatchTable, error) {
	layer, err := NewBatchLayer(a, batch)
	if err != nil {
		return nil, err
	}
	return &BatchTable{layer: layer, last: math.NaN(), panels: map[float64]*tablePanel{}}, nil
}

const (
	// tableDirect is the number of τ that are not interpolated.
	tableDirect = 24
	// tableWidth is that of a panel in log τ. The moments are analytic for |Im log τ| < π/2,
	// so that interpolation in tableOrder Chebyshev points errs by 6^−16.
	tableWidth = 1
	tableOrder = 16
)

// Moments is [BatchLayer.Moments] at e^logTau, relatively accurate to 1e-11, or where it has
// computed many others, 1e-10. Where φ is linear on either side of 0, for τ < 1e-100, it returns
// the moments at 1e-100, and the logarithm by which those of φ − φ(0) are smaller, squared; it is
// 0 elsewhere.
func (t *BatchTable) Moments(logTau float64) (m BatchMoments, logScale float64, err error) {
	smallest := math.Log(smallestTau) + 1e-9
	logScale = min(0, logTau-smallest)
	logTau = max(logTau, smallest)
	if logTau > 230 && t.layer.batch > 3 {
		logTau = math.Inf(1)
	}
	if logTau == t.last || math.Abs(logTau-t.last) <= 1e-13*max(1, min(math.Abs(logTau), 1e3)) {
		return t.known, logScale, nil
	}
	if t.direct < tableDirect || math.IsInf(logTau, 1) {
		t.direct++
		m, err = t.layer.Moments(math.Exp(logTau))
	} else {
		m, err = t.interpolate(logTau)
	}
	if err == nil {
		t.last, t.known = logTau, m
	}
	return m, logScale, err
}

// tablePanel holds the moments at the Chebyshev points of a panel.
type tablePanel [tableOrder]BatchMoments

func (t *BatchTable) interpolate(logTau float64) (BatchMoments, error) {
	lo := math.Floor(logTau/tableWidth) * tableWidth
	lo = max(lo, math.Log(smallestTau)+1e-9)
	node := func(i int) float64 { return lo + tableWidth*(1+math.Cos(math.Pi*(float64(i)+0.5)/tableOrder))/2 }
	panel := t.panels[lo]
	if panel == nil {
		panel = new(tablePanel)
		for i := range panel {
			m, err := t.layer.Moments(math.Exp(node(i)))
			if err != nil {
				return m, err
			}
			panel[i] = m
		}
		t.panels[lo] = panel
	}
	// The barycentric formula, with weights (−1)^i sin.
	var sum BatchMoments
	total := 0.0
	for i := range panel {
		distance := logTau - node(i)
		if distance == 0 {
			return panel[i], nil
		}
		weight := math.Sin(math.Pi*(float64(i)+0.5)/tableOrder) / distance
		if i%2 == 1 {
			weight = -weight
		}
		total += weight
		sum.add(weight, panel[i])
	}
	var m BatchMoments
	m.add(1/total, sum)
	return m, nil
}

// add adds a multiple of other moments.
func (m *BatchMoments) add(factor float64, other BatchMoments) {
	m.Mean += factor * other.Mean
	m.Square += factor * other.Square
	m.Spread += factor * other.Spread
	m.Alone += factor * other.Alone
	m.Common += factor * other.Common
	m.InverseSquare += factor * other.InverseSquare
}
