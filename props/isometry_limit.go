package props

import (
	"context"
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/isometry"
)

// Where all singular values are equal, and how near to that infinite width comes.

// spectrumOnce has the logarithms of the singular values of one network, a function of the
// configuration.
func spectrumOnce(c networkAt) []float64 {
	e, err := network.NewSpectral(c.kind(), c.model())
	if err != nil {
		panic("props: " + err.Error())
	}
	logs := make([]float64, c.Width)
	src := stream.Key{Purpose: "once", Config: canonical(c)}.Source(stream.Xoshiro)
	if err := e.SingularValues(context.Background(), src, logs); err != nil {
		panic("props: " + err.Error())
	}
	return logs
}

// allEqual checks that the singular values of a network are all value.
func allEqual(change func(c networkAt) networkAt, value func(c networkAt) float64) func(networkAt) finding {
	return func(c networkAt) finding {
		logs, want := spectrumOnce(change(c)), math.Log(value(c))*float64(c.Depth)
		largest, smallest := logs[0], logs[len(logs)-1]
		return finding{
			Residual:  max(math.Abs(largest-want), math.Abs(smallest-want)),
			Tolerance: 64 * ulp * float64(c.Depth*c.Width+10) * (1 + math.Abs(math.Log(value(c)))),
			Text:      fmt.Sprintf("log singular values %.9g to %.9g, claimed %.9g", smallest, largest, want),
		}
	}
}

func orthogonalLinear() *Claim {
	example := dense("linear", 1.5, 8, 10).with("orthogonal")
	same := func(c networkAt) networkAt { return c }
	gain := func(c networkAt) float64 { return c.WeightStd }
	return &Claim{
		ID: "ISO.linear", Family: "isometry", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "In a linear network of orthogonal weights all singular values of the Jacobian are σ_w^L: gradients of every direction grow alike, at any depth and width.",
		Source:   Source{Paper: "Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", Eq: "section 3"}, Unit: "nats",
		Assumption: "none", Domain: "linear, orthogonal weights; width 1 to 12, depth 1 to 30, σ_w 0.1 to 10, σ_b 0 to 1",
		Test: "the logarithms of the largest and of the smallest singular value = L log σ_w, within rounding",
		trial: &exact[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := dense("linear", gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std"), gen.Widths(1, 12).Draw(t, "width"), gen.Depths(1, 30).Draw(t, "depth"))
				return biased(c, gen.Decimals(0, 1, 0.1).Draw(t, "bias_std")).with("orthogonal")
			},
			most: 2, always: []networkAt{example, dense("linear", 1, 12, 200).with("orthogonal")},
			check: allEqual(same, gain), command: networkAt.command,
			mutants: []exactMutant[networkAt]{
				{"gaussian weights too", allEqual(func(c networkAt) networkAt { return c.with("gaussian") }, gain), []networkAt{example}},
				{"ReLU too, at √2·σ_w", allEqual(func(c networkAt) networkAt {
					c.Activation = "relu"
					c.WeightStd *= math.Sqrt2
					return c
				}, gain), []networkAt{example}},
				{"tanh too", allEqual(func(c networkAt) networkAt { c.Activation = "tanh"; return c }, gain), []networkAt{example}},
				{"whatever σ_w: 1", allEqual(same, func(networkAt) float64 { return 1 }), []networkAt{example}},
			},
		},
	}
}

// wideAt is a critical network of infinite width.
type wideAt struct {
	Activation string  `json:"activation"`
	Q          float64 `json:"q"`
	Depth      int     `json:"depth"`
}

// spectralVariance is the variance of the spectrum of JJᵀ.
func (c wideAt) spectralVariance(e isometry.Ensemble) float64 {
	v, err := isometry.SpectralVariance(isometry.Network{Activation: activation.MustParse(c.Activation), Ensemble: e, Depth: c.Depth, Q: c.Q})
	if err != nil {
		panic("props: " + err.Error())
	}
	return v
}

// drawWide draws critical networks with q from 10^lo to 10^hi, in tenths of decades.
func drawWide(lo, hi int, activations ...string) func(*rapid.T) wideAt {
	return func(t *rapid.T) wideAt {
		return wideAt{
			rapid.SampledFrom(activations).Draw(t, "activation"),
			gen.Decade(rapid.IntRange(lo, hi).Draw(t, "decades")),
			gen.Depths(1, 1000).Draw(t, "depth"),
		}
	}
}

