package theory

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
	"gradchain/theory/meanfield"
)

var (
	correlationParam = Param{Name: "c", Kind: Real, Meaning: "correlation of two inputs", Domain: "in [-1, 1]"}
	biasStd          = Param{Name: "bias_std", Kind: Real, Meaning: "σ_b, the standard deviation of a bias itself", Domain: ">= 0"}.optional()
	biasVar          = Param{Name: "bias_var", Kind: Real, Meaning: "σ_b², the variance of a bias itself; 0 if neither is given", Domain: ">= 0"}.optional()
	chi1Param        = Param{Name: "chi_1", Kind: Real, Meaning: "χ₁", Domain: "> 0"}
	anyDepth         = param.depth.in(">= 0")
)

// networkParams are the parameters of a network, followed by more.
func networkParams(more ...Param) []Param {
	return append([]Param{
		param.activation, param.weightStd.or(param.weightVar), param.weightVar.or(param.weightStd),
		biasStd.or(biasVar), biasVar.or(biasStd),
	}, more...)
}

var criticalParams = []Param{param.activation, biasStd.or(biasVar), biasVar.or(biasStd)}

const (
	wide          = "width → ∞; weights and biases independent and Gaussian, z ~ N(0, q)"
	poole         = "Poole et al. 2016; Schoenholz et al. 2017"
	hayou         = "Hayou, Doucet & Rousseau 2019"
	roberts       = "Roberts, Yaida & Hanin 2021, ch. 5"
	networkDomain = "weight > 0, bias ≥ 0"
	starDomain    = networkDomain + "; error where the variance diverges from the start"
	signalDomain  = starDomain + " or vanishes by a factor a layer"
	gatedDomain   = "gelu, gelu_tanh, silu, mish"
	lineDomain    = "bias ≥ 0, only 0 for relu, leaky_relu, linear; error where no point exists (softplus, log_sigmoid)"
)

func init() {
	registerMaps()
	registerCorrelations()
	registerCritical()
}

func registerMaps() {
	register(
		Quantity{
			Name: "meanfield.variance_map", Meaning: "variance of the next layer", Formula: "V(q) = σ_w² E φ(z)² + σ_b²",
			Hypotheses: wide, Domain: networkDomain + ", q > 0", Source: poole, Accuracy: "relative 1e-12",
			Params: networkParams(param.q), Example: Example{"activation=erf weight_var=1.5 bias_var=0.2 q=0.05", 0.28693180950756872775},
			evaluate: ofWide(func(n meanfield.Network, a args) (float64, error) { return n.VarianceMap(a.real("q")) }),
		},
		Quantity{
			Name: "meanfield.fixed_point", Meaning: "q*, to which V iterated from the start tends",
			Formula: "q = V(q), the nearest on the side to which V moves the start", Hypotheses: wide,
			Domain:   starDomain + ", and where every q is fixed unless from is given",
			Special:  []string{courseNotes, "from → 0 gives the smallest stable one"},
			Source:   poole,
			Accuracy: "relative 1e-12/(1 − χ_q)", Params: networkParams(fromParam),
			Example:  Example{"activation=tanh weight_var=4 bias_var=0.3", 2.5483620276495850441},
			evaluate: ofCourse(fixedPoint),
		},
		Quantity{
			Name: "meanfield.variance_at_depth", Meaning: "variance after depth layers", Formula: "V∘…∘V(q)",
			Hypotheses: wide, Domain: networkDomain + ", q > 0, depth ≥ 0", Source: poole,
			Accuracy: "relative 1e-10; less where V amplifies rounding",
			Params:   networkParams(param.q, anyDepth),
			Example:  Example{"activation=silu weight_std=1.456947424352636 bias_std=0.5 q=8.856153908045943 depth=50", 102.2785170018312778},
			evaluate: ofWide(func(n meanfield.Network, a args) (float64, error) {
				return n.VarianceAtDepth(a.real("q"), a.int("depth"))
			}),
		},
		Quantity{
			Name: "meanfield.chi_1", Meaning: "χ₁, mean square factor of a gradient per layer", Formula: "σ_w² E φ′(z)²",
			Hypotheses: wide + "; forward and backward weights independent", Domain: starDomain, Source: poole,
			Accuracy: "relative 1e-12 at given q", Params: networkParams(atQ, fromQ),
			Special:  []string{courseNotes, "q* = 0 gives the limit, with φ′(0)² averaged over a kink", "homogeneous φ: the same at every q, also where the variance diverges"},
			Example:  Example{"activation=tanh weight_var=4 bias_var=0.05", 1.3424024144451916959},
			evaluate: atVariance(meanfield.Network.Chi1, meanfield.Course.Chi1),
		},
		Quantity{
			Name: "meanfield.chi_q", Meaning: "χ_q, stability of the variance", Formula: "V′(q) = σ_w² E zφ(z)φ′(z)/q",
			Hypotheses: wide, Domain: starDomain, Source: poole, Accuracy: "relative 1e-12 at given q",
			Special:  []string{courseNotes, "homogeneous φ: the same at every q, also where the variance diverges"},
			Params:   networkParams(atQ, fromQ),
			Example:  Example{"activation=tanh weight_var=2.5 bias_var=0.3", 0.31221984785595346452},
			evaluate: atVariance(meanfield.Network.ChiQ, meanfield.Course.ChiQ),
		},
		Quantity{
			Name: "meanfield.xi_q", Meaning: "ξ_q, layers in which the variance comes e times nearer to q*", Formula: "−1/log χ_q at q*",
			Hypotheses: wide, Domain: starDomain + "; χ_q > 0", Source: poole, Accuracy: "relative 1e-10; less next to χ_q = 1",
			Special:  []string{courseNotes, "inf at χ_q = 1"},
			Params:   networkParams(fromParam),
			Example:  Example{"activation=tanh weight_var=1.7 bias_var=0.05", 1.558254014491540929},
			evaluate: ofCourse(xiQ),
		},
		Quantity{
			Name: "meanfield.squared_gradient_ratio", Meaning: "mean square gradient at the input over that at the output",
			Formula: "E‖∇₀‖²/E‖∇_L‖² = χ₁^depth", Hypotheses: "width → ∞, equal widths; forward and backward weights independent",
			Domain: "chi_1 > 0, depth ≥ 0", Source: poole, Accuracy: "relative 1e-15", Params: []Param{chi1Param, anyDepth},
			Example: Example{"chi_1=0.9 depth=50", 0.0051537752073201133104},
			evaluate: func(a args) (float64, error) {
				return meanfield.SquaredGradientRatio(a.real("chi_1"), a.int("depth"))
			},
		},
	)
}

