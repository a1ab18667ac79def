package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/product"
	"gradchain/theory/special"
)

// exponentAt is one Lyapunov exponent of a linear network.
type exponentAt struct {
	networkAt
	Index int `json:"index"` // 1 is the largest
}

// stretch is a linear network of an engine, and the index of an exponent.
func stretch(k network.Kind, width, depth, index int) exponentAt {
	return exponentAt{criticalNetwork("linear", width, depth).sampledBy(k), index}
}

// exponent predicts the mean of log r_ii/L, r_ii the growth of direction i behind
// directions 1 … i−1. In a gaussian matrix r_ii² is χ²_{n−i+1}/n, in every layer anew, so
// that the mean is the exponent at any depth, and its variance ψ′((n−i+1)/2)/(4L).
func exponent(theta func(c exponentAt) (float64, error)) predictor[exponentAt] {
	return func(c exponentAt) (prediction, error) {
		deviation := math.Sqrt(special.Trigamma(float64(c.Width-c.Index+1)/2) / float64(4*c.Depth))
		value, err := theta(c)
		return prediction{
			Zone:     evidence.Zone{Theta0: value, Delta: 0.2 * deviation},
			Variance: 1.25 * deviation * deviation,
		}, err
	}
}

// newman is the exponent of another index.
func newman(index func(c exponentAt) int) func(c exponentAt) (float64, error) {
	return func(c exponentAt) (float64, error) {
		return product.Lyapunov(c.Width, index(c), product.WeightVar(1))
	}
}

func newmanSpectrum() *Claim {
	first, third, last := stretch(network.Law, 8, 10, 1), stretch(network.Law, 8, 10, 3), stretch(network.Matrix, 4, 10, 4)
	return &Claim{
		ID: "P7", Family: "product", Kind: Mean, Expected: evidence.Verified,
		Plain:    "In products of Gaussian matrices of variance 1/n every direction shrinks.",
		Why:      "Orthogonalised columns are independent chi variables, whose mean logarithms are Newman's exponents.",
		See:      []string{"product.lyapunov"},
		Sentence: "The Lyapunov exponents of products of n×n gaussian matrices of entries N(0, 1/n) are λ_i = ½(log(2/n) + ψ((n−i+1)/2)), i = 1 … n: all below 0.",
		Source:   Source{Paper: "Newman 1986, The distribution of Lyapunov exponents: exact results for random matrices", Eq: "Commun. Math. Phys. 103"}, Unit: "nats per layer",
		Assumption: "the variance of log r_ii/L is at most 1.25 times ψ′((n−i+1)/2)/(4L)",
		Domain:     "linear networks at weight variance 1/n, width 1 to 16, depth 1 to 10, every index up to 8; exact-in-law and explicit matrices",
		Test:       "E log r_ii/L by repeated QR on the first i directions = λ_i",
		trial: &sampled[exponentAt]{
			draw: func(t *rapid.T) exponentAt {
				width := gen.Widths(1, 16).Draw(t, "width")
				engine := rapid.SampledFrom([]network.Kind{network.Law, network.Matrix}).Draw(t, "engine")
				return stretch(engine, width, gen.Depths(1, 10).Draw(t, "depth"), rapid.IntRange(1, min(width, 8)).Draw(t, "index"))
			},
			always: []exponentAt{stretch(network.Law, 1, 1, 1), first, third, last},
			sample: func(c exponentAt) (experiment, error) {
				return networkLyapunov(func(c exponentAt) []networkAt { return []networkAt{c.networkAt} },
					func(networkAt) int { return c.Index },
					func(c exponentAt, drawn []spectra, dst []float64) []float64 {
						for _, logs := range drawn[0] {
							dst = append(dst, logs[c.Index-1]/float64(c.Depth))
						}
						return dst
					})(c)
			},
			predict: exponent(newman(func(c exponentAt) int { return c.Index })),
			command: func(c exponentAt) string { return c.command() },
			mutants: []mutant[exponentAt]{
				{"all exponents are the largest", exponent(newman(func(exponentAt) int { return 1 })), []exponentAt{last}},
				{"in ascending order", exponent(newman(func(c exponentAt) int { return c.Width - c.Index + 1 })), []exponentAt{first, last}},
				{"n − i for n − i + 1", exponent(newman(func(c exponentAt) int { return c.Index + 1 })), []exponentAt{first, third}},
				{"log of the mean square: ½ log((n−i+1)/n)", exponent(func(c exponentAt) (float64, error) {
					return math.Log(float64(c.Width-c.Index+1)/float64(c.Width)) / 2, nil
				}), []exponentAt{third, last}},
			},
		},
	}
}
