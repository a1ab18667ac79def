package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/sim/run"
	"gradchain/sim/tally"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

func newSimulate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "simulate MODEL",
		Short: "Sample a model: simulated beside predicted, by depth",
		Long: "Simulate samples a model many times and prints by depth what was found beside what the theory predicts,\n" +
			"exactly where the law is known, else in the limit of infinite width.",
		Example: "  gradchain simulate chain --activation tanh --weight 'normal(sigma=1.5)'\n" +
			"  gradchain simulate dense --activation relu --weight-std critical --width 64",
		Args: subcommandOnly,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSimulateChain())
	for _, c := range networkCommands {
		cmd.AddCommand(newSimulateNetwork(c))
	}
	cmd.AddCommand(newSimulateLSTM())
	return cmd
}

// activationFlag and lawFlag read the texts of the catalogue.
type activationFlag struct{ activation.Activation }

func (f *activationFlag) Set(text string) (err error) {
	f.Activation, err = activation.Read(text)
	return err
}

func (f *activationFlag) Type() string { return "activation" }

type lawFlag struct{ law.Law }

func (f *lawFlag) Set(text string) (err error) {
	f.Law, err = law.Read(text)
	return err
}

func (f *lawFlag) Type() string { return "law" }

type simulateChainFlags struct {
	output
	kind                               kindFlag
	activation                         activationFlag
	weight, preActivation, bias, input lawFlag
	batch, depth, paths                countFlag
	batchGiven                         bool
	epsilon                            float64
	at                                 layersFlag
	seed                               seedFlag
	jobs                               int
	screen
}

func newSimulateChain() *cobra.Command {
	f := simulateChainFlags{
		activation: activationFlag{activation.MustParse("sigmoid")},
		weight:     lawFlag{law.MustParse("normal(sigma=1)")},
		depth:      100, paths: 100_000, screen: defaultScreen,
	}
	cmd := &cobra.Command{
		Use:   "chain",
		Short: "Sample chains of width 1",
		Long: "Chain samples the gradient G of a width-1 chain: the product of the factors w·φ′(z), with w and z\n" +
			"independent, along a real forward pass, or through batch normalisation on a batch of inputs.",
		Example: "  gradchain simulate chain --activation tanh --weight 'normal(sigma=1.5)' --depth 100 --at 1,10,100\n" +
			"  gradchain simulate chain --kind forward --activation relu --weight 'normal(sigma=1.41)' --depth 20\n" +
			"  gradchain simulate chain --kind normalized --activation sigmoid --batch 8 --depth 50",
		Args: flagsOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.batchGiven = cmd.Flags().Changed("batch")
			return f.run(cmd)
		},
	}
	f.output.flags(cmd)
	flags := cmd.Flags()
	flags.Var(&f.kind, "kind", "independent, forward or normalized")
	flags.Var(&f.activation, "activation", "activation function φ")
	flags.Var(&f.weight, "weight", "law of the weights w, such as normal(1.5); one in ten is 0 in\nmixture(0.9,normal(1),0.1,constant(0))")
	flags.Var(&f.preActivation, "preactivation", "law of the pre-activations z, independent kind (default normal(sigma=1))")
	flags.Var(&f.bias, "bias", "law of the biases, forward and normalized kinds (default none)")
	flags.Var(&f.input, "input", "law of the inputs, forward and normalized kinds (default constant(value=1), or normal(sigma=1))")
	flags.Var(&f.batch, "batch", "number of inputs, normalized kind (default 8); a forward chain with a batch is left unnormalised")
	flags.Var((*realFlag)(&f.epsilon), "epsilon", "added to the batch variance, normalized kind")
	flags.Var(&f.depth, "depth", "number of weight layers L")
	flags.Var(&f.at, "at", "depths to report, such as 1,10,100 or 0:100:10, or all (default 1, 10, 100, … and the depth)")
	flags.Var(&f.paths, "paths", "number of independent paths")
	f.screen.add(flags)
	flags.Var(&f.seed, "seed", "seed of all randomness (default: "+seedVariable+", else fresh, and printed)")
	jobsFlag(cmd, &f.jobs)
	complete(cmd, "kind", kindNames.Names)
	complete(cmd, "activation", activationTexts)
	for _, name := range []string{"preactivation", "bias", "input"} {
		complete(cmd, name, lawTexts)
	}
	complete(cmd, "weight", func() []string { return append(lawTexts(), "mixture(0.9,normal(sigma=1),0.1,constant(value=0))") })
	return cmd
}