func registerCorrelations() {
	register(
		Quantity{
			Name: "meanfield.kernel", Meaning: "two-point expectation of φ", Formula: "E φ(u)φ(v)",
			Hypotheses: "(u, v) Gaussian and centred, of variances q and correlation c", Domain: "q > 0, |c| ≤ 1",
			Source: "Williams 1997; Cho & Saul 2009", Accuracy: "relative 1e-11; next to a zero absolutely",
			Params: []Param{param.activation, param.q, correlationParam}, Example: Example{"activation=erf q=2 c=0.3", 0.1542948929180999014},
			evaluate: ofKernel((*gauss.Kernel).Value),
		},
		Quantity{
			Name: "meanfield.derivative_kernel", Meaning: "two-point expectation of φ′", Formula: "E φ′(u)φ′(v)",
			Hypotheses: "(u, v) Gaussian and centred, of variances q and correlation c", Domain: "q > 0, |c| ≤ 1",
			Source: "Cho & Saul 2009", Accuracy: "relative 1e-11; next to a zero absolutely",
			Params: []Param{param.activation, param.q, correlationParam}, Example: Example{"activation=erf q=2 c=0.3", 0.26231460736600398004},
			evaluate: ofKernel((*gauss.Kernel).Slope),
		},
		Quantity{
			Name: "meanfield.correlation_map", Meaning: "correlation of the next layer", Formula: "C(c) = (σ_w² E φ(u)φ(v) + σ_b²)/q",
			Hypotheses: wide, Domain: signalDomain + "; |c| ≤ 1", Source: poole,
			Accuracy: "relative 1e-11; next to a zero absolutely", Params: networkParams(correlationParam, atQ, fromQ),
			Example:  Example{"activation=relu weight_var=2 c=-0.5 q=1", 0.10899778104422935809},
			evaluate: ofCorrelation(func(m *meanfield.Correlation, a args) (float64, error) { return m.Map(a.real("c")) }),
		},
		Quantity{
			Name: "meanfield.correlation_map.slope", Meaning: "its slope", Formula: "C′(c) = σ_w² E φ′(u)φ′(v)",
			Hypotheses: wide, Domain: signalDomain + "; |c| ≤ 1", Source: poole,
			Accuracy: "relative 1e-11; next to a zero absolutely", Params: networkParams(correlationParam, atQ, fromQ),
			Example:  Example{"activation=relu weight_var=2 c=0.5 q=1", 2. / 3},
			evaluate: ofCorrelation(func(m *meanfield.Correlation, a args) (float64, error) { return m.Slope(a.real("c")) }),
		},
		Quantity{
			Name: "meanfield.correlation_fixed_point", Meaning: "c*, to which the correlation of two inputs tends",
			Formula: "stable c = C(c) at q*, 1 where χ₁ ≤ 1", Hypotheses: wide, Domain: signalDomain, Source: poole,
			Accuracy: "1e-12/(1 − χ_c)", Special: []string{courseNotes, "0 for odd φ without bias where χ₁ > 1"}, Params: networkParams(fromParam),
			Example:  Example{"activation=tanh weight_var=4 bias_var=0.3", 0.5753947743412053395},
			evaluate: ofCorrelation(atLimit(func(_ *meanfield.Correlation, c float64) float64 { return c })),
		},
		Quantity{
			Name: "meanfield.chi_c", Meaning: "χ_c, stability of that correlation", Formula: "C′(c*)",
			Hypotheses: wide, Domain: signalDomain, Source: poole, Accuracy: "relative 1e-10; next to χ₁ = 1 less: smooth φ 1e-8 at χ₁ − 1 = 3e-6, φ with kinks as 1/(χ₁ − 1)²",
			Special:  []string{courseNotes},
			Params:   networkParams(fromParam),
			Example:  Example{"activation=tanh weight_var=4 bias_var=0.3", 0.85840509621054084111},
			evaluate: ofCorrelation(atLimit((*meanfield.Correlation).Chi)),
		},
		Quantity{
			Name: "meanfield.xi_c", Meaning: "ξ_c, layers in which the correlation comes e times nearer to c*", Formula: "−1/log C′(c*)",
			Hypotheses: wide, Domain: signalDomain + "; C′(c*) > 0", Source: poole, Accuracy: "relative 1e-10; next to χ₁ = 1 less: smooth φ 1e-8 at χ₁ − 1 = 3e-6, φ with kinks as 1/(χ₁ − 1)²",
			Special: []string{courseNotes, "inf where C′(c*) = 1: on the critical line"},
			Params:  networkParams(fromParam), Example: Example{"activation=tanh weight_var=1.7 bias_var=0.05", 74.918270503006642298},
			evaluate: ofCorrelation(xiC),
		},
		Quantity{
			Name: "meanfield.correlation_at_depth", Meaning: "correlation after depth layers", Formula: "C∘…∘C(c), the variance held at q",
			Hypotheses: wide, Domain: signalDomain + "; |c| ≤ 1, depth ≥ 0", Source: poole, Accuracy: "absolute 1e-10",
			Params: networkParams(correlationParam, anyDepth, atQ, fromQ), Example: Example{"activation=relu weight_var=2 c=0 depth=10 q=1", 0.87153551602151762085},
			evaluate: ofCorrelation(func(m *meanfield.Correlation, a args) (float64, error) {
				return m.AtDepth(a.real("c"), a.int("depth"))
			}),
		},
		Quantity{
			Name: "meanfield.relu_correlation_rate", Meaning: "1 − c over its limit law for He-ReLU, from c₀ = 0",
			Formula: "(1 − c_L)·2L²/(9π²) → 1", Hypotheses: wide + ", weight_var = 2, bias_var = 0", Domain: "depth ≥ 1", Source: hayou,
			Accuracy: "relative 1e-10", Params: []Param{param.depth}, Example: Example{"depth=1000", 0.9711012337919612966},
			evaluate: func(a args) (float64, error) { return meanfield.ReLUCorrelationRate(a.int("depth")) },
		},
	)
}

