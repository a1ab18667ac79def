package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/meanfield"
)

// How fast the variance comes down to q*.

// approach is the wide limit with q* + (q₁ − q*)χ_q^(speed·L) for the variance above layer L.
func approach(speed float64) wide {
	return func(c networkAt) (meanfield.Wide, error) {
		w, err := wideSquare(c)
		if err != nil {
			return w, err
		}
		end, err := settledSquare(c)
		if err != nil {
			return w, err
		}
		q := varianceAbove(c, end.Limit)
		chi, err := meanFieldOf(c).ChiQ(q)
		bound := q + (firstVariance(c)-q)*math.Pow(chi, speed*float64(c.Depth))
		w.Limit = (bound - c.BiasStd*c.BiasStd) / (c.WeightStd * c.WeightStd)
		return w, err
	}
}

// varianceAbove is the variance of the pre-activations above a layer of that second moment.
func varianceAbove(c networkAt, square float64) float64 {
	return c.WeightStd*c.WeightStd*square + c.BiasStd*c.BiasStd
}

// notAbove predicts that half of the networks are below, up to C/n, noticing 0.3 standard
// deviations more.
func notAbove(of wide) predictor[networkAt] { return within(of, squareSlack, 0.3, evidence.AtMost) }

// drawFromAbove draws a network whose variance starts above its q* and comes down.
func drawFromAbove(activations ...string) func(*rapid.T) networkAt {
	draw := func(t *rapid.T) networkAt {
		phi := rapid.SampledFrom(activations).Draw(t, "activation")
		c := dense(phi, gen.Decimals(0.8, contracting(phi), 0.1).Draw(t, "weight_std"), gen.Widths(128, 512).Draw(t, "width"), gen.Depths(1, 6).Draw(t, "depth"))
		return biased(c, gen.Decimals(0.1, 0.5, 0.1).Draw(t, "bias_std"))
	}
	above := rapid.Custom(draw).Filter(func(c networkAt) bool {
		end, err := settledSquare(c)
		return err == nil && firstVariance(c) > 1.05*varianceAbove(c, end.Limit)
	})
	return func(t *rapid.T) networkAt { return above.Draw(t, "network") }
}

func rateMutants(at networkAt) []mutant[networkAt] {
	return []mutant[networkAt]{
		{"twice as fast: χ_q²", notAbove(approach(2)), []networkAt{at}},
		{"four times as fast", notAbove(approach(4)), []networkAt{at}},
		{"q* at once", notAbove(approach(math.Inf(1))), []networkAt{at}},
	}
}

func varianceRate() *Claim {
	gelu, relu := biased(dense("gelu", 1.2, 512, 2), 0.3), biased(dense("relu", 1, 512, 1), 0.1)
	return &Claim{
		ID: "MF.rate", Family: "mean field", Kind: Median, Expected: evidence.Refuted, Correction: "MF.rate.corrected",
		Plain:    "The signal settles at the rate of its fixed point only where the variance map is concave.",
		Why:      "Where the map has a convex part, as for GELU, the first steps are slower than χ_q says.",
		See:      []string{"MF.rate.corrected", "meanfield.xi_q"},
		Sentence: "The variance comes down to q* at the depth scale ξ_q = −1/log χ_q or faster: q_l ≤ q* + (q₁ − q*)e^(−(l−1)/ξ_q).",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation, read from the first layer on and for every φ", Eq: "section 3, which means large l"}, Unit: "second moment",
		Assumption: "none",
		Domain:     "128 to 512 units, 2 to 4 layers; " + anyPhiWords + "; σ_w 0.8 to 3 (sigmoid 6, unbounded φ 1.2, SELU 1.1), σ_b 0.1 to 0.5; from above",
		Test:       "half of the networks have ‖x^L‖²/n ≤ (q* + (q₁ − q*)χ_q^L − σ_b²)/σ_w², up to C/n",
		trial: &sampled[networkAt]{
			draw: deeper(drawFromAbove(anyPhi...), 2, 4), always: []networkAt{gelu},
			sample: eachNetwork(lastMoment), predict: notAbove(approach(1)), truth: limitAtWidth(wideSquare),
			command: withMedians, details: rateDetails, mutants: rateMutants(relu),
		},
	}
}

func varianceRateCorrected() *Claim {
	slow, relu := biased(dense("tanh", 1.1, 512, 3), 0.1), biased(dense("relu", 1, 512, 1), 0.1)
	return &Claim{
		ID: "MF.rate.corrected", Family: "mean field", Kind: Median, Expected: evidence.Verified,
		Plain:    "Where the variance map is concave, the signal settles at the rate of its fixed point or faster.",
		Why:      "A concave map lies below its tangent at q*, so the distance is multiplied by at most χ_q a layer.",
		See:      []string{"meanfield.xi_q"},
		Sentence: "Where V is concave (tanh, erf, arctan, softsign, hard tanh, sin, sigmoid, ReLU, leaky ReLU, ELU, SELU) the variance comes down to q* at the depth scale ξ_q or faster, from the first layer on. GELU, SiLU, mish, hard swish and softplus have a convex part and are slower at first.",
		Source:   Source{Paper: "derived: a concave V lies below its tangent at q*, and E V(q) ≤ V(E q)", Eq: "Jensen's inequality"}, Unit: "second moment",
		Asymptotic: squareC,
		Assumption: "none",
		Domain:     "128 to 512 units, 1 to 6 layers; those eleven φ; σ_w 0.8 to 3 (sigmoid 6, unbounded φ 1.2, SELU 1.1), σ_b 0.1 to 0.5; from above",
		Test:       "half of the networks have ‖x^L‖²/n ≤ (q* + (q₁ − q*)χ_q^L − σ_b²)/σ_w², up to C/n",
		trial: &sampled[networkAt]{
			draw: drawFromAbove(concavePhi...), always: []networkAt{slow, relu},
			sample: eachNetwork(lastMoment), predict: notAbove(approach(1)), truth: limitAtWidth(wideSquare),
			command: networkAt.command, details: rateDetails,
			mutants: rateMutants(relu),
		},
	}
}

// rateDetails shows the way to q*.
func rateDetails(c networkAt) []string {
	end, err := settledSquare(c)
	if err != nil {
		return []string{err.Error()}
	}
	q := varianceAbove(c, end.Limit)
	chi, err := meanFieldOf(c).ChiQ(q)
	if err != nil {
		return []string{err.Error()}
	}
	text := fmt.Sprintf("q* = %.4g, χ_q = %.4g; variance by layer %.4g", q, chi, firstVariance(c))
	for l := range c.Depth {
		c.Depth = l + 1
		w, err := wideSquare(c)
		if err != nil {
			return []string{err.Error()}
		}
		text += fmt.Sprintf(", %.4g", varianceAbove(c, w.Limit))
	}
	return []string{text}
}
