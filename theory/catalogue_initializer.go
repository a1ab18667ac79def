package theory

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/initializer"
	"gradchain/theory/meanfield"
)

const (
	schemeSource = "LeCun, Bottou, Orr & Müller 1998; Glorot & Bengio 2010; He, Zhang, Ren & Sun 2015"
	linearGlorot = "linear layer with Glorot's variance"
)

func init() {
	register(
		Quantity{
			Name: "initializer.second_moment_gain", Meaning: "gain that keeps the second moment forward",
			Formula: "1/√(E φ(z)²)", Hypotheses: gaussian, Domain: "q > 0", Source: "definition", Accuracy: "relative 1e-10",
			Params: []Param{param.activation, param.q.preset("1")}, Example: Example{"activation=tanh", 1.5925374197228314278},
			Special:  []string{gainNotes},
			evaluate: ofNotedGain(initializer.SecondMomentGain),
		},
		Quantity{
			Name: "initializer.variance_gain", Meaning: "gain that keeps the variance forward; NFNet's γ at q = 1",
			Formula: "1/√(Var φ(z))", Hypotheses: gaussian, Domain: "q > 0", Source: "Brock, De, Smith & Simonyan 2021",
			Accuracy: "relative 1e-10",
			Params:   []Param{param.activation, param.q.preset("1")}, Example: Example{"activation=gelu", 1.7009262433633331195},
			Special:  []string{gainNotes},
			evaluate: ofNotedGain(initializer.VarianceGain),
		},
		Quantity{
			Name: "initializer.std", Meaning: "standard deviation of the weights of a layer",
			Formula: "√(1/fan_in) (lecun), √(2/(fan_in + fan_out)) (glorot), √(2/fan_in) (he)",
			Domain:  "scheme lecun, glorot or he; fans ≥ 1", Source: schemeSource, Accuracy: "relative 1e-12",
			Params:  []Param{param.scheme, param.fanIn, param.fanOut},
			Example: Example{"scheme=glorot fan_in=64 fan_out=512", 0.058925565098878960367},
			evaluate: func(a args) (float64, error) {
				return initializer.Std(a.choice("scheme"), a.int("fan_in"), a.int("fan_out"))
			},
		},
		Quantity{
			Name: "initializer.uniform_bound", Meaning: "half-width of the uniform law with that standard deviation",
			Formula: "√3·std", Domain: "scheme lecun, glorot or he; fans ≥ 1", Source: schemeSource, Accuracy: "relative 1e-12",
			Params:  []Param{param.scheme, param.fanIn, param.fanOut},
			Example: Example{"scheme=he fan_in=100 fan_out=100", 0.24494897427831780982},
			evaluate: func(a args) (float64, error) {
				return initializer.UniformBound(a.choice("scheme"), a.int("fan_in"), a.int("fan_out"))
			},
		},
		Quantity{
			Name: "initializer.glorot_factor.forward", Meaning: "factor on the variance of the input",
			Formula: "2 fan_in/(fan_in + fan_out)", Hypotheses: linearGlorot, Domain: "fans ≥ 1", Source: "derived",
			Accuracy: "relative 1e-12", Params: []Param{param.fanIn, param.fanOut},
			Example:  Example{"fan_in=1 fan_out=1000000", 1.999998000001999998e-6},
			evaluate: ofFans(initializer.GlorotForwardFactor),
		},
		Quantity{
			Name: "initializer.glorot_factor.backward", Meaning: "factor on the variance of the gradient",
			Formula: "2 fan_out/(fan_in + fan_out)", Hypotheses: linearGlorot, Domain: "fans ≥ 1", Source: "derived",
			Accuracy: "relative 1e-12", Params: []Param{param.fanIn, param.fanOut},
			Example:  Example{"fan_in=1 fan_out=3", 1.5},
			evaluate: ofFans(initializer.GlorotBackwardFactor),
		},
		Quantity{
			Name: "initializer.glorot_factor.product", Meaning: "forward factor times backward factor, at most 1",
			Formula: "4 fan_in fan_out/(fan_in + fan_out)²", Hypotheses: linearGlorot, Domain: "fans ≥ 1", Source: "derived",
			Accuracy: "relative 1e-12", Special: []string{"1 for square layers only"},
			Params: []Param{param.fanIn, param.fanOut}, Example: Example{"fan_in=784 fan_out=256", 0.7422485207100591716},
			evaluate: ofFans(initializer.GlorotFactorProduct),
		},
		Quantity{
			Name: "initializer.he_weight_var", Meaning: "weight_var that keeps the second moment of leaky_relu(slope), at every variance of the pre-activations",
			Formula: "2/(1 + slope²)", Domain: "slope real", Source: "He, Zhang, Ren & Sun 2015", Accuracy: "relative 1e-12",
			Special: []string{"torch.nn.Linear has slope √5: 1/3"},
			Params:  []Param{param.slope}, Example: Example{"slope=2.23606797749979", 0.33333333333333325791},
			evaluate: func(a args) (float64, error) { return initializer.HeWeightVar(a.real("slope")) },
		},
		Quantity{
			Name: "initializer.torch_gain", Meaning: "torch.nn.init.calculate_gain",
			Formula: "1 (linear, sigmoid), 5/3 (tanh), √2 (relu), √(2/(1+slope²)) (leaky_relu), 3/4 (selu)",
			Domain:  "these activations", Source: "PyTorch", Accuracy: "relative 1e-12",
			Params: []Param{param.activation}, Example: Example{"activation=leaky_relu(0.2)", 1.386750490563072805},
			evaluate: torchGain,
		},
		Quantity{
			Name: "initializer.truncated_normal_std", Meaning: "standard deviation of N(0, sigma²) cut at ±k·sigma",
			Formula: "sigma·√(1 − 2kφ(k)/(2Φ(k) − 1)), φ and Φ the normal density and law", Domain: "sigma > 0, k > 0",
			Source: "elementary", Accuracy: "relative 1e-12", Params: []Param{param.sigma, param.k},
			Example: Example{"sigma=1 k=2", 0.87962566103423975041},
			evaluate: func(a args) (float64, error) {
				return initializer.TruncatedNormalStd(a.real("sigma"), a.real("k"))
			},
		},
	)
}

