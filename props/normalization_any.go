package props

import (
	"fmt"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/activation"
	"gradchain/theory/gauss"
)

// Large batches with any activation: why batch normalisation makes gradients explode.

// gainAt is an activation behind a normalisation with a learned gain.
type gainAt struct {
	Activation string  `json:"activation"`
	Gain       float64 `json:"gain"`
}

// largeBatch is the growth of ‖∇‖² per layer for large batches, γ²E φ′(γz)²/size of φ(γz).
func (c gainAt) largeBatch(size func(activation.Activation, float64) (value, bound float64, err error)) float64 {
	a, q := activation.MustParse(c.Activation), c.Gain*c.Gain
	slope, _, err := gauss.DerivativeMoment(a, q, 2)
	if err != nil {
		panic("props: " + err.Error())
	}
	below, _, err := size(a, q)
	if err != nil {
		panic("props: " + err.Error())
	}
	return q * slope / below
}

// explodes checks that the growth is at least so much.
func explodes(least float64, size func(activation.Activation, float64) (value, bound float64, err error)) func(gainAt) finding {
	return func(c gainAt) finding {
		growth := c.largeBatch(size)
		return finding{
			Residual: least - growth, Tolerance: 1e-11 * growth,
			Text: fmt.Sprintf("growth %.9g, claimed ≥ %.9g", growth, least),
		}
	}
}

func batchNormPoincare() *Claim {
	relu, linear := gainAt{"relu", 1}, gainAt{"linear", 1}
	return &Claim{
		ID: "BN.poincare", Family: "normalization", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "No activation but an affine one escapes the explosion under batch normalisation.",
		Why:      "Gaussian Poincaré inequality: Var φ ≤ E φ′², with equality for affine φ only.",
		See:      []string{"BN.any"},
		Sentence: "Batch normalisation makes gradients explode for every φ but the affine ones: for large batches a layer multiplies ‖∇‖² by E φ′²/Var φ ≥ 1, and no weight variance and no gain changes that.",
		Source:   Source{Paper: "derived: Yang et al. 2019 for large batches; Gaussian Poincaré inequality (Chernoff 1981)"}, Unit: "factor per layer",
		Assumption: "none",
		Domain:     anyPhiWords + ", linear; gain γ from 0.01 to 100",
		Test:       "γ²E φ′(γz)²/Var φ(γz) ≥ 1, within 1e-11",
		trial: &exact[gainAt]{
			draw: func(t *rapid.T) gainAt {
				phi := rapid.SampledFrom(append([]string{"linear"}, anyPhi...))
				return gainAt{phi.Draw(t, "activation"), gen.Decade(rapid.IntRange(-20, 20).Draw(t, "decades"))}
			},
			always: []gainAt{linear, relu, {"sigmoid", 1}, {"tanh", 0.01}, {"sin", 100}},
			check:  explodes(1, gauss.Variance),
			mutants: []exactMutant[gainAt]{
				{"at least 1.01", explodes(1.01, gauss.Variance), []gainAt{linear, {"tanh", 0.01}}},
				{"the mean of φ is not taken out: E φ²", explodes(1, gauss.MeanSquare), []gainAt{{"sigmoid", 1}}},
				{"at most 1", func(c gainAt) finding {
					growth := c.largeBatch(gauss.Variance)
					return finding{Residual: growth - 1, Tolerance: 1e-11 * growth}
				}, []gainAt{relu}},
			},
		},
	}
}
