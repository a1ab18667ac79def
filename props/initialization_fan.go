package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/theory/activation"
	"gradchain/theory/initializer"
	"gradchain/theory/meanfield"
)

// The schemes of LeCun, Glorot and He at one layer of any shape, where they are exact.

// layerAt is one layer from In to Out units.
type layerAt struct {
	Activation string `json:"activation"`
	In         int    `json:"in"`
	Out        int    `json:"out"`
	Scheme     string `json:"scheme"` // glorot or he
}

// variance of a weight.
func (c layerAt) variance() float64 {
	std, err := initializer.Std(c.Scheme, c.In, c.Out)
	if err != nil {
		panic("props: " + err.Error())
	}
	return std * std
}

// std is σ_w of the layer.
func (c layerAt) std() float64 { return math.Sqrt(c.variance() * float64(c.In)) }

func (c layerAt) command() string {
	return fmt.Sprintf("gradchain simulate dense --activation %s --weight-std %v --widths %d,%d", c.Activation, c.std(), c.In, c.Out)
}

func oneLayer(c layerAt) []layerAt { return []layerAt{c} }

// openLayer opens the network of the layer alone.
func openLayer(c layerAt) (subject[nets], error) {
	m := model.Dense{
		Activation: activation.MustParse(c.Activation), Widths: []int{c.In, c.Out},
		WeightStd: c.std(),
	}
	e, err := network.New(network.Law, m)
	return netSubject{networkSubject{e, int64(network.Cost(network.Law, m)), 1}}, err
}

// eachLayer observes one number of every layer.
func eachLayer(number func(c layerAt, s *network.Sample) float64) protocol[layerAt] {
	return observing(oneLayer, openLayer, func(c layerAt, samples []nets, dst []float64) []float64 {
		for i := range samples[0] {
			dst = append(dst, number(c, &samples[0][i]))
		}
		return dst
	})
}

// forwardFactor is (‖x¹‖²/out)/(‖x⁰‖²/in), backwardFactor (‖∂/∂x⁰‖²/in)/(‖∂/∂x¹‖²/out).
func forwardFactor(_ layerAt, s *network.Sample) float64 {
	return math.Exp(s.LogSquare[1] - s.LogSquare[0])
}
func backwardFactor(c layerAt, s *network.Sample) float64 {
	return math.Exp(2*s.LogGradNorm[0]) * float64(c.Out) / float64(c.In)
}

// forwardSpread is that of forwardFactor: the variance a·in·χ²_out/out for linear units, and
// half of the units for ReLU; backwardSpread is that of the transposed layer, in which ReLU
// takes out half of u.
func (c layerAt) forwardSpread() meanfield.Spread {
	mean, out := c.variance()*float64(c.In), float64(c.Out)
	if c.Activation == "relu" {
		return meanfield.Spread{Mean: mean / 2, Variance: mean * mean / 4 * 5 / out}
	}
	return meanfield.Spread{Mean: mean, Variance: mean * mean * 2 / out}
}

func (c layerAt) backwardSpread() meanfield.Spread {
	mean, in, out := c.variance()*float64(c.Out), float64(c.In), float64(c.Out)
	if c.Activation == "relu" {
		return meanfield.Spread{Mean: mean / 2, Variance: mean * mean / 4 * ((out+5)*(in+2)/((out+2)*in) - 1)}
	}
	return meanfield.Spread{Mean: mean, Variance: mean * mean * 2 / in}
}

// factorOf predicts a factor, to 0.06 standard deviations.
func factorOf(spread func(layerAt) meanfield.Spread, mean func(c layerAt, exact float64) float64) predictor[layerAt] {
	return func(c layerAt) (prediction, error) {
		s := spread(c)
		zone := evidence.Zone{Theta0: mean(c, s.Mean), Delta: 0.06 * math.Sqrt(s.Variance)}
		return prediction{Zone: zone, Variance: 1.25 * s.Variance}, nil
	}
}

func exactFactor(_ layerAt, exact float64) float64 { return exact }
func factorOne(layerAt, float64) float64           { return 1 }
func otherWay(_ layerAt, exact float64) float64    { return 2 - exact }

// drawShape draws layers of 2 to 64 units on either side.
func drawShape(scheme string, activations ...string) func(*rapid.T) layerAt {
	return func(t *rapid.T) layerAt {
		phi := rapid.SampledFrom(activations).Draw(t, "activation")
		return layerAt{phi, gen.Widths(2, 64).Draw(t, "in"), gen.Widths(2, 64).Draw(t, "out"), scheme}
	}
}

const fanAssumption = "the variance is at most 1.25 times the exact one, of χ² over the units"

func glorotKeeps() *Claim {
	wide := layerAt{"linear", 64, 16, "glorot"}
	return &Claim{
		ID: "IN.glorot", Family: "initialisation", Kind: Mean, Expected: evidence.Refuted, Correction: "IN.glorot.corrected",
		Sentence: "Weights of variance 2/(in + out) keep the mean square of the signal from layer to layer.",
		Source:   Source{Paper: "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, the compromise read as an equality", Eq: "equation 12"}, Unit: "factor",
		Assumption: fanAssumption,
		Domain:     "linear layers from 2 to 64 units to 2 to 64 units",
		Test:       "E(‖x¹‖²/out)/(‖x⁰‖²/in) = 1, to 0.06 standard deviations",
		trial: &sampled[layerAt]{
			draw:    drawShape("glorot", "linear"),
			always:  []layerAt{wide},
			sample:  eachLayer(forwardFactor),
			predict: factorOf(layerAt.forwardSpread, factorOne),
			command: layerAt.command,
			mutants: []mutant[layerAt]{{"it is halved", factorOf(layerAt.forwardSpread, func(layerAt, float64) float64 { return 0.5 }), []layerAt{{"linear", 32, 32, "glorot"}}}},
		},
	}
}

