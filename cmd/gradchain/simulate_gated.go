package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/run"
)

type cellFlag struct{ model.Cell }

func (f *cellFlag) Set(text string) (err error) {
	f.Cell, err = model.ParseCell(meant(cellNames, text))
	return err
}

func (f *cellFlag) Type() string { return "cell" }

// gatedFlags are the flags of simulate lstm.
type gatedFlags struct {
	output
	cell                           cellFlag
	weightStd, biasStd, forgetBias float64
	width, depth, samples          countFlag
	at                             layersFlag
	seed                           seedFlag
	jobs                           int
	raw                            rawFlag
	screen
	given func(flag string) bool
}

func newSimulateLSTM() *cobra.Command {
	f := gatedFlags{width: defaultWidth, depth: defaultLayers, samples: defaultGated, screen: defaultScreen}
	cmd := &cobra.Command{
		Use: "lstm", Aliases: commandAliases["lstm"], Short: "Sample LSTM and GRU networks without input", Args: flagsOnly,
		Long: "Lstm samples networks of gated cells that run freely from a random state, with the same weights at every\n" +
			"step: an LSTM (c ← f∘c + i∘g, h ← o∘tanh c) or a GRU (h ← z∘h + (1−z)∘n). The state is uniform on the sphere\n" +
			"‖h‖² = n, likewise c, and the output out = u·h of the last step with u uniform on the unit sphere. Printed\n" +
			"by step are the state, the norm of the gradient ∂out/∂(h, c) and the product of the forget gates.\n\n" + numbersHelp,
		Example: "  gradchain simulate lstm --forget-bias 1 --depth 100\n" +
			"  gradchain simulate lstm --cell gru --weight-std 2 --width 64 --depth 200 --raw gru.csv",
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.given = cmd.Flags().Changed
			if strings.EqualFold(cmd.CalledAs(), model.GRU.String()) {
				if f.given("cell") && f.cell.Cell != model.GRU {
					return fmt.Errorf("cell %v: simulate gru samples a gru, leave it out", f.cell.Cell)
				}
				f.cell.Cell = model.GRU
			}
			return f.run(cmd)
		},
	}
	f.output.flags(cmd)
	flags := cmd.Flags()
	flags.Var(&f.cell, "cell", "lstm or gru")
	f.weightStd = 1
	flags.Var((*realFlag)(&f.weightStd), "weight-std", weightStdUsage+", of all gates; 0 for none")
	flags.Var((*biasFlag)(&f.biasStd), "bias-std", biasStdUsage)
	flags.Var((*extendedFlag)(&f.forgetBias), "forget-bias", "mean of the bias of the forget gate (of a GRU, of the update gate); Inf keeps all, -Inf nothing")
	flags.Var(&f.width, "width", "units n of the state")
	flags.Var(&f.depth, "depth", "number of steps")
	flags.Var(&f.samples, "samples", "number of independent networks")
	flags.Var(&f.at, "at", "steps to report, such as 0,1,10 or 0:100:10, or all (default 0, 1, 2, 5, 10, … and the last)")
	f.screen.add(flags)
	flags.Var(&f.raw, "raw", "write a CSV file with a row for each sample and step, all steps unless --at is given")
	flags.Var(&f.seed, "seed", "seed of all randomness (default: "+seedVariable+", else fresh, and printed)")
	jobsFlag(cmd, &f.jobs)
	complete(cmd, "cell", cellNames.Names)
	return cmd
}

// spec is the run of the flags.
func (f *gatedFlags) spec() (run.GatedSpec, error) {
	if err := checkJobs(f.jobs); err != nil {
		return run.GatedSpec{}, err
	}
	m := model.Gated{
		Cell: f.cell.Cell, Width: int(f.width), Depth: int(f.depth), WeightStd: f.weightStd, BiasStd: f.biasStd, ForgetBias: f.forgetBias,
	}
	if err := m.Validate(); err != nil {
		return run.GatedSpec{}, err
	}
	seed, err := f.seed.resolve()
	if err != nil {
		return run.GatedSpec{}, err
	}
	at, err := f.at.of(m.Depth)
	if err != nil {
		return run.GatedSpec{}, err
	}
	spec := run.GatedSpec{Model: m, At: at, Samples: int(f.samples), Seed: seed, Jobs: f.jobs}
	return spec, spec.Validate()
}

func (f *gatedFlags) run(cmd *cobra.Command) error {
	spec, err := f.spec()
	if err != nil {
		return err
	}
	rows := rawRows{name: string(f.raw), at: rawLayers(spec.At, f.given("at"), spec.Model.Depth), header: rawGatedHeader}
	err = f.reportRaw(cmd, rows, func(ctx context.Context, raw *rawFile) (*reports.Report, error) {
		bar := newProgress(cmd.ErrOrStderr(), "networks")
		bar.bytes = raw.written()
		defer bar.end()
		spec.Progress = bar.set
		samples := newGatedSamples(spec)
		spec.Each = func(i int, s *network.GatedSample) {
			samples.add(s)
			raw.add(i, func(b []byte, t int) []byte { return appendGated(b, s, t) })
		}
		steps, err := run.Gated(ctx, spec)
		if err != nil {
			return nil, err
		}
		return f.simulation(ctx, spec, steps, samples)
	})
	if f.seed.given {
		return err
	}
	return f.freshSeed(cmd, spec.Seed, err)
}

