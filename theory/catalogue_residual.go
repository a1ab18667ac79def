package theory

import (
	"gradchain/theory/internal/domain"
	"gradchain/theory/residual"
)

const (
	branchDomain   = "depth ≥ 1; exactly one of branch_scale ≥ 0 and branch_exponent ≥ 0"
	branchSource   = "He et al. 2016; Yang & Schoenholz 2017; Bachlechner et al. 2020"
	linearBlocks   = "blocks I + aW, W_ij ~ N(0, 1/width) independent, a = branch_scale or depth^(−branch_exponent)"
	wideResidual   = "blocks x + W φ(x) + b, the linear map last, not x + α·φ(W x + b) as in simulate residual; width → ∞; forward and backward weights independent"
	streamNote     = "of blocks x + W φ(x) + b, whose branch ends in the linear map; gradchain simulate residual samples x + α·φ(W x + b), another network: E φ ≠ 0 makes its stream grow faster"
	residualPath   = "any activation; depth ≥ 1, q > 0, weight_var > 0, bias_var ≥ 0"
	pathAccuracy   = "relative 1e-10"
	yangSchoen     = "Yang & Schoenholz 2017"
	residualTwelve = "relative 1e-12"
)

var (
	branchScale    = Param{Name: "branch_scale", Kind: Real, Meaning: "a in x + a·Wx", Domain: ">= 0", Or: "branch_exponent"}
	branchExponent = Param{Name: "branch_exponent", Kind: Real, Meaning: "a = depth^(−branch_exponent)", Domain: ">= 0", Or: "branch_scale"}

	branchLayers = Param{Name: "branch_layers", Kind: Integer, Meaning: "layers per residual branch m", Domain: ">= 2"}

	streamParams = []Param{
		param.activation, param.depth, param.q.as("variance at the input").preset("1"),
		param.weightVar.preset("1"), Param{Name: "bias_var", Kind: Real, Meaning: "σ_b², the variance of a bias itself", Domain: ">= 0"}.preset("0"),
	}
)

