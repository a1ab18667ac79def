package main

import (
	"math"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/theory/chain"
)

// predict returns what the theory says of the chain at a depth, and why it says
// nothing where it does not.
func predict(m model.Chain, depth int) (reports.ChainPrediction, string) {
	p := reports.NoChainPrediction()
	if log, ok := pointMass(m, depth); ok {
		return onePoint(log), ""
	}
	factor, missing := independentFactor(m)
	if missing != "" {
		return p, missing
	}
	product := chain.Product{Factor: factor, Depth: depth}
	if mean, variance, err := product.AliveLogMoments(); err == nil {
		p.Mean, p.Variance = mean, variance
	}
	if exceed, bound, err := product.Exceedance(0); err == nil && bound <= 1e-6 {
		p.Exceed = exceed
	}
	l, err := product.Law()
	if err != nil {
		return p, "law of log|G|: " + err.Error()
	}
	p.Alive = l.Alive()
	for _, q := range []struct {
		at float64
		to *float64
	}{{0.05, &p.Low}, {0.5, &p.Median}, {0.95, &p.High}} {
		if x, err := l.Quantile(q.at); err == nil {
			*q.to = x
		}
	}
	return p, ""
}

// independentFactor is the law of one factor, if the factors are independent and
// known: in the independent chain, and along a forward pass where φ′ depends on the
// sign of z only and that sign is a fair coin.
func independentFactor(m model.Chain) (chain.Factor, string) {
	m = m.WithDefaults()
	factor := chain.Factor{Weight: m.Weight, Activation: m.Activation, PreActivation: m.PreActivation}
	switch {
	case m.Kind == model.Independent:
		return factor, ""
	case m.Kind == model.Normalized || m.Batch > 0:
		return factor, "no exact law is known for the gradient of a batch"
	case m.Activation.Name() == "linear", m.Activation.Homogeneous() && m.Bias.Name() == "" && m.Weight.Symmetric():
		return factor, ""
	}
	return factor, "no exact law is known: along a forward pass the factors w·φ′(z) are dependent"
}

// pointMass is log|G| at a depth of a forward chain without chance: one input, and input,
// weights and biases constant. Without biases the sign of the weights does not matter to an
// odd φ, whose φ′ is even.
func pointMass(m model.Chain, depth int) (float64, bool) {
	m = m.WithDefaults()
	const longest = 1_000_000 // steps of the walk, some 20 ms
	if m.Kind != model.Forward || m.Batch > 0 || depth > longest || m.Weight.Name() == "mixture" || m.Input.Name() != "constant" {
		return 0, false
	}
	weight, bias := m.Weight.Args()[0], 0.0
	switch name := m.Bias.Name(); {
	case m.Weight.Name() == "rademacher" && name == "" && m.Activation.Odd():
	case m.Weight.Name() == "constant" && name == "":
	case m.Weight.Name() == "constant" && name == "constant":
		bias = m.Bias.Args()[0]
	default:
		return 0, false
	}
	x, log := m.Input.Args()[0], 0.0
	for range depth {
		z := weight*x + bias
		log += math.Log(math.Abs(weight)) + m.Activation.LogAbsDPhi(z)
		x = m.Activation.Phi(z)
	}
	return log, !math.IsNaN(log)
}

// onePoint is the prediction of a law with all of its mass at one number.
func onePoint(log float64) reports.ChainPrediction {
	p := reports.ChainPrediction{Mean: log, Low: log, Median: log, High: log, Alive: 1}
	if math.IsInf(log, -1) {
		p.Mean, p.Variance, p.Alive = math.NaN(), math.NaN(), 0
	}
	if log > 0 {
		p.Exceed = 1
	}
	return p
}
