package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
)

// How fast the error of independent weights falls with the width.

// widerAt is a network, and one so many times as wide.
type widerAt struct {
	networkAt
	Times int `json:"times"`
}

func (c widerAt) wider() networkAt {
	n := c.networkAt
	n.Width *= c.Times
	return n
}

func (c widerAt) both() []networkAt { return []networkAt{c.networkAt, c.wider()} }

// eachError observes the difference between the two widths of n times the relative error of
// independent weights, whose mean is memory/χ₁ at every width.
func eachError(c widerAt) (experiment, error) {
	n, wider := c.networkAt, c.wider()
	chi := chi1(n)
	scaled := func(c networkAt, s *network.Sample) float64 {
		return float64(c.Width) * (squaredGradient(c, s)/chi - 1)
	}
	return networks(widerAt.both, func(_ widerAt, samples []nets, dst []float64) []float64 {
		for i := range samples[0] {
			dst = append(dst, scaled(n, &samples[0][i])-scaled(wider, &samples[1][i]))
		}
		return dst
	})(c)
}

// errorPower predicts the mean of that difference for errors that fall as n^−power, to 0.66 of what a power of 2 would make it.
func errorPower(power float64) predictor[widerAt] {
	return func(c widerAt) (prediction, error) {
		variance := 0.0
		for _, n := range c.both() {
			s, err := gradientOfLayer(n)
			if err != nil {
				return prediction{}, err
			}
			sd := float64(n.Width) / chi1(n) * math.Sqrt(s.Variance)
			variance += sd * sd
		}
		size, times := memory(c.networkAt)/chi1(c.networkAt), float64(c.Times)
		zone := evidence.Zone{Theta0: size * (1 - math.Pow(times, 1-power)), Delta: 0.66 * math.Abs(size) * (1 - 1/times)}
		return prediction{Zone: zone, Variance: 1.25 * variance}, nil
	}
}

func dependenceScaling() *Claim {
	three, four := widerAt{dense("tanh", 3, 1, 1), 3}, widerAt{dense("hard_tanh", 3, 2, 1), 4}
	return &Claim{
		ID: "MF.gradient.scaling", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Plain:    "The error of taking weights as independent halves when the width doubles.",
		Why:      "One of n components is tied, so the relative error is exactly proportional to 1/n.",
		See:      []string{"MF.gradient.width"},
		Sentence: "The error of independent weights falls like 1/n: from width n to 3n or 4n it is divided by 3 or 4.",
		Source:   Source{Paper: "derived; MF.gradient.width"}, Unit: "n × relative error",
		Assumption: oneLayerVariance,
		Domain:     "one layer of 1 or 2 units, and of 3 or 4 times as many; tanh, erf, arctan, softsign, hard tanh; σ_w 2.5 to 3, σ_b 0 to 0.5",
		Test:       "e_n = E ‖∂(u·x¹)/∂x⁰‖²/χ₁ − 1 at width n: n·e_n − tn·e_tn = 0, t = 3 or 4, to 0.66 of n·e_n(1 − 1/t): a slope between −0.67 and −1.53 in log n",
		trial: &sampled[widerAt]{
			draw: func(t *rapid.T) widerAt {
				phi := rapid.SampledFrom([]string{"tanh", "erf", "arctan", "softsign", "hard_tanh"}).Draw(t, "activation")
				c := dense(phi, gen.Decimals(2.5, 3, 0.1).Draw(t, "weight_std"), rapid.IntRange(1, 2).Draw(t, "width"), 1)
				return widerAt{biased(c, gen.Decimals(0, 0.5, 0.1).Draw(t, "bias_std")), rapid.SampledFrom([]int{3, 4}).Draw(t, "times")}
			},
			always:  []widerAt{three, four},
			sample:  eachError,
			predict: errorPower(1),
			command: func(c widerAt) string { return c.networkAt.command() + " && " + c.wider().command() },
			mutants: []mutant[widerAt]{
				{"it falls like 1/√n", errorPower(0.5), []widerAt{three, four}},
				{"it falls like 1/n²", errorPower(2), []widerAt{three, four}},
				{"it does not fall", errorPower(0), []widerAt{three, four}},
			},
		},
	}
}