func activationTexts() []string {
	var out []string
	for _, a := range activation.All() {
		out = append(out, a.String())
	}
	return out
}

func lawTexts() []string {
	var out []string
	for _, l := range law.All() {
		out = append(out, l.String())
	}
	return out
}

// defaultBatch is the batch of a normalized chain.
const defaultBatch = 8

func (f *simulateChainFlags) model() (model.Chain, error) {
	kind := f.kind.Kind
	m := model.Chain{
		Kind: kind, Activation: f.activation.Activation, Weight: f.weight.Law, PreActivation: f.preActivation.Law,
		Bias: f.bias.Law, Input: f.input.Law, Batch: int(f.batch), Epsilon: f.epsilon, Depth: int(f.depth),
	}
	if kind == model.Normalized && !f.batchGiven {
		m.Batch = defaultBatch
	}
	return m, m.Validate()
}

// depths are those of --at, or powers of ten up to the depth.
func (f *simulateChainFlags) depths() ([]int, error) {
	switch {
	case f.at.all:
		all, err := f.at.of(int(f.depth))
		return all[min(1, len(all)):], err // a chain has no depth 0
	case len(f.at.list) > 0:
		return f.at.list, nil
	}
	var out []int
	for d := 1; d < int(f.depth); d *= 10 {
		out = append(out, d)
	}
	return append(out, int(f.depth)), nil
}

func (f *simulateChainFlags) run(cmd *cobra.Command) error {
	if err := checkJobs(f.jobs); err != nil {
		return err
	}
	m, err := f.model()
	if err != nil {
		return err
	}
	seed, err := f.seed.resolve()
	if err != nil {
		return err
	}
	at, err := f.depths()
	if err != nil {
		return err
	}
	spec := run.Spec{Model: m, At: at, Paths: int(f.paths), Seed: seed, Jobs: f.jobs, Thresholds: []float64{0}}
	if err := spec.Validate(); err != nil {
		return err
	}
	err = f.report(cmd, func() (*reports.Report, error) {
		bar := newProgress(cmd.ErrOrStderr(), "paths")
		spec.Progress = bar.set
		tallies, err := run.Chain(cmd.Context(), spec)
		bar.end()
		if err != nil {
			return nil, err
		}
		return f.simulation(spec, tallies), nil
	})
	if f.seed.given {
		return err
	}
	return f.freshSeed(cmd, spec.Seed, err)
}

func (f *simulateChainFlags) simulation(spec run.Spec, tallies []*tally.Tally) *reports.Report {
	s := reports.ChainSimulation{Model: spec.Model.Canonical(), Seed: spec.Seed, Details: f.details}
	for i, t := range tallies {
		prediction, missing := predict(spec.Model, spec.At[i])
		s.Summaries = append(s.Summaries, t.Summary())
		s.Predictions = append(s.Predictions, prediction)
		if missing != "" {
			s.Unpredicted = missing
		}
	}
	last := len(tallies) - 1
	s.Reach = reports.Reach{
		From: "the output", To: "the input", Unit: "layer", Steps: spec.At[last], Log: tallied(tallies[last]),
		Samples: int64(spec.Paths), Noun: "paths", Theory: s.Predictions[last].Mean, Factor: float64(f.factor),
	}
	s.Keep = keepChain(spec.Model, s.Reach)
	return reports.SimulateChain(s)
}

// freshSeed says on standard error which seed was drawn for a report that has no place
// for it. It returns err, and says nothing if there is one.
func (o *output) freshSeed(cmd *cobra.Command, seed uint64, err error) error {
	if err == nil && o.format.Format == reports.CSV {
		fmt.Fprintf(cmd.ErrOrStderr(), "seed %d\n", seed)
	}
	return err
}
