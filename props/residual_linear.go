package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/gauss"
	"gradchain/theory/residual"
	"gradchain/theory/special"
)

// Residual networks, and those of linear branches, x ← x + αWx: ‖x‖², and the square of a tangent, is
// multiplied by an independent noncentral χ² per block.

// skip is a linear residual network, and what is measured in it.
func skip(alpha float64, width, depth int, of string) normAt {
	return normAt{criticalNetwork("linear", width, depth).residual(alpha), of}
}

// drawSkip draws residual networks with α = 1, 1/√L, 1/L or any, up to so wide and of so many
// blocks.
func drawSkip(widest int, depths func(width int) (least, most int)) func(*rapid.T) normAt {
	return func(t *rapid.T) normAt {
		width := gen.Widths(1, widest).Draw(t, "width")
		depth := gen.Depths(depths(width)).Draw(t, "depth")
		alpha := gen.Decimals(0.1, 2, 0.1).Draw(t, "alpha")
		switch rapid.IntRange(0, 3).Draw(t, "scale") {
		case 0:
			alpha = 1
		case 1:
			alpha = 1 / math.Sqrt(float64(depth))
		case 2:
			alpha = 1 / float64(depth)
		}
		return skip(alpha, width, depth, rapid.SampledFrom([]string{"signal", "tangent"}).Draw(t, "of"))
	}
}

// branch is α of the network.
func (c networkAt) branch() residual.Branch { return residual.Scale(*c.Alpha) }

// meanGain predicts E‖Jv‖², noticing a quarter of its standard deviation. A block has the mean
// 1 + α² and the variance (4α² + 2α⁴)/n.
func meanGain(theta func(c networkAt, exact float64) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		mean, err := residual.MeanSquareGain(c.Depth, c.branch())
		square := *c.Alpha * *c.Alpha
		relative := 2 * square * (2 + square) / (float64(c.Width) * (1 + square) * (1 + square))
		variance := mean * mean * math.Expm1(float64(c.Depth)*math.Log1p(relative))
		zone := evidence.Zone{Theta0: theta(c.networkAt, mean), Delta: 0.25 * math.Sqrt(variance)}
		return prediction{Zone: zone, Variance: 1.25 * variance}, err
	}
}

func exponential(normAt) func(x float64) float64 { return math.Exp }

const skipVariance = "the variance is at most 1.25 times the exact one, ((1+α²)² + (4α²+2α⁴)/n)^L − (1+α²)^2L"

// resnet is who introduced residual networks.
var resnet = Source{Paper: "He, Zhang, Ren & Sun 2016, Identity Mappings in Deep Residual Networks", Eq: "section 2: the gradient of a layer does not vanish even when the weights are arbitrarily small"}

// drawFaint draws residual networks of weak branches of any φ.
func drawFaint(t *rapid.T) networkAt {
	phi := rapid.SampledFrom(append([]string{"linear"}, anyPhi...)).Draw(t, "activation")
	std := rapid.SampledFrom([]float64{0.001, 0.003, 0.01, 0.03, 0.1}).Draw(t, "weight_std")
	c := dense(phi, std, gen.Widths(4, 64).Draw(t, "width"), gen.Depths(2, 50).Draw(t, "depth"))
	return biased(c, gen.Decimals(0, 1, 0.1).Draw(t, "bias_std")).residual(1)
}

// faintSpread is about the standard deviation of log‖∂/∂x⁰‖²: a block adds 2u·W'Du, of variance
// 4σ_w²E φ′²/n.
func faintSpread(c networkAt) float64 {
	slope, _, err := gauss.DerivativeMoment(c.model().Activation, firstVariance(c), 2)
	if err != nil {
		panic("props: " + err.Error())
	}
	return 2 * c.WeightStd * math.Sqrt(slope*float64(c.Depth)/float64(c.Width))
}

// stays predicts a bound of log‖∂/∂x⁰‖², noticing 0.5 standard deviations.
func stays(side evidence.Side, bound func(c networkAt) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		sd := faintSpread(c)
		return prediction{Zone: evidence.Zone{Theta0: bound(c), Delta: 0.5 * sd, Side: side}, Variance: sd * sd}, nil
	}
}

