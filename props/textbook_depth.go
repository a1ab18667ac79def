package props

import (
	"fmt"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/figures"
	"gradchain/theory/law"
)

// Sentence S14 and the budget theorem: what depth does even at the best
// setting, and what large weights do not do.

// critical is a chain whose weights are scaled so that E log|X| = 0.
func critical(phi, unit string, depth int) chainAt {
	scale, err := independent(phi, unit+"(1)", 1).factor().CriticalScaleLyapunov()
	if err != nil {
		panic("props: " + err.Error())
	}
	return independent(phi, law.MustParse(fmt.Sprintf("%s(%v)", unit, figures.Round(scale, figures.Model))).String(), depth)
}

func spreadGrows() *Claim {
	exactLaw := func(depth func(int) int) predictor[chainAt] {
		return func(c chainAt) (prediction, error) {
			p := c.product()
			p.Depth = depth(c.Depth)
			l, err := p.Law()
			if err != nil {
				return prediction{}, err
			}
			return prediction{CDFs: l.CDFs, Eta: l.Bound(), Zone: evidence.Zone{Delta: 0.02}}, nil
		}
	}
	ten := critical("linear", "normal", 10)
	return &Claim{
		ID: "S14", Family: "textbook", Kind: Distribution, Expected: evidence.Verified,
		Plain:    "Even at the best setting the spread of log|G| grows like the root of the depth.",
		Why:      "log|G_L| is a sum of L independent terms: with mean 0 its standard deviation still grows like √L.",
		See:      []string{"S14.wide"},
		Sentence: "The instability is natural to depth: even where E log|X| = 0 the spread of log|G_L| grows as √(L·Var log|X|).",
		Source:   says("the law: characteristic function of log|X|, inverted"), Unit: "sup-distance of laws",
		Assumption: "none",
		Domain:     "normal, uniform, Laplace, Cauchy weights at the critical scale E log|X| = 0; linear, tanh, sigmoid, leaky ReLU, softplus; depth 1 to 50",
		Test:       "the law of log|G_L| is the exact one, of standard deviation √(L·Var log|X|)",
		trial: &sampled[chainAt]{
			draw: func(t *rapid.T) chainAt {
				phi := gen.Activations("linear", "tanh", "sigmoid", "leaky_relu(0.1)", "softplus").Draw(t, "activation").String()
				unit := rapid.SampledFrom([]string{"normal", "laplace", "uniform", "cauchy"}).Draw(t, "law")
				return critical(phi, unit, gen.Depths(1, 50).Draw(t, "depth"))
			},
			always: []chainAt{critical("linear", "normal", 1), ten, critical("linear", "normal", 50)},
			sample: chains(oneChain, func(_ chainAt, paths []paths, dst []float64) []float64 {
				return append(dst, paths[0].LogAbs...)
			}),
			predict: exactLaw(func(l int) int { return l }),
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{
				{"the spread of half the depth", exactLaw(func(l int) int { return max(l/2, 1) }), []chainAt{ten}},
				{"no growth: the law of one layer", exactLaw(func(int) int { return 1 }), []chainAt{ten}},
				{"growth as L: the spread of depth L²", exactLaw(func(l int) int { return l * l }), []chainAt{ten}},
			},
		},
	}
}

// largeChain draws forward chains of a bounded monotone activation with any
// weights at all, the larger the better.
func largeChain(t *rapid.T) chainAt {
	scale := gen.Decimals(1, 100, 0.5).Draw(t, "scale")
	weight := rapid.OneOf(gen.Scaled(scale), rapid.Just(gen.Law("constant(%v)", scale))).Draw(t, "weight")
	c := forward("sigmoid", weight.String(), gen.Depths(1, 50).Draw(t, "depth"))
	c.Input = "uniform(a=0.5)"
	c.Bias = rapid.SampledFrom([]string{"", "normal(sigma=1)", "normal(sigma=10)"}).Draw(t, "bias")
	return c
}

// explodeOn predicts that a share of the paths or more have |G_L| ≥ 1.
func explodeOn(share func(c chainAt) float64) predictor[chainAt] {
	return func(c chainAt) (prediction, error) {
		return prediction{Zone: evidence.Zone{Theta0: share(c), Delta: 0.1, Side: evidence.AtLeast}}, nil
	}
}

func largeWeights() *Claim {
	of := func(weight string, depth int) chainAt {
		c := forward("sigmoid", weight, depth)
		c.Input = "uniform(a=0.5)"
		return c
	}
	saturated, five := of("normal(sigma=50)", 10), of("normal(sigma=20)", 5)
	return &Claim{
		ID: "B1", Family: "textbook", Kind: Probability, Expected: evidence.Refuted, Correction: "B1.corrected",
		Plain:    "In a chain of single sigmoid neurons, large weights saturate: gradients get rare, not large.",
		Why:      "A monotone chain maps an interval into (0, 1), so its slope averages at most 1 over inputs: where it is large, it is so on a short stretch.",
		See:      []string{"B1.corrected"},
		Sentence: "In a chain of single sigmoid neurons, large weights typically make the gradient explode.",
		Source:   Source{Paper: "common belief"}, Assumption: "none", Unit: "probability",
		Domain: "forward sigmoid chains of width 1, weights of scale 10 to 100 of four laws, depth 5 to 50",
		Test:   "P(|∂a_L/∂a_0| ≥ 1) ≥ 1/2",
		trial: &sampled[chainAt]{
			draw: func(t *rapid.T) chainAt {
				scale := gen.Decimals(10, 100, 5).Draw(t, "scale")
				return of(gen.Scaled(scale).Draw(t, "weight").String(), gen.Depths(5, 50).Draw(t, "depth"))
			},
			always:  []chainAt{saturated},
			sample:  chains(oneChain, notBelowOne),
			predict: explodeOn(constant(0.5)),
			truth:   func(chainAt) (float64, error) { return 0.01, nil }, // at most: 0.008 of 20,000 paths of depth 5
			command: chainAt.command,
			mutants: []mutant[chainAt]{
				{"nine paths of ten explode", explodeOn(constant(0.9)), []chainAt{five}},
				{"the share of one layer: one path of five", explodeOn(constant(0.2)), []chainAt{five}},
				{"as often as |w|·sup σ′ ≥ 1: P(|w| ≥ 4)", explodeOn(func(c chainAt) float64 {
					return law.MustParse(c.Weight).AbsSurvival(4)
				}), []chainAt{five, saturated}},
			},
		},
	}
}
