package theory

import "gradchain/theory/recurrent"

const (
	jordan     = "A = [[ρ, k], [0, ρ]]"
	randomGate = "gates σ(bias + z), z ~ N(0, q), independent over the steps"
)

func init() {
	register(
		Quantity{
			Name: "recurrent.norm_bound", Meaning: "bound on ‖∂h_T/∂h_0‖ of a recurrent network", Formula: "(γ·s_max)^T",
			Domain: "lipschitz > 0, max_singular_value ≥ 0, steps ≥ 0", Source: "Pascanu, Mikolov & Bengio 2013",
			Accuracy: "relative 1e-12", Special: []string{"1 at steps 0"},
			Params:  []Param{param.lipschitz, param.maxSingularValue, param.steps},
			Example: Example{"lipschitz=0.25 max_singular_value=3.9 steps=100", 0.079517289861831603712},
			evaluate: func(a args) (float64, error) {
				return recurrent.NormBound(a.real("lipschitz"), a.real("max_singular_value"), a.int("steps"))
			},
		},
		Quantity{
			Name: "recurrent.jordan_norm", Meaning: "norm of a power of a Jordan block", Formula: "‖A^t‖₂ = ρ^t exp arsinh(t|k|/(2ρ))",
			Hypotheses: jordan, Domain: "spectral_radius > 0, coupling real, steps ≥ 1", Source: "elementary",
			Accuracy: "relative 1e-12", Params: []Param{param.spectralRadius, param.coupling, param.steps.in(">= 1")},
			Example: Example{"spectral_radius=0.9 coupling=1 steps=10", 3.9053357993092768432},
			evaluate: func(a args) (float64, error) {
				return recurrent.JordanNorm(a.real("spectral_radius"), a.real("coupling"), a.int("steps"))
			},
		},
		Quantity{
			Name: "recurrent.jordan_peak.steps", Meaning: "first t ≥ 1 at which ‖A^t‖₂ is largest", Formula: "argmax_t ‖A^t‖₂",
			Hypotheses: jordan, Domain: "0 < spectral_radius < 1, coupling real", Source: "elementary",
			Accuracy: "exact", Params: []Param{param.spectralRadius.in("between 0 and 1"), param.coupling},
			Example: Example{"spectral_radius=0.9 coupling=10", 9},
			evaluate: func(a args) (float64, error) {
				return recurrent.JordanPeakSteps(a.real("spectral_radius"), a.real("coupling"))
			},
		},
		Quantity{
			Name: "recurrent.jordan_peak.norm", Meaning: "largest norm of a power of a Jordan block", Formula: "max_{t ≥ 1} ‖A^t‖₂",
			Hypotheses: jordan, Domain: "0 < spectral_radius < 1, coupling real", Source: "elementary",
			Accuracy: "relative 1e-12", Params: []Param{param.spectralRadius.in("between 0 and 1"), param.coupling},
			Example: Example{"spectral_radius=0.9 coupling=10", 38.745922717546975732},
			evaluate: func(a args) (float64, error) {
				return recurrent.JordanPeakNorm(a.real("spectral_radius"), a.real("coupling"))
			},
		},
		Quantity{
			Name: "recurrent.gaussian_power_norm", Meaning: "limit for large width of the norm of a power of one Gaussian matrix",
			Formula: "lim ‖W^t‖₂ = g^t √((t+1)^(t+1)/t^t)", Hypotheses: "entries N(0, weight_std²/n), n → ∞",
			Domain: "steps ≥ 1, weight_std > 0", Source: "Alexeev, Götze & Tikhomirov 2010", Accuracy: "relative 1e-12",
			Params:  []Param{param.steps.in(">= 1"), param.weightStd.preset("1")},
			Example: Example{"steps=4", 3.4938562148434214006},
			evaluate: func(a args) (float64, error) {
				return recurrent.GaussianPowerNorm(a.int("steps"), a.real("weight_std"))
			},
		},
		Quantity{
			Name: "recurrent.lstm.memory", Meaning: "what a constant forget gate keeps after T steps", Formula: "σ(bias)^T",
			Domain: "bias real, steps ≥ 0", Source: "Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015",
			Accuracy: "relative 1e-12", Params: []Param{param.bias, param.steps},
			Example: Example{"bias=1 steps=10", 0.043603542794128679965},
			evaluate: func(a args) (float64, error) {
				return recurrent.LSTMMemory(a.real("bias"), a.int("steps"))
			},
		},
		Quantity{
			Name: "recurrent.lstm.log_memory", Meaning: "its logarithm, finite where it underflows", Formula: "T log σ(bias)",
			Domain: "bias real, steps ≥ 0", Source: "Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015",
			Accuracy: "relative 1e-12", Params: []Param{param.bias, param.steps},
			Example: Example{"bias=0.5 steps=20", -9.4815396836021336175},
			evaluate: func(a args) (float64, error) {
				return recurrent.LSTMLogMemory(a.real("bias"), a.int("steps"))
			},
		},
		Quantity{
			Name: "recurrent.lstm.half_life", Meaning: "steps, a real number, in which a constant forget gate halves what it keeps",
			Formula: "log 2/log(1 + e^−bias)", Domain: "bias real; error above 710.1, where it overflows", Source: "elementary",
			Accuracy: "relative 1e-12", Params: []Param{param.bias}, Example: Example{"bias=1", 2.2126777968008745057},
			evaluate: func(a args) (float64, error) { return recurrent.LSTMHalfLife(a.real("bias")) },
		},
		Quantity{
			Name: "recurrent.chrono.bias", Meaning: "forget bias for a memory of T steps", Formula: "log(T − 1): σ(bias) = 1 − 1/T",
			Domain: "steps > 1", Source: "Tallec & Ollivier 2018", Accuracy: "relative 1e-12",
			Params: []Param{param.steps.in("> 1")}, Example: Example{"steps=100", 4.5951198501345899269},
			evaluate: func(a args) (float64, error) { return recurrent.ChronoBias(a.int("steps")) },
		},
		Quantity{
			Name: "recurrent.chrono.memory", Meaning: "what a forget gate with that bias keeps after T steps", Formula: "(1 − 1/T)^T",
			Domain: "steps > 1", Source: "elementary", Accuracy: "relative 1e-12", Special: []string{"tends to 1/e"},
			Params: []Param{param.steps.in("> 1")}, Example: Example{"steps=10", 0.3486784401},
			evaluate: func(a args) (float64, error) { return recurrent.ChronoMemory(a.int("steps")) },
		},
		Quantity{
			Name: "recurrent.lstm.gate_lyapunov", Meaning: "Lyapunov exponent of the error carousel", Formula: "E log σ(bias + z)",
			Hypotheses: randomGate, Domain: "q > 0", Source: "derived", Accuracy: "relative 1e-12",
			Params: []Param{param.bias, param.q}, Example: Example{"bias=1 q=1", -0.40685628308753098421},
			evaluate: func(a args) (float64, error) {
				return recurrent.LSTMGateLyapunov(a.real("bias"), a.real("q"))
			},
		},
		Quantity{
			Name: "recurrent.lstm.gate_mean_exponent", Meaning: "growth rate of the mean of what the carousel keeps",
			Formula: "log E σ(bias + z)", Hypotheses: randomGate, Domain: "q > 0", Source: "derived", Accuracy: "relative 1e-12",
			Special: []string{"above gate_lyapunov (Jensen)"},
			Params:  []Param{param.bias, param.q}, Example: Example{"bias=1 q=1", -0.36135061480875908299},
			evaluate: func(a args) (float64, error) {
				return recurrent.LSTMGateMeanExponent(a.real("bias"), a.real("q"))
			},
		},
		Quantity{
			Name: "recurrent.tanh_fixed_point_slope", Meaning: "slope at the stable fixed point of h = tanh(w h)",
			Formula: "w(1 − h²)", Domain: "w > 0", Source: "derived", Accuracy: "relative 1e-12",
			Special: []string{"1 at w = 1, less elsewhere: large weights vanish by saturation"},
			Params:  []Param{param.w.in("> 0")}, Example: Example{"w=1.5", 0.39431302549860249681},
			evaluate: func(a args) (float64, error) { return recurrent.TanhFixedPointSlope(a.real("w")) },
		},
		Quantity{
			Name: "recurrent.unit_log_gradient", Meaning: "logarithm of the gradient through time of one recurrent unit h ← φ(w h + bias)",
			Formula: "log|∂h_T/∂h_0| = Σ log|w φ′(w h_t + bias)|", Domain: "w, bias and state real, steps 0 to 10^6", Source: "chain rule",
			Accuracy: "1e-12 of the sum of magnitudes, where the path settles", Special: []string{"−Inf where a slope is 0"},
			Params: []Param{
				param.activation.preset("tanh"), param.w, param.bias.as("bias of the unit").preset("0"),
				{Name: "state", Kind: Real, Meaning: "h_0"}, param.steps.in("0 to 1e6"),
			},
			Example: Example{"w=2 state=0.5 steps=10", -15.357875539269515749574},
			evaluate: func(a args) (float64, error) {
				return recurrent.UnitLogGradient(a.activation("activation"), a.real("w"), a.real("bias"), a.real("state"), a.int("steps"))
			},
		},
	)
}
