package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/theory/activation"
	"gradchain/theory/finite"
)

var linearActivation = activation.MustParse("linear")

// networkTheory is all that the theory says of a network, and where it comes from.
type networkTheory struct {
	model model.Dense
	exact []exactLayer // nil if nothing is known exactly
	wide  []wideLayer  // nil if the limit of infinite width is not known
	// finite is how far that is off at the widths of the network, nil if not known.
	finite *finite.Corrections
	notes  []reports.Field
}

func (t *networkTheory) note(label, format string, args ...any) {
	t.notes = append(t.notes, reports.Field{Label: label, Text: fmt.Sprintf(format, args...)})
}

// predictNetwork says which formula applies to a valid network. It ends early when ctx is
// done, and then has not said all.
func predictNetwork(ctx context.Context, m model.Dense) networkTheory {
	t := networkTheory{model: m}
	t.predictExact()
	t.predictWide(ctx)
	t.predictRange(ctx)
	t.warn()
	return t
}

// predictExact takes the law at finite width, where there is one.
func (t *networkTheory) predictExact() {
	m, phi := t.model, t.model.Activation.Name()
	plain := m.Norm == model.NoNorm && m.Inputs() == 1 && m.BiasStd == 0 && !m.Tied
	var err error
	switch {
	case !plain:
	case m.Skip && m.Alpha > 0 && phi == "linear" && m.Weights == model.GaussianWeights:
		if t.exact, err = linearResidual(m); err == nil {
			t.note("exact", "noncentral chi-square law of a block 1 + αW, W Gaussian (derived; residual.log_sq_norm.mean)")
		}
	case m.Skip:
	case (phi == "linear" || phi == "relu") && m.Weights == model.GaussianWeights:
		law := productLaw{Dense: m, known: map[int]factor{}, plain: map[int]factor{}}
		if t.exact, err = law.layers(); err == nil {
			t.note("exact", "law of products of Gaussian matrices, chi-squares of as many degrees of freedom as there are active units (Hanin 2018; Hanin & Nica 2020); for relu over the networks where no layer has all units off")
		}
	case phi == "linear" && m.Weights.Orthogonal():
		t.exact = orthogonalLayers(m)
		t.note("exact", "%s", orthogonalSource(m))
	}
	if err != nil {
		t.exact = nil
		t.note("no exact law", "%v", err)
	}
}

// predictWide takes the limit of infinite width, where there is one.
func (t *networkTheory) predictWide(ctx context.Context) {
	m := t.model
	var layers []wideLayer
	var err error
	if m.Norm == model.BatchNorm {
		layers, err = batchLimit(ctx, m)
	} else {
		layers, err = newWideNetwork(m).layers(ctx)
	}
	if err != nil {
		t.note("no wide limit", "%v", err)
		return
	}
	t.wide = layers
	t.note("wide limit", "%s", strings.Join(t.wideSources(), "; "))
	if m.Norm != model.BatchNorm {
		return
	}
	unsettled := m.Epsilon > 0 && math.IsNaN(layers[len(layers)-1].logGrad)
	if from, dropped := dropNarrow(layers, m.Layers(), m.Inputs()); dropped {
		t.note("no wide gradient", "%s", narrowNote(from))
	} else if unsettled {
		t.note("no wide gradient", "batch %d with epsilon %v: the mean of 1/(variance + epsilon) over so flat an activation is not computed well enough", m.Inputs(), m.Epsilon)
	}
}

// wideSources say whose limit it is.
func (t *networkTheory) wideSources() []string {
	m, out := t.model, []string{"mean field (Poole et al. 2016; Schoenholz et al. 2017)"}
	switch {
	case m.Norm == model.BatchNorm:
		out = []string{batchSource(m)}
	case m.Norm != model.NoNorm:
		out = append(out, fmt.Sprintf("with %v norm, whose Jacobian has the factor 1/√(E h²) in this limit (derived)", m.Norm))
	}
	if m.Skip && m.Norm != model.BatchNorm {
		out = append(out, "a residual block multiplies E‖∂out/∂x‖² by 1 + α²σ_w² E φ′² (Yang & Schoenholz 2017)")
	}
	if m.Tied {
		out = append(out, "the same weights at every step do not change it (Yang 2019)")
	}
	if m.Weights.Orthogonal() {
		out = append(out, "orthogonal weights have that of Gaussian ones, with less spread (Pennington, Schoenholz & Ganguli 2017)")
	}
	return out
}

