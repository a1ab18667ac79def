package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/deviation"
	"gradchain/theory/law"
)

// Sentence S3 made true: Cramér's rate. The paths of P(|G_L| ≥ e^(xL)) are too rare to be
// met, so they are sampled from the law tilted by |w|^θ, under which they are typical
// (Siegmund 1976), and counted by their weights.

// rareAt is a linear chain, the order θ by which its law is tilted, and so the threshold
// e^(xL) that a tilted path reaches typically: x = Λ′(θ), Λ(q) = log E|w|^q.
type rareAt struct {
	Weight string  `json:"weight"`
	Tilt   float64 `json:"tilt"`
	Depth  int     `json:"depth"`
}

func (c rareAt) law() law.Law { return law.MustParse(c.Weight) }

// chain is the chain as it is, not tilted.
func (c rareAt) chain() chainAt { return independent("linear", c.Weight, c.Depth) }

// exponents are Λ(θ) and x = Λ′(θ).
func (c rareAt) exponents() (moment, growth float64) {
	moment, err := deviation.MomentExponent(c.law(), c.Tilt)
	if err == nil {
		growth, err = deviation.MomentExponentSlope(c.law(), c.Tilt)
	}
	if err != nil {
		panic("props: " + err.Error())
	}
	return moment, growth
}

// gammaWidth is the n of the χ²_n that a tilted factor is a power of: |w|/σ of a normal
// weight is χ of 1 + θ degrees of freedom, and |w|/b of a Laplace one Gamma(1+θ), which is
// ½χ² of 2(1+θ). The norms of a linear network of width n multiply by χ²_n/n a layer.
func (c rareAt) gammaWidth() int {
	if c.law().Name() == "normal" {
		return int(1 + c.Tilt)
	}
	return int(2 * (1 + c.Tilt))
}

// tilted samples log|G_L| under the tilted law, with an exponential number E of mean 1
// beside it, and observes whether the path is in the event and survives its weight,
// e^(−θ(log|G_L| − xL)): the chance of both is P(|G_L| ≥ e^(xL))·e^(θxL − Λ(θ)L).
func tilted(c rareAt) (experiment, error) {
	_, growth := c.exponents()
	end := growth * float64(c.Depth)
	counts := func(log, exponential float64) float64 {
		return bit(log >= end && c.Tilt*(log-end) < exponential)
	}
	if name := c.law().Name(); name == "normal" || name == "laplace" {
		n := c.gammaWidth()
		scale := c.law().Args()[0]
		power, shift := 1.0, math.Log(scale*float64(n)/2)
		if name == "normal" {
			power, shift = 0.5, math.Log(scale)+math.Log(float64(n))/2
		}
		return networks(func(c rareAt) []networkAt {
			return []networkAt{
				criticalNetwork("linear", n, c.Depth).sampledBy(network.Norm),
				criticalNetwork("linear", 2, 1).sampledBy(network.Norm), // ½χ²₂ is exponential
			}
		}, func(c rareAt, drawn []nets, dst []float64) []float64 {
			for i := range drawn[0] {
				log := power*drawn[0][i].LogSquare[c.Depth] + shift*float64(c.Depth)
				dst = append(dst, counts(log, math.Exp(drawn[1][i].LogSquare[1])))
			}
			return dst
		})(c)
	}
	return chains(rareAt.tiltedChains, func(c rareAt, drawn []paths, dst []float64) []float64 {
		for i, log := range drawn[0].LogAbs {
			dst = append(dst, counts(c.untilt(log), -drawn[1].LogAbs[i]))
		}
		return dst
	})(c)
}

// tiltedChains are a chain whose logarithm untilt turns into the tilted one, and one whose
// factor is uniform on (0, 1): minus its logarithm is exponential.
func (c rareAt) tiltedChains() []chainAt {
	weight := c.Weight
	if w := c.law(); w.Name() == "lognormal" { // tilted, of mean mu + θτ² and the same τ
		mu, tau := w.Args()[0], w.Args()[1]
		weight = gen.Law("lognormal(mu=%v,tau=%v)", mu+c.Tilt*tau*tau, tau).String()
	}
	return []chainAt{independent("linear", weight, c.Depth), independent("linear", "uniform(a=1)", 1)}
}

// untilt: the tilted |w|/a of a uniform weight is U^(1/(1+θ)).
func (c rareAt) untilt(log float64) float64 {
	if c.law().Name() != "uniform" {
		return log
	}
	most := float64(c.Depth) * math.Log(c.law().Args()[0])
	return most + (log-most)/(1+c.Tilt)
}

// rarely predicts the probability by which tilted paths count, to 20 % of it: as the log
// of a probability of |G_L|, which may be below 1e-100.
func rarely(logTail func(c rareAt) (float64, error)) predictor[rareAt] {
	scaled := func(c rareAt, log float64) float64 {
		moment, growth := c.exponents()
		return math.Exp(min(0, log+float64(c.Depth)*(c.Tilt*growth-moment)))
	}
	return func(c rareAt) (prediction, error) {
		_, growth := c.exponents()
		exact, err := deviation.LogTail(c.law(), c.Depth, growth)
		if err != nil {
			return prediction{}, err
		}
		log, err := logTail(c)
		return prediction{Zone: evidence.Zone{Theta0: scaled(c, log), Delta: 0.2 * scaled(c, exact), Side: evidence.Equal}}, err
	}
}

