package props

import (
	"math"
	"sync"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/meanfield"
)

// What finite width adds to the iterated variance map.
//
// Given layer l − 1, the mean of s_l = ‖x^l‖²/n is S(q_l) = E φ(√q_l z)² exactly, q_l =
// σ_w² s_(l−1) + σ_b². So for any numbers a_l the mean of
//
//	S(q_L) − Σ_(l<L) a_l (s_l − S(q_l))
//
// is that of s_L. With a_l the derivative of s_L by s_l on the way of infinite width the
// fluctuations of the order 1/√n cancel, and what is left is the sum of the second order that
// b_L is the mean of, ½S″(q_l − q̄_l)² carried to layer L: samples of a spread like b_L/n.

// squares is S on a grid of log q.
type squares struct {
	phi    activation.Activation
	values []float64
}

// The grid reaches from 10⁻³ to 10⁴ in steps of 0.02; interpolation by four points is off by
// the step's fourth power, 1e-8 of the value (TestSquares).
const (
	squaresFrom, squaresStep = -6.9, 0.02
	squaresCount             = 805
)

var squaresOf sync.Map // by the activation's text

// newSquares tabulates S, once for an activation.
func newSquares(phi activation.Activation) *squares {
	if old, ok := squaresOf.Load(phi.String()); ok {
		return old.(*squares)
	}
	s := &squares{phi: phi, values: make([]float64, squaresCount)}
	for i := range s.values {
		s.values[i] = s.exactly(math.Exp(squaresFrom + float64(i)*squaresStep))
	}
	squaresOf.Store(phi.String(), s)
	return s
}

func (s *squares) exactly(q float64) float64 {
	value, _, err := gauss.MeanSquare(s.phi, q)
	if err != nil {
		panic("props: " + err.Error())
	}
	return value
}

// at is S(q), between grid points by Lagrange's polynomial of the four nearest.
func (s *squares) at(q float64) float64 {
	x := (math.Log(q) - squaresFrom) / squaresStep
	i := math.Floor(x)
	if !(i >= 1 && i < squaresCount-2) {
		return s.exactly(q)
	}
	v, t := s.values[int(i)-1:], x-i
	return -t*(t-1)*(t-2)/6*v[0] + (t+1)*(t-1)*(t-2)/2*v[1] - (t+1)*t*(t-2)/2*v[2] + (t+1)*t*(t-1)/6*v[3]
}

// steady turns a sample into one number with the mean of ‖x^L‖²/n and the spread of its second
// order.
func steady(c networkAt) func(s *network.Sample) float64 {
	table, w2, b2 := newSquares(c.model().Activation), c.WeightStd*c.WeightStd, c.BiasStd*c.BiasStd
	weights := make([]float64, c.Depth+1) // a_l
	q := make([]float64, c.Depth+1)
	q[1] = firstVariance(c)
	for l := 2; l <= c.Depth; l++ {
		q[l] = w2*table.at(q[l-1]) + b2
	}
	weights[c.Depth] = 1
	for l := c.Depth; l > 1; l-- {
		h := 1e-3 * q[l]
		weights[l-1] = weights[l] * w2 * (table.at(q[l]+h) - table.at(q[l]-h)) / (2 * h)
	}
	return func(s *network.Sample) float64 {
		mean := table.at(q[1]) // S(q_l) of the layer in hand
		sum := 0.0
		for l := 1; l < c.Depth; l++ {
			square := math.Exp(s.LogSquare[l])
			sum += weights[l] * (square - mean)
			mean = table.at(w2*square + b2)
		}
		return mean - sum
	}
}

// eachSteady observes steady.
func eachSteady() protocol[networkAt] {
	return func(c networkAt) (experiment, error) {
		number := steady(c)
		return eachNetwork(func(_ networkAt, s *network.Sample) float64 { return number(s) })(c)
	}
}

// concavePhi are activations whose variance map is concave in q (TestConcave).
var concavePhi = []string{"tanh", "erf", "arctan", "softsign", "hard_tanh", "sin", "sigmoid", "relu", "leaky_relu(0.1)", "elu", "selu"}

// widthTerm predicts the mean with a bias b_L/n of theory, right to 0.12 of itself and noticing
// 0.32.
func widthTerm(bias func(c networkAt, w meanfield.Wide) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		w, err := wideSquare(c)
		n := float64(c.Width)
		size := math.Abs(w.Bias) / n
		zone := evidence.Zone{Theta0: w.Limit + bias(c, w)/n, Eps: 0.12 * size, Delta: 0.32 * size}
		return prediction{Zone: zone, Variance: 4 * size * size}, err
	}
}

func iteratedMapWidth() *Claim {
	selu, three := dense("selu", 0.9, 64, 6), []networkAt{dense("elu", 1.2, 64, 3), dense("selu", 1.1, 64, 3), dense("sigmoid", 1, 64, 3)}
	term := func(factor float64) predictor[networkAt] {
		return widthTerm(func(_ networkAt, w meanfield.Wide) float64 { return factor * w.Bias })
	}
	return &Claim{
		ID: "MF.depth.width", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Plain:    "The error of the infinite-width map at width n is known to first order.",
		Why:      "Half the variance of q times the curvature of the map, summed along the layers.",
		See:      []string{"MF.depth"},
		Sentence: "At width n the mean square of the units is off the iterated map by b_L/n: at every layer the fluctuation of q adds half its variance times the curvature of the map, b′ = V′b + ½V″v, v′ = V′²v + σ_w⁴ Var φ².",
		Source:   Source{Paper: "derived: delta method, as in Roberts, Yaida & Hanin 2021, The Principles of Deep Learning Theory", Eq: "chapter 5"}, Unit: "second moment",
		Assumption: "the order 1/n² is at most 0.12 of b_L/n; the variance of a sample, whose first order cancels, is at most 4(b_L/n)², twice that of the second order",
		Given:      []string{"the 1/n² term of E ≤ 0.12·(its 1/n term), not proved", "Var ≤ 2·(its 1/n² term), not proved"},
		Domain:     "64 to 128 units, 2 to 5 layers; tanh, erf, arctan, softsign, sigmoid, ELU, SELU; σ_w 1 to 2.5 (ELU 1.2, SELU 1.1), σ_b 0 to 0.5",
		Test:       "E ‖x^L‖²/n = (V^L(q₁) − σ_b²)/σ_w² + b_L/n, to 0.32 b_L/n, sampled less its fluctuations around the map, whose mean is 0",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom([]string{"tanh", "erf", "arctan", "softsign", "sigmoid", "elu", "selu"}).Draw(t, "activation")
				std := gen.Decimals(1, min(contracting(phi), 2.5), 0.1).Draw(t, "weight_std")
				c := dense(phi, std, gen.Widths(64, 128).Draw(t, "width"), gen.Depths(2, 5).Draw(t, "depth"))
				return biased(c, gen.Decimals(0, 0.5, 0.1).Draw(t, "bias_std"))
			},
			always:  []networkAt{selu},
			sample:  eachSteady(),
			predict: term(1),
			command: networkAt.command,
			corners: []mutant[networkAt]{
				{"that of one layer less", widthTerm(func(c networkAt, _ meanfield.Wide) float64 {
					c.Depth--
					w, err := wideSquare(c)
					if err != nil {
						panic("props: " + err.Error())
					}
					return w.Bias
				}), three},
			},
			mutants: []mutant[networkAt]{
				{"no correction", term(0), []networkAt{selu}},
				{"the other sign", term(-1), []networkAt{selu}},
				{"without the half: twice the correction", term(2), []networkAt{selu}},
			},
		},
	}
}