// spreadAtLeast checks that the variance is at least perLayer·L.
func spreadAtLeast(e isometry.Ensemble, perLayer float64) func(wideAt) finding {
	return func(c wideAt) finding {
		v, least := c.spectralVariance(e), perLayer*float64(c.Depth)
		return finding{Residual: least - v, Tolerance: 1e-9 * least, Text: fmt.Sprintf("variance %.9g, claimed ≥ %.9g", v, least)}
	}
}

// pennington is the source of the spectrum of wide networks.
var pennington = Source{Paper: "Pennington, Schoenholz & Ganguli 2017, Resurrecting the sigmoid in deep learning through dynamical isometry", Eq: "equation 22"}

func gaussianSpread() *Claim {
	tanh := wideAt{"tanh", 1e-4, 10}
	return &Claim{
		ID: "ISO.gaussian", Family: "isometry", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "No activation makes a wide network of gaussian weights an isometry: at criticality the squared singular values have a variance of at least L.",
		Source:   pennington, Unit: "variance", Assumption: "the limit of infinite width",
		Domain: "twelve activations; q from 1e-6 to 1e4, depth 1 to 1000", Test: "L(μ₂/μ₁² − 1) + L ≥ L, within 1e-9",
		trial: &exact[wideAt]{
			draw:   drawWide(-60, 40, "tanh", "erf", "relu", "leaky_relu(0.1)", "selu", "gelu", "silu", "sigmoid", "softplus", "hard_tanh", "sin", "linear"),
			always: []wideAt{{"linear", 1, 10}, tanh, {"relu", 1, 1}}, check: spreadAtLeast(isometry.Gaussian, 1),
			mutants: []exactMutant[wideAt]{
				{"orthogonal weights too", spreadAtLeast(isometry.Orthogonal, 1), []wideAt{tanh}},
				{"at least 2L, as with ReLU", spreadAtLeast(isometry.Gaussian, 2), []wideAt{tanh}},
				{"at least 1.001·L", spreadAtLeast(isometry.Gaussian, 1.001), []wideAt{tanh}},
			},
		},
	}
}

// smallSpread checks that the variance with orthogonal weights is coefficient·q^power·L up
// to a part 16q.
func smallSpread(e isometry.Ensemble, coefficient, power float64) func(wideAt) finding {
	return func(c wideAt) finding {
		ratio := c.spectralVariance(e) / (coefficient * math.Pow(c.Q, power) * float64(c.Depth))
		return finding{Residual: math.Abs(ratio - 1), Tolerance: 16 * c.Q, Text: fmt.Sprintf("variance %.9g of the claimed one", ratio)}
	}
}

func smallSignals() *Claim {
	tiny := wideAt{"tanh", 1e-4, 100}
	return &Claim{
		ID: "ISO.sigmoidal", Family: "isometry", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "Sigmoidal networks of orthogonal weights come as near to isometry as wanted: at criticality the variance of the squared singular values is 8q²L to leading order, whatever the depth, if the variance q of the pre-activations is small enough.",
		Source:   pennington, Unit: "relative difference", Assumption: "the limit of infinite width",
		Domain: "tanh, erf, arctan; q from 1e-8 to 0.01, depth 1 to 1000", Test: "|σ²_JJᵀ/(8q²L) − 1| ≤ 16q",
		trial: &exact[wideAt]{
			draw:   drawWide(-80, -20, "tanh", "erf", "arctan"),
			always: []wideAt{tiny, {"erf", 0.01, 1}, {"arctan", 0.01, 1000}}, check: smallSpread(isometry.Orthogonal, 8, 2),
			mutants: []exactMutant[wideAt]{
				{"2q²L", smallSpread(isometry.Orthogonal, 2, 2), []wideAt{tiny}},
				{"8qL", smallSpread(isometry.Orthogonal, 8, 1), []wideAt{tiny}},
				{"8q²L with gaussian weights", smallSpread(isometry.Gaussian, 8, 2), []wideAt{tiny}},
				{"9q²L", smallSpread(isometry.Orthogonal, 9, 2), []wideAt{tiny}},
			},
		},
	}
}
