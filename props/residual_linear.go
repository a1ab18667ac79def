package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/residual"
	"gradchain/theory/special"
)

// Residual networks of linear branches, x ← x + αWx: ‖x‖², and the square of a tangent, is
// multiplied by an independent noncentral χ² per block.

// skip is a linear residual network, and what is measured in it.
func skip(alpha float64, width, depth int, of string) normAt {
	return normAt{criticalNetwork("linear", width, depth).residual(alpha), of}
}

// drawSkip draws residual networks with α = 1, 1/√L, 1/L or any, and at most so many blocks
// per unit.
func drawSkip(perUnit float64) func(*rapid.T) normAt {
	return func(t *rapid.T) normAt {
		width := gen.Widths(1, 128).Draw(t, "width")
		depth := gen.Depths(1, max(1, min(int(perUnit*float64(width)), 20))).Draw(t, "depth")
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

// meanGain predicts E‖Jv‖², noticing 0.4 standard deviations. A block has the mean 1 + α²
// and the variance (4α² + 2α⁴)/n.
func meanGain(side evidence.Side, theta func(c networkAt, exact float64) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		mean, err := residual.MeanSquareGain(c.Depth, c.branch())
		square := *c.Alpha * *c.Alpha
		relative := 2 * square * (2 + square) / (float64(c.Width) * (1 + square) * (1 + square))
		variance := mean * mean * math.Expm1(float64(c.Depth)*math.Log1p(relative))
		zone := evidence.Zone{Theta0: theta(c.networkAt, mean), Delta: 0.4 * math.Sqrt(variance), Side: side}
		return prediction{Zone: zone, Variance: 1.25 * variance}, err
	}
}

func exponential(normAt) func(x float64) float64 { return math.Exp }

const skipVariance = "the variance is at most 1.25 times the exact one, ((1+α²)² + (4α²+2α⁴)/n)^L − (1+α²)^2L"

// resnet is who introduced residual networks.
var resnet = Source{Paper: "He et al. 2016, Identity Mappings in Deep Residual Networks", Eq: "section 2, read as a promise about size"}

func skipRemovesGrowth() *Claim {
	wide := skip(1, 128, 10, "tangent")
	return &Claim{
		ID: "RES", Family: "residual", Kind: Mean, Expected: evidence.Refuted, Correction: "RES.corrected",
		Sentence: "Skip connections keep signals and gradients at their size: E‖Jv‖² does not grow with the depth.",
		Source:   resnet, Unit: "E‖Jv‖²", Assumption: skipVariance,
		Domain: "linear branches, gaussian, σ_w = 1, α = 1; width 16 to 128, depth 1 to 10; signal and tangent",
		Test:   "E‖Jv‖² ≤ 1",
		trial: &sampled[normAt]{
			draw: func(t *rapid.T) normAt {
				of := rapid.SampledFrom([]string{"signal", "tangent"}).Draw(t, "of")
				return skip(1, gen.Widths(16, 128).Draw(t, "width"), gen.Depths(1, 10).Draw(t, "depth"), of)
			},
			always: []normAt{wide}, sample: eachSquare(false, exponential),
			predict: meanGain(evidence.AtMost, func(networkAt, float64) float64 { return 1 }),
			truth: func(c normAt) (float64, error) {
				return residual.MeanSquareGain(c.Depth, c.branch())
			},
			command: func(c normAt) string { return c.command() },
			mutants: []mutant[normAt]{{"it grows like L", meanGain(evidence.AtMost, func(c networkAt, _ float64) float64 {
				return float64(c.Depth)
			}), []normAt{wide}}},
		},
	}
}

func skipGrowth() *Claim {
	one, root, inverse := skip(1, 128, 10, "signal"), skip(0.5, 128, 4, "tangent"), skip(0.25, 128, 4, "tangent")
	wrong := func(theta func(c networkAt, exact float64) float64) predictor[normAt] {
		return meanGain(evidence.Equal, theta)
	}
	return &Claim{
		ID: "RES.corrected", Family: "residual", Kind: Mean, Expected: evidence.Verified,
		Sentence: "In a residual network of linear branches E‖Jv‖² = (1+α²)^L exactly, at any width: 2^L for α = 1, (1+1/L)^L ≤ e for α = 1/√L, (1+1/L²)^L → 1 for α = 1/L.",
		Source:   Source{Paper: "Yang & Schoenholz 2017, Mean Field Residual Networks; Hayou et al. 2021, Stable ResNet; exact for linear branches"}, Unit: "E‖Jv‖²",
		Assumption: skipVariance,
		Domain:     "linear branches, gaussian, σ_w = 1; α 0.1 to 2, 1/√L and 1/L; width 1 to 128, depth 1 to min(20, n/4); signal and tangent",
		Test:       "E‖Jv‖² = (1+α²)^L, to 0.4 standard deviations",
		trial: &sampled[normAt]{
			draw: drawSkip(0.25), always: []normAt{skip(1, 1, 1, "tangent"), one, root, inverse},
			sample: eachSquare(false, exponential), predict: wrong(func(_ networkAt, exact float64) float64 { return exact }),
			command: func(c normAt) string { return c.command() },
			mutants: []mutant[normAt]{
				{"no growth: 1", wrong(func(networkAt, float64) float64 { return 1 }), []normAt{one, root}},
				{"lengths add up: (1+α)^2L", wrong(func(c networkAt, _ float64) float64 {
					return math.Pow(1+*c.Alpha, 2*float64(c.Depth))
				}), []normAt{inverse}},
				{"e at any depth for α = 1/√L", wrong(func(networkAt, float64) float64 { return math.E }), []normAt{root}},
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

// typicalGain predicts E log‖Jv‖², noticing 0.3 standard deviations.
func typicalGain(theta func(c networkAt, exact float64) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		mean, err := residual.LogSquaredNormMean(c.Width, c.Depth, c.branch())
		variance := float64(c.Depth) * blockLogVariance(c.networkAt)
		zone := evidence.Zone{Theta0: theta(c.networkAt, mean), Delta: 0.3 * math.Sqrt(variance)}
		return prediction{Zone: zone, Variance: 1.25 * variance}, err
	}
}

func skipTypical() *Claim {
	one, four := skip(1, 1, 10, "tangent"), skip(1, 4, 20, "signal")
	return &Claim{
		ID: "RES.typical", Family: "residual", Kind: Mean, Expected: evidence.Verified,
		Sentence: "What is typical is not the mean: a block multiplies ‖Jv‖² by (α²/n)χ′²_n(n/α²), of mean 1+α², and E log‖Jv‖² is L times the mean of its log. At width 1 and α = 1 that is −0.417: the mean square doubles with every block while a typical gradient vanishes.",
		Source:   Source{Paper: "derived: a noncentral χ² is a Poisson mixture of χ²"}, Unit: "nats",
		Assumption: "the variance is at most 1.25 times the exact one, L(E ψ′(n/2+P) + Var ψ(n/2+P)), P Poisson of mean n/(2α²)",
		Domain:     "linear branches, gaussian, σ_w = 1; α 0.1 to 2, 1/√L and 1/L; width 1 to 128, depth 1 to 20; signal and tangent",
		Test:       "E log‖Jv‖² = L·E log (α²/n)χ′²_n(n/α²), to 0.3 standard deviations",
		trial: &sampled[normAt]{
			draw: drawSkip(20), always: []normAt{one, four},
			sample: eachSquare(false, itself), predict: typicalGain(exactly), command: func(c normAt) string { return c.command() },
			mutants: []mutant[normAt]{
				{"log E for E log: L·log(1+α²)", typicalGain(func(c networkAt, _ float64) float64 {
					return float64(c.Depth) * math.Log1p(*c.Alpha**c.Alpha)
				}), []normAt{one, four}},
				{"nothing vanishes behind a skip connection: 0", typicalGain(func(networkAt, float64) float64 { return 0 }), []normAt{one, four}},
				{"small branches: L·α²(1−2/n)", typicalGain(func(c networkAt, _ float64) float64 {
					return float64(c.Depth) * *c.Alpha * *c.Alpha * (1 - 2/float64(c.Width))
				}), []normAt{one}},
				{"the branches alone: L·E log(α²χ²_n/n)", typicalGain(func(c networkAt, _ float64) float64 {
					half := float64(c.Width) / 2
					return float64(c.Depth) * (special.Digamma(half) - math.Log(half) + 2*math.Log(*c.Alpha))
				}), []normAt{one, four}},
			},
		},
	}
}
