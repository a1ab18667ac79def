package props

import (
	"fmt"
	"math"
	"strings"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/theory/activation"
	"gradchain/theory/figures"
	"gradchain/theory/initializer"
	"gradchain/theory/meanfield"
)

// The schemes of Glorot and He in networks of any widths, where they are exact.

// shapedAt is a network of linear or ReLU layers of those widths, the input's first.
type shapedAt struct {
	Activation string `json:"activation"`
	Scheme     string `json:"scheme"` // glorot or he
	Widths     []int  `json:"widths"`
}

func linearGlorot(widths ...int) shapedAt { return shapedAt{"linear", "glorot", widths} }
func reluHe(widths ...int) shapedAt       { return shapedAt{"relu", "he", widths} }

// first and last are the widths of input and output.
func (c shapedAt) first() float64 { return float64(c.Widths[0]) }
func (c shapedAt) last() float64  { return float64(c.Widths[len(c.Widths)-1]) }

// product multiplies over the layers, of in and out units.
func (c shapedAt) product(factor func(in, out float64) float64) float64 {
	p := 1.0
	for l, out := range c.Widths[1:] {
		p *= factor(float64(c.Widths[l]), float64(out))
	}
	return p
}

// gains is the product of Var(W_ij)·fan-in over the layers.
func (c shapedAt) gains() float64 {
	return c.product(func(in, out float64) float64 {
		std, err := initializer.Std(c.Scheme, int(in), int(out))
		if err != nil {
			panic("props: " + err.Error())
		}
		return std * std * in
	})
}

// std is the σ_w that gives every layer the same part of the gains: linear and ReLU layers
// hand the scale of the layers below on, so nothing but the product matters.
func (c shapedAt) std() float64 {
	return figures.Round(math.Pow(c.gains(), 1/float64(2*(len(c.Widths)-1))), figures.Model)
}

// command shows the means of ‖x‖²/n too.
func (c shapedAt) command() string {
	widths := strings.Trim(strings.ReplaceAll(fmt.Sprint(c.Widths), " ", ","), "[]")
	return fmt.Sprintf("gradchain simulate dense --activation %s --weight-std %v --widths %s --details", c.Activation, c.std(), widths)
}

// openShaped opens the network.
func openShaped(c shapedAt) (subject[nets], error) {
	m := model.Dense{Activation: activation.MustParse(c.Activation), Widths: c.Widths, WeightStd: c.std()}
	e, err := network.New(network.Law, m)
	return netSubject{networkSubject{e, int64(network.Cost(network.Law, m)), len(c.Widths) - 1}}, err
}

// eachShaped observes one number of every network.
func eachShaped(number func(c shapedAt, s *network.Sample) float64) protocol[shapedAt] {
	return observing(func(c shapedAt) []shapedAt { return []shapedAt{c} }, openShaped, func(c shapedAt, samples []nets, dst []float64) []float64 {
		for i := range samples[0] {
			dst = append(dst, number(c, &samples[0][i]))
		}
		return dst
	})
}

// forwardFactor is (‖x^L‖²/n_L)/(‖x⁰‖²/n_0), backwardFactor (‖∂/∂x⁰‖²/n_0)/(‖∂/∂x^L‖²/n_L).
func forwardFactor(c shapedAt, s *network.Sample) float64 {
	return math.Exp(s.LogSquare[len(c.Widths)-1] - s.LogSquare[0])
}
func backwardFactor(c shapedAt, s *network.Sample) float64 {
	return math.Exp(2*s.LogGradNorm[0]) * c.last() / c.first()
}

// A layer multiplies ‖x‖² by an independent sum over its units, and ‖∇‖² on the way back by
// one over those of the layer below: of χ²₁, of mean 1 and second moment 1 + 2/n, or for ReLU
// of a χ²₁ or 0, of second moment 1 + 5/n. The input has no ReLU, and the top's takes half of
// a vector from the sphere, (n + 5)/(n + 2).

func (c shapedAt) forwardSpread() meanfield.Spread {
	mean, excess := c.gains(), 2.0
	if c.Activation == "relu" {
		mean, excess = c.gains()*math.Ldexp(1, 1-len(c.Widths)), 5
	}
	second := c.product(func(_, out float64) float64 { return 1 + excess/out })
	return meanfield.Spread{Mean: mean, Variance: mean * mean * (second - 1)}
}

