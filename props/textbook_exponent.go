package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
)

// Sentence S13, its stabilising effect: how far the exponent per layer of a
// sigmoid chain moves when the weights are scaled, with and without batch
// normalisation.

// scales is one chain at two scales of its weights.
type scales struct {
	Small chainAt `json:"small"`
	Large chainAt `json:"large"`
}

// sigmoidBatch is a batch through a sigmoid chain of N(0, scale²) weights.
func sigmoidBatch(kind string, scale float64, batch, depth int) chainAt {
	c := chainAt{
		Kind: kind, Activation: "sigmoid", Weight: gen.Law("normal(sigma=%v)", scale).String(),
		Input: "normal(sigma=1)", Batch: batch, Depth: depth,
	}
	if kind == "normalized" {
		c.Epsilon = 1e-5
	}
	return c
}

func atScales(kind string, small, large float64, batch, depth int) scales {
	return scales{sigmoidBatch(kind, small, batch, depth), sigmoidBatch(kind, large, batch, depth)}
}

func (c scales) chains() []chainAt { return []chainAt{c.Small, c.Large} }
func (c scales) command() string   { return c.Small.command() + " && " + c.Large.command() }

// move observes by how much the exponent of a path at the large scale exceeds
// that of an independent path at the small one.
func move(c scales, paths []paths, dst []float64) []float64 {
	for i, x := range paths[0].LogAbs {
		dst = append(dst, (paths[1].LogAbs[i]-x)/float64(c.Small.Depth))
	}
	return dst
}

// moves predicts the median of move. The variance is about that of simulation and says no
// more than how many samples are taken.
func moves(zone evidence.Zone, perLayer float64) predictor[scales] {
	return func(c scales) (prediction, error) {
		return prediction{Zone: zone, Variance: perLayer / float64(c.Small.Depth)}, nil
	}
}

func plainExponent() *Claim {
	atLeast := func(theta float64) predictor[scales] {
		return moves(evidence.Zone{Theta0: theta, Delta: 0.1, Side: evidence.AtLeast}, 2.5)
	}
	twenty := atScales("forward", 0.1, 3, 8, 20)
	return &Claim{
		ID: "S13.plain", Family: "textbook", Kind: Median, Expected: evidence.Verified,
		Plain:    "Without normalisation the decay of a sigmoid chain depends strongly on the weight scale.",
		Why:      "Small weights multiply the gradient by about w/4 a layer, large ones by more: log of the scale enters the exponent.",
		See:      []string{"S13.exponent"},
		Sentence: "Without normalisation the exponent of a sigmoid chain moves by 2.5 nats per layer or more within the weight scales from 0.1 to 10: from 0.1 to 3 already.",
		Source:   Source{Paper: "simulation; the small scale: log(0.1/4) + E log|N(0,1)| = −4.32"}, Unit: "nats per layer",
		Assumption: "none",
		Domain:     "forward sigmoid chains of width 1, N(0, s²) weights, batches of 4 to 32 normal inputs, depth 10 to 60",
		Test:       "the median of (log|G_L| at s = 3 − log|G_L| at s = 0.1)/L is 2.5 or more",
		trial: &sampled[scales]{
			draw: func(t *rapid.T) scales {
				return atScales("forward", 0.1, 3, rapid.IntRange(4, 32).Draw(t, "batch"), gen.Depths(10, 60).Draw(t, "depth"))
			},
			always:  []scales{twenty},
			sample:  chains(scales.chains, move),
			predict: atLeast(2.5),
			truth:   func(scales) (float64, error) { return 2.88, nil }, // 1e5 paths at depth 20, ± 0.002
			command: scales.command,
			mutants: []mutant[scales]{
				{"no saturation: it moves by log 30 as a linear chain does", atLeast(math.Log(30)), []scales{twenty}},
				{"it moves by 3.1 or more", atLeast(3.1), []scales{twenty}},
				{"it moves by 2.5 at most", moves(evidence.Zone{Theta0: 2.5, Delta: 0.1, Side: evidence.AtMost}, 2.5), []scales{twenty}},
			},
		},
	}
}

func normalizationExponent() *Claim {
	near := func(theta float64) predictor[scales] {
		return moves(evidence.Zone{Theta0: theta, Eps: 0.05, Delta: 0.1, Side: evidence.Equal}, 0.2)
	}
	twenty := atScales("normalized", 0.1, 3, 8, 20)
	return &Claim{
		ID: "S13.exponent", Family: "textbook", Kind: Median, Expected: evidence.Verified,
		Plain:    "With batch normalisation the decay hardly depends on the weight scale any more.",
		Why:      "At ε = 0 the scale cancels exactly; what is left comes from ε and the first layer.",
		See:      []string{"S13.plain"},
		Sentence: "Batch normalisation stabilises: between any two weight scales from 0.1 to 10 the exponent of a normalised sigmoid chain typically moves by less than 0.1 nats per layer.",
		Source:   Source{Paper: "Ioffe & Szegedy 2015, Batch Normalization", Eq: "section 3.3; at ε = 0 the move is exactly 0"}, Unit: "nats per layer",
		Assumption: "none",
		Domain:     "normalised sigmoid chains of width 1, N(0, s²) weights, ε = 1e-5, batches of 4 to 16 normal inputs, depth 10 to 50",
		Test:       "the median of (log|G_L| at s₂ − log|G_L| at s₁)/L is within 0.05 of 0, for 0.1 ≤ s₁ ≤ s₂ ≤ 10",
		trial: &sampled[scales]{
			draw: func(t *rapid.T) scales {
				small := gen.Decimals(0.1, 10, 0.1).Draw(t, "small")
				large := gen.Decimals(small, 10, 0.1).Draw(t, "large")
				return atScales("normalized", small, large, rapid.IntRange(4, 16).Draw(t, "batch"), gen.Depths(10, 50).Draw(t, "depth"))
			},
			always:  []scales{twenty, atScales("normalized", 0.1, 10, 4, 10)},
			sample:  chains(scales.chains, move),
			predict: near(0),
			command: scales.command,
			mutants: []mutant[scales]{
				{"it moves as without normalisation, by 2.88", near(2.88), []scales{twenty}},
				{"a tenth of that", near(0.288), []scales{twenty}},
				{"the other way", near(-0.288), []scales{twenty}},
			},
		},
	}
}
