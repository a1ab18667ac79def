package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/run"
	"gradchain/theory/figures"
)

// model is the network of the flags.
func (f *networkFlags) model() (model.Dense, error) {
	if f.normalized && f.norm.Norm == model.NoNorm {
		return model.Dense{}, errors.New("norm none: want batch, layer or rms; simulate dense has none")
	}
	if f.inputScale == 0 {
		return model.Dense{}, fmt.Errorf("input scale 0: want %v to %v", model.MinStd, model.MaxStd)
	}
	m := model.Dense{
		Activation: f.activation.Activation, Weights: f.weights.WeightLaw, Density: f.density, WeightStd: float64(f.weightStd.value), BiasStd: f.biasStd,
		Width: int(f.width), Depth: int(f.depth), Batch: int(f.batch), InputScale: f.inputScale,
		Norm: f.norm.Norm, NormAfter: f.normAfter, Epsilon: f.epsilon, Skip: f.residual, Tied: f.recurrent,
	}
	if f.residual {
		alpha, err := f.alpha.resolve(m.Depth)
		if err != nil {
			return m, err
		}
		m.Alpha = alpha
	}
	if f.weightStd.critical {
		std, err := criticalStd(m)
		if err != nil {
			return m, err
		}
		m.WeightStd = std
	}
	if f.given("widths") {
		m.Width, m.Depth, m.Widths = 0, 0, f.widths
	}
	if err := f.inputs(&m); err != nil {
		return m, err
	}
	return m, m.Validate()
}

// inputs sets the batch and the angle.
func (f *networkFlags) inputs(m *model.Dense) error {
	angle, correlation := f.given("angle"), f.given("correlation")
	switch {
	case f.given("batch") && m.Batch < 1:
		return fmt.Errorf("batch %d: want 1 to %d", m.Batch, model.MaxBatch)
	case f.given("batch"):
	case angle || correlation:
		m.Batch = 2
	case m.Norm == model.BatchNorm:
		m.Batch = defaultBatch
	}
	switch {
	case angle && !(f.angle > 0 && f.angle <= math.Pi):
		return fmt.Errorf("angle %v: want above 0 and at most π", f.angle)
	case correlation && !(f.correlation >= -1 && f.correlation < 1):
		return fmt.Errorf("correlation %v: want -1 to below 1", f.correlation)
	case angle:
		m.Angle = f.angle
	case correlation:
		m.Angle = angleOf(f.correlation)
	}
	return nil
}

// angleOf is the angle between inputs of a correlation, as it enters a model.
func angleOf(correlation float64) float64 {
	switch correlation { // where every digit counts
	case 0:
		return math.Pi / 2
	case -1:
		return math.Pi
	}
	return figures.Round(math.Acos(correlation), figures.Model)
}

// spec is the run of the flags.
func (f *networkFlags) spec() (run.NetworkSpec, error) {
	if err := checkJobs(f.jobs); err != nil {
		return run.NetworkSpec{}, err
	}
	m, err := f.model()
	if err != nil {
		return run.NetworkSpec{}, err
	}
	seed, err := f.seed.resolve()
	if err != nil {
		return run.NetworkSpec{}, err
	}
	at, err := f.at.of(len(m.Layers()) - 1)
	if err != nil {
		return run.NetworkSpec{}, err
	}
	spec := run.NetworkSpec{Model: m, Engine: f.engine.Kind, At: at, Samples: int(f.samples), Seed: seed, Jobs: f.jobs}
	if !f.engine.given {
		spec.Engine = network.Auto(m)
	}
	if err := spec.Validate(); err != nil {
		return spec, fmt.Errorf("%w%s", err, fits(spec.Engine, m))
	}
	return spec, nil
}

