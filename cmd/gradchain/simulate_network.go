package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"gradchain/sim/model"
	"gradchain/theory/activation"
)

// networkCommand is one of the subcommands that sample dense networks.
type networkCommand struct {
	name, title, short, long, example string
	activation                        string // default
	norm                              model.Norm
	normalized, residual, recurrent   bool
}

var networkCommands = []networkCommand{
	{
		name: "dense", title: "Gradients of a dense network", short: "Sample dense networks", activation: "tanh",
		long: "Dense samples fully connected networks h = Wx + b, x = φ(h), W of variance σ_w²/fan-in.",
		example: "  gradchain simulate dense --activation relu --weight-std critical --width 64 --depth 50\n" +
			"  gradchain simulate dense --activation tanh --weight-std 1.5 --bias-std 0.2 --correlation 0.5\n" +
			"  gradchain simulate dense --activation gelu --widths 784,256,256,10 --at all --raw gelu.csv",
	},
	{
		name: "normalized", title: "Gradients of a normalised network", short: "Sample networks with batch, layer or RMS normalisation",
		activation: "relu", norm: model.BatchNorm, normalized: true,
		long: "Normalized samples dense networks with a normalisation in front of every activation, x = φ(norm(h)),\n" +
			"or behind it, x = norm(φ(h)).",
		example: "  gradchain simulate normalized --norm batch --batch 32 --activation relu --depth 20\n" +
			"  gradchain simulate normalized --norm layer --norm-after --activation gelu --epsilon 1e-5",
	},
	{
		name: "residual", title: "Gradients of a residual network x + α·φ(W x + b)", short: "Sample residual networks x + α·φ(W x + b)", activation: "relu", residual: true,
		long: "Residual samples networks of the blocks x ← x + α·φ(W x + b): the nonlinearity is last in the branch. With a\n" +
			"norm they are x + α·φ(norm(W x + b)). Blocks whose branch ends in a linear map, x + W φ(x) or x + W₂ φ(W₁ x)\n" +
			"as in published networks, are other networks, which this command does not sample yet; gradchain theory\n" +
			"'residual.*' is about x + W φ(x). Gradients are those at the stream x, behind each block.",
		example: "  gradchain simulate residual --activation relu --alpha '1/sqrt(L)' --width 128 --depth 100\n" +
			"  gradchain simulate residual --activation tanh --alpha 1 --norm layer",
	},
	{
		name: "recurrent", title: "Gradients through time", short: "Sample recurrent networks, the same weights at every step", activation: "tanh", recurrent: true,
		long: "Recurrent samples networks with the same W and b at every step and no input after step 0. A layer is a\n" +
			"step, and --depth is the number of steps.",
		example: "  gradchain simulate recurrent --activation tanh --weight-std 1.2 --width 64 --depth 100\n" +
			"  gradchain simulate recurrent --activation linear --weights orthogonal --depth 1000",
	},
}

// networkFlags are the flags of such a subcommand.
type networkFlags struct {
	output
	networkCommand
	activations        activationsFlag
	activation         activationFlag // the one of a run
	weights            weightsFlag
	weightStd          stdFlag
	alpha              alphaFlag
	norm               normFlag
	engine             engineFlag
	at                 layersFlag
	widths             widthsFlag
	seed               seedFlag
	width, depth       countFlag
	samples, batch     countFlag
	density, biasStd   float64
	inputScale         float64
	angle, correlation float64
	epsilon            float64
	normAfter          bool
	jobs               int
	raw                rawFlag
	screen
	spectrum spectrumFlags
	given    func(flag string) bool
}

// The defaults.
const (
	defaultWidth   = 128
	defaultLayers  = 50
	defaultSamples = 1000
	defaultGated   = 500 // each has its own explicit weights
)

func newSimulateNetwork(c networkCommand) *cobra.Command {
	f := networkFlags{
		networkCommand: c, activations: activationsFlag{activation.MustParse(c.activation)}, weightStd: stdFlag{value: 1},
		alpha: newAlpha("1"), norm: normFlag{c.norm},
		width: defaultWidth, depth: defaultLayers, samples: defaultSamples, screen: defaultScreen,
	}
	cmd := &cobra.Command{
		Use: c.name, Aliases: commandAliases[c.name], Short: c.short, Example: c.example, Args: flagsOnly,
		Long: c.long + "\n\n" +
			"The input is uniform on the sphere ‖x‖² = n (--input-scale), the output out = u·x of the last layer with u uniform on the\n" +
			"unit sphere. Printed by layer are the second moment ‖x‖²/n and the gradient norm ‖∂out/∂h‖, as natural\n" +
			"logarithms, and what the theory says of them.\n\n" + numbersHelp,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.given = cmd.Flags().Changed
			f.activation = activationFlag{f.activations[0]}
			return f.run(cmd)
		},
	}
	f.output.flags(cmd)
	f.add(cmd)
	return cmd
}

