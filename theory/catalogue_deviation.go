package theory

import (
	"math"

	"gradchain/theory/deviation"
	"gradchain/theory/law"
)

const (
	independentWeights = "P_L = w_1 ⋯ w_L, weights i.i.d. of the weight law, no activation"
	momentDomain       = "order above −1 (any for rademacher, lognormal) and below the tail index; above 0 where w may be 0; not truncated_normal, not normal of mean ≠ 0, nor mixtures with them"
	rateDomain         = "weight not truncated_normal, not normal of mean ≠ 0, nor mixtures with them; uniform: x < log a; x real"
	tailDomain         = rateDomain + "; depth ≥ 1"
	cramer             = "Cramér 1938; Dembo & Zeitouni 1998"
	deviationTwelve    = "relative 1e-12; next to a zero to the rounding of the parameters"
	tailAccuracy       = "relative 1e-10 up to depth 1e6"
)

// momentParams, growthParams and tailParams are the parameters of a moment, of a growth
// rate and of a tail probability.
var (
	momentParams = []Param{param.weight, param.order}
	growthParams = []Param{param.weight, param.x}
	tailParams   = []Param{param.weight, param.depth, param.x}
	samples      = Param{Name: "samples", Kind: Real, Meaning: "number of products averaged", Domain: "> 1"}
)