// drawRare draws linear chains with E|w| < 1.
func drawRare(t *rapid.T) rareAt {
	c := rareAt{Depth: gen.Depths(2, 20).Draw(t, "depth")}
	m := gen.Decimals(0.3, 0.95, 0.05).Draw(t, "mean")
	half := func(lo, hi int) float64 { return float64(rapid.IntRange(lo, hi).Draw(t, "twice the tilt")) / 2 }
	switch rapid.SampledFrom([]string{"normal", "laplace", "uniform", "lognormal"}).Draw(t, "law") {
	case "normal":
		c.Weight, c.Tilt = gen.Law("normal(sigma=%.4g)", m*math.Sqrt(math.Pi/2)).String(), float64(rapid.IntRange(1, 4).Draw(t, "tilt"))
	case "laplace":
		c.Weight, c.Tilt = gen.Law("laplace(b=%.4g)", m).String(), half(1, 6)
	case "uniform":
		c.Weight, c.Tilt = gen.Law("uniform(a=%.4g)", 2*m).String(), half(1, 8)
	default:
		tau := gen.Decimals(0.5, 1.5, 0.1).Draw(t, "tau")
		c.Weight, c.Tilt = gen.Law("lognormal(mu=%.4g,tau=%v)", math.Log(m)-tau*tau/2, tau).String(), half(1, 4)
	}
	return c
}

func absoluteMean() *Claim {
	exact := func(c rareAt) (float64, error) {
		_, growth := c.exponents()
		return deviation.LogTail(c.law(), c.Depth, growth)
	}
	// The rate of Markov's inequality for |w|^q; Cramér's is the largest over q.
	markov := func(q float64) func(c rareAt) (float64, error) {
		return func(c rareAt) (float64, error) {
			_, growth := c.exponents()
			moment, err := deviation.MomentExponent(c.law(), q)
			return float64(c.Depth) * (moment - q*growth), err
		}
	}
	deeper := func(by int) func(c rareAt) (float64, error) {
		return func(c rareAt) (float64, error) {
			c.Depth += by
			return exact(c)
		}
	}
	central := func(c rareAt) (float64, error) {
		_, growth := c.exponents()
		mean, err := c.chain().factor().Lyapunov()
		if err != nil {
			return 0, err
		}
		variance, err := c.chain().factor().LogVariance()
		z := (growth - mean) * math.Sqrt(float64(c.Depth)/variance)
		return math.Log(math.Erfc(z/math.Sqrt2) / 2), err
	}
	normal, uniform := rareAt{"normal(sigma=0.9)", 2, 20}, rareAt{"uniform(a=1.5)", 3, 20}
	lognormal := rareAt{"lognormal(mu=-1,tau=1)", 1.5, 10}
	return &Claim{
		ID: "S3.corrected", Family: "textbook", Kind: Probability, Expected: evidence.Verified,
		Plain:    "If the mean size of a factor is below 1, large products are exponentially rare.",
		Why:      "E|G_L| = (E|X|)^L for independent factors, and Markov's inequality turns a small mean into a small probability.",
		See:      []string{"chain.log_product.mean"},
		Sentence: "If E|X| < 1 the product drops off exponentially: above E log|X| every P(|G_L| ≥ e^(xL)) falls as e^(−L·I(x)), with Cramér's rate I, which is x − log E|X| or more.",
		Source:   Source{Paper: "Cramér 1938; Bahadur & Ranga Rao 1960 for the factor before it, 1/(θ√(2πLΛ″(θ)))", Eq: "Λ′(θ) = x, Λ(q) = log E|X|^q, I(x) = θx − Λ(θ)"}, Unit: "weighted probability",
		Assumption: "independent factors",
		Domain:     "normal, Laplace, uniform, lognormal weights, linear; 0.3 ≤ E|X| ≤ 0.95; θ from 0.5 to 4; depth 2 to 20; probabilities down to 1e-60",
		Test:       "e^(L·I(x))·P(|G_L| ≥ e^(xL)) by paths of the law tilted by |X|^θ = its exact value, to 20 % of it",
		trial: &sampled[rareAt]{
			draw:    drawRare,
			always:  []rareAt{normal, uniform, lognormal, {"laplace(b=0.9)", 1, 2}},
			sample:  tilted,
			predict: rarely(exact),
			command: func(c rareAt) string { return c.chain().command() },
			details: func(c rareAt) []string { return c.chain().details() },
			mutants: []mutant[rareAt]{
				{"Markov's bound for |X| itself: (E|X|)^L·e^(−xL)", rarely(markov(1)), []rareAt{normal, uniform, lognormal}},
				{"Cramér's exponential without the factor before it", rarely(func(c rareAt) (float64, error) { return markov(c.Tilt)(c) }), []rareAt{normal, uniform, lognormal}},
				{"the normal law of log|G_L|", rarely(central), []rareAt{normal, uniform}},
			},
			corners: []mutant[rareAt]{
				{"one layer more", rarely(deeper(1)), []rareAt{normal, uniform}},
				{"one layer less", rarely(deeper(-1)), []rareAt{normal, uniform}},
			},
		},
	}
}
