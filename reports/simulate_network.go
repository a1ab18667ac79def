package reports

import (
	"fmt"
	"math"
	"slices"
)

// NetworkQuantity is what a simulation of networks measures at a layer.
type NetworkQuantity int

// The quantities. Logarithms are natural, means are over the samples.
const (
	LogSecondMoment NetworkQuantity = iota // mean of log(‖x‖²/n)
	LogGradNorm                            // mean of log‖∂out/∂h‖, of a residual network of log‖∂out/∂x‖
	GradSpread                             // its standard deviation over the samples
	GradGrowth                             // its growth from the next layer of the report, per layer
	Correlation                            // mean of cos ∠(x₁, x₂)
	DeadShare                              // share of the units with φ′ = 0
	SaturatedShare                         // share of the saturated units, dead ones included, or of saturated gates
	LogCellMoment                          // mean of log(‖c‖²/n), the cell state of an LSTM
	LogCarousel                            // mean of the log of the product of the forget gates up to the last step
	networkQuantities
)

var networkKeys = [networkQuantities]string{
	"log_second_moment", "log_gradient_norm", "sd_log_gradient_norm", "gradient_growth", "correlation", "dead", "saturated",
	"log_cell_moment", "log_carousel",
}

// NetworkPrediction is what a theory says of a layer, by NetworkQuantity; NaN where it
// says nothing.
type NetworkPrediction [networkQuantities]float64

// NoNetworkPrediction is the prediction of a theory that says nothing.
func NoNetworkPrediction() NetworkPrediction {
	var p NetworkPrediction
	for i := range p {
		p[i] = math.NaN()
	}
	return p
}

// SampleMean is a mean over those samples where the quantity is a finite number, NaN if
// there are none.
type SampleMean struct {
	Mean   float64
	StdErr float64 // NaN for fewer than two samples
	Count  int64
}

// NetworkLayer is a layer of the report, or a step of a gated network.
type NetworkLayer struct {
	Layer, Width int
	Simulated    [networkQuantities]SampleMean
	Exact        NetworkPrediction // at this width
	Finite       NetworkPrediction // in that limit with its first term in 1/width
	Wide         NetworkPrediction // in the limit of infinite width
	LogVariance  float64           // log q of the pre-activations in that limit, NaN if not known
	Relative     SampleMean        // of log‖∂out/∂h‖ less that of the last layer of the network
	Quantiles    [2]float64        // 5 and 95 % of log‖∂out/∂h‖
	SignalMedian float64           // median of log(‖x‖²/n), dead samples counting as −Inf; NaN if not known
	GradMedian   float64           // median of log‖∂out/∂h‖, likewise
	MeanSquare   SampleMean        // mean of ‖x‖²/n itself
}

// NetworkSimulation is a sampled network with what the theory says of it.
type NetworkSimulation struct {
	Title     string
	Model     string // in words or as canonical text
	Engine    string // "" if there is only one
	Gated     bool   // the layers are steps
	Residual  bool   // the gradients are those at the stream x, not at h of the branch
	Samples   int64
	Seed      uint64
	Batch     int // number of inputs
	Layers    []NetworkLayer
	Stretches []Stretch // each measure at most once
	Notes     []Field   // where the predictions come from, and why some are missing
	Reach     Reach     // of the gradient from the last layer to the first
	Keep      Section   // what would keep the gradient
	Details   bool      // show moments, spreads and shares as well
}

// SimulateNetwork reports a network: in a sentence what becomes of its gradients, then
// layer by layer what was simulated beside what is predicted, exactly at its widths or in
// the limit of infinite width, then what would keep the gradients.
func SimulateNetwork(s NetworkSimulation) *Report {
	tables := append(s.tables(), s.stretches()...)
	data := s.data()
	r := &Report{Title: s.Reach.Sentence(), Data: data}
	if rule := s.Reach.Rule(); rule != "" {
		r.Sections = append(r.Sections, Section{Text: []string{rule}})
	}
	r.Sections = append(r.Sections, Section{Fields: s.fields()}, Section{Table: s.first()})
	if s.Details {
		for _, t := range tables {
			r.Sections = append(r.Sections, Section{Table: t})
		}
	} else {
		for _, t := range s.stretches() {
			r.Sections = append(r.Sections, Section{Table: t})
		}
	}
	if len(s.Notes) > 0 {
		r.Sections = append(r.Sections, Section{Title: "Theory", Fields: s.Notes})
	}
	if len(s.Keep.Fields) > 0 {
		r.Sections = append(r.Sections, s.Keep)
	}
	notes := allNotes(tables)
	for _, n := range s.Notes {
		notes = append(notes, n.Label+": "+n.Text)
	}
	r.Object = struct {
		Title    string     `json:"title"`
		Verdict  *reachData `json:"verdict,omitempty"`
		Model    string     `json:"model"`
		Engine   string     `json:"engine,omitempty"`
		Samples  int64      `json:"samples"`
		Seed     uint64     `json:"master_seed,string"`
		Rows     *Table     `json:"layers"`
		Tangent  *Table     `json:"tangent,omitempty"`
		Lyapunov *Table     `json:"lyapunov,omitempty"`
		Singular *Table     `json:"singular_values,omitempty"`
		Notes    []string   `json:"notes,omitempty"`
	}{s.Title, s.Reach.data(), s.Model, s.Engine, s.Samples, s.Seed, data,
		s.stretchData(TangentGrowth), s.stretchData(LyapunovExponents), s.stretchData(SingularValues), notes}
	return r
}

