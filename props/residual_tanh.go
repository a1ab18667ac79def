package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/residual"
)

// Residual networks of tanh branches, whose gradients grow like e^√L.

// stream is the residual network in the limit of infinite width. For odd φ what theory has
// as x + Wφ(x) is x + φ(Wx) too, with x for Wx.
func (c networkAt) stream() residual.Stream {
	weightVar := c.WeightStd * c.WeightStd
	return residual.Stream{Activation: c.model().Activation, Depth: c.Depth, Q: weightVar, WeightVar: weightVar}
}

// streamGrowth predicts log‖∂/∂x⁰‖², noticing 0.4 standard deviations beyond C/n.
func streamGrowth(theta func(c networkAt, exact float64) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		growth, err := residual.LogGradientGrowth(c.stream())
		variance, eps := 9*growth/float64(c.Width), 5*growth/float64(c.Width)
		zone := evidence.Zone{Theta0: theta(c, growth), Eps: eps, Delta: eps + 0.4*math.Sqrt(variance)}
		return prediction{Zone: zone, Variance: variance}, err
	}
}

func skipTanh() *Claim {
	deep, chaotic := dense("tanh", 1, 512, 50).residual(1), dense("tanh", 2, 512, 20).residual(1)
	return &Claim{
		ID: "RES.tanh", Family: "residual", Kind: Median, Expected: evidence.Verified,
		Plain:    "Tanh residual networks grow, but slower than exponentially.",
		Why:      "The stream's variance grows like L, so slopes shrink and the growth per block falls like 1/√L.",
		See:      []string{"RES.tanh.limit"},
		Sentence: "In a wide tanh residual network, α = 1, the gradient grows by Σ log(1 + σ_w²E φ′²) along the variance of the stream, which grows like L: like e^√L, neither bounded nor exponentially.",
		Source:   Source{Paper: "Yang & Schoenholz 2017, Mean Field Residual Networks: On the Edge of Chaos"}, Unit: "nats",
		Asymptotic: "C/n, C = 5 times the growth: a block multiplies by 1 + a, a = E φ′², and adds (4a + O(a²))/((1+a)²n) to the variance of the log, and half of the variance is what E log is below log E",
		Assumption: "none",
		Domain:     "tanh, gaussian, no biases; σ_w 0.3 to 2, width 128 to 512, depth 1 to 30",
		Test:       "half of the networks have log‖∂(u·x^L)/∂x⁰‖² above Σ log(1 + σ_w²E φ′(z_l)²), up to C/n; to 0.4 standard deviations",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				std := gen.Decimals(0.3, 2, 0.1).Draw(t, "weight_std")
				return dense("tanh", std, gen.Widths(128, 512).Draw(t, "width"), gen.Depths(1, 30).Draw(t, "depth")).residual(1)
			},
			always: []networkAt{deep, chaotic}, sample: eachNetwork(func(_ networkAt, s *network.Sample) float64 { return 2 * s.LogGradNorm[0] }),
			predict: streamGrowth(same), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"bounded: 0", streamGrowth(nothing), []networkAt{deep}},
				{"exponential: L·log 2", streamGrowth(func(c networkAt, _ float64) float64 { return float64(c.Depth) * math.Ln2 }), []networkAt{deep}},
				{"half of it: ‖∇‖ for ‖∇‖²", streamGrowth(func(_ networkAt, exact float64) float64 { return exact / 2 }), []networkAt{deep, chaotic}},
			},
			corners: []mutant[networkAt]{
				{"the signal stays: L times the first block", streamGrowth(func(c networkAt, _ float64) float64 {
					one := c
					one.Depth = 1
					first, _ := residual.LogGradientGrowth(one.stream())
					return float64(c.Depth) * first
				}), []networkAt{deep, chaotic}},
			},
		},
	}
}

// deepRoot predicts the growth of log‖∂/∂x‖² from layer L back to layer L/4,
// constant·σ_w(√L − √(L/4)).
func deepRoot(constant float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		growth := constant * c.WeightStd * math.Sqrt(float64(c.Depth)) / 2
		size := 8. / 3 / math.Sqrt(2*math.Pi) * c.WeightStd * math.Sqrt(float64(c.Depth)) / 2
		variance, eps := 9*size/float64(c.Width), 0.6+5*size/float64(c.Width)
		zone := evidence.Zone{Theta0: growth, Eps: eps, Delta: eps + 0.8*math.Sqrt(variance)}
		return prediction{Zone: zone, Variance: variance}, nil
	}
}

func skipTanhLimit() *Claim {
	far := dense("tanh", 1.5, 128, 200).residual(1)
	constant := 8. / 3 / math.Sqrt(2*math.Pi)
	return &Claim{
		ID: "RES.tanh.limit", Family: "residual", Kind: Median, Expected: evidence.Verified,
		Plain:    "The growth of a tanh residual network is exp of a multiple of √L.",
		Why:      "Σ over blocks of σ_w² E φ′², with E φ′² ~ c/√q and q ~ σ_w² L.",
		See:      []string{"RES.tanh"},
		Sentence: "In a deep and wide tanh residual network, α = 1, log ‖∇‖² grows like (8/3)σ_w√(L/2π): sub-exponentially, but 10^46 at 10,000 layers for σ_w = 1.",
		Source:   Source{Paper: "Yang & Schoenholz 2017, Mean Field Residual Networks: On the Edge of Chaos", Eq: "the law; the constant derived: q ~ σ_w²L, E φ′² ~ (4/3)/√(2πq)"}, Unit: "nats",
		Asymptotic: "0.6 nats from layer L to L/4, and C/n, C = 5 times the growth",
		Assumption: "none",
		Domain:     "tanh, gaussian, no biases; σ_w 1 to 2, 128 units, depth 100 to 160",
		Test:       "half of the networks have log‖∂/∂x‖² at layer L/4 less that at layer L above (4/3)σ_w√(L/2π), up to 0.6 + C/n; to 0.8 standard deviations",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				std := gen.Decimals(1, 2, 0.1).Draw(t, "weight_std")
				return dense("tanh", std, 128, 4*rapid.IntRange(25, 40).Draw(t, "depth/4")).residual(1)
			},
			always: []networkAt{far}, sample: eachNetwork(func(c networkAt, s *network.Sample) float64 {
				return 2 * (s.LogStreamNorm[c.Depth/4] - s.LogStreamNorm[c.Depth])
			}),
			predict: deepRoot(constant), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"(4/3)σ_w√(L/2π): ‖∇‖ for ‖∇‖²", deepRoot(constant / 2), []networkAt{far}},
				{"(8/3)σ_w²√(L/2π)", func(c networkAt) (prediction, error) { return deepRoot(constant * c.WeightStd)(c) }, []networkAt{far}},
				{"bounded", deepRoot(0), []networkAt{far}},
				{"log 2 a layer", func(c networkAt) (prediction, error) {
					p, err := deepRoot(constant)(c)
					p.Zone.Theta0 = 0.75 * float64(c.Depth) * math.Ln2
					return p, err
				}, []networkAt{far}},
			},
			corners: []mutant[networkAt]{
				{"(8/3)σ_w√(L/π)", deepRoot(constant * math.Sqrt2), []networkAt{dense("tanh", 2, 256, 200).residual(1)}},
			},
		},
	}
}