func init() {
	register(
		Quantity{
			Name: "residual.mean_square_gain", Meaning: "growth of the mean squared gradient through residual blocks x + aWx",
			Formula: "E‖Jv‖² = (1+a²)^L", Hypotheses: linearBlocks + "; relu: E‖x‖² of x + a·W relu(x) with weight_var 2, not x + a·relu(W x)",
			Domain: branchDomain + "; activation linear or relu", Source: branchSource, Accuracy: "relative 1e-10",
			Special:  []string{"branch_exponent=0.5 tends to e with depth", "a = 1: 2^L"},
			Params:   []Param{param.depth, branchScale, branchExponent, param.activation.preset("linear")},
			Example:  Example{"depth=10 branch_exponent=0.5", 2.5937424601},
			evaluate: meanSquareGain,
		},
		Quantity{
			Name: "residual.log_mean_square_gain", Meaning: "log of that growth, finite where it overflows",
			Formula: "L·log(1+a²)", Hypotheses: linearBlocks, Domain: branchDomain, Source: branchSource, Accuracy: residualTwelve,
			Params:  []Param{param.depth, branchScale, branchExponent},
			Example: Example{"depth=50 branch_scale=1", 34.657359027997265471},
			evaluate: func(a args) (float64, error) {
				return residual.LogMeanSquareGain(a.int("depth"), branchOf(a))
			},
		},
		Quantity{
			Name: "residual.log_squared_norm.mean", Meaning: "mean log squared norm of a Jacobian-vector product through residual blocks x + aWx",
			Formula:    "E log‖Jv‖² = L·E log((a²/n)χ′²_n(n/a²)), χ′² noncentral",
			Hypotheses: linearBlocks, Domain: "width ≥ 1; depth ≥ 1; exactly one of branch_scale and branch_exponent; a > 0",
			Source: "noncentral χ², derived", Accuracy: residualTwelve + "; next to the zero at width 1 absolutely",
			Special: []string{"width 1, a = 1: negative, while E‖Jv‖² = 2^L", "width 2: L·E₁(1/a²)", "small a: L·a²(1 − 2/n)"},
			Params:  []Param{param.width, branchScale, branchExponent, param.depth.preset("1")},
			Example: Example{"width=2 branch_scale=1", 0.21938393439552027368},
			evaluate: func(a args) (float64, error) {
				return residual.LogSquaredNormMean(a.int("width"), a.int("depth"), branchOf(a))
			},
		},
		Quantity{
			Name: "residual.variance_at_depth", Meaning: "variance of a unit after depth residual blocks x + W φ(x) + b",
			Formula: "q ← q + weight_var·E φ(z)² + bias_var, z ~ N(0, q), depth times", Hypotheses: wideResidual,
			Domain: residualPath + "; error if it overflows", Source: yangSchoen, Accuracy: pathAccuracy, Params: streamParams,
			Special:  []string{"grows linearly in depth for bounded φ"},
			Example:  Example{"activation=tanh depth=10", 6.7767983595660738744},
			evaluate: ofStream(residual.VarianceAtDepth),
		},
		Quantity{
			Name: "residual.log_gradient_growth", Meaning: "log growth of the mean squared gradient from output to input of blocks x + W φ(x) + b",
			Formula: "log E‖∇₀‖²/E‖∇_L‖² = Σ log(1 + weight_var·E φ′(z_l)²) along that path", Hypotheses: wideResidual,
			Domain: residualPath, Source: yangSchoen, Accuracy: pathAccuracy, Params: streamParams,
			Special:  []string{"tanh: about residual.tanh_growth_coefficient·√L"},
			Example:  Example{"activation=tanh depth=10", 2.6432063527072454731},
			evaluate: ofStream(residual.LogGradientGrowth),
		},
		Quantity{
			Name: "residual.tanh_growth_coefficient", Meaning: "how fast log gradients grow with √depth for blocks x + W tanh(x)",
			Formula: "lim log growth/√L = (8/3)σ_w/√(2π)", Hypotheses: wideResidual + "; zero bias", Domain: "weight_std > 0",
			Source: "derived", Accuracy: residualTwelve, Params: []Param{param.weightStd},
			Example:  Example{"weight_std=1", 1.0638460810704871412},
			evaluate: func(a args) (float64, error) { return residual.TanhGrowthCoefficient(a.real("weight_std")) },
		},
		Quantity{
			Name: "residual.fixup_scale", Meaning: "factor of Fixup on the weights inside a branch", Formula: "L^(−1/(2m−2))",
			Domain: "branch_layers ≥ 2, depth ≥ 1", Source: "Zhang, Dauphin & Ma 2019", Accuracy: residualTwelve,
			Params: []Param{branchLayers, param.depth}, Example: Example{"branch_layers=2 depth=16", 0.25},
			evaluate: func(a args) (float64, error) {
				return residual.FixupScale(a.int("branch_layers"), a.int("depth"))
			},
		},
	)
}

func branchOf(a args) residual.Branch {
	if a.has("branch_scale") {
		return residual.Scale(a.real("branch_scale"))
	}
	return residual.Exponent(a.real("branch_exponent"))
}

func meanSquareGain(a args) (float64, error) {
	phi := a.activation("activation")
	if err := domain.Check(phi.Name() == "linear" || phi.Name() == "relu", "activation", phi, "linear or relu"); err != nil {
		return 0, err
	}
	return residual.MeanSquareGain(a.int("depth"), branchOf(a))
}

// ofStream evaluates a quantity of a wide residual network.
func ofStream(of func(s residual.Stream) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		phi := a.activation("activation")
		if bias := a.real("bias_var"); !phi.Odd() || bias > 0 { // else both blocks have this variance and this growth
			a.note(streamNote)
		}
		return of(residual.Stream{
			Activation: phi, Depth: a.int("depth"),
			Q: a.real("q"), WeightVar: a.real("weight_var"), BiasVar: a.real("bias_var"),
		})
	}
}