func (s NetworkSimulation) fields() []Field {
	out := []Field{{Label: "model", Text: configuration(s.Model)}}
	if s.Engine != "" {
		out = append(out, Field{Label: "engine", Text: s.Engine})
	}
	return append(out, Field{Label: "samples", Text: Thousands(s.Samples)}, Field{Label: "seed", Text: fmt.Sprint(s.Seed)})
}

// index says what a row is about.
func (s NetworkSimulation) index() string {
	if s.Gated {
		return "step"
	}
	return "layer"
}

// data is the table for programs: everything that was measured, by layer.
func (s NetworkSimulation) data() *Table {
	keys := []string{s.index(), "width", "wide_log_pre_activation_variance"}
	var quantities []NetworkQuantity
	for q, key := range networkKeys {
		if q := NetworkQuantity(q); s.measured(q) {
			quantities = append(quantities, q)
			keys = append(keys, "simulated_"+key, "stderr_"+key, "count_"+key, "exact_"+key, "difference_se_"+key, "wide_"+key, "finite_"+key)
		}
	}
	keys = append(keys, "simulated_median_log_second_moment", "simulated_median_log_gradient_norm", "simulated_second_moment", "stderr_second_moment")
	t := NewTable("", keyed(keys)...)
	for _, l := range s.Layers {
		row := []Cell{Count(int64(l.Layer)), Count(int64(l.Width)), computed(l.LogVariance)}
		for _, q := range quantities {
			found := l.Simulated[q]
			row = append(row, exact(found.Mean), exact(found.StdErr), Count(found.Count),
				computed(l.Exact[q]), computed(l.deviation(q)), computed(l.Wide[q]), computed(l.Finite[q]))
		}
		square := l.meanSquare()
		t.Add(append(row, exact(l.SignalMedian), exact(l.GradMedian), computed(square.Mean), computed(square.StdErr))...)
	}
	return t
}

// measured says whether the quantity is one of the network, even if it was 0 in all
// samples.
func (s NetworkSimulation) measured(q NetworkQuantity) bool {
	switch q {
	case LogCarousel:
		return s.Gated
	case LogCellMoment, Correlation, DeadShare:
		return slices.ContainsFunc(s.Layers, func(l NetworkLayer) bool { return l.Simulated[q].Count > 0 })
	}
	return true
}

// meanSquare is the mean of ‖x‖²/n where the samples show it: of a wider spread of the
// logarithm than e-fold it lives on networks that they do not contain.
func (l NetworkLayer) meanSquare() SampleMean {
	log := l.Simulated[LogSecondMoment]
	if spread := log.StdErr * math.Sqrt(float64(log.Count)); !(spread <= 1) {
		return SampleMean{Mean: math.NaN(), StdErr: math.NaN()}
	}
	return l.MeanSquare
}

// deviation is simulated − exact in standard errors.
func (l NetworkLayer) deviation(q NetworkQuantity) float64 {
	return l.Simulated[q].deviation(l.Exact[q])
}

// deviation is the mean − an exact one in standard errors.
func (m SampleMean) deviation(exact float64) float64 {
	d := m.Mean - exact
	if math.Abs(d) <= networkRounding(m.Mean) {
		return 0
	}
	return d / m.StdErr
}

// networkRounding is how far rounding alone may take a logarithm, which is of a number
// accurate to sameTo, or a share from theory.
func networkRounding(x float64) float64 { return sameTo * max(1, math.Abs(x)) }

// text is the mean with its standard error, which is left out if it is rounding only.
func (m SampleMean) text() string {
	if m.Count == 0 {
		return None
	}
	if !(m.StdErr > networkRounding(m.Mean)) {
		return m.like(m.Mean)
	}
	return WithError(m.Mean, m.StdErr)
}

// like prints a prediction of the mean with the digits of the mean.
func (m SampleMean) like(x float64) string {
	if rounding := networkRounding(m.Mean); !(m.StdErr > rounding) {
		if math.Abs(x) <= rounding {
			return "0"
		}
		return Brief(x, 6)
	}
	return rateText(x, m.StdErr)
}