func init() {
	register(
		Quantity{
			Name: "deviation.moment_exponent", Meaning: "growth rate per layer of a moment of |P_L|",
			Formula: "Λ(order) = log E|w|^order = (1/L) log E|P_L|^order", Hypotheses: independentWeights,
			Domain: momentDomain, Source: "definition", Accuracy: deviationTwelve,
			Special: []string{"0 at order 0", "convex, and Λ(order)/order does not fall"},
			Params:  momentParams, Example: Example{"weight=normal(1.5) order=2", 0.81093021621632876396},
			evaluate: ofMoment(deviation.MomentExponent),
		},
		Quantity{
			Name:    "deviation.moment_exponent.slope",
			Meaning: "growth rate (1/L) log|P_L| of the paths that carry the moment of that order",
			Formula: "Λ′(order)", Hypotheses: independentWeights, Domain: momentDomain, Source: "definition",
			Accuracy: deviationTwelve, Special: []string{"the Lyapunov exponent at order 0"}, Params: momentParams,
			Example:  Example{"weight=normal(1) order=1", 0.057965757829206224405},
			evaluate: ofMoment(deviation.MomentExponentSlope),
		},
		Quantity{
			Name: "deviation.moment_exponent.curvature", Meaning: "variance per layer of log|P_L| on those paths",
			Formula: "Λ″(order)", Hypotheses: independentWeights, Domain: momentDomain, Source: "definition",
			Accuracy: deviationTwelve, Params: momentParams, Example: Example{"weight=normal(1) order=4", 0.12258943902505871624},
			evaluate: ofMoment(deviation.MomentExponentCurvature),
		},
		Quantity{
			Name:    "deviation.critical_log_samples",
			Meaning: "log sample size per layer below which a plain mean of |P_L|^order is typically low",
			Formula: "n_c = order·Λ′(order) − Λ(order) = I(Λ′(order))", Hypotheses: independentWeights,
			Domain: momentDomain, Source: "derived; Derrida 1981 for the random-energy model", Accuracy: deviationTwelve,
			Special: []string{"the same at any scale of the weights"}, Params: momentParams,
			Example:  Example{"weight=uniform(1) order=1", 0.19314718055994530942},
			evaluate: ofMoment(deviation.CriticalLogSamples),
		},
		Quantity{
			Name: "deviation.rate", Meaning: "rate function: P(|P_L| ≥ e^(Lx)) falls like e^(−L·I(x)) above the Lyapunov exponent",
			Formula: "I(x) = sup_q (qx − Λ(q))", Hypotheses: independentWeights, Domain: rateDomain, Source: cramer,
			Accuracy: deviationTwelve, Special: []string{"0 at the Lyapunov exponent", "lognormal: (x−mu)²/(2tau²)", "constant |w|: inf elsewhere",
				"w may be 0: −log P(w ≠ 0) more than that given w ≠ 0, of which the part below the mean counts as 0"},
			Params: growthParams, Example: Example{"weight=normal(1) x=0", 0.22974044964423748081},
			evaluate: func(a args) (float64, error) {
				w := a.law("weight")
				rate, err := deviation.Rate(w, a.real("x"))
				switch {
				case err != nil:
					return 0, err
				case math.IsInf(rate, 1) && w.Degenerate():
					a.note("|w| is constant: every path grows alike, and no other growth is possible")
				case math.IsInf(rate, 1):
					a.note("no path grows like that: every |w| is less, or more")
				case w.Zero() > 0:
					a.note("−log P(w ≠ 0) of it is for staying alive: all of it up to %.6g, the mean growth of the paths alive", w.NonZero().LogMean())
				}
				if math.IsInf(rate, 1) {
					return a.infinite(1), nil
				}
				return rate, nil
			},
		},
		Quantity{
			Name: "deviation.tilt", Meaning: "order of the moment that paths of that growth carry",
			Formula: "the q that maximises qx − Λ(q): Λ′(q) = x", Hypotheses: independentWeights, Domain: rateDomain,
			Source: cramer, Accuracy: deviationTwelve, Special: []string{"has the sign of x less the Lyapunov exponent"},
			Params: growthParams, Example: Example{"weight=normal(1) x=0", 0.86602523656318915183},
			evaluate: ofGrowth(deviation.Tilt),
		},
		Quantity{
			Name: "deviation.tail.exact", Meaning: "probability that |P_L| grew at least by x per layer",
			Formula: "P(|P_L| ≥ e^(Lx))", Hypotheses: independentWeights, Domain: tailDomain,
			Source:   "exact law: normal, gamma, or contour inversion of E|w|^(θ+iu)",
			Accuracy: tailAccuracy, Params: tailParams,
			Example: Example{"weight=normal(1) depth=50 x=0", 9.5723986480846364215e-7},
			evaluate: func(a args) (float64, error) {
				p, err := ofTail(deviation.Tail)(a)
				noteDead(a, err)
				return p, err
			},
		},
		Quantity{
			Name: "deviation.tail.log_exact", Meaning: "log of that probability, finite where it underflows",
			Formula: "log P(|P_L| ≥ e^(Lx))", Hypotheses: independentWeights, Domain: tailDomain,
			Source: "as deviation.tail.exact", Accuracy: tailAccuracy, Params: tailParams,
			Example: Example{"weight=laplace(1) depth=25 x=0.1", -6.3117118124522525999},
			evaluate: func(a args) (float64, error) {
				log, err := deviation.LogTail(a.law("weight"), a.int("depth"), a.real("x"))
				noteDead(a, err)
				if math.IsInf(log, -1) && err == nil {
					why := "no path grows like that"
					if a.law("weight").Degenerate() {
						why = "|w| is constant and " + why
					}
					a.note("the probability is exactly 0: %s", why)
					return a.infinite(-1), nil
				}
				return log, err
			},
		},
		Quantity{
			Name: "deviation.tail.bahadur_rao", Meaning: "approximation of that probability for large depth",
			Formula: "e^(−L·I(x))/(θ√(2πLΛ″(θ))), Λ′(θ) = x", Hypotheses: independentWeights,
			Domain: tailDomain + "; x above the Lyapunov exponent", Source: "Bahadur & Ranga Rao 1960",
			Accuracy: "relative 1e-10 of the approximation, whose relative error falls like 1/depth", Params: tailParams,
			Example:  Example{"weight=uniform(1) depth=10 x=-0.5", 0.03656895199486947056},
			evaluate: ofTail(deviation.BahadurRao),
		},
		Quantity{
			Name: "deviation.naive.relative_variance", Meaning: "relative variance per sample of a plain mean of |P_L|",
			Formula: "Var|P_L|/(E|P_L|)² = (E w²/(E|w|)²)^L − 1", Hypotheses: independentWeights,
			Domain: "E w² finite; depth ≥ 1", Source: "elementary", Accuracy: "relative 1e-10",
			Special: []string{"lognormal: e^(L·tau²) − 1", "0 for rademacher"}, Params: []Param{param.weight, param.depth},
			Example: Example{"weight=lognormal(mu=0,tau=1) depth=10", 22025.465794806716517},
			evaluate: func(a args) (float64, error) {
				return deviation.RelativeVariance(a.law("weight"), a.int("depth"))
			},
		},
		Quantity{
			Name:    "deviation.naive.condensation_samples",
			Meaning: "samples below which a plain mean of |P_L|^order is typically low",
			Formula: "e^(L·n_c), n_c = order·Λ′(order) − Λ(order)", Hypotheses: independentWeights,
			Domain: momentDomain + "; depth ≥ 1", Source: "derived", Accuracy: "relative 1e-10",
			Params:  []Param{param.weight, param.depth, param.order.preset("1")},
			Example: Example{"weight=lognormal(mu=0,tau=1) depth=50", 72004899337.385872524},
			evaluate: func(a args) (float64, error) {
				return deviation.CondensationSamples(a.law("weight"), a.int("depth"), a.real("order"))
			},
		},
		Quantity{
			Name:    "deviation.naive.growth_seen",
			Meaning: "growth per layer that a plain mean of |P_L| over that many samples typically shows, to leading order",
			Formula: "x_n − n with I(x_n) = n = log(samples)/L", Hypotheses: independentWeights,
			Domain: "E|w| finite, weight as in deviation.moment_exponent; depth ≥ 1; samples > 1 and below deviation.naive.condensation_samples",
			Source: "derived; Derrida 1981 for the random-energy model", Accuracy: deviationTwelve,
			Params:  []Param{param.weight, param.depth, samples},
			Example: Example{"weight=lognormal(mu=0,tau=1) depth=100 samples=1000000", 0.38749707139605045682},
			evaluate: func(a args) (float64, error) {
				return deviation.GrowthSeen(a.law("weight"), a.int("depth"), a.real("samples"))
			},
		},
		Quantity{
			Name:    "deviation.tilted.relative_variance",
			Meaning: "relative variance per sample of the tail probability estimated from the tilted law",
			Formula: "e^(v²)Φ(−2v)/Φ(−v)² − 1, v = √L(x−mu)/tau", Hypotheses: independentWeights,
			Domain: "weight lognormal; x > mu; depth ≥ 1", Source: "derived; Siegmund 1976 for the method",
			Accuracy: "relative 1e-10", Special: []string{"about v√(π/2) for large v"}, Params: tailParams,
			Example:  Example{"weight=lognormal(mu=-0.5,tau=1) depth=50 x=0.3", 6.4575864818031254079},
			evaluate: ofTail(deviation.TiltedRelativeVariance),
		},
	)
}

// noteDead says how probable a product of exactly 0 is, where it is possible.
func noteDead(a args, err error) {
	w, depth := a.law("weight"), float64(a.int("depth"))
	if zero := w.Zero(); zero > 0 && err == nil {
		a.note("the product is exactly 0 with probability 1 − %.6g^%.0f = %.6g", w.Alive(), depth, -math.Expm1(depth*math.Log1p(-zero)))
	}
}

func ofMoment(of func(w law.Law, order float64) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.law("weight"), a.real("order")) }
}

func ofGrowth(of func(w law.Law, x float64) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.law("weight"), a.real("x")) }
}

func ofTail(of func(w law.Law, depth int, x float64) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.law("weight"), a.int("depth"), a.real("x")) }
}
