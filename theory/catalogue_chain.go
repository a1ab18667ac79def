package theory

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/chain"
	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
)

const (
	factors     = "factors X = w φ′(z) i.i.d.; w of the weight law and z ~ N(0, q) independent"
	factorQ     = "q > 0, required unless activation is linear, relu or leaky_relu"
	qAccuracy   = "relative 1e-10; next to a zero absolutely"
	shiftedMean = "w ~ N(mu, σ²)"
)

// factorParams are the parameters of one factor.
var factorParams = []Param{param.weight, param.activation.preset("linear"), param.q.optional()}

// productParams are those of a product of depth factors.
var productParams = []Param{param.weight, param.depth, param.activation.preset("linear"), param.q.optional()}

func init() {
	register(
		Quantity{
			Name: "chain.abs_moment", Meaning: "absolute moment of the weight", Formula: "E|w|^order",
			Domain: "order above −1 (any for rademacher, lognormal) and below the tail index", Source: "elementary",
			Special:  []string{"order at most 1e9 for truncated_normal and normal(mu, sigma)"},
			Accuracy: "relative 1e-12", Params: []Param{param.weight, param.order},
			Example:  Example{"weight=laplace(1) order=3", 6},
			evaluate: absMoment,
		},
		Quantity{
			Name: "chain.lyapunov", Meaning: "Lyapunov exponent: growth rate of the typical |P_L|",
			Formula: "E log|X|", Hypotheses: factors, Domain: factorQ + "; −∞ for dead zones and weights that may be 0",
			Source: "strong law of large numbers", Accuracy: qAccuracy, Params: factorParams,
			Example:  Example{"weight=normal(1.5)", -0.22971631462257470303},
			evaluate: orDead(ofFactor(chain.Factor.Lyapunov)),
		},
		Quantity{
			Name: "chain.log_variance", Meaning: "variance per layer of log|P_L|", Formula: "Var log|X|",
			Hypotheses: factors, Domain: factorQ + "; error for dead zones and weights that may be 0", Source: "elementary",
			Accuracy: qAccuracy, Params: factorParams,
			Example:  Example{"weight=normal(1) activation=leaky_relu(0.1)", 2.55917507775576933},
			evaluate: ofFactor(chain.Factor.LogVariance),
		},
		Quantity{
			Name:    "chain.critical_scale.lyapunov",
			Meaning: "factor s on the weights at which the typical product neither vanishes nor explodes",
			Formula: "E log|sX| = 0", Hypotheses: factors, Domain: factorQ + "; error for dead zones and weights that may be 0", Source: "derived",
			Accuracy: "relative 1e-10", Special: []string{"at least that of abs_mean, which is at least that of mean_square"},
			Params: factorParams, Example: Example{"weight=normal(1) activation=sigmoid q=1", 9.4621515088070515744},
			evaluate: ofFactor(chain.Factor.CriticalScaleLyapunov),
		},
		Quantity{
			Name: "chain.critical_scale.abs_mean", Meaning: "factor s on the weights that preserves the mean modulus",
			Formula: "E|sX| = 1", Hypotheses: factors, Domain: factorQ + "; E|w| finite", Source: "elementary",
			Accuracy: "relative 1e-10", Params: factorParams,
			Example:  Example{"weight=normal(1) activation=leaky_relu(0.1)", 2.278752976937273184},
			evaluate: ofFactor(chain.Factor.CriticalScaleAbsMean),
		},
		Quantity{
			Name:    "chain.critical_scale.mean_square",
			Meaning: "factor s on the weights that preserves the mean square: the rule of Glorot and He",
			Formula: "E(sX)² = 1", Hypotheses: factors, Domain: factorQ + "; E w² finite",
			Source: "Glorot & Bengio 2010; He, Zhang, Ren & Sun 2015", Accuracy: "relative 1e-10", Params: factorParams,
			Example:  Example{"weight=normal(1) activation=tanh q=4", 1.9766148645558118137},
			evaluate: ofFactor(chain.Factor.CriticalScaleMeanSquare),
		},
		Quantity{
			Name: "chain.log_product.typical", Meaning: "log of the typical size of |P_L|", Formula: "L·E log|X|",
			Hypotheses: factors, Domain: "depth ≥ 1; " + factorQ + "; −∞ for dead zones and weights that may be 0",
			Source: "strong law of large numbers", Accuracy: qAccuracy, Params: productParams,
			Example:  Example{"weight=normal(1.5) depth=50", -11.485815731128735152},
			evaluate: orDead(ofProduct(chain.Product.LogTypical)),
		},
		Quantity{
			Name: "chain.log_product.mean", Meaning: "log of the mean of |P_L|", Formula: "log E|P_L| = L log E|X|",
			Hypotheses: factors, Domain: "depth ≥ 1; " + factorQ + "; E|w| finite", Source: "elementary",
			Accuracy: qAccuracy, Params: productParams,
			Example:  Example{"weight=normal(1.5) depth=50", 8.9836877731718474807},
			evaluate: ofProduct(chain.Product.LogMean),
		},
		Quantity{
			Name: "chain.log_product.rms", Meaning: "log of the root mean square of P_L", Formula: "½ log E P_L² = (L/2) log E X²",
			Hypotheses: factors, Domain: "depth ≥ 1; " + factorQ + "; E w² finite", Source: "elementary",
			Accuracy: qAccuracy, Params: productParams,
			Example:  Example{"weight=normal(1.5) depth=50", 20.273255405408219099},
			evaluate: ofProduct(chain.Product.LogRMS),
		},
		Quantity{
			Name:    "chain.dependent_mean_square",
			Meaning: "mean square of a width-1 factor whose pre-activation is made of its own weight",
			Formula: "E(w φ′(wx))²", Hypotheses: "zero bias", Domain: "weight = normal(sigma), x ≠ 0", Source: "derived",
			Accuracy: "relative 1e-10",
			Params:   []Param{param.activation, param.weight, inputX},
			Example:  Example{"activation=sigmoid weight=normal(1)", 0.023706831815477152765},
			evaluate: ofDependent(chain.DependentMeanSquare),
		},
		Quantity{
			Name:    "chain.dependence_ratio",
			Meaning: "that mean square over the one of independent weight and pre-activation of the same laws",
			Formula: "E(w φ′(wx))²/(E w² E φ′(z)²), z ~ wx", Hypotheses: "zero bias",
			Domain: "weight = normal(sigma), x ≠ 0", Source: "derived", Accuracy: "relative 1e-10",
			Params:   []Param{param.activation, param.weight, inputX},
			Example:  Example{"activation=sigmoid weight=normal(1)", 0.52874262207472884241},
			evaluate: ofDependent(chain.DependenceRatio),
		},
		Quantity{
			Name:    "chain.shifted_normal.zero_sigma",
			Meaning: "largest σ at which the product of signed weights of mean mu is typically steady",
			Formula: "E log|w| = 0", Hypotheses: shiftedMean, Domain: "0 < mu ≤ 1.27807…", Source: "derived",
			Accuracy: "relative 1e-10; 1e-8 next to the largest mu", Params: []Param{param.mu},
			Example:  Example{"mu=1", 1.5560364780546875222},
			evaluate: ofMean(chain.ShiftedNormalZeroSigma),
		},
		Quantity{
			Name: "chain.shifted_normal.argmin_sigma", Meaning: "σ at which that product vanishes fastest",
			Formula: "argmin_σ E log|w|", Hypotheses: shiftedMean, Domain: "mu > 0", Source: "derived",
			Accuracy: "relative 1e-12", Params: []Param{param.mu}, Example: Example{"mu=1", 0.76515208032270938171},
			evaluate: ofMean(chain.ShiftedNormalArgminSigma),
		},
		Quantity{
			Name: "chain.shifted_normal.min_lyapunov", Meaning: "the Lyapunov exponent there",
			Formula: "min_σ E log|w|", Hypotheses: shiftedMean, Domain: "mu > 0", Source: "derived",
			Accuracy: "1e-12; next to its zero mu = 1.278… absolutely", Params: []Param{param.mu},
			Example:  Example{"mu=1", -0.24535706422688078108},
			evaluate: ofMean(chain.ShiftedNormalMinLyapunov),
		},
	)
}

