package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/theory/finite"
)

// excess is the kurtosis of a weight less 3.
func excess(m model.Dense) float64 {
	switch m.Weights {
	case model.UniformWeights:
		return -1.2
	case model.RademacherWeights:
		return -2
	case model.SparseWeights:
		return 3/m.Density - 3
	}
	return 0
}

// finiteWidth is the network of package finite, for one of its inputs.
func finiteWidth(m model.Dense) finite.Network {
	n := finite.Network{
		Activation: m.Activation, Widths: m.Layers(), BiasVar: m.BiasStd * m.BiasStd, Start: m.Scale() * m.Scale(),
		Residual: m.Skip, Alpha: m.Alpha, After: m.NormAfter, Epsilon: m.Epsilon, Excess: excess(m), Orthogonal: m.Weights.Orthogonal(),
	}
	for l := range n.Widths[1:] {
		n.WeightVars = append(n.WeightVars, m.WeightVariance(l+1))
	}
	switch m.Norm {
	case model.RMSNorm:
		n.Norm = finite.RMS
	case model.LayerNorm:
		n.Norm = finite.Layer
	}
	return n
}

// tenth is how far the logarithm of a square may be off.
var tenth = math.Log(1.1)

// predictRange says how far the limit of infinite width is off at these widths, to the first
// order in 1/width, and so from which width it holds.
func (t *networkTheory) predictRange(ctx context.Context) {
	m := t.model
	if t.wide == nil || m.Skip && m.Alpha == 0 { // the identity is the same at any width
		return
	}
	if m.Norm == model.BatchNorm || len(m.Input) > 0 {
		t.note("range", "how wide is wide is not worked out %s: terms of the order depth/width are left out", map[bool]string{
			true: "for batch normalisation", false: "for a given input"}[m.Norm == model.BatchNorm])
		return
	}
	c, err := finite.Of(ctx, finiteWidth(m))
	if err != nil {
		return
	}
	t.finite = &c
	t.explainRange()
}

// repeated is what the same weights at every step add to the squares of steps: as terms like
// t⁴/n², which are those of powers of a Gaussian matrix (1/50 found in simulation of linear
// networks, half of it in tanh ones).
func (t *networkTheory) repeated(steps int) float64 {
	if !t.model.Tied {
		return 0
	}
	x := float64(steps) * float64(steps) / float64(t.model.Layers()[0])
	return x * x / 50
}

// offset is how far a logarithm of a square is off its limit: off to the first order in
// 1/width, and about rest beyond that.
type offset struct{ off, rest float64 }

// offsetOf sums up a correction. The squares of several inputs are summed, and what is known
// of their fluctuations is that they are between those of one and none.
func (t *networkTheory) offsetOf(c finite.Correction, steps int) offset {
	out := offset{c.Log(), c.Rest() + t.repeated(steps)}
	if t.model.Inputs() > 1 && math.Abs(c.Mean) > math.Abs(out.off) {
		out.off = c.Mean
	}
	return out
}

// wide says whether the limit holds to a tenth of the square, finite whether it does with the
// first term in 1/width.
func (o offset) wide() bool   { return math.Abs(o.off)+o.rest <= tenth }
func (o offset) finite() bool { return o.rest <= tenth } // not where it is NaN

// factor is how many times as wide the network must be for wide to hold.
// |off|/f + rest/f² is a tenth there.
func (o offset) factor() float64 {
	off := math.Abs(o.off) / 2
	return (off + math.Sqrt(off*off+o.rest*tenth)) / tenth
}

func (o offset) finiteFactor() float64 { return math.Sqrt(o.rest / tenth) }

// square and gradient are the offsets at a layer, growth that of the ratio of the squares of
// the gradients at two layers.
func (t *networkTheory) square(l int) offset { return t.offsetOf(t.finite.Square[l], l) }

func (t *networkTheory) gradient(l int) offset {
	if t.stream() {
		o := t.finite.Stream[l]
		return offset{o.Off, o.Rest + t.repeated(len(t.finite.Stream)-1)}
	}
	return t.offsetOf(t.finite.Gradient[l], len(t.finite.Gradient)-1)
}

func (t *networkTheory) growth(l, next int) offset {
	a, b := t.gradient(l), t.gradient(next)
	if t.stream() {
		return offset{a.off - b.off, a.rest}
	}
	c, above := t.finite.Gradient[l], t.finite.Gradient[next]
	c.Mean, c.Variance, c.Layers = c.Mean-above.Mean, c.Variance-above.Variance, 0
	out := t.offsetOf(c, len(t.finite.Gradient)-1)
	out.rest += math.Abs(a.rest - b.rest)
	return out
}

// stream says whether the gradient at the stream of a residual network is known with the part
// along the signal, however large that is.
func (t *networkTheory) stream() bool { return t.model.Skip && t.model.Inputs() == 1 }