func skipKeeps() *Claim {
	weak, deep := dense("relu", 0.01, 16, 20).residual(1), dense("tanh", 0.1, 64, 50).residual(1)
	return &Claim{
		ID: "RES", Family: "residual", Kind: Median, Expected: evidence.Verified,
		Plain:    "Skip connections keep gradients from vanishing, however small the weights are.",
		Why:      "The Jacobian of a block is 1 plus that of the branch, which tends to 1 with the weights.",
		See:      []string{"RES.mean"},
		Sentence: "With skip connections the gradient does not vanish even when the weights are arbitrarily small.",
		Source:   resnet, Unit: "nats", Assumption: "none",
		Domain: anyPhiWords + ", linear; gaussian, α = 1, σ_w 0.001 to 0.1, σ_b 0 to 1; width 4 to 64, depth 2 to 50",
		Test:   "half of the networks have log‖∂(u·x^L)/∂x⁰‖² ≥ 0, to half a standard deviation",
		trial: &sampled[networkAt]{
			draw: drawFaint, always: []networkAt{weak, deep},
			sample:  eachNetwork(func(_ networkAt, s *network.Sample) float64 { return 2 * s.LogGradNorm[0] }),
			predict: stays(evidence.AtLeast, noGrowth),
			truth: func(c networkAt) (float64, error) { // its mean for weak branches
				sd := faintSpread(c)
				return sd * sd / 4 * float64(c.Width-2), nil
			},
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"as without them: at most σ_w^2L", stays(evidence.AtMost, func(c networkAt) float64 { return 2 * float64(c.Depth) * math.Log(c.WeightStd) }), []networkAt{weak, deep}},
				{"lengths add up: at least (1+σ_w)^2L", stays(evidence.AtLeast, func(c networkAt) float64 { return 2 * float64(c.Depth) * math.Log1p(c.WeightStd) }), []networkAt{weak, deep}},
				{"it doubles with every block, as at σ_w = 1", stays(evidence.AtLeast, func(c networkAt) float64 { return float64(c.Depth) * math.Ln2 }), []networkAt{weak, deep}},
			},
		},
	}
}

func skipGrowth() *Claim {
	one, root, inverse := skip(1, 128, 10, "signal"), skip(0.5, 128, 4, "tangent"), skip(0.25, 128, 4, "tangent")
	wrong := func(theta func(c networkAt, exact float64) float64) predictor[normAt] {
		return meanGain(theta)
	}
	return &Claim{
		ID: "RES.mean", Family: "residual", Kind: Mean, Expected: evidence.Verified,
		Plain:    "A branch scaled by 1/√L keeps the growth below e over any depth.",
		Why:      "(1 + α²)^L with α² = 1/L is (1 + 1/L)^L < e.",
		See:      []string{"RES"},
		Sentence: "In a residual network of linear branches E‖Jv‖² = (1+α²)^L exactly, at any width: 2^L for α = 1, (1+1/L)^L ≤ e for α = 1/√L, (1+1/L²)^L → 1 for α = 1/L.",
		Source:   Source{Paper: "Zhang, Dauphin & Ma 2019, Fixup Initialization, the doubling; Hayou et al. 2021, Stable ResNet, the scales", Eq: "exact for linear branches"}, Unit: "E‖Jv‖²",
		Assumption: skipVariance,
		Domain:     "linear branches, gaussian, σ_w = 1; α 0.1 to 2, 1/√L and 1/L; width 1 to 128, depth 1 to min(20, n/4); signal and tangent",
		Test:       "E‖Jv‖² = (1+α²)^L, to a quarter of a standard deviation",
		trial: &sampled[normAt]{
			draw: drawSkip(128, func(width int) (least, most int) { return 1, max(1, min(width/4, 20)) }), always: []normAt{skip(1, 1, 1, "tangent"), one, root, inverse},
			sample: eachSquare(false, exponential), predict: wrong(func(_ networkAt, exact float64) float64 { return exact }),
			command: func(c normAt) string { return c.command() },
			corners: []mutant[normAt]{
				{"e at any depth for α = 1/√L", wrong(func(networkAt, float64) float64 { return math.E }), []normAt{root}},
			},
			mutants: []mutant[normAt]{
				{"no growth: 1", wrong(func(networkAt, float64) float64 { return 1 }), []normAt{one, root}},
				{"lengths add up: (1+α)^2L", wrong(func(c networkAt, _ float64) float64 {
					return math.Pow(1+*c.Alpha, 2*float64(c.Depth))
				}), []normAt{inverse}},
				{"one block too few", wrong(func(c networkAt, exact float64) float64 { return exact / (1 + *c.Alpha**c.Alpha) }), []normAt{one, root}},
				{"the branches alone: α^2L", wrong(func(c networkAt, _ float64) float64 {
					return math.Pow(*c.Alpha, 2*float64(c.Depth))
				}), []normAt{one, root}},
			},
		},
	}
}

