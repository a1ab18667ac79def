package theory

import (
	"gradchain/theory/internal/domain"
	"gradchain/theory/isometry"
)

const (
	psg            = "Pennington, Schoenholz & Ganguli 2017"
	criticalWide   = "width → ∞, χ₁ = 1, constant variance q of the pre-activations, free layers"
	isometryTwelve = "relative 1e-12"
	ensembleDomain = "ensemble gaussian or orthogonal; depth ≥ 1"
)

var (
	ensemble = Param{
		Name: "ensemble", Kind: Choice, Meaning: "law of the weight matrices",
		Choices: []string{string(isometry.Gaussian), string(isometry.Orthogonal)},
	}
	spectralVariance = Param{Name: "spectral_variance", Kind: Real, Meaning: "wanted variance of the spectrum of JJᵀ", Domain: "> 0"}
)

func init() {
	register(
		Quantity{
			Name: "isometry.max_squared_singular_value", Meaning: "largest squared singular value of the Jacobian J",
			Formula:    "p = E φ′²: gaussian min_z (1+z)/z·(1+z/p)^L; orthogonal ((1−p)/p)·L^L/(L−1)^(L−1), p^−L where L(1−p) ≤ 1",
			Hypotheses: criticalWide, Domain: "activation linear, relu, leaky_relu or hard_tanh (needs q > 0); " + ensembleDomain,
			Source: psg, Accuracy: isometryTwelve, Special: []string{"linear gaussian: (L+1)^(L+1)/L^L", "linear orthogonal: 1"},
			Params:   []Param{param.activation, ensemble, param.depth, param.q.optional()},
			Example:  Example{"activation=relu ensemble=gaussian depth=10", 54.410858530857494451},
			evaluate: ofIsometry(isometry.MaxSquaredSingularValue),
		},
		Quantity{
			Name: "isometry.spectral_moment", Meaning: "moment of the squared singular values of a product of Gaussian matrices",
			Formula:    "lim (1/n) tr (JJᵀ)^k = C((L+1)k, k)/(Lk+1), k the order: Fuss–Catalan",
			Hypotheses: "linear, i.i.d. N(0, 1/width) entries, width → ∞", Domain: "depth ≥ 1, order ≥ 1, integers",
			Source: "Alexeev, Götze & Tikhomirov 2010", Accuracy: isometryTwelve,
			Special: []string{"1 at order 1, L + 1 at order 2", "depth 1: Catalan numbers"},
			Params:  []Param{param.depth, momentIndex}, Example: Example{"depth=3 order=4", 140},
			evaluate: func(a args) (float64, error) { return isometry.SpectralMoment(a.int("depth"), a.int("order")) },
		},
		Quantity{
			Name: "isometry.spectral_variance", Meaning: "variance of the spectrum of JJᵀ, whose mean is 1",
			Formula:    "L(μ₂/μ₁² − 1 − s₁), μ_k = E φ′^(2k), s₁ = −1 for gaussian, 0 for orthogonal",
			Hypotheses: criticalWide, Domain: ensembleDomain + "; q from 1e-150 to 1e150, optional for linear and relu", Source: psg,
			Accuracy: isometryTwelve, Special: []string{"linear: L and 0", "relu: 2L and L"},
			Params:   []Param{param.activation, ensemble, param.depth, param.q.optional()},
			Example:  Example{"activation=hard_tanh ensemble=orthogonal depth=10 q=1", 4.6479477349154408005},
			evaluate: ofIsometry(isometry.SpectralVariance),
		},
		Quantity{
			Name: "isometry.variance_for_spread", Meaning: "q at which orthogonal weights give that variance of the spectrum",
			Formula: "L(μ₂/μ₁² − 1) = spectral_variance, solved for q", Hypotheses: criticalWide,
			Domain: "activation tanh, erf, hard_tanh or arctan; depth ≥ 1; spectral_variance > 0, such that q is from 1e-150 to 1e150",
			Source: "derived from " + psg, Accuracy: isometryTwelve,
			Params:  []Param{param.activation, param.depth, spectralVariance},
			Example: Example{"activation=tanh depth=100 spectral_variance=0.25", 0.01930793629965258658},
			evaluate: func(a args) (float64, error) {
				phi := a.activation("activation")
				q, err := isometry.VarianceForSpread(phi, a.int("depth"), a.real("spectral_variance"))
				if err != nil {
					return 0, err
				}
				a.noteCriticalAt(phi, q)
				return q, nil
			},
		},
	)
}

// momentIndex is the order of a moment that is an integer.
var momentIndex = Param{Name: "order", Kind: Integer, Meaning: "moment order", Domain: ">= 1"}

// ofIsometry evaluates a quantity of a network at criticality.
func ofIsometry(of func(n isometry.Network) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		n := isometry.Network{
			Activation: a.activation("activation"), Ensemble: isometry.Ensemble(a.choice("ensemble")), Depth: a.int("depth"),
		}
		if a.has("q") {
			n.Q = a.real("q")
			if err := domain.Positive("q", n.Q); err != nil {
				return 0, err
			}
		}
		value, err := of(n)
		if err == nil && n.Q > 0 {
			a.noteCriticalAt(n.Activation, n.Q)
		}
		return value, err
	}
}