func glorotFactors() *Claim {
	wide := layerAt{"linear", 64, 16, "glorot"}
	return &Claim{
		ID: "IN.glorot.corrected", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Sentence: "Weights of variance 2/(in + out) multiply the mean square of the signal by 2 in/(in + out): they keep it for square layers only.",
		Source:   Source{Paper: "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks", Eq: "equations 5 and 12"}, Unit: "factor",
		Assumption: fanAssumption,
		Domain:     "linear layers from 2 to 64 units to 2 to 64 units",
		Test:       "E(‖x¹‖²/out)/(‖x⁰‖²/in) = 2 in/(in + out), to 0.06 standard deviations",
		trial: &sampled[layerAt]{
			draw:    drawShape("glorot", "linear"),
			always:  []layerAt{wide},
			sample:  eachLayer(forwardFactor),
			predict: factorOf(layerAt.forwardSpread, exactFactor),
			command: layerAt.command,
			mutants: []mutant[layerAt]{
				{"it is kept", factorOf(layerAt.forwardSpread, factorOne), []layerAt{wide}},
				{"in and out exchanged", factorOf(layerAt.forwardSpread, otherWay), []layerAt{wide}},
			},
		},
	}
}

func glorotBackward() *Claim {
	tall := layerAt{"linear", 64, 16, "glorot"}
	return &Claim{
		ID: "IN.glorot.backward", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Sentence: "Weights of variance 2/(in + out) multiply the mean square of the gradient by 2 out/(in + out) on the way back: what they add to the signal they take from the gradient.",
		Source:   Source{Paper: "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks", Eq: "equations 6 and 12"}, Unit: "factor",
		Assumption: fanAssumption,
		Domain:     "linear layers from 2 to 64 units to 2 to 64 units",
		Test:       "E(‖∂/∂x⁰‖²/in)/(‖∂/∂x¹‖²/out) = 2 out/(in + out), to 0.06 standard deviations",
		trial: &sampled[layerAt]{
			draw:    drawShape("glorot", "linear"),
			always:  []layerAt{tall},
			sample:  eachLayer(backwardFactor),
			predict: factorOf(layerAt.backwardSpread, exactFactor),
			command: layerAt.command,
			mutants: []mutant[layerAt]{
				{"it is kept", factorOf(layerAt.backwardSpread, factorOne), []layerAt{tall}},
				{"as the signal: 2 in/(in + out)", factorOf(layerAt.backwardSpread, otherWay), []layerAt{tall}},
			},
		},
	}
}

func heForward() *Claim {
	wide := layerAt{"relu", 64, 16, "he"}
	return &Claim{
		ID: "IN.he", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Sentence: "Weights of variance 2/fan-in keep the mean square of the signal through ReLU exactly, at any shape and width.",
		Source:   Source{Paper: "He, Zhang, Ren & Sun 2015, Delving Deep into Rectifiers", Eq: "equation 10"}, Unit: "factor",
		Assumption: fanAssumption,
		Domain:     "ReLU layers from 2 to 64 units to 2 to 64 units",
		Test:       "E(‖x¹‖²/out)/(‖x⁰‖²/in) = 1, to 0.06 standard deviations",
		trial: &sampled[layerAt]{
			draw:    drawShape("he", "relu"),
			always:  []layerAt{wide, {"relu", 2, 2, "he"}},
			sample:  eachLayer(forwardFactor),
			predict: factorOf(layerAt.forwardSpread, factorOne),
			command: layerAt.command,
			mutants: []mutant[layerAt]{
				{"half of the units off halve it", factorOf(layerAt.forwardSpread, func(layerAt, float64) float64 { return 0.5 }), []layerAt{wide}},
				{"out/in of it", factorOf(layerAt.forwardSpread, shapeFactor), []layerAt{wide}},
			},
		},
	}
}

// shapeFactor is out/in.
func shapeFactor(c layerAt, _ float64) float64 { return float64(c.Out) / float64(c.In) }

func heBackward() *Claim {
	wide := layerAt{"relu", 64, 16, "he"}
	return &Claim{
		ID: "IN.he.backward", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Sentence: "Weights of variance 2/fan-in multiply the mean square of the gradient by out/in on the way back through ReLU: over a network that is n_L/n_0 whatever lies between, and the same gradient norm.",
		Source:   Source{Paper: "He, Zhang, Ren & Sun 2015, Delving Deep into Rectifiers", Eq: "equation 14 and the text below it"}, Unit: "factor",
		Assumption: fanAssumption,
		Domain:     "ReLU layers from 2 to 64 units to 2 to 64 units",
		Test:       "E(‖∂/∂x⁰‖²/in)/(‖∂/∂x¹‖²/out) = out/in, to 0.06 standard deviations",
		trial: &sampled[layerAt]{
			draw:    drawShape("he", "relu"),
			always:  []layerAt{wide, {"relu", 2, 2, "he"}},
			sample:  eachLayer(backwardFactor),
			predict: factorOf(layerAt.backwardSpread, shapeFactor),
			command: layerAt.command,
			mutants: []mutant[layerAt]{
				{"it is kept", factorOf(layerAt.backwardSpread, factorOne), []layerAt{wide}},
				{"half of it: φ′² counts twice", factorOf(layerAt.backwardSpread, func(c layerAt, exact float64) float64 { return exact / 2 }), []layerAt{wide}},
			},
		},
	}
}