const gainNotes = "the notes say whether that q is a stable fixed point of the variance, and where a network with this σ_w goes from its input"

// ofNotedGain evaluates a gain, and notes how stable its q is.
func ofNotedGain(of func(activation.Activation, float64) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		phi, q := a.activation("activation"), a.real("q")
		gain, err := of(phi, q)
		if err != nil {
			return 0, err
		}
		n := meanfield.Network{Activation: phi, WeightVar: gain * gain}
		next, err := n.VarianceMap(q)
		if err != nil {
			return gain, nil // a q for which nothing else is known
		}
		if math.Abs(next-q) <= 1e-9*q {
			if chi, err := n.ChiQ(q); err == nil {
				p := meanfield.FixedPoint{Variance: q, ChiQ: chi}
				a.note("it holds for pre-activations of variance q = %.4g, which is then a fixed point of the variance: %s with χ_q = %.4g", q, p.Stability(), chi)
			}
		} else {
			a.note("it holds for pre-activations of variance q = %.4g, which is no fixed point: with this σ_w and no biases the next layer has %.4g", q, next)
		}
		a.noteCourse(n)
		return gain, nil
	}
}

// noteCourse says where the variance of a network without biases goes from its input.
func (a args) noteCourse(n meanfield.Network) {
	if c, err := n.Course(n.FirstVariance()); err == nil {
		a.note("as σ_w without biases: %s", c.Summary())
	}
}

func torchGain(a args) (float64, error) {
	phi := a.activation("activation")
	gain, err := initializer.TorchGain(phi)
	if err == nil {
		a.noteCourse(snapped(phi, gain*gain))
	}
	return gain, err
}

// snapped is a network without biases, at the end of the critical line exactly if it is there
// to rounding.
func snapped(phi activation.Activation, weightVar float64) meanfield.Network {
	n := meanfield.Network{Activation: phi, WeightVar: weightVar}
	if p, err := meanfield.CriticalPoint(phi, 0); err == nil && math.Abs(p.WeightVar-weightVar) <= 0x1p-48*weightVar {
		n.WeightVar = p.WeightVar
	}
	return n
}

func ofFans(of func(fanIn, fanOut int) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.int("fan_in"), a.int("fan_out")) }
}