// add declares the flags.
func (f *networkFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(&f.activations, "activation", "activation function φ, or several with commas between, beside each other in one table")
	flags.Var(&f.weights, "weights", "law of the weights: gaussian, uniform, rademacher, sparse, orthogonal\n(WWᵀ = σ_w²·1, or WᵀW where fan-in < fan-out: as torch and Keras) or\northogonal_scaled (times √(fan-out/fan-in) there, which keeps ‖h‖²/n)")
	flags.Var((*realFlag)(&f.density), "density", "probability that a sparse weight is not 0")
	flags.Var(&f.weightStd, "weight-std", weightStdUsage+"; critical is the one that\nkeeps gradients, if there is one")
	flags.Var((*biasFlag)(&f.biasStd), "bias-std", biasStdUsage)
	flags.Var(&f.width, "width", "units in every layer")
	flags.Var(&f.depth, "depth", f.depthUsage())
	if !f.residual && !f.recurrent {
		flags.Var(&f.widths, "widths", "units in the input and every layer, such as 784,256,10, instead of width and depth")
		cmd.MarkFlagsMutuallyExclusive("widths", "width")
		cmd.MarkFlagsMutuallyExclusive("widths", "depth")
	}
	f.addInputs(cmd)
	f.addNorm(cmd)
	if f.residual {
		flags.Var(&f.alpha, "alpha", "scale α of the branch in x + α·φ(W x + b):\na number, also with the depth L as in 1/sqrt(2*L); 0 for one that is initialised to zero")
	}
	flags.Var(&f.engine, "engine", f.engineUsage())
	flags.Var(&f.samples, "samples", "number of independent networks")
	flags.Var(&f.at, "at", "layers to report, such as 0,1,10 or 0:100:10, or all (default 0, 1, 2, 5, 10, … and the depth)")
	flags.Var(&f.raw, "raw", "write a CSV file with a row for each sample and layer, all layers unless --at is given")
	f.screen.add(flags)
	f.spectrum.add(flags)
	flags.Var(&f.seed, "seed", "seed of all randomness (default: "+seedVariable+", else fresh, and printed)")
	jobsFlag(cmd, &f.jobs)
	complete(cmd, "activation", activationTexts)
	complete(cmd, "weights", weightNames.Names)
	complete(cmd, "engine", engineNames.Names)
	complete(cmd, "weight-std", func() []string { return []string{"critical"} })
	complete(cmd, "at", func() []string { return []string{"all"} })
}

func (f *networkFlags) depthUsage() string {
	if f.recurrent {
		return "number of steps"
	}
	return "number of weight layers L"
}

func (f *networkFlags) engineUsage() string {
	if f.recurrent {
		return "matrix (explicit weights), the only one that samples tied weights"
	}
	return "matrix (explicit weights), law (exact in law, O(width) a layer), norm or shortcut"
}

// addInputs declares the flags of several inputs.
func (f *networkFlags) addInputs(cmd *cobra.Command) {
	flags, usage := cmd.Flags(), fmt.Sprintf("number of inputs (default 1, with batch norm %d)", defaultBatch)
	if f.networkCommand.name == "dense" {
		usage = "number of inputs (default 1)"
	}
	flags.Var(&f.batch, "batch", usage)
	f.inputScale = 1
	flags.Var((*realFlag)(&f.inputScale), "input-scale", "root mean square of the input: ‖x‖² = scale²·n")
	flags.Var((*realFlag)(&f.angle), "angle", "angle between two inputs, in radians, up to π (default: independent inputs)")
	flags.Var((*realFlag)(&f.correlation), "correlation", "the cosine of that angle instead")
	cmd.MarkFlagsMutuallyExclusive("angle", "correlation")
}

// addNorm declares the flags of a normalisation, where there can be one.
func (f *networkFlags) addNorm(cmd *cobra.Command) {
	names := []string{"batch", "layer", "rms"}
	usage := "batch, layer or rms"
	switch {
	case f.networkCommand.name == "dense":
		return
	case !f.normalized:
		names, usage = append([]string{"none"}, names...), "none, batch, layer or rms"
	}
	flags := cmd.Flags()
	flags.Var(&f.norm, "norm", "normalisation of every layer: "+usage)
	flags.BoolVar(&f.normAfter, "norm-after", false, "normalise behind the activation")
	flags.Var((*realFlag)(&f.epsilon), "epsilon", "added to the variance that the norm divides by")
	complete(cmd, "norm", func() []string { return names })
}
