package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
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

func oneChain(c chainAt) []chainAt { return []chainAt{c} }

// atLeastHalf predicts that the event happens on at least half of the paths.
func atLeastHalf(chainAt) (prediction, error) {
	return prediction{Zone: evidence.Zone{Theta0: 0.5, Delta: 0.1, Side: evidence.AtLeast}}, nil
}

func signedMean() *Claim {
	return &Claim{
		ID: "S3", Family: "textbook", Kind: Probability, Expected: evidence.Refuted, Correction: "S3.corrected",
		Plain:    "A small mean is not enough, factors of either sign can be large: E|X| < 1 is.",
		Why:      "Signs cancel in E X, not in |X|: N(0, 4²) has mean 0 and typical size 2. The product is governed by E log|X|, which a mean below 1 does not bound.",
		See:      []string{"chain.lyapunov"},
		Sentence: "If the factors are random with an expected value below 1, the product drops off exponentially fast with path length.",
		Source:   says("exponential decay read as its least: at most half of the paths with |G_L| ≥ 1"), Assumption: "none", Unit: "probability",
		Domain: "linear chains, weights N(μ, σ²) with 0 ≤ μ ≤ 0.9 and 0.1 ≤ σ ≤ 4, depth 20 to 100",
		Test:   "P(|G_L| ≥ 1) ≤ 1/2",
		trial: &sampled[chainAt]{
			draw: func(t *rapid.T) chainAt {
				mu := gen.Decimals(0, 0.9, 0.1).Draw(t, "mu")
				sigma := gen.Decimals(0.1, 4, 0.1).Draw(t, "sigma")
				return independent("linear", gen.Law("normal(mu=%v,sigma=%v)", mu, sigma).String(), gen.Depths(20, 100).Draw(t, "depth"))
			},
			always:  []chainAt{independent("linear", "normal(sigma=0.5)", 10), independent("linear", "normal(sigma=3)", 20)},
			sample:  chains(oneChain, notBelowOne),
			predict: atMost(0.5, 0.1),
			truth:   exceedance(one),
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{
				{"grows instead: |G_L| ≥ 1 on at least half of the paths", atLeastHalf, []chainAt{independent("linear", "normal(sigma=0.5)", 10)}},
				{"a quarter for a half: |G_L| ≥ 1 on a quarter of the paths at most", atMost(0.25, 0.1), []chainAt{independent("linear", "normal(sigma=1.8)", 10)}},
				{"Markov's bound with the signed mean: P ≤ (E X)^L", func(c chainAt) (prediction, error) {
					mean := 0.0
					if args := law.MustParse(c.Weight).Args(); len(args) == 2 {
						mean = args[0]
					}
					return atMost(math.Pow(mean, float64(c.Depth)), 0.1)(c)
				}, []chainAt{independent("linear", "normal(sigma=1.5)", 10), independent("linear", "normal(sigma=3)", 20)}},
			},
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

func meanExplodes() *Claim {
	sure := independent("linear", "normal(sigma=4)", 20)
	return &Claim{
		ID: "S4", Family: "textbook", Kind: Probability, Expected: evidence.Refuted, Correction: "S4.corrected",
		Plain:    "The mean explodes, but it lives on rare paths: most can vanish all the same.",
		Why:      "log|G_L| is a sum, so the typical size is exp(L·E log|X|), and by Jensen E log|X| ≤ log E|X|: it can be negative while E|X| is above 1.",
		See:      []string{"chain.lyapunov", "chain.log_product.mean"},
		Sentence: "If the expected values exceed 1, typically the gradient explodes.",
		Source:   says(""), Assumption: "none", Unit: "probability",
		Domain: "normal, uniform, Laplace weights; linear, leaky ReLU, tanh, sigmoid; 1.2 ≤ E|X| ≤ 3; depth 20 to 100",
		Test:   "P(|G_L| ≥ 1) ≥ 1/2",
		trial: &sampled[chainAt]{
			draw:    drawFactors(1.2, 3, 20),
			always:  []chainAt{sure, independent("linear", "normal(sigma=1.5)", 50)},
			sample:  chains(oneChain, notBelowOne),
			predict: atLeastHalf,
			truth:   exceedance(one),
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{
				{"explodes on at most half of the paths", atMost(0.5, 0.1), []chainAt{sure}},
				{"three paths of four explode where E log|X| > 0 just so", func(chainAt) (prediction, error) {
					return prediction{Zone: evidence.Zone{Theta0: 0.75, Delta: 0.1, Side: evidence.AtLeast}}, nil
				}, []chainAt{independent("linear", "normal(sigma=1.95)", 20)}},
				{"the sign of log E|X| decides: all paths explode", func(chainAt) (prediction, error) {
					return prediction{Zone: evidence.Zone{Theta0: 1, Delta: 0.1, Side: evidence.AtLeast}}, nil
				}, []chainAt{independent("linear", "normal(sigma=2)", 20)}},
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
	uniform, two := independent("linear", "uniform(a=2)", 10), independent("linear", "uniform(a=2)", 2)
	return &Claim{
		ID: "S5", Family: "textbook", Kind: Probability, Expected: evidence.Verified,
		Plain:    "If |X| varies at all, a product with E|X| = 1 typically vanishes.",
		Why:      "Jensen's inequality is strict for a factor that varies: E log|X| < log E|X| = 0.",
		See:      []string{"S5.signed", "chain.critical_scale.abs_mean"},
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
			always:  []chainAt{uniform, two, independent("linear", "uniform(a=2)", 100), independent("linear", "lognormal(mu=-0.5,tau=1)", 100)},
			sample:  chains(oneChain, notBelowOne),
			predict: exceed(func(l int) int { return l }),
			command: chainAt.command,
			details: chainAt.details,
			mutants: []mutant[chainAt]{
				{"mean 1 is balanced: P = 1/2", func(chainAt) (prediction, error) {
					return prediction{Zone: evidence.Zone{Theta0: 0.5, Delta: 0.02, Side: evidence.Equal}}, nil
				}, []chainAt{uniform}},
			},
			corners: []mutant[chainAt]{
				{"half the depth", exceed(func(l int) int { return max(l/2, 1) }), []chainAt{uniform}},
				{"one layer less", exceed(func(l int) int { return max(l-1, 1) }), []chainAt{two}},
				{"one layer more", exceed(func(l int) int { return l + 1 }), []chainAt{two}},
				{"with E|X| = 1 it vanishes at once: P = 0", func(chainAt) (prediction, error) {
					return prediction{Zone: evidence.Zone{Delta: 0.02, Side: evidence.Equal}}, nil
				}, []chainAt{uniform, two}},
			},
		},
	}
}
