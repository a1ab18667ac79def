package main

import (
	"math"
	"slices"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/sim/run"
	"gradchain/theory/isometry"
	"gradchain/theory/product"
)

// stretch returns what is known of a measure, in the rows of its report, and notes where
// that comes from.
func (t *networkTheory) stretch(s run.StretchSpec) []reports.StretchRow {
	rows := make([]reports.StretchRow, len(s.At))
	for i, at := range s.At {
		rows[i] = reports.StretchRow{Index: at, Exact: math.NaN(), ExactSpread: math.NaN(), Wide: math.NaN()}
	}
	switch s.Of {
	case run.Tangents:
		t.exactTangents(rows)
		t.wideTangents(rows)
	case run.Lyapunov:
		t.exponents(rows)
	case run.SingularValues:
		t.singularValues(rows)
	}
	return rows
}

// exactTangents takes the law of the signal, where it is known at finite width: all these
// networks multiply the norms of signals and of tangents by factors of the same law.
func (t *networkTheory) exactTangents(rows []reports.StretchRow) {
	if t.exact == nil {
		return
	}
	widths := t.model.Layers()
	variances, err := t.signalVariances()
	if err != nil {
		t.note("tangent", "no exact law: %v", err)
		return
	}
	for i, r := range rows {
		l := r.Index
		rows[i].Exact = (t.exact[l].logSquare + math.Log(float64(widths[l])/float64(widths[0]))) / 2
		rows[i].ExactSpread = math.Sqrt(variances[l]) / 2
	}
	t.note("tangent", "‖(∂x/∂x⁰)v‖ has the exact law of ‖x‖/‖x⁰‖: the rows of W are as likely as their opposites, so that whether a unit is active says nothing of (Wv)²")
}

// signalVariances returns the variances of log‖x^l‖² of networks with an exact law; NaN is
// not known.
func (t *networkTheory) signalVariances() ([]float64, error) {
	m := t.model
	widths := m.Layers()
	out := make([]float64, len(widths))
	law := productLaw{Dense: m, known: map[int]factor{}, plain: map[int]factor{}}
	for l, n := range widths[1:] {
		switch {
		case m.Skip:
			out[l+1] = math.NaN()
		case m.Weights == model.GaussianWeights:
			out[l+1] = out[l] + law.activeFactor(n).variance
		}
	}
	return out, law.err
}

// wideTangents takes the growth of mean field: a layer multiplies E‖(∂x/∂x⁰)v‖² by what it
// multiplies E‖∂out/∂x‖² by on the way back, and by its width over that below.
func (t *networkTheory) wideTangents(rows []reports.StretchRow) {
	m := t.model
	if t.wide == nil {
		return
	}
	if m.Norm == model.BatchNorm {
		t.note("tangent", "not predicted with batch normalisation")
		return
	}
	skip, logAlpha := math.Inf(-1), 0.0
	if m.Skip {
		skip, logAlpha = 0, math.Log(m.Alpha)
	}
	widths := m.Layers()
	growth := make([]float64, len(widths))
	for l := 1; l < len(widths); l++ {
		branch := math.Log(m.WeightVariance(l)) + 2*logAlpha + t.wide[l].logBranch
		growth[l] = growth[l-1] + logSum(skip, branch) + math.Log(float64(widths[l])/float64(widths[l-1]))
	}
	for i, r := range rows {
		rows[i].Wide = growth[r.Index] / 2
	}
	t.note("tangent", "in the wide limit E‖(∂x/∂x⁰)v‖² grows forward as E‖∂out/∂x‖² grows on the way back, times n_l/n_(l−1) (mean field)")
}

// straight says whether J is a product of square matrices of the weights alone, which
// biases do not change.
func (t *networkTheory) straight() bool {
	m := t.model
	widths := m.Layers()
	return m.Activation.Name() == "linear" && m.Norm == model.NoNorm && !m.Skip && slices.Min(widths) == slices.Max(widths)
}

// exponents are those of linear square networks.
func (t *networkTheory) exponents(rows []reports.StretchRow) {
	m := t.model
	switch {
	case !t.straight():
	case m.Weights.Orthogonal():
		for i := range rows {
			rows[i].Exact = math.Log(m.WeightStd)
		}
		t.note("lyapunov", "square orthogonal weights multiply every length by σ_w")
	case m.Weights == model.GaussianWeights && !m.Tied:
		for i, r := range rows {
			var err error
			if rows[i].Exact, err = product.Lyapunov(m.Layers()[0], r.Index, product.WeightVar(m.WeightStd*m.WeightStd)); err != nil {
				rows[i].Exact = math.NaN()
				t.note("lyapunov", "no exact value of exponent %d: %v", r.Index, err)
			}
		}
		t.note("lyapunov", "products of Gaussian matrices, at any depth since |r_ii|² ~ σ_w² χ²_(n−i+1)/n in every layer (Newman 1986)")
	}
}

// singularValues are those of linear square networks.
func (t *networkTheory) singularValues(rows []reports.StretchRow) {
	m := t.model
	depth := len(m.Layers()) - 1
	scale := float64(depth) * math.Log(m.WeightStd)
	switch {
	case !t.straight():
	case m.Weights.Orthogonal():
		for i := range rows {
			rows[i].Exact = scale
		}
		t.note("singular values", "square orthogonal weights multiply every length by σ_w")
	case m.Weights == model.GaussianWeights && !m.Tied:
		edge, err := isometry.MaxSquaredSingularValue(isometry.Network{Activation: m.Activation, Ensemble: isometry.Gaussian, Depth: depth})
		if err != nil {
			t.note("singular values", "no wide limit of the largest: %v", err)
			return
		}
		rows[0].Wide = scale + math.Log(edge)/2
		t.note("singular values", "in the wide limit the largest is σ_w^L·√((L+1)^(L+1)/L^L) (Pennington, Schoenholz & Ganguli 2017)")
	}
}