var inputX = param.x.as("input of the layer").in("!= 0").preset("1")

// maxSummedOrder bounds the work on laws whose moments are sums of √order terms.
const maxSummedOrder = 1e9

func absMoment(a args) (float64, error) {
	w, order := a.law("weight"), a.real("order")
	summed := false
	for _, part := range w.Parts() {
		name := part.Law.Name()
		summed = summed || name == "truncated_normal" || name == "normal" && !part.Law.Symmetric()
	}
	if err := domain.Check(!summed || order <= maxSummedOrder, "order", order, "<= 1e9 for a truncated or shifted normal"); err != nil {
		return 0, err
	}
	value, err := w.AbsMoment(order)
	if err != nil {
		return 0, err
	}
	rest, _, _ := w.OrderRest(order)
	return value * math.Exp(rest), nil
}

// factorOf reads a factor.
func factorOf(a args) (chain.Factor, error) {
	f := chain.Factor{Weight: a.law("weight"), Activation: a.activation("activation")}
	if !a.has("q") {
		return f, domain.Check(f.Activation.Homogeneous(), "activation", f.Activation, "linear, relu or leaky_relu where q is missing")
	}
	q := a.real("q")
	if err := domain.Positive("q", q); err != nil {
		return f, err
	}
	var err error
	f.PreActivation, err = law.Parse(fmt.Sprintf("normal(%v)", math.Sqrt(q)))
	return f, err
}

// orDead answers −∞ where the factor is exactly 0 with positive probability: the product of
// many is 0, almost surely.
func orDead(evaluate func(a args) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		value, err := evaluate(a)
		if err == nil || a.has("depth") && a.int("depth") < 1 {
			return value, err
		}
		f, fault := factorOf(a)
		if fault != nil {
			return 0, err
		}
		alive, fault := f.AliveProbability()
		if fault != nil || alive == 1 {
			return 0, err
		}
		a.note("a factor is exactly 0 with probability %.4g: the product is 0 in the end, and after L layers it is alive with probability %.4g^L", 1-alive, alive)
		return a.infinite(-1), nil
	}
}

func ofFactor(of func(chain.Factor) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		f, err := factorOf(a)
		if err != nil {
			return 0, err
		}
		return of(f)
	}
}

func ofProduct(of func(chain.Product) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		f, err := factorOf(a)
		if err != nil {
			return 0, err
		}
		return of(chain.Product{Factor: f, Depth: a.int("depth")})
	}
}

func ofDependent(of func(activation.Activation, law.Law, float64) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		return of(a.activation("activation"), a.law("weight"), a.real("x"))
	}
}

func ofMean(of func(mu float64) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.real("mu")) }
}