func registerCritical() {
	register(
		Quantity{
			Name: "meanfield.critical.weight_std", Meaning: "σ_w on the critical line χ₁ = 1 at q*", Formula: "1/√(E φ′²) at the q of critical.variance",
			Hypotheses: wide, Domain: lineDomain, Source: hayou, Accuracy: "relative 1e-12", Params: criticalParams,
			Special:  []string{"bias 0: the end q → 0, 1/|φ′(0)| with φ′(0)² averaged over a kink; sigmoid: q > 0"},
			Example:  Example{"activation=tanh bias_std=0.5", 1.5496739125081672078},
			evaluate: ofCritical(func(p meanfield.Critical) float64 { return math.Sqrt(p.WeightVar) }),
		},
		Quantity{
			Name: "meanfield.critical.variance", Meaning: "q* on the critical line, the smallest if several",
			Formula: "q − E φ²/E φ′² = σ_b²", Hypotheses: wide, Domain: lineDomain + "; error for homogeneous φ", Source: hayou,
			Accuracy: "relative 1e-10; less for φ with kinks and bias_std below 1e-6", Params: criticalParams,
			Example:  Example{"activation=tanh bias_std=0.5", 1.3179389989721496787},
			evaluate: criticalVariance,
		},
		Quantity{
			Name: "meanfield.critical.chi_q", Meaning: "χ_q on the critical line; above 1, q* is an unstable fixed point of V",
			Formula: "E zφφ′/(q E φ′²)", Hypotheses: wide, Domain: lineDomain, Source: hayou,
			Accuracy: "relative 1e-10; less for φ with kinks and bias_std below 1e-6", Params: criticalParams,
			Example:  Example{"activation=silu bias_std=0.5", 1.0458829146724828583},
			evaluate: ofCritical(func(p meanfield.Critical) float64 { return p.ChiQ }),
		},
		Quantity{
			Name: "meanfield.critical.min_weight_std", Meaning: "smallest σ_w anywhere on the critical line", Formula: "1/√(max over q of E φ′²)",
			Hypotheses: wide, Domain: gatedDomain, Source: "derived", Accuracy: "relative 1e-12", Params: []Param{param.activation},
			Example: Example{"activation=mish", 1.392123879998930507}, evaluate: minCritical,
		},
		Quantity{
			Name: "meanfield.critical_at_variance.weight_var", Meaning: "σ_w² of the critical point whose fixed point is q", Formula: "1/E φ′²",
			Hypotheses: wide, Domain: "q > 0", Source: hayou, Accuracy: "relative 1e-12", Params: []Param{param.activation, param.q},
			Example: Example{"activation=hard_tanh q=1", 1.4647947734915440801}, evaluate: atCriticalVariance(meanfield.CriticalWeightVar),
		},
		Quantity{
			Name: "meanfield.critical_at_variance.bias_var", Meaning: "σ_b² there; negative where there is no such point", Formula: "q − E φ²/E φ′²",
			Hypotheses: wide, Domain: "q > 0", Source: hayou, Accuracy: "1e-14·q; smooth φ at q < 0.1 also relative 1e-10, from q = 1e-4 down 1e-15/q", Params: []Param{param.activation, param.q},
			Example: Example{"activation=hard_tanh q=1", 0.24408013173566270876}, evaluate: atCriticalVariance(meanfield.CriticalBiasVar),
		},
		Quantity{
			Name: "meanfield.half_stable.variance", Meaning: "K*, below which the critical line is unstable", Formula: "χ_q = χ₁ = 1",
			Hypotheses: wide, Domain: gatedDomain, Source: roberts, Accuracy: "relative 1e-12", Params: []Param{param.activation},
			Example:  Example{"activation=silu", 14.320173618025798817},
			evaluate: ofHalfStable(func(q float64, _ meanfield.Network) float64 { return q }),
		},
		Quantity{
			Name: "meanfield.half_stable.weight_var", Meaning: "C_W, σ_w² there", Formula: "1/E φ′² at K*",
			Hypotheses: wide, Domain: gatedDomain, Source: roberts, Accuracy: "relative 1e-12", Params: []Param{param.activation},
			Example:  Example{"activation=silu", 1.9880046782694920053},
			evaluate: ofHalfStable(func(_ float64, n meanfield.Network) float64 { return n.WeightVar }),
		},
		Quantity{
			Name: "meanfield.half_stable.bias_var", Meaning: "C_b, σ_b² there", Formula: "K* − E φ²/E φ′² at K*",
			Hypotheses: wide, Domain: gatedDomain, Source: roberts, Accuracy: "relative 1e-12", Params: []Param{param.activation},
			Example:  Example{"activation=silu", 0.5551431707215303962},
			evaluate: ofHalfStable(func(_ float64, n meanfield.Network) float64 { return n.BiasVar }),
		},
	)
}

