package props

import (
	"fmt"
	"math"
	"strings"

	"pgregory.net/rapid"

	"gradchain/props/internal/gen"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/theory/activation"
)

// networkAt is a configuration of the claims about networks of equal widths: what
// gradchain simulate dense, normalized, residual or recurrent takes, in its words.
type networkAt struct {
	Activation string   `json:"activation"`
	Alpha      *float64 `json:"alpha,omitempty"` // residual
	Angle      float64  `json:"angle,omitempty"`
	Batch      int      `json:"batch,omitempty"`
	BiasStd    float64  `json:"bias_std,omitempty"`
	Density    float64  `json:"density,omitempty"` // sparse weights
	Depth      int      `json:"depth"`
	Engine     string   `json:"engine,omitempty"` // auto if empty
	Epsilon    float64  `json:"epsilon,omitempty"`
	Norm       string   `json:"norm,omitempty"` // normalized
	NormAfter  bool     `json:"norm_after,omitempty"`
	Tied       bool     `json:"tied,omitempty"` // recurrent
	WeightStd  float64  `json:"weight_std"`
	Weights    string   `json:"weights,omitempty"` // gaussian if empty
	Width      int      `json:"width"`
}

// dense is a plain network of gaussian weights, without biases.
func dense(activation string, weightStd float64, width, depth int) networkAt {
	return networkAt{Activation: activation, WeightStd: weightStd, Width: width, Depth: depth}
}

// critical is a linear or ReLU network at its critical weight variance, 1 or 2, so that
// E‖x^l‖² does not change with l.
func criticalNetwork(activation string, width, depth int) networkAt {
	std := 1.0
	if activation == "relu" {
		std = math.Sqrt2
	}
	return dense(activation, std, width, depth)
}

// residual is the same network with skip connections around branches times alpha.
func (c networkAt) residual(alpha float64) networkAt {
	c.Alpha = &alpha
	return c
}

// sampledBy is the same network with another engine.
func (c networkAt) sampledBy(k network.Kind) networkAt {
	c.Engine = k.String()
	return c
}

func (c networkAt) model() model.Dense {
	m := model.Dense{
		Activation: activation.MustParse(c.Activation), Angle: c.Angle, Batch: c.Batch, BiasStd: c.BiasStd,
		Density: c.Density, Depth: c.Depth, Epsilon: c.Epsilon, NormAfter: c.NormAfter, Tied: c.Tied,
		WeightStd: c.WeightStd, Width: c.Width,
	}
	var err error
	if c.Weights != "" {
		if m.Weights, err = model.ParseWeightLaw(c.Weights); err != nil {
			panic("props: " + err.Error())
		}
	}
	if c.Norm != "" {
		if m.Norm, err = model.ParseNorm(c.Norm); err != nil {
			panic("props: " + err.Error())
		}
	}
	if c.Alpha != nil {
		m.Skip, m.Alpha = true, *c.Alpha
	}
	return m
}

// kind is the engine that samples the network.
func (c networkAt) kind() network.Kind {
	if c.Engine == "" {
		return network.Auto(c.model())
	}
	k, err := network.ParseKind(c.Engine)
	if err != nil {
		panic("props: " + err.Error())
	}
	return k
}

// elsewhere is the same network on another engine that samples the same law, if there is one.
func (c networkAt) elsewhere() (networkAt, bool) {
	own := c.kind()
	if own == network.Shortcut { // another law
		return c, false
	}
	for _, k := range []network.Kind{network.Law, network.Matrix} {
		if k == own {
			continue
		}
		if _, err := network.New(k, c.model()); err == nil {
			return c.sampledBy(k), true
		}
	}
	return c, false
}

// subcommand is the part of gradchain simulate that has the network.
func (c networkAt) subcommand() string {
	switch {
	case c.Tied:
		return "recurrent"
	case c.Alpha != nil:
		return "residual"
	case c.Norm != "":
		return "normalized"
	}
	return "dense"
}

// command shows the configuration: simulated beside predicted.
func (c networkAt) command() string {
	var b strings.Builder
	fmt.Fprintf(&b, "gradchain simulate %s --activation '%s' --weight-std %v", c.subcommand(), c.Activation, c.WeightStd)
	flag := func(given bool, name string, value any) {
		if given {
			fmt.Fprintf(&b, " --%s %v", name, value)
		}
	}
	flag(c.Weights != "", "weights", c.Weights)
	flag(c.Density != 0, "density", c.Density)
	flag(c.BiasStd != 0, "bias-std", c.BiasStd)
	flag(true, "width", c.Width)
	flag(true, "depth", c.Depth)
	flag(c.Batch > 1, "batch", c.Batch)
	flag(c.Angle != 0, "angle", c.Angle)
	flag(c.Norm != "", "norm", c.Norm)
	if c.NormAfter {
		b.WriteString(" --norm-after")
	}
	flag(c.Epsilon != 0, "epsilon", c.Epsilon)
	if c.Alpha != nil {
		flag(true, "alpha", *c.Alpha)
	}
	flag(c.Engine != "", "engine", c.Engine)
	return b.String()
}

// withMedians shows more of every layer: the medians.
func withMedians(c networkAt) string { return c.command() + " --details" }

// withHalf shows the growth between layers L/2 and L.
func withHalf(c networkAt) string {
	return fmt.Sprintf("%s --at 0,1,%d,%d", c.command(), c.Depth/2, c.Depth)
}

// withSecond shows that between layers 2 and L.
func withSecond(c networkAt) string { return fmt.Sprintf("%s --at 0,1,2,%d", c.command(), c.Depth) }

// deeper draws the networks of draw with other depths: a sentence about deep networks is
// refuted by a deep one, however far a counterexample shrinks.
func deeper(draw func(*rapid.T) networkAt, least, most int) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		c := draw(t)
		c.Depth = gen.Depths(least, most).Draw(t, "layers")
		return c
	}
}
