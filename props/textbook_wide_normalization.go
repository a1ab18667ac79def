package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/normalization"
)

// Sentence S13 in wide networks: what it is right about, and what not.

// saturatedShare is the share of saturated units of all layers.
func saturatedShare(c networkAt, s *network.Sample) float64 {
	sum := 0
	for _, n := range s.Saturated {
		sum += n
	}
	return float64(sum) / float64(c.Batch*c.Width*c.Depth)
}

// saturationThreshold is where a unit saturates: beyond it |φ′| is below the share of its
// largest value that tanh′ has at 2, 1/cosh² 2. It is 2·2 for the sigmoid, ½(1 + tanh(z/2)),
// and √(log cosh² 2) for erf, whose slope is e^(−z²) of it.
var saturationThreshold = map[string]float64{
	"tanh": 2, "sigmoid": 4, "erf": math.Sqrt(2 * math.Log(math.Cosh(2))),
}

// beyond is the probability that a normalised unit lies beyond a threshold. With d = B − 1
// its values over the batch are uniform on a sphere of radius √B in d dimensions, one
// of them √d·t, and t√(d−1)/√(1−t²) has Student's law of d − 1 degrees of freedom.
func beyond(threshold float64, batch int) float64 {
	d := float64(batch - 1)
	if d <= threshold*threshold {
		return 0
	}
	return 2 * gen.Law("student_t(%v)", d-1).Survival(threshold*math.Sqrt((d-1)/(d-threshold*threshold)))
}

// saturates predicts the share of saturated units, noticing 0.6 standard deviations of it,
// or of one where 1 in 100,000 is saturated.
func saturates(share func(c networkAt) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		threshold, n := saturationThreshold[c.Activation], float64(c.Width)
		exact := beyond(threshold, c.Batch)
		variance := max(exact, 1e-5) / (n * float64(c.Batch*c.Depth))
		eps := exact * math.Pow(threshold, 4) / (2 * n)
		zone := evidence.Zone{Theta0: share(c), Eps: eps, Delta: 2*eps + 0.6*math.Sqrt(variance)}
		return prediction{Zone: zone, Variance: 1.25 * variance}, nil
	}
}

func wideNormalization() *Claim {
	eight, large := dense("tanh", 5, 512, 4).normalized("batch", 8), dense("tanh", 0.2, 64, 2).normalized("batch", 256)
	sigmoid := dense("sigmoid", 5, 256, 4).normalized("batch", 24)
	return &Claim{
		ID: "S13.wide", Family: "textbook", Kind: Mean, Expected: evidence.Verified,
		Plain:    "Batch normalisation keeps wide networks out of saturation, whatever σ_w is.",
		Why:      "A normalised pre-activation is close to N(0, 1) at every layer, so only a fixed small share lies beyond 2.",
		See:      []string{"S13"},
		Sentence: "Batch normalisation helps: in a wide network it keeps units out of saturation whatever σ_w is. Beyond |ĥ| = 2 lie 4.6 % of tanh units for large batches and fewer for small ones, beyond 4 at most 63 in a million.",
		Source:   Source{Paper: "Ioffe & Szegedy 2015, Batch Normalization", Eq: "section 1; the share derived"}, Unit: "share of units",
		Assumption: "the limit of infinite width; ε = p·t⁴/(2n) for the Gram matrix of the batch, off by √(2/n) at input and output of a layer; ≤ 3.6 p/n measured for tanh. The variance is at most 1.25 times that of independent units; 0.8 measured",
		Given:      []string{"|bias| ≤ p·t⁴/(2n), not proved", "Var ≤ 1.25·(that of independent units), 1.6 times the most measured"},
		Domain:     "where |φ′| is 7 % of its largest value: tanh, t = 2, erf, 1.63, and sigmoid, 4; batch normalisation before φ, ε = 0; batch 8 to 256, width 64 to 256, depth 1 or 2, σ_w 0.1 to 100, σ_b 0 to 10",
		Test:       "the mean share of units with |ĥ| > t = P(|T| > t√((B−2)/(B−1−t²))), T Student of B − 2 degrees of freedom",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom([]string{"tanh", "erf", "tanh", "erf", "sigmoid"}).Draw(t, "activation")
				batch := gen.Integers(8, 256).Draw(t, "batch")
				std := gen.Decade(rapid.IntRange(-10, 20).Draw(t, "decades"))
				c := dense(phi, std, gen.Widths(64, max(64, min(256, 2048/batch))).Draw(t, "width"), rapid.IntRange(1, 2).Draw(t, "depth"))
				return biased(c, gen.Decimals(0, 10, 1).Draw(t, "bias_std")).normalized("batch", batch)
			},
			always: []networkAt{eight, large, sigmoid},
			sample: eachNetwork(saturatedShare), predict: saturates(func(c networkAt) float64 {
				return beyond(saturationThreshold[c.Activation], c.Batch)
			}), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"none", saturates(func(networkAt) float64 { return 0 }), []networkAt{eight, large}},
			},
			corners: []mutant[networkAt]{
				{"as without normalisation: P(|σ_w z| > t)", saturates(func(c networkAt) float64 {
					p, _ := normalization.SaturationProbability(saturationThreshold[c.Activation] / c.WeightStd)
					return p
				}), []networkAt{eight, large, sigmoid}},
				{"standard normal at any batch: 4.55 %", saturates(func(c networkAt) float64 {
					p, _ := normalization.SaturationProbability(saturationThreshold[c.Activation])
					return p
				}), []networkAt{eight}},
				{"B − 1 degrees of freedom for B − 2", saturates(func(c networkAt) float64 {
					return beyond(saturationThreshold[c.Activation], c.Batch+1)
				}), []networkAt{eight}},
				{"the sigmoid saturates at 2", saturates(func(c networkAt) float64 { return beyond(2, c.Batch) }), []networkAt{sigmoid}},
			},
		},
	}
}