// square reads a variance or, squared, a standard deviation. The standard deviation is
// checked first, because its square is positive for the negative too.
func (a args) square(std, variance string) (float64, error) {
	switch {
	case a.has(std):
		s := a.real(std)
		return s * s, domain.NonNegative(std, s)
	case a.has(variance):
		return a.real(variance), nil
	}
	return 0, nil
}

func networkOf(a args) (meanfield.Network, error) {
	weightVar, err := a.square("weight_std", "weight_var")
	if err != nil {
		return meanfield.Network{}, err
	}
	variance, err := a.square("bias_std", "bias_var")
	return meanfield.Network{Activation: a.activation("activation"), WeightVar: weightVar, BiasVar: variance}, err
}

func ofWide(of func(meanfield.Network, args) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		n, err := networkOf(a)
		if err != nil {
			return 0, err
		}
		return of(n, a)
	}
}

func ofKernel(of func(k *gauss.Kernel, c float64) float64) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		c := a.real("c")
		if err := domain.Check(-1 <= c && c <= 1, "c", c, "in [-1, 1]"); err != nil {
			return 0, err
		}
		k, err := gauss.NewKernel(a.activation("activation"), a.real("q"))
		if err != nil {
			return 0, err
		}
		return of(k, c), nil
	}
}

// ofCritical evaluates at a critical point, and notes how stable that is.
func ofCritical(of func(meanfield.Critical) float64) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		variance, err := a.square("bias_std", "bias_var")
		if err != nil {
			return 0, err
		}
		phi := a.activation("activation")
		p, err := meanfield.CriticalPoint(phi, variance)
		if err != nil {
			return 0, err
		}
		if err := a.noteCritical(phi, p, variance); err != nil {
			return 0, err
		}
		return of(p), nil
	}
}