// within empties what does not hold to a tenth at these widths, and returns what does with
// the first term in 1/width.
func (t *networkTheory) within(wide *reports.NetworkPrediction, logVariance *float64, l, next int) reports.NetworkPrediction {
	out := reports.NoNetworkPrediction()
	if t.finite == nil {
		return out
	}
	one := t.model.Inputs() == 1
	keep := func(q reports.NetworkQuantity, o offset, scale float64) {
		if one && o.finite() {
			out[q] = wide[q] + o.off*scale
		}
		if !o.wide() {
			wide[q] = math.NaN()
		}
	}
	keep(reports.LogSecondMoment, t.square(l), 1)
	keep(reports.LogGradNorm, t.gradient(l), 0.5)
	if next > l {
		keep(reports.GradGrowth, t.growth(l, next), 0.5/float64(next-l))
	}
	below := t.square(max(l-1, 0)) // shares are of the signal that enters
	if !below.wide() || excess(t.model) != 0 && !t.square(l).finite() {
		wide[reports.DeadShare], wide[reports.SaturatedShare], *logVariance = math.NaN(), math.NaN(), math.NaN()
	}
	if widths := t.model.Layers(); !t.square(l).wide() || 2*l > slices.Min(widths) { // angles fluctuate like depth/width
		wide[reports.Correlation] = math.NaN()
	}
	return out
}

// explainRange notes from which width the limit holds, and with the first term in 1/width.
func (t *networkTheory) explainRange() {
	wide, first := [2]float64{}, [2]float64{} // how many times as wide, of signal and gradient
	for l, c := range t.finite.Gradient {
		square, gradient := t.square(l), t.gradient(l)
		wide[0], first[0] = max(wide[0], square.factor()), max(first[0], square.finiteFactor())
		first[1] = max(first[1], gradient.finiteFactor())
		if t.stream() { // a part that grows from 1/width counts by its first order
			gradient = t.offsetOf(c, len(t.finite.Gradient)-1)
		}
		wide[1] = max(wide[1], gradient.factor())
	}
	text := fmt.Sprintf("the wide limit holds to 10 %% of a square from %s", t.wideFrom(wide))
	if t.model.Inputs() == 1 {
		text += fmt.Sprintf(", with its first term in 1/width, as in 'theory', from %s", t.wideFrom(first))
	} else {
		text += " of one input, correlations to a depth of half the width"
	}
	text += " (from terms like depth/width"
	if t.model.Tied {
		text += ", and steps⁴/width² as weights repeat"
	}
	if text += ")"; max(wide[0], wide[1]) > 1 {
		text += "; where it does not there is no prediction"
	}
	t.note("range", "%s", text)
	t.explainAligned()
}

// wideFrom are widths of signal and gradient, or how many times these widths.
func (t *networkTheory) wideFrom(factor [2]float64) string {
	widths := t.model.Layers()
	if slices.Min(widths) != slices.Max(widths) {
		return fmt.Sprintf("%s (signal) and %s (gradient) times these widths", reports.Brief(factor[0], 2), reports.Brief(factor[1], 2))
	}
	n := float64(widths[0])
	return fmt.Sprintf("width %s (signal) and %s (gradient)", reports.Brief(max(1, math.Ceil(factor[0]*n)), 2), reports.Brief(max(1, math.Ceil(factor[1]*n)), 2))
}

// explainAligned says why no residual network is wide where the part of the gradient along the
// signal outgrows the rest, and what its mean square is then.
func (t *networkTheory) explainAligned() {
	m := t.model
	const mean = "a mean of squares, not the mean of logarithms of the tables"
	switch above := t.finite.LogMeanSquare - t.wide[0].logGrad; {
	case !m.Skip || m.Inputs() > 1 || m.Tied:
	case m.Activation.Name() == "linear" && m.Norm == model.NoNorm && !m.Weights.Orthogonal():
		t.note("mean square", "½ log E‖∂out/∂x⁰‖² = ½ L·log(1 + α²σ_w²) = %s exactly, at any width: %s", reports.Brief(t.wide[0].logGrad/2, 4), mean)
	case above > tenth:
		bound := ""
		if m.Activation.Homogeneous() && m.BiasStd == 0 && m.Norm == model.NoNorm {
			bound = " (≥ E‖x^L‖²/(width·‖x⁰‖²))"
		}
		t.note("mean square", "½ log E‖∂out/∂x⁰‖² = %s at this width, %s in the wide limit: the part along the signal, 1/width of it at the output, outgrows the rest%s. It is %s",
			reports.Brief(t.finite.LogMeanSquare/2, 4), reports.Brief(t.wide[0].logGrad/2, 4), bound, mean)
	}
}
