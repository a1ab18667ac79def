package theory

// param has the parameters of the quantities, one meaning per name. A family may declare
// more of its own in its file.
var param = struct {
	activation, weight, depth, width, order, z, q, x, index, steps, w Param

	weightStd, weightVar, entryStd Param

	spectralRadius, coupling, lipschitz, maxSingularValue, bias Param

	conditionNumber, tolerance, gradient, epsilon, beta1, beta2, decay Param

	optimizer, w0, learningRate, target, maxSteps Param

	constant, slope, sigma, k, mu, scheme, fanIn, fanOut Param
}{
	activation: Param{Name: "activation", Kind: Activation, Meaning: "φ"},
	weight:     Param{Name: "weight", Kind: Weight, Meaning: "law of a width-1 weight"},
	depth:      Param{Name: "depth", Kind: Integer, Meaning: "number of weight layers L", Domain: ">= 1"},
	width:      Param{Name: "width", Kind: Integer, Meaning: "units per layer n", Domain: ">= 1"},
	order:      Param{Name: "order", Kind: Real, Meaning: "moment order"},
	z:          Param{Name: "z", Kind: Real, Meaning: "pre-activation"},
	q:          Param{Name: "q", Kind: Real, Meaning: "variance of the centred Gaussian pre-activation", Domain: "> 0"},
	x:          Param{Name: "x", Kind: Real, Meaning: "log growth (1/L) log|P_L|, nats per layer"},
	index:      Param{Name: "index", Kind: Integer, Meaning: "which exponent, 1 is the largest", Domain: ">= 1"},
	steps:      Param{Name: "steps", Kind: Integer, Meaning: "time steps or optimizer steps", Domain: ">= 0"},
	w:          Param{Name: "w", Kind: Real, Meaning: "deterministic weight"},

	weightStd: Param{Name: "weight_std", Kind: Real, Meaning: "σ_w = √(Var(W_ij)·fan-in): a weight has standard deviation σ_w/√fan-in", Domain: "> 0"},
	weightVar: Param{Name: "weight_var", Kind: Real, Meaning: "σ_w² = Var(W_ij)·fan-in", Domain: "> 0"},
	entryStd:  Param{Name: "entry_std", Kind: Real, Meaning: "standard deviation of one matrix entry", Domain: "> 0"},

	spectralRadius:   Param{Name: "spectral_radius", Kind: Real, Meaning: "ρ of [[ρ, k], [0, ρ]]", Domain: "> 0"},
	coupling:         Param{Name: "coupling", Kind: Real, Meaning: "k of [[ρ, k], [0, ρ]]"},
	lipschitz:        Param{Name: "lipschitz", Kind: Real, Meaning: "γ = sup φ′", Domain: "> 0"},
	maxSingularValue: Param{Name: "max_singular_value", Kind: Real, Meaning: "‖W‖₂", Domain: ">= 0"},
	bias:             Param{Name: "bias", Kind: Real, Meaning: "mean pre-activation of a forget gate"},

	conditionNumber: Param{Name: "condition_number", Kind: Real, Meaning: "κ", Domain: "> 1"},
	tolerance:       Param{Name: "tolerance", Kind: Real, Meaning: "target error", Domain: "between 0 and 1"},
	gradient:        Param{Name: "gradient", Kind: Real, Meaning: "constant gradient g", Domain: "!= 0"},
	epsilon:         Param{Name: "epsilon", Kind: Real, Meaning: "ε, added to the root mean square", Domain: ">= 0"},
	beta1:           Param{Name: "beta1", Kind: Real, Meaning: "decay β₁ of the mean gradient", Domain: "in [0, 1)"},
	beta2:           Param{Name: "beta2", Kind: Real, Meaning: "decay β₂ of the mean square gradient", Domain: "in [0, 1)"},
	decay:           Param{Name: "decay", Kind: Real, Meaning: "decay ρ of the mean square gradient", Domain: "in [0, 1)"},

	optimizer: Param{
		Name: "optimizer", Kind: Choice, Meaning: "update rule",
		Choices: []string{"gradient_descent", "momentum", "adam", "rmsprop", "adagrad", "sign"},
	},
	w0:           Param{Name: "w0", Kind: Real, Meaning: "initial value of every weight", Domain: "> 0"},
	learningRate: Param{Name: "learning_rate", Kind: Real, Meaning: "learning rate", Domain: "> 0"},
	target:       Param{Name: "target", Kind: Real, Meaning: "product of the weights to reach", Domain: "between 0 and 1"},
	maxSteps:     Param{Name: "max_steps", Kind: Integer, Meaning: "steps after which it counts as not reached", Domain: ">= 1"},

	constant: Param{Name: "constant", Kind: Choice, Meaning: "which constant", Choices: []string{"alpha", "lambda"}},
	slope:    Param{Name: "slope", Kind: Real, Meaning: "negative slope of leaky_relu"},
	sigma:    Param{Name: "sigma", Kind: Real, Meaning: "standard deviation before truncation", Domain: "> 0"},
	k:        Param{Name: "k", Kind: Real, Meaning: "cut in units of sigma", Domain: "> 0"},
	mu:       Param{Name: "mu", Kind: Real, Meaning: "mean of the weight", Domain: "> 0"},
	scheme:   Param{Name: "scheme", Kind: Choice, Meaning: "initializer", Choices: []string{"lecun", "glorot", "he"}},
	fanIn:    Param{Name: "fan_in", Kind: Integer, Meaning: "inputs of a unit", Domain: ">= 1"},
	fanOut:   Param{Name: "fan_out", Kind: Integer, Meaning: "outputs of a unit", Domain: ">= 1"},
}

// in returns the parameter with another domain.
func (p Param) in(domain string) Param {
	p.Domain = domain
	return p
}

// as returns the parameter with another meaning.
func (p Param) as(meaning string) Param {
	p.Meaning = meaning
	return p
}

// preset returns the parameter as an optional one with a default.
func (p Param) preset(text string) Param {
	p.Optional, p.Default = true, text
	return p
}

// optional returns the parameter as one that may be missing, without a default.
func (p Param) optional() Param {
	p.Optional = true
	return p
}

// or returns the parameter as the alternative of another, of which exactly one is given;
// at most one if both are optional.
func (p Param) or(other Param) Param {
	p.Or = other.Name
	return p
}
