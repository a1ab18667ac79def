package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/activation"
	"gradchain/theory/residual"
)

// Residual networks of any branches: initialised to zero, and tanh.

// keepsAll checks that signals and the gradient at the input have the size they start with.
func keepsAll(change func(c networkAt) networkAt) func(networkAt) finding {
	return func(c networkAt) finding {
		c = change(c)
		s := sampleOnce(c, canonical(c))
		start := math.Log(float64(max(c.Batch, 1))) / 2 // a unit vector for each input
		f := finding{Residual: math.Abs(s.LogGradNorm[0] - start), Tolerance: 1e-14 * float64(c.Depth+10)}
		for _, log := range s.LogSquare {
			f.Residual = max(f.Residual, math.Abs(log-s.LogSquare[0]))
		}
		f.Text = fmt.Sprintf("log ‖∂/∂x⁰‖ = %.6g of %.6g, log‖x^L‖²/n = %.6g of %.6g", s.LogGradNorm[0], start, s.LogSquare[c.Depth], s.LogSquare[0])
		return f
	}
}

func skipZero() *Claim {
	example := dense("relu", 2, 8, 10).residual(0)
	return &Claim{
		ID: "RES.zero", Family: "residual", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "With branches initialised to zero, α = 0, the Jacobian of a residual network is 1: signals and gradients keep their size exactly, at any depth, for any φ, weights and normalisation.",
		Source:   Source{Paper: "Bachlechner et al. 2021, ReZero is All You Need", Eq: "section 3; Zhang, Dauphin & Ma 2019, Fixup"}, Unit: "nats",
		Assumption: "none",
		Domain:     "tanh, ReLU, SiLU, sigmoid; width 1 to 64, depth 1 to 100, batch 2 to 4, σ_w 0.1 to 10, σ_b 0 to 1; no, batch, layer or RMS normalisation in the branch",
		Test:       "‖∂(Σu·x^L)/∂x⁰‖ = ‖u‖ and ‖x^l‖ = ‖x⁰‖, within rounding",
		trial: &exact[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom([]string{"tanh", "relu", "silu", "sigmoid"}).Draw(t, "activation")
				c := dense(phi, gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std"), gen.Widths(1, 64).Draw(t, "width"), gen.Depths(1, 100).Draw(t, "depth"))
				c = c.normalized(rapid.SampledFrom([]string{"", "batch", "layer", "rms"}).Draw(t, "norm"), rapid.IntRange(2, 4).Draw(t, "batch"))
				return biased(c, gen.Decimals(0, 1, 0.1).Draw(t, "bias_std")).residual(0)
			},
			most: 2, always: []networkAt{example, dense("sigmoid", 1, 1, 1000).residual(0)},
			check: keepsAll(func(c networkAt) networkAt { return c }), command: networkAt.command,
			mutants: []exactMutant[networkAt]{
				{"without skip connections", keepsAll(func(c networkAt) networkAt { c.Alpha = nil; return c }), []networkAt{example}},
				{"a small α too", keepsAll(func(c networkAt) networkAt { return c.residual(1e-3) }), []networkAt{example}},
				{"α = 1/L too", keepsAll(func(c networkAt) networkAt { return c.residual(1 / float64(c.Depth)) }), []networkAt{example}},
			},
		},
	}
}

// stream is the residual network in the limit of infinite width. For odd φ what theory has
// as x + Wφ(x) is x + φ(Wx) too, with x for Wx.
func (c networkAt) stream() residual.Stream {
	weightVar := c.WeightStd * c.WeightStd
	return residual.Stream{Activation: c.model().Activation, Depth: c.Depth, Q: weightVar, WeightVar: weightVar}
}

// streamGrowth predicts log‖∂/∂x⁰‖², noticing 0.8 standard deviations beyond ε.
func streamGrowth(theta func(c networkAt, exact float64) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		growth, err := residual.LogGradientGrowth(c.stream())
		variance, eps := 9*growth/float64(c.Width), 5*growth/float64(c.Width)
		zone := evidence.Zone{Theta0: theta(c, growth), Eps: eps, Delta: 2*eps + 0.8*math.Sqrt(variance)}
		return prediction{Zone: zone, Variance: 1.25 * variance}, err
	}
}

