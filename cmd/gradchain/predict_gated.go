package main

import (
	"math"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/theory/recurrent"
)

// gatedTheory is what the theory says of a gated network.
type gatedTheory struct {
	carousel []float64 // mean log of the product of the forget gates of the steps after t
	notes    []reports.Field
}

// predictGated adds up E log σ(b + z), z ~ N(0, q), over the steps: the mean of a sum
// needs no independence. The variance q = σ_w² E h² + σ_b² of the gate's pre-activation
// is exact where σ_w is 0; else it is that of a wide network, with the second moments of
// h as simulated, by step.
func predictGated(m model.Gated, square []moments) gatedTheory {
	t := gatedTheory{carousel: make([]float64, m.Depth+1)}
	known := map[float64]float64{}
	for step := m.Depth - 1; step >= 0; step-- {
		q := m.WeightStd*m.WeightStd*square[step].mean + m.BiasStd*m.BiasStd
		if _, ok := known[q]; !ok {
			known = map[float64]float64{q: logGate(m.ForgetBias, q)} // the step before is all that can be equal
		}
		t.carousel[step] = t.carousel[step+1] + known[q]
	}
	if m.WeightStd == 0 {
		t.notes = append(t.notes, reports.Field{Label: "exact", Text: "a sum of E log σ(b + z) over the steps, z normal of variance σ_b² (Gers, Schmidhuber & Cummins 2000 for constant gates)"})
	} else {
		t.notes = append(t.notes, reports.Field{Label: "wide limit", Text: "of the forget gates: a sum of E log σ(b + z) over the steps, z normal of variance σ_w² E h² + σ_b² with E h² as simulated (derived)"})
	}
	t.notes = append(t.notes, reports.Field{Label: "not predicted", Text: "the state and the whole gradient: gates and cell depend on each other"})
	return t
}

// logGate is E log σ(b + z).
func logGate(bias, q float64) float64 {
	switch {
	case math.IsInf(bias, 1):
		return 0
	case math.IsInf(bias, -1):
		return math.Inf(-1)
	case q == 0:
		value, err := recurrent.LSTMLogMemory(bias, 1)
		if err != nil {
			return math.NaN()
		}
		return value
	}
	value, err := recurrent.LSTMGateLyapunov(bias, q)
	if err != nil {
		return math.NaN()
	}
	return value
}