// fits says which depth, or which width, an engine can store of a model of which it
// cannot store all; "" where that is not what is wrong.
func fits(k network.Kind, m model.Dense) string {
	try := func(depth, width int) bool {
		m := m
		m.Depth, m.Width = depth, width
		_, err := network.New(k, m)
		return err == nil
	}
	if m.Validate() != nil || len(m.Widths) > 0 || try(m.Depth, m.Width) {
		return ""
	}
	most := func(n int, ok func(int) bool) int { // of 1 … n
		return sort.Search(n, func(i int) bool { return !ok(i + 1) })
	}
	if depth := most(m.Depth, func(depth int) bool { return try(depth, m.Width) }); depth > 0 {
		return fmt.Sprintf("; depth %d would fit", depth)
	}
	if width := most(m.Width, func(width int) bool { return try(m.Depth, width) }); width > 0 {
		return fmt.Sprintf("; width %d would fit", width)
	}
	return ""
}

func (f *networkFlags) run(cmd *cobra.Command) error {
	if len(f.activations) > 1 {
		return f.compare(cmd)
	}
	spec, err := f.spec()
	if err != nil {
		return err
	}
	stretches, err := f.stretches(spec)
	if err != nil {
		return err
	}
	rows := rawRows{name: string(f.raw), at: rawLayers(spec.At, f.given("at"), len(spec.Model.Layers())-1), header: rawNetworkHeader}
	if f.residual {
		rows.header += ",log_branch_gradient_norm"
	}
	err = f.reportRaw(cmd, rows, func(ctx context.Context, raw *rawFile) (*reports.Report, error) {
		out, err := f.sample(ctx, cmd.ErrOrStderr(), spec, stretches, raw)
		if err != nil {
			return nil, err
		}
		return reports.SimulateNetwork(out), ctx.Err()
	})
	if f.seed.given {
		return err
	}
	return f.freshSeed(cmd, spec.Seed, err)
}

// sample runs the networks of a specification.
func (f *networkFlags) sample(ctx context.Context, errOut io.Writer, spec run.NetworkSpec, stretches []run.StretchSpec, raw *rawFile) (reports.NetworkSimulation, error) {
	bar := newProgress(errOut, "networks")
	bar.bytes = raw.written()
	spec.Progress = bar.set
	samples, widths := newNetworkSamples(spec), spec.Model.Layers()
	spec.Each = func(i int, s *network.Sample) {
		samples.add(s)
		raw.add(i, func(b []byte, l int) []byte { return appendNetwork(b, s, l, widths[l], f.residual) })
	}
	layers, err := run.Network(ctx, spec)
	bar.end()
	if err != nil {
		return reports.NetworkSimulation{}, err
	}
	theory := predictNetwork(ctx, spec.Model)
	found, err := sampleStretches(ctx, errOut, stretches, &theory)
	if err != nil {
		return reports.NetworkSimulation{}, err
	}
	out := f.simulation(theory, spec, layers, samples)
	out.Stretches = found
	out.Keep, err = f.keep(ctx, spec, out.Reach)
	return out, err
}

// rawNetworkHeader names the columns of --raw. In a residual network the gradient is that at
// the stream, and that at h of the branch comes last.
const rawNetworkHeader = "sample,layer,width,log_second_moment,log_gradient_norm,correlation,dead,saturated"

// appendNetwork appends the columns behind sample and layer.
func appendNetwork(b []byte, s *network.Sample, l, width int, residual bool) []byte {
	b = append(strconv.AppendInt(b, int64(width), 10), ',')
	for _, x := range [...]float64{s.LogSquare[l], s.Gradient(l), s.Correlation[l]} {
		b = append(appendNumber(b, x), ',')
	}
	b = append(strconv.AppendInt(b, int64(s.Dead[l]), 10), ',')
	b = strconv.AppendInt(b, int64(s.Saturated[l]), 10)
	switch {
	case !residual:
		return b
	case l == 0: // no branch ends there
		return append(b, ',')
	}
	return appendNumber(append(b, ','), s.LogGradNorm[l])
}