func criticalVariance(a args) (float64, error) {
	phi := a.activation("activation")
	q, err := ofCritical(func(p meanfield.Critical) float64 { return p.Variance })(a)
	if err != nil {
		return 0, err
	}
	return q, domain.Check(!phi.Homogeneous(), "activation", phi, "none of linear, relu and leaky_relu, for which every q is critical")
}

// noteCritical says how stable a critical point is, and where the variance of an input goes.
func (a args) noteCritical(phi activation.Activation, p meanfield.Critical, biasVar float64) error {
	if biasVar < 0 {
		a.note("σ_b² = %.4g < 0: there is no network whose fixed point is this q and that is critical", biasVar)
		return nil
	}
	c, err := p.Course(phi, biasVar, 1)
	if err == nil {
		a.note("%s", p.Note(phi, c))
	}
	return err
}

// noteCriticalAt is noteCritical for the critical point whose fixed point is q, if it is known.
func (a args) noteCriticalAt(phi activation.Activation, q float64) {
	if phi.Homogeneous() {
		return
	}
	if p, biasVar, err := meanfield.CriticalAt(phi, q); err == nil {
		_ = a.noteCritical(phi, p, biasVar) // a q so far off that its course is not known has no note
	}
}

// atCriticalVariance evaluates at the critical point whose fixed point is q.
func atCriticalVariance(of func(activation.Activation, float64) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		phi, q := a.activation("activation"), a.real("q")
		value, err := of(phi, q)
		if err == nil {
			a.noteCriticalAt(phi, q)
		}
		return value, err
	}
}

// minCritical is the smallest σ_w on the critical line.
func minCritical(a args) (float64, error) {
	phi := a.activation("activation")
	p, err := meanfield.MinCritical(phi)
	if err != nil {
		return 0, err
	}
	biasVar, err := meanfield.CriticalBiasVar(phi, p.Variance)
	if err != nil {
		return 0, err
	}
	return math.Sqrt(p.WeightVar), a.noteCritical(phi, p, biasVar)
}

func ofHalfStable(of func(q float64, n meanfield.Network) float64) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		return ofActivation(func(phi activation.Activation) (float64, error) {
			q, n, err := meanfield.HalfStable(phi)
			if err != nil {
				return 0, err
			}
			a.note("there χ_q = χ₁ = 1: V touches the diagonal, and comes back to q* from one side only")
			return of(q, n), nil
		})(a)
	}
}
