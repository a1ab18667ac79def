package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/chain"
	"gradchain/theory/law"
)

// Sentences S3 to S5: what the expected value of a factor decides, and what
// decides it instead.

// atLeast observes the event log|G_L| ≥ threshold(c) as 0 or 1.
func atLeast(threshold func(chainAt) float64) observer[chainAt, paths] {
	return func(c chainAt, paths []paths, dst []float64) []float64 {
		t := threshold(c)
		for _, x := range paths[0].LogAbs {
			dst = append(dst, bit(x >= t))
		}
		return dst
	}
}

// one is the threshold log 1.
func one(chainAt) float64 { return 0 }

// notBelowOne is the event |G_L| ≥ 1.
var notBelowOne = atLeast(one)

// exceedance is the exact probability of the event that atLeast observes.
func exceedance(threshold func(chainAt) float64) func(chainAt) (float64, error) {
	return func(c chainAt) (float64, error) {
		p, _, err := c.product().Exceedance(threshold(c))
		return p, err
	}
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// exponents observes the finite-depth exponent log|G_L|/L.
func exponents(c chainAt, paths []paths, dst []float64) []float64 {
	for _, x := range paths[0].LogAbs {
		dst = append(dst, x/float64(c.Depth))
	}
	return dst
}

func oneChain(c chainAt) []chainAt { return []chainAt{c} }

// atLeastHalf predicts that the event happens on at least half of the paths.
func atLeastHalf(chainAt) (prediction, error) {
	return prediction{Zone: evidence.Zone{Theta0: 0.5, Delta: 0.1, Side: evidence.AtLeast}}, nil
}

func signedMean() *Claim {
	return &Claim{
		ID: "S3", Family: "textbook", Kind: Probability, Expected: evidence.Refuted, Correction: "S3.corrected",
		Sentence: "If the factors are random with an expected value below 1, the product drops off exponentially fast with path length.",
		Source:   says("exponential decay read as its least: at most half of the paths with |G_L| ≥ 1"), Assumption: "none", Unit: "probability",
		Domain: "linear chains, weights N(μ, σ²) with 0 ≤ μ ≤ 0.9 and 0.1 ≤ σ ≤ 4, depth 10 to 100",
		Test:   "P(|G_L| ≥ 1) ≤ 1/2",
		trial: &sampled[chainAt]{
			draw: func(t *rapid.T) chainAt {
				mu := gen.Decimals(0, 0.9, 0.1).Draw(t, "mu")
				sigma := gen.Decimals(0.1, 4, 0.1).Draw(t, "sigma")
				return independent("linear", gen.Law("normal(mu=%v,sigma=%v)", mu, sigma).String(), gen.Depths(10, 100).Draw(t, "depth"))
			},
			always:  []chainAt{independent("linear", "normal(sigma=0.5)", 10), independent("linear", "normal(sigma=3)", 20)},
			sample:  chains(oneChain, notBelowOne),
			predict: atMost(0.5, 0.1),
			truth:   exceedance(one),
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{{
				name:    "grows instead: |G_L| ≥ 1 on at least half of the paths",
				predict: atLeastHalf,
				at:      []chainAt{independent("linear", "normal(sigma=0.5)", 10)},
			}},
		},
	}
}

// atMost predicts a probability of at most p.
func atMost(p, delta float64) predictor[chainAt] {
	return func(chainAt) (prediction, error) {
		return prediction{Zone: evidence.Zone{Theta0: p, Delta: delta, Side: evidence.AtMost}}, nil
	}
}

// absMean is m = E|X|.
func absMean(c chainAt) float64 {
	m, err := c.factor().AbsMoment(1)
	if err != nil {
		panic("props: " + err.Error()) // every law of these domains has a mean
	}
	return m
}

// drawFactors draws chains whose E|X| lies in (lo, hi): the scale is a drawn
// multiple of the one with E|X| = 1.
func drawFactors(lo, hi float64, minDepth int) func(*rapid.T) chainAt {
	return func(t *rapid.T) chainAt {
		phi := gen.Activations("linear", "leaky_relu(0.1)", "tanh", "sigmoid").Draw(t, "activation").String()
		unit := rapid.SampledFrom([]string{"normal", "uniform", "laplace"}).Draw(t, "law")
		depth := gen.Depths(minDepth, 100).Draw(t, "depth")
		m := gen.Decimals(lo, hi, 0.05).Draw(t, "mean")
		scale := m / absMean(independent(phi, unit+"(1)", 1))
		return independent(phi, law.MustParse(fmt.Sprintf("%s(%.4g)", unit, scale)).String(), depth)
	}
}

func absoluteMean() *Claim {
	// P(|G_L| ≥ m^{L/2}) ≤ m^L / m^{L/2} by Markov.
	half := func(c chainAt) float64 { return float64(c.Depth) / 2 * math.Log(absMean(c)) }
	markov := func(power float64) predictor[chainAt] {
		return func(c chainAt) (prediction, error) {
			bound := math.Pow(absMean(c), power*float64(c.Depth))
			return prediction{Zone: evidence.Zone{Theta0: bound, Delta: 0.05, Side: evidence.AtMost}}, nil
		}
	}
	shallow := independent("linear", "normal(sigma=1)", 1)
	return &Claim{
		ID: "S3.corrected", Family: "textbook", Kind: Probability, Expected: evidence.Verified,
		Sentence: "If E|X| < 1 the product drops off exponentially: P(|G_L| ≥ (E|X|)^(L/2)) ≤ (E|X|)^(L/2).",
		Source:   Source{Paper: "Markov's inequality"}, Assumption: "independent factors", Unit: "probability",
		Domain: "normal, uniform, Laplace weights; linear, leaky ReLU, tanh, sigmoid; 0.3 ≤ E|X| ≤ 0.9; depth 1 to 100",
		Test:   "P(|G_L| ≥ (E|X|)^(L/2)) against Markov's bound",
		trial: &sampled[chainAt]{
			draw:    drawFactors(0.3, 0.9, 1),
			always:  []chainAt{shallow},
			sample:  chains(oneChain, atLeast(half)),
			predict: markov(0.5),
			truth:   exceedance(half),
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{
				{"the signed mean in the bound: E X = 0", atMost(1e-6, 0.05), []chainAt{shallow}},
				{"(E|X|)^10L for the bound", markov(10), []chainAt{shallow}},
			},
		},
	}
}

func meanExplodes() *Claim {
	sure := independent("linear", "normal(sigma=4)", 20)
	return &Claim{
		ID: "S4", Family: "textbook", Kind: Probability, Expected: evidence.Refuted, Correction: "S4.corrected",
		Sentence: "If the expected values exceed 1, typically the gradient explodes.",
		Source:   says(""), Assumption: "none", Unit: "probability",
		Domain: "normal, uniform, Laplace weights; linear, leaky ReLU, tanh, sigmoid; 1.1 ≤ E|X| ≤ 3; depth 10 to 100",
		Test:   "P(|G_L| ≥ 1) ≥ 1/2",
		trial: &sampled[chainAt]{
			draw:    drawFactors(1.1, 3, 10),
			always:  []chainAt{sure, independent("linear", "normal(sigma=1.5)", 50)},
			sample:  chains(oneChain, notBelowOne),
			predict: atLeastHalf,
			truth:   exceedance(one),
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{{"explodes on at most half of the paths", atMost(0.5, 0.1), []chainAt{sure}}},
		},
	}
}

// drawAnyFactor draws chains of every law with a finite E log|w|, heavy tails
// included, and any scale.
func drawAnyFactor(t *rapid.T) chainAt {
	phi := gen.Activations("linear", "leaky_relu(0.1)", "tanh", "sigmoid", "softplus", "gelu").Draw(t, "activation").String()
	scale := gen.Decimals(0.1, 4, 0.1).Draw(t, "scale")
	weight := rapid.OneOf(
		gen.Scaled(scale),
		rapid.Just(gen.Law("student_t(nu=%v)", scale)),
		rapid.Just(gen.Law("lognormal(mu=%v,tau=1)", scale-2)),
		rapid.Just(gen.Law("rademacher(s=%v)", scale)),
	).Draw(t, "weight")
	return independent(phi, weight.String(), gen.Depths(1, 100).Draw(t, "depth"))
}

// lyapunovMean predicts the mean of log|G_L|/L, with the variance that theory
// gives, declared a quarter larger.
func lyapunovMean(theta func(c chainAt, lyapunov float64) float64) predictor[chainAt] {
	return func(c chainAt) (prediction, error) {
		lyapunov, err := c.factor().Lyapunov()
		if err != nil {
			return prediction{}, err
		}
		variance, err := c.factor().LogVariance()
		if err != nil {
			return prediction{}, err
		}
		return prediction{
			Zone:     evidence.Zone{Theta0: theta(c, lyapunov), Delta: 0.02, Side: evidence.Equal},
			Variance: 1.25 * variance / float64(c.Depth),
		}, nil
	}
}

// jensen is log E|X|, what Jensen's inequality sets above E log|X|.
func jensen(c chainAt, _ float64) float64 { return math.Log(absMean(c)) }

func lyapunovDecides() *Claim {
	truth := func(_ chainAt, lyapunov float64) float64 { return lyapunov }
	linear, tanh := independent("linear", "normal(sigma=1.5)", 50), independent("tanh", "normal(sigma=3)", 20)
	return &Claim{
		ID: "S4.corrected", Family: "textbook", Kind: Mean, Expected: evidence.Verified,
		Sentence: "The sign of E log|X| decides: the typical |G_L| is exp(L·E log|X|), whatever E|X| is.",
		Source:   Source{Paper: "strong law of large numbers; Furstenberg & Kesten 1960"}, Unit: "nats per layer",
		Assumption: "Var log|G_L| is at most 1.25 times what theory gives; S14 tests the law",
		Domain:     "normal, uniform, Laplace, Cauchy, Student, lognormal, ±s weights; six activations; depth 1 to 100",
		Test:       "E log|G_L|/L = E log|X|",
		trial: &sampled[chainAt]{
			draw:    drawAnyFactor,
			always:  []chainAt{linear, tanh, independent("linear", "cauchy(s=1)", 1), independent("linear", "rademacher(s=1)", 100)},
			sample:  chains(oneChain, exponents),
			predict: lyapunovMean(truth),
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{
				{"Jensen swap: log E|X|", lyapunovMean(jensen), []chainAt{linear, tanh}},
				{"ln 2 dropped: E log|N(0,1)| = −γ/2", lyapunovMean(func(_ chainAt, l float64) float64 { return l + math.Ln2/2 }), []chainAt{linear}},
				{"σ² for σ", lyapunovMean(func(_ chainAt, l float64) float64 { return l + math.Log(1.5) }), []chainAt{linear}},
				{"half the exponent", lyapunovMean(func(_ chainAt, l float64) float64 { return l / 2 }), []chainAt{linear, tanh}},
				{"ln σ² / 2 for ln σ", lyapunovMean(func(_ chainAt, l float64) float64 { return l - math.Log(1.5) + math.Log(1.5*1.5)/2 }), []chainAt{linear}},
			},
		},
	}
}

func unitMean() *Claim {
	exceed := func(depth func(int) int) predictor[chainAt] {
		return func(c chainAt) (prediction, error) {
			c.Depth = depth(c.Depth)
			if lyapunov, err := c.factor().Lyapunov(); err != nil || !(lyapunov < 0) {
				return prediction{}, fmt.Errorf("the exponent E log|X| is %v, and the claim is that it is below 0 (%v)", lyapunov, err)
			}
			p, bound, err := c.product().Exceedance(0)
			return prediction{Zone: evidence.Zone{Theta0: p, Eps: bound, Delta: 0.02, Side: evidence.Equal}}, err
		}
	}
	uniform := independent("linear", "uniform(a=2)", 10)
	return &Claim{
		ID: "S5", Family: "textbook", Kind: Probability, Expected: evidence.Verified,
		Sentence: "If the expected value is exactly 1, typically the product is unstable: with E|X| = 1 and |X| not constant it vanishes.",
		Source:   says("the probability: exact law of log|G_L|"), Assumption: "none", Unit: "probability",
		Domain: "uniform, normal, Laplace, lognormal factors scaled to E|X| = 1; depth 1 to 200",
		Test:   "P(|G_L| ≥ 1) equals the exact law's value, which falls to 0 with depth while E|G_L| stays 1",
		trial: &sampled[chainAt]{
			draw: func(t *rapid.T) chainAt {
				tau := gen.Decimals(0.2, 2, 0.1).Draw(t, "tau")
				weight := rapid.SampledFrom([]string{
					"uniform(a=2)", "laplace(b=1)", fmt.Sprintf("normal(sigma=%v)", math.Sqrt(math.Pi/2)),
					fmt.Sprintf("lognormal(mu=%v,tau=%v)", -tau*tau/2, tau),
				}).Draw(t, "weight")
				return independent("linear", law.MustParse(weight).String(), gen.Depths(1, 200).Draw(t, "depth"))
			},
			always:  []chainAt{uniform, independent("linear", "uniform(a=2)", 100), independent("linear", "lognormal(mu=-0.5,tau=1)", 100)},
			sample:  chains(oneChain, notBelowOne),
			predict: exceed(func(l int) int { return l }),
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{
				{"mean 1 is balanced: P = 1/2", func(chainAt) (prediction, error) {
					return prediction{Zone: evidence.Zone{Theta0: 0.5, Delta: 0.02, Side: evidence.Equal}}, nil
				}, []chainAt{uniform}},
				{"half the depth", exceed(func(l int) int { return l / 2 }), []chainAt{uniform}},
			},
		},
	}
}

// unitZero is the s at which E log|N(1, s²)| = 0.
var unitZero = func() float64 {
	s, err := chain.ShiftedNormalZeroSigma(1)
	if err != nil {
		panic("props: " + err.Error())
	}
	return s
}()

// signedUnit is a linear chain of N(1, s²) weights.
func signedUnit(s float64, depth int) chainAt {
	return independent("linear", gen.Law("normal(mu=1,sigma=%v)", s).String(), depth)
}

// turnsAt predicts an exponent below 0 for s below the threshold and above 0 for s above.
func turnsAt(threshold float64) predictor[chainAt] {
	return func(c chainAt) (prediction, error) {
		side := evidence.AtMost
		if law.MustParse(c.Weight).Args()[1] > threshold {
			side = evidence.AtLeast
		}
		variance, err := c.factor().LogVariance()
		return prediction{
			Zone:     evidence.Zone{Delta: 0.02, Side: side},
			Variance: 1.25 * variance / float64(c.Depth),
		}, err
	}
}

func signedUnitMean() *Claim {
	below, above := signedUnit(1.4, 50), signedUnit(1.8, 50)
	return &Claim{
		ID: "S5.signed", Family: "textbook", Kind: Mean, Expected: evidence.Verified,
		Sentence: "Signed factors of mean 1 go either way: X ~ N(1, s²) vanishes for s < 1.556 and explodes for s > 1.556.",
		Source:   Source{Paper: "derived: the zero in s of E log|N(1, s²)|"}, Unit: "nats per layer",
		Assumption: "Var log|G_L| is at most 1.25 times what theory gives",
		Domain:     "linear chains, weights N(1, s²), s from 0.1 to 4, depth 1 to 100",
		Test:       "E log|G_L|/L ≤ 0 for s < 1.556, ≥ 0 for s > 1.556",
		trial: &sampled[chainAt]{
			draw: func(t *rapid.T) chainAt {
				return signedUnit(gen.Decimals(0.1, 4, 0.1).Draw(t, "s"), gen.Depths(1, 100).Draw(t, "depth"))
			},
			always:  []chainAt{signedUnit(0.7, 50), signedUnit(1.5, 50), signedUnit(1.6, 50), signedUnit(3, 50)},
			sample:  chains(oneChain, exponents),
			predict: turnsAt(unitZero),
			truth:   func(c chainAt) (float64, error) { return c.factor().Lyapunov() },
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{
				{"the turn at s = 1.3", turnsAt(1.3), []chainAt{below}},
				{"the turn at s = 2", turnsAt(2), []chainAt{above}},
				{"it always vanishes", turnsAt(math.Inf(1)), []chainAt{above}},
				{"it always explodes", turnsAt(0), []chainAt{below}},
			},
		},
	}
}