func wideNormalizationGradient() *Claim {
	relu := dense("relu", 1, 256, 6).normalized("batch", 16)
	return &Claim{
		ID: "S13.wide.gradient", Family: "textbook", Kind: Median, Expected: evidence.Refuted, Correction: "S13.wide.gradient.corrected",
		Plain:    "Batch normalisation makes gradients explode at initialisation, more the smaller the batch.",
		Why:      "Dividing by the spread of the batch brings a factor above 1 at every layer: E φ′²/Var φ ≥ 1 for every φ that is not affine.",
		See:      []string{"normalization.batch_norm.gradient_factor_limit"},
		Sentence: "Batch normalisation removes exploding gradients: in a wide network they do not grow from layer to layer.",
		Source:   Source{Paper: "a common reading of Ioffe & Szegedy 2015, Batch Normalization", Eq: "section 1"}, Unit: "nats per layer", Assumption: "none",
		Domain: "ReLU, tanh, GELU, SiLU, linear; batch normalisation of batches of 6 to 16 before φ, ε = 0; width 128 to 2048/batch, depth 12 to 16, σ_w 0.1 to 10",
		Test:   "half of the networks have a growth of log ‖∇‖² per layer ≤ 0" + batchNormEnd,
		trial: &sampled[networkAt]{
			draw: deeper(drawNormalized(6, 16, "relu", "tanh", "gelu", "silu", "linear"), 12, 16), always: []networkAt{relu},
			sample: eachNetwork(layerGrowth), predict: batchGrowth(evidence.AtMost, logOf(unchanged)), command: withSecond,
			truth: batchFactor,
			mutants: []mutant[networkAt]{
				{"they are halved", batchGrowth(evidence.AtMost, logOf(func(float64) float64 { return 0.5 })), []networkAt{relu}},
				{"that of ‖∇‖: the root of the factor", batchGrowth(evidence.AtMost, halfOf(batchFactor)), []networkAt{relu}},
			},
		},
	}
}

func wideNormalizationGrowth() *Claim {
	eight, sixteen := dense("relu", 1, 512, 10).normalized("batch", 8), dense("relu", 1, 1024, 12).normalized("batch", 16)
	wrong := func(factor func(b float64) float64) predictor[networkAt] {
		return batchGrowth(evidence.Equal, logOf(factor))
	}
	return &Claim{
		ID: "S13.wide.gradient.corrected", Family: "textbook", Kind: Median, Expected: evidence.Verified,
		Plain:    "In a wide ReLU network batch normalisation multiplies squared gradients by 1.47 or more a layer.",
		Why:      "The Jacobian of the normalisation averaged over the sphere of normalised batches; the weights' scale cancels.",
		See:      []string{"S13.wide.gradient"},
		Sentence: "Batch normalisation makes gradients explode: in a wide ReLU network it multiplies ‖∇‖² by B·T/((B−1)(B−3)(½−K)) per layer, 1.788 at batch 8 and π/(π−1) = 1.467 for large batches, whatever σ_w.",
		Source:   yang, Unit: "nats per layer", Asymptotic: batchNormC, Assumption: "none",
		Domain: "ReLU, batch normalisation of batches of 6 to 16 " + batchNormDomain,
		Test:   batchNormTest + "the logarithm of the factor" + batchNormEnd,
		trial: &sampled[networkAt]{
			draw: drawNormalized(6, 16, "relu"), always: []networkAt{eight, sixteen},
			sample: eachNetwork(layerGrowth), predict: batchGrowth(evidence.Equal, batchFactor), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"no growth", wrong(unchanged), []networkAt{eight}},
				{"that of ‖∇‖: the root", batchGrowth(evidence.Equal, halfOf(batchFactor)), []networkAt{eight}},
			},
			corners: []mutant[networkAt]{
				{"π/(π−1) at any batch", wrong(func(float64) float64 { return reluLimit }), []networkAt{eight}},
				{"the linear network's (B−2)/(B−3)", wrong(func(b float64) float64 { return (b - 2) / (b - 3) }), []networkAt{eight}},
				{"3/2 for π/(π−1)", batchGrowth(evidence.Equal, func(c networkAt) (float64, error) {
					log, err := batchFactor(c)
					return log + math.Log(1.5/reluLimit), err
				}), []networkAt{sixteen}},
			},
		},
	}
}