func skipTanh() *Claim {
	deep, chaotic := dense("tanh", 1, 512, 50).residual(1), dense("tanh", 2, 512, 20).residual(1)
	return &Claim{
		ID: "RES.tanh", Family: "residual", Kind: Mean, Expected: evidence.Verified,
		Sentence: "In a wide tanh residual network, α = 1, the gradient grows by Σ log(1 + σ_w²E φ′²) along the variance of the stream, which grows like L: like e^√L, neither bounded nor exponentially.",
		Source:   Source{Paper: "Yang & Schoenholz 2017, Mean Field Residual Networks: On the Edge of Chaos"}, Unit: "nats",
		Assumption: "the limit of infinite width; with G the growth, ε = 5G/n and a variance of at most 11 G/n: a block multiplies by 1 + a, a = E φ′², and adds (4a + O(a²))/((1+a)²n) to the variance of the log, and half of the variance is what E log is below log E; 3.7 G/n and 8 G/n measured at n = 64 to 512, L ≤ 30",
		Given:      []string{"|bias| ≤ 5G/n, 1.35 times the most measured", "Var ≤ 1.25·11G/n, 1.7 times the most measured"},
		Domain:     "tanh, gaussian, no biases; σ_w 0.3 to 2, width 128 to 512, depth 1 to 30",
		Test:       "E log‖∂(u·x^L)/∂x⁰‖² = Σ log(1 + σ_w²E φ′(z_l)²)",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				std := gen.Decimals(0.3, 2, 0.1).Draw(t, "weight_std")
				return dense("tanh", std, gen.Widths(128, 512).Draw(t, "width"), gen.Depths(1, 30).Draw(t, "depth")).residual(1)
			},
			always: []networkAt{deep, chaotic}, sample: eachNetwork(func(_ networkAt, s *network.Sample) float64 { return 2 * s.LogGradNorm[0] }),
			predict: streamGrowth(func(_ networkAt, exact float64) float64 { return exact }), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"bounded: 0", streamGrowth(func(networkAt, float64) float64 { return 0 }), []networkAt{deep}},
				{"exponential: L·log 2", streamGrowth(func(c networkAt, _ float64) float64 { return float64(c.Depth) * math.Ln2 }), []networkAt{deep}},
				{"the signal stays: L times the first block", streamGrowth(func(c networkAt, _ float64) float64 {
					one := c
					one.Depth = 1
					first, _ := residual.LogGradientGrowth(one.stream())
					return float64(c.Depth) * first
				}), []networkAt{deep, chaotic}},
				{"half of it: ‖∇‖ for ‖∇‖²", streamGrowth(func(_ networkAt, exact float64) float64 { return exact / 2 }), []networkAt{deep, chaotic}},
			},
		},
	}
}

// streamAt is a tanh residual network of infinite width.
type streamAt struct {
	WeightStd float64 `json:"weight_std"`
	Depth     int     `json:"depth"`
}

// rootGrowth checks that the growth is constant·σ_w·√L, up to 2·log L.
func rootGrowth(constant float64) func(streamAt) finding {
	return func(c streamAt) finding {
		q := c.WeightStd * c.WeightStd
		growth, err := residual.LogGradientGrowth(residual.Stream{Activation: activation.MustParse("tanh"), Depth: c.Depth, Q: q, WeightVar: q})
		if err != nil {
			panic("props: " + err.Error())
		}
		want := constant * c.WeightStd * math.Sqrt(float64(c.Depth))
		return finding{
			Residual: math.Abs(growth - want), Tolerance: 2 * math.Log(float64(c.Depth)),
			Text: fmt.Sprintf("log growth %.9g, claimed about %.9g", growth, want),
		}
	}
}

func skipTanhLimit() *Claim {
	far := streamAt{1, 1_000_000_000_000}
	constant := 8. / 3 / math.Sqrt(2*math.Pi)
	return &Claim{
		ID: "RES.tanh.limit", Family: "residual", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "In a tanh residual network of infinite width, α = 1, log ‖∇‖² grows like (8/3)σ_w√(L/2π), up to terms of the order log L: sub-exponentially, but 10^46 at 10,000 layers for σ_w = 1.",
		Source:   Source{Paper: "Yang & Schoenholz 2017, Mean Field Residual Networks: On the Edge of Chaos", Eq: "the law; the constant derived: q ~ σ_w²L, E φ′² ~ (4/3)/√(2πq)"}, Unit: "nats",
		Assumption: "forward and backward weights count as independent",
		Domain:     "tanh; σ_w 0.3 to 3, depth 10² to 10¹²",
		Test:       "|Σ log(1 + σ_w²E φ′(z_l)²) − (8/3)σ_w√(L/2π)| ≤ 2 log L",
		trial: &exact[streamAt]{
			draw: func(t *rapid.T) streamAt {
				depth := gen.Decade(rapid.IntRange(20, 120).Draw(t, "decades"))
				return streamAt{gen.Decimals(0.3, 3, 0.1).Draw(t, "weight_std"), int(math.Round(depth))}
			},
			most: 4, always: []streamAt{{1, 100}, {3, 10_000}, far}, check: rootGrowth(constant),
			mutants: []exactMutant[streamAt]{
				{"(4/3)√(L/2π)", rootGrowth(constant / 2), []streamAt{far}},
				{"√L", rootGrowth(1), []streamAt{far}},
				{"(8/3)√(L/π)", rootGrowth(constant * math.Sqrt2), []streamAt{far}},
				{"bounded", rootGrowth(0), []streamAt{far}},
			},
		},
	}
}