// blockLogVariance is that of log ‖v + αWv‖²: of log χ²_(n+2P), P Poisson of mean n/(2α²).
func blockLogVariance(c networkAt) float64 {
	half := float64(c.Width) / 2
	mean := half / (*c.Alpha * *c.Alpha)
	reach := 12*math.Sqrt(mean) + 60
	weight, first, second, inside := 0.0, 0.0, 0.0, 0.0
	for p := math.Floor(max(0, mean-reach)); p <= mean+reach; p++ {
		factorial, _ := math.Lgamma(p + 1)
		w := math.Exp(p*math.Log(mean) - mean - factorial)
		log := special.Digamma(half+p) - math.Log(half+mean)
		weight += w
		first += w * log
		second += w * log * log
		inside += w * special.Trigamma(half+p)
	}
	first /= weight
	return second/weight - first*first + inside/weight
}

// typicalGain predicts E log‖Jv‖², noticing 0.2 standard deviations.
func typicalGain(theta func(c networkAt, exact float64) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		mean, err := residual.LogSquaredNormMean(c.Width, c.Depth, c.branch())
		variance := float64(c.Depth) * blockLogVariance(c.networkAt)
		zone := evidence.Zone{Theta0: theta(c.networkAt, mean), Delta: 0.2 * math.Sqrt(variance)}
		return prediction{Zone: zone, Variance: 1.25 * variance}, err
	}
}

func skipTypical() *Claim {
	one, four := skip(1, 1, 10, "tangent"), skip(1, 4, 20, "signal")
	return &Claim{
		ID: "RES.typical", Family: "residual", Kind: Mean, Expected: evidence.Verified,
		Plain:    "What is typical grows less than the mean: at width 1 it even vanishes.",
		Why:      "The mean of a logarithm is below the logarithm of the mean; a block is a noncentral chi-square.",
		See:      []string{"RES.mean"},
		Sentence: "What is typical is not the mean: a block multiplies ‖Jv‖² by (α²/n)χ′²_n(n/α²), of mean 1+α², and E log‖Jv‖² is L times the mean of its log. At width 1 and α = 1 that is −0.417: the mean square doubles with every block while a typical gradient vanishes.",
		Source:   Source{Paper: "derived: a noncentral χ² is a Poisson mixture of χ²"}, Unit: "nats",
		Assumption: "the variance is at most 1.25 times the exact one, L(E ψ′(n/2+P) + Var ψ(n/2+P)), P Poisson of mean n/(2α²)",
		Domain:     "linear branches, gaussian, σ_w = 1; α 0.1 to 2, 1/√L and 1/L; width 1 to 32, depth 5 to 20; signal and tangent",
		Test:       "E log‖Jv‖² = L·E log (α²/n)χ′²_n(n/α²), to 0.2 standard deviations",
		trial: &sampled[normAt]{
			draw: drawSkip(32, func(int) (least, most int) { return 5, 20 }), always: []normAt{one, four},
			sample: eachSquare(false, itself), predict: typicalGain(exactly), command: func(c normAt) string { return c.command() },
			corners: []mutant[normAt]{
				{"small branches: L·α²(1−2/n)", typicalGain(func(c networkAt, _ float64) float64 {
					return float64(c.Depth) * *c.Alpha * *c.Alpha * (1 - 2/float64(c.Width))
				}), []normAt{one}},
			},
			mutants: []mutant[normAt]{
				{"log E for E log: L·log(1+α²)", typicalGain(func(c networkAt, _ float64) float64 {
					return float64(c.Depth) * math.Log1p(*c.Alpha**c.Alpha)
				}), []normAt{one, four}},
				{"nothing vanishes behind a skip connection: 0", typicalGain(func(networkAt, float64) float64 { return 0 }), []normAt{one, four}},
				{"the branches alone: L·E log(α²χ²_n/n)", typicalGain(func(c networkAt, _ float64) float64 {
					half := float64(c.Width) / 2
					return float64(c.Depth) * (special.Digamma(half) - math.Log(half) + 2*math.Log(*c.Alpha))
				}), []normAt{one, four}},
			},
		},
	}
}