func (c shapedAt) backwardSpread() meanfield.Spread {
	mean, second := c.gains()*c.last()/c.first(), 1.0
	if c.Activation == "relu" {
		mean *= math.Ldexp(1, 1-len(c.Widths))
		second = (1 + 2/c.first()) * (c.last() + 5) / (c.last() + 2)
		for _, n := range c.Widths[1 : len(c.Widths)-1] {
			second *= 1 + 5/float64(n)
		}
	} else {
		second = c.product(func(in, _ float64) float64 { return 1 + 2/in })
	}
	// over the layers Π fan-out/fan-in is n_L/n_0
	return meanfield.Spread{Mean: mean, Variance: mean * mean * (second - 1)}
}

// factorOf predicts a factor, to 0.14 standard deviations.
func factorOf(spread func(shapedAt) meanfield.Spread, mean func(c shapedAt, exact float64) float64) predictor[shapedAt] {
	return func(c shapedAt) (prediction, error) {
		s := spread(c)
		zone := evidence.Zone{Theta0: mean(c, s.Mean), Delta: 0.14 * math.Sqrt(s.Variance)}
		return prediction{Zone: zone, Variance: 1.25 * s.Variance}, nil
	}
}

func exactFactor(_ shapedAt, exact float64) float64 { return exact }
func factorOne(shapedAt, float64) float64           { return 1 }
func rootFactor(_ shapedAt, exact float64) float64  { return math.Sqrt(exact) }

// exchanged takes fan-in for fan-out in the factor of Glorot's layers.
func exchanged(c shapedAt, exact float64) float64 { return exact * shapeFactor(c, 0) }

// shapeFactor is n_L/n_0.
func shapeFactor(c shapedAt, _ float64) float64 { return c.last() / c.first() }

// inverseShape is n_0/n_L.
func inverseShape(c shapedAt, _ float64) float64 { return c.first() / c.last() }

// perLayer multiplies by a number for every layer.
func perLayer(factor float64) func(c shapedAt, exact float64) float64 {
	return func(c shapedAt, exact float64) float64 { return exact * math.Pow(factor, float64(len(c.Widths)-1)) }
}

// drawShaped draws networks of 3 to 10 random widths.
func drawShaped(of func(widths ...int) shapedAt) func(*rapid.T) shapedAt {
	return func(t *rapid.T) shapedAt {
		return of(rapid.SliceOfN(gen.Widths(4, 128), 3, 10).Draw(t, "widths")...)
	}
}

// drawWide draws deeper and wider networks of Glorot's weights.
func drawWide(t *rapid.T) shapedAt {
	return linearGlorot(rapid.SliceOfN(gen.Widths(32, 128), 5, 8).Draw(t, "widths")...)
}

const (
	fanAssumption = "the variance is at most 1.25 times the exact one, a product of moments of χ² over the layers"
	glorotDomain  = "linear networks of 3 to 10 random widths from 4 to 128"
	heDomain      = "ReLU networks of 3 to 10 random widths from 4 to 128"
	forwardTest   = "E(‖x^L‖²/n_L)/(‖x⁰‖²/n_0) = "
	backwardTest  = "E(‖∂/∂x⁰‖²/n_0)/(‖∂/∂x^L‖²/n_L) = "
	fanNotices    = ", to 0.14 standard deviations"
)

var narrowing, varied = linearGlorot(64, 32, 16), linearGlorot(16, 100, 8, 64)