// warn says where a moment does not exist, or a network is not what it may seem.
func (t *networkTheory) warn() {
	m := t.model
	if m.Norm == model.BatchNorm && m.Epsilon == 0 {
		switch b := m.Inputs(); {
		case b == 2:
			t.note("batch of 2", "normalised units are +1 and −1 whatever the weights: behind the norm all gradients are exactly 0, and the growth (B−2)/(B−3) does not exist")
		case b == 3:
			t.note("batch of 3", "E‖∂out/∂h‖² is infinite and its growth (B−2)/(B−3) does not exist, because E 1/r² of the batch's deviation r is infinite; the typical size exists")
		case m.NormAfter && m.Activation.HasDeadZone():
			t.note("batch norm behind φ", "E‖∂out/∂h‖² is infinite, because φ is constant on an interval and E 1/r² of the deviation r of φ over the batch is infinite; the typical size exists, and an epsilon makes the mean finite")
		case b <= 5:
			t.note("small batch", "E 1/r⁴ of the batch's deviation r is infinite: the wide limit is reached slowly")
		}
	}
	if expands(m) && m.Weights.Orthogonal() {
		t.note("orthogonal", "%s", orthogonalConvention(m.Weights))
	}
	if m.Skip {
		t.note("block", "%s, the nonlinearity last. Branches that end in a linear map, as in published networks and in theory 'residual.*' (x + W φ(x)), are not sampled by this command yet", block(m))
	}
	if m.Skip && m.Alpha == 0 {
		t.note("zero branch", "at α = 0 the Jacobian is the identity: the gradient of the input is that of the output, and none reaches the branches")
	}
}

// block names the block of a residual network.
func block(m model.Dense) string {
	switch {
	case m.Norm == model.NoNorm:
		return "x + α·φ(W x + b)"
	case m.NormAfter:
		return "x + α·norm(φ(W x + b))"
	}
	return "x + α·φ(norm(W x + b))"
}

// orthogonalSource says what the law of a linear network of orthogonal weights is.
func orthogonalSource(m model.Dense) string {
	if widths := m.Layers(); slices.Min(widths) == slices.Max(widths) {
		return "square orthogonal weights multiply every norm by σ_w"
	}
	return "orthogonal weights: a layer from m to n < m units keeps a part of ‖x‖² of the law Beta(n/2, (m−n)/2) times σ_w², and all of ‖δ‖²; an expanding one the other way round (derived)"
}

// orthogonalConvention says what σ_w is in an expanding layer.
func orthogonalConvention(w model.WeightLaw) string {
	if w == model.ScaledOrthogonalWeights {
		return "orthogonal_scaled: where fan-in < fan-out WᵀW = σ_w²·(fan-out/fan-in)·1, so that E h² is that of the other laws; torch.nn.init.orthogonal_ and Keras have no such factor: --weights orthogonal"
	}
	return "as torch.nn.init.orthogonal_ and Keras draw them: WWᵀ = σ_w²·1, and where fan-in < fan-out WᵀW = σ_w²·1, so that ‖h‖ = σ_w‖x‖ and ‖h‖²/n falls by fan-in/fan-out; --weights orthogonal_scaled keeps it"
}

// expands says whether a layer has more units than the one below.
func expands(m model.Dense) bool {
	for l := 1; l < len(m.Widths); l++ {
		if m.Widths[l-1] < m.Widths[l] {
			return true
		}
	}
	return false
}

// prediction is what the theory says of a layer.
type prediction struct {
	exact       reports.NetworkPrediction // at its width
	finite      reports.NetworkPrediction // the limit with its first term in 1/width
	wide        reports.NetworkPrediction // the limit of infinite width, where it holds at this one
	logVariance float64                   // log q of the pre-activations in that limit
}

// layer returns the predictions at a layer, where next is the layer of the report behind
// it, or the same one if it is the last.
func (t *networkTheory) layer(l, next int) prediction {
	p := prediction{reports.NoNetworkPrediction(), reports.NoNetworkPrediction(), reports.NoNetworkPrediction(), math.NaN()}
	if t.exact != nil {
		e := t.exact[l]
		p.exact[reports.LogSecondMoment], p.exact[reports.LogGradNorm] = e.logSquare, e.logGrad
		p.exact[reports.GradSpread] = math.Sqrt(e.variance)
		p.exact[reports.GradGrowth] = (e.logGrad - t.exact[next].logGrad) / float64(next-l)
		if l > 0 {
			p.exact[reports.DeadShare], p.exact[reports.SaturatedShare] = e.dead, e.dead // φ′ is 0 or 1
		}
	}
	if t.wide != nil {
		w, wide := t.wide[l], &p.wide
		wide[reports.LogSecondMoment], wide[reports.LogGradNorm] = w.logSquare, w.logGrad/2
		wide[reports.GradGrowth] = (w.logGrad - t.wide[next].logGrad) / float64(2*(next-l))
		p.logVariance = w.logVariance
		if t.model.Inputs() == 2 || t.model.Norm == model.BatchNorm {
			wide[reports.Correlation] = w.correlation
		}
		if l > 0 {
			wide[reports.DeadShare] = w.slopeShare(t.model.Activation, 0)
			wide[reports.SaturatedShare] = w.slopeShare(t.model.Activation, saturation(t.model.Activation))
		}
		p.finite = t.within(wide, &p.logVariance, l, next)
	}
	return p
}

// saturation is |φ′| below which a unit is saturated.
func saturation(a activation.Activation) float64 {
	cosh := math.Cosh(2)
	return max(math.Abs(a.Sup().Value), math.Abs(a.Inf().Value)) / (cosh * cosh)
}