// gatedSamples gathers what run.Step does not have.
type gatedSamples struct {
	at        []int
	gates     int
	grad      []spread
	growth    []moments
	saturated []moments
	square    []moments // of ‖h‖²/n at all steps
	relative  []moments // of the log gradient norm less that at the last step
	whole     moments   // the same at step 0
}

func newGatedSamples(s run.GatedSpec) *gatedSamples {
	n := len(s.At)
	return &gatedSamples{
		at: s.At, gates: s.Model.Width * s.Model.Cell.Gates(),
		grad: make([]spread, n), growth: make([]moments, n), saturated: make([]moments, n), relative: make([]moments, n), square: make([]moments, s.Model.Depth+1),
	}
}

func (g *gatedSamples) add(s *network.GatedSample) {
	end := s.LogGradNorm[len(s.LogGradNorm)-1]
	g.whole.add(s.LogGradNorm[0] - end)
	for i, t := range g.at {
		g.grad[i].add(s.LogGradNorm[t])
		g.relative[i].add(s.LogGradNorm[t] - end)
		if i+1 < len(g.at) {
			next := g.at[i+1]
			g.growth[i].add((s.LogGradNorm[t] - s.LogGradNorm[next]) / float64(next-t))
		}
		if t > 0 {
			g.saturated[i].add(float64(s.Saturated[t]) / float64(g.gates))
		}
	}
	for t, x := range s.LogSquare {
		g.square[t].add(math.Exp(x))
	}
}

// reach is what becomes of the gradient on the way from the last step to the first state.
func (g *gatedSamples) reach(spec run.GatedSpec, factor float64) reports.Reach {
	return reports.Reach{
		From: "the last step", To: "step 0", Unit: "step", Steps: spec.Model.Depth, Log: g.whole.sampleMean(),
		Samples: int64(spec.Samples), Noun: "networks", Theory: math.NaN(), Factor: factor,
	}
}

// simulation is the report of a run.
func (f *gatedFlags) simulation(ctx context.Context, spec run.GatedSpec, steps []*run.Step, samples *gatedSamples) (*reports.Report, error) {
	m := spec.Model
	title := "Gradients through an LSTM"
	if m.Cell == model.GRU {
		title = "Gradients through a GRU"
	}
	theory := predictGated(m, samples.square)
	out := reports.NetworkSimulation{
		Title: title, Model: m.Canonical(), Samples: int64(spec.Samples), Seed: spec.Seed, Batch: 1, Gated: true, Notes: theory.notes,
		Reach: samples.reach(spec, float64(f.factor)), Details: f.details,
	}
	var err error
	if out.Keep, err = keepGated(ctx, spec, out.Reach); err != nil {
		return nil, err
	}
	for i, s := range steps {
		layer := reports.NetworkLayer{
			Layer: s.Step, Width: m.Width, Exact: reports.NoNetworkPrediction(), Finite: reports.NoNetworkPrediction(), Wide: reports.NoNetworkPrediction(), LogVariance: math.NaN(),
			Relative: samples.relative[i].sampleMean(), Quantiles: band(s.LogGradNorm),
			SignalMedian: median(s.LogSquare), GradMedian: median(s.LogGradNorm), MeanSquare: samples.square[s.Step].sampleMean(),
		}
		if m.WeightStd == 0 {
			layer.Exact[reports.LogCarousel] = theory.carousel[s.Step]
		} else {
			layer.Wide[reports.LogCarousel] = theory.carousel[s.Step]
		}
		found := &layer.Simulated
		found[reports.LogSecondMoment] = tallied(s.LogSquare)
		if s.LogCell != nil {
			found[reports.LogCellMoment] = tallied(s.LogCell)
		}
		found[reports.LogGradNorm], found[reports.GradSpread] = tallied(s.LogGradNorm), samples.grad[i].deviation()
		found[reports.GradGrowth] = samples.growth[i].sampleMean()
		found[reports.LogCarousel] = tallied(s.LogCarousel)
		found[reports.SaturatedShare] = samples.saturated[i].sampleMean()
		out.Layers = append(out.Layers, layer)
	}
	return reports.SimulateNetwork(out), nil
}

// rawGatedHeader names the columns of --raw.
const rawGatedHeader = "sample,step,log_second_moment,log_gradient_norm,log_cell_moment,log_carousel,saturated"

// appendGated appends the columns behind sample and step.
func appendGated(b []byte, s *network.GatedSample, t int) []byte {
	cell := math.NaN()
	if len(s.LogCell) > 0 {
		cell = s.LogCell[t]
	}
	for _, x := range [...]float64{s.LogSquare[t], s.LogGradNorm[t], cell, s.LogCarousel[t]} {
		b = append(appendNumber(b, x), ',')
	}
	return strconv.AppendInt(b, int64(s.Saturated[t]), 10)
}