func glorotKeeps() *Claim {
	forward := func(mean func(c shapedAt, exact float64) float64) predictor[shapedAt] {
		return factorOf(shapedAt.forwardSpread, mean)
	}
	return &Claim{
		ID: "IN.glorot", Family: "initialisation", Kind: Mean, Expected: evidence.Refuted, Correction: "IN.glorot.corrected",
		Plain:    "Glorot's rule keeps the signal only through square layers.",
		Why:      "It is a compromise of the forward and the backward condition, which agree for in = out only.",
		See:      []string{"IN.glorot.corrected"},
		Sentence: "Weights of variance 2/(in + out) keep the mean square of the signal from layer to layer.",
		Source:   Source{Paper: "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, the compromise read as an equality", Eq: "equation 12"}, Unit: "factor",
		Assumption: fanAssumption, Domain: "linear networks of 5 to 8 random widths from 32 to 128", Test: forwardTest + "1" + fanNotices,
		trial: &sampled[shapedAt]{
			draw: drawWide, always: []shapedAt{narrowing},
			sample: eachShaped(forwardFactor), predict: forward(factorOne), command: shapedAt.command,
			mutants: []mutant[shapedAt]{
				{"weights of variance 1/out: n_0/n_L", forward(inverseShape), []shapedAt{narrowing}},
				{"in and out exchanged", forward(exchanged), []shapedAt{narrowing}},
				{"9 in 10 of it a layer", forward(func(c shapedAt, _ float64) float64 { return perLayer(0.9)(c, 1) }), []shapedAt{linearGlorot(64, 64, 64, 64)}},
			},
			corners: []mutant[shapedAt]{
				{"the factor of the norm: the root", forward(rootFactor), []shapedAt{narrowing}},
			},
		},
	}
}

func glorotFactors() *Claim {
	forward := func(mean func(c shapedAt, exact float64) float64) predictor[shapedAt] {
		return factorOf(shapedAt.forwardSpread, mean)
	}
	return &Claim{
		ID: "IN.glorot.corrected", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Plain:    "Glorot's rule multiplies the signal's mean square by 2 in/(in + out).",
		Why:      "The variance of a sum of `in` terms of variance 2/(in + out).",
		See:      []string{"IN.glorot.backward"},
		Sentence: "Weights of variance 2/(in + out) multiply the mean square of the signal by 2 in/(in + out) a layer: they keep it in square layers only.",
		Source:   Source{Paper: "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks", Eq: "equations 5 and 12"}, Unit: "factor",
		Assumption: fanAssumption, Domain: glorotDomain, Test: forwardTest + "Π 2 in/(in + out)" + fanNotices,
		trial: &sampled[shapedAt]{
			draw: drawShaped(linearGlorot), always: []shapedAt{narrowing, varied},
			sample: eachShaped(forwardFactor), predict: forward(exactFactor), command: shapedAt.command,
			mutants: []mutant[shapedAt]{
				{"it is kept, as with 1/in", forward(factorOne), []shapedAt{narrowing, varied}},
				{"in and out exchanged", forward(exchanged), []shapedAt{narrowing}},
				{"weights of variance 1/out: n_0/n_L", forward(inverseShape), []shapedAt{narrowing}},
			},
			corners: []mutant[shapedAt]{
				{"the factor of the norm: the root", forward(rootFactor), []shapedAt{narrowing}},
			},
		},
	}
}

func glorotBackward() *Claim {
	backward := func(mean func(c shapedAt, exact float64) float64) predictor[shapedAt] {
		return factorOf(shapedAt.backwardSpread, mean)
	}
	return &Claim{
		ID: "IN.glorot.backward", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Plain:    "What Glorot's rule adds to the signal it takes from the gradient.",
		Why:      "On the way back a unit sums `out` terms of variance 2/(in + out).",
		See:      []string{"IN.glorot"},
		Sentence: "Weights of variance 2/(in + out) multiply the mean square of the gradient by 2 out/(in + out) a layer on the way back: what they add to the signal they take from the gradient.",
		Source:   Source{Paper: "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks", Eq: "equations 6 and 12"}, Unit: "factor",
		Assumption: fanAssumption, Domain: glorotDomain, Test: backwardTest + "Π 2 out/(in + out)" + fanNotices,
		trial: &sampled[shapedAt]{
			draw: drawShaped(linearGlorot), always: []shapedAt{narrowing, varied},
			sample: eachShaped(backwardFactor), predict: backward(exactFactor), command: shapedAt.command,
			mutants: []mutant[shapedAt]{
				{"it is kept, as with 1/out", backward(factorOne), []shapedAt{narrowing, varied}},
				{"as the signal: Π 2 in/(in + out)", backward(func(c shapedAt, exact float64) float64 { return exact / shapeFactor(c, 0) }), []shapedAt{narrowing}},
				{"weights of variance 1/in: n_L/n_0", backward(shapeFactor), []shapedAt{narrowing}},
			},
			corners: []mutant[shapedAt]{
				{"the factor of the norm: the root", backward(rootFactor), []shapedAt{narrowing}},
			},
		},
	}
}

func heForward() *Claim {
	shrinking, deep := reluHe(64, 32, 16), reluHe(32, 100, 16, 64, 32)
	forward := func(mean func(c shapedAt, exact float64) float64) predictor[shapedAt] {
		return factorOf(shapedAt.forwardSpread, mean)
	}
	return &Claim{
		ID: "IN.he", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Plain:    "He's rule keeps the mean square of the signal through ReLU, at any width.",
		Why:      "ReLU keeps half of the mean square of a symmetric pre-activation, and the factor 2 gives it back.",
		See:      []string{"IN.he.backward"},
		Sentence: "Weights of variance 2/fan-in keep the mean square of the signal through ReLU exactly, whatever the widths.",
		Source:   Source{Paper: "He, Zhang, Ren & Sun 2015, Delving Deep into Rectifiers", Eq: "equation 10"}, Unit: "factor",
		Assumption: fanAssumption, Domain: heDomain, Test: forwardTest + "1" + fanNotices,
		trial: &sampled[shapedAt]{
			draw: drawShaped(reluHe), always: []shapedAt{shrinking, deep, reluHe(2, 2, 2)},
			sample: eachShaped(forwardFactor), predict: forward(factorOne), command: shapedAt.command,
			mutants: []mutant[shapedAt]{
				{"half of the units off halve it, a layer", forward(perLayer(0.5)), []shapedAt{shrinking, deep}},
				{"fan-out for fan-in: n_0/n_L", forward(inverseShape), []shapedAt{shrinking}},
				{"Var φ for E φ²: 1 − 1/π a layer", forward(perLayer(1 - 1/math.Pi)), []shapedAt{deep}},
			},
			corners: []mutant[shapedAt]{
				{"Glorot's variance twice: Π 2 in/(in + out)", forward(func(c shapedAt, _ float64) float64 {
					return c.product(func(in, out float64) float64 { return 2 * in / (in + out) })
				}), []shapedAt{shrinking}},
			},
		},
	}
}

func heBackward() *Claim {
	shrinking, deep := reluHe(64, 32, 16), reluHe(32, 100, 16, 64, 16)
	backward := func(mean func(c shapedAt, exact float64) float64) predictor[shapedAt] {
		return factorOf(shapedAt.backwardSpread, mean)
	}
	return &Claim{
		ID: "IN.he.backward", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Plain:    "On the way back He's rule scales gradients by the ratio of the widths only.",
		Why:      "Each layer multiplies by out/in, and the product telescopes.",
		See:      []string{"IN.he"},
		Sentence: "Weights of variance 2/fan-in multiply the mean square of the gradient by out/in a layer on the way back through ReLU: over a network that is n_L/n_0 whatever lies between, and the same gradient norm.",
		Source:   Source{Paper: "He, Zhang, Ren & Sun 2015, Delving Deep into Rectifiers", Eq: "equation 14 and the text below it"}, Unit: "factor",
		Assumption: fanAssumption, Domain: heDomain, Test: backwardTest + "n_L/n_0" + fanNotices,
		trial: &sampled[shapedAt]{
			draw: drawShaped(reluHe), always: []shapedAt{shrinking, deep, reluHe(2, 2, 2)},
			sample: eachShaped(backwardFactor), predict: backward(exactFactor), command: shapedAt.command,
			mutants: []mutant[shapedAt]{
				{"it is kept, as with 2/fan-out", backward(factorOne), []shapedAt{shrinking, deep}},
				{"half of it a layer: φ′² counts twice", backward(perLayer(0.5)), []shapedAt{shrinking, deep}},
				{"fan-in for fan-out: n_0/n_L", backward(inverseShape), []shapedAt{shrinking}},
			},
			corners: []mutant[shapedAt]{
				{"the factor of the norm: the root", backward(rootFactor), []shapedAt{shrinking}},
			},
		},
	}
}
