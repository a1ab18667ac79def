package props

import (
	"fmt"
	"math"
	"strings"

	"gradchain/sim/model"
	"gradchain/theory/activation"
	"gradchain/theory/chain"
	"gradchain/theory/law"
)

// chainAt is a configuration of the claims about width-1 chains: what
// gradchain simulate chain takes, in its words.
type chainAt struct {
	Kind          string  `json:"kind"` // independent, forward or normalized
	Activation    string  `json:"activation"`
	Weight        string  `json:"weight"`
	PreActivation string  `json:"preactivation,omitempty"` // independent kind
	Bias          string  `json:"bias,omitempty"`          // forward kind
	Input         string  `json:"input,omitempty"`         // forward and normalized kinds
	Batch         int     `json:"batch,omitempty"`         // normalized kind
	Epsilon       float64 `json:"epsilon,omitempty"`       // normalized kind
	Depth         int     `json:"depth"`
}

// independent is a chain of independent factors w·φ′(z), z standard normal.
func independent(activation, weight string, depth int) chainAt {
	c := chainAt{Kind: "independent", Activation: activation, Weight: weight, Depth: depth}
	if activation != "linear" {
		c.PreActivation = "normal(sigma=1)"
	}
	return c
}

// forward is a real width-1 network without biases, from the input 1.
func forward(activation, weight string, depth int) chainAt {
	return chainAt{Kind: "forward", Activation: activation, Weight: weight, Depth: depth}
}

func optionalLaw(text string) law.Law {
	if text == "" {
		return law.Law{}
	}
	return law.MustParse(text)
}

func (c chainAt) model() model.Chain {
	kind, err := model.ParseKind(c.Kind)
	if err != nil {
		panic("props: " + err.Error())
	}
	return model.Chain{
		Kind:          kind,
		Activation:    activation.MustParse(c.Activation),
		Weight:        law.MustParse(c.Weight),
		PreActivation: optionalLaw(c.PreActivation),
		Bias:          optionalLaw(c.Bias),
		Input:         optionalLaw(c.Input),
		Batch:         c.Batch,
		Epsilon:       c.Epsilon,
		Depth:         c.Depth,
	}
}

// factor is the law of one factor w·φ′(z) of an independent chain.
func (c chainAt) factor() chain.Factor {
	return chain.Factor{
		Weight:        law.MustParse(c.Weight),
		Activation:    activation.MustParse(c.Activation),
		PreActivation: optionalLaw(c.PreActivation),
	}
}

// factors is the number of factors behind one sample.
func (c chainAt) factors() int { return c.Depth * max(c.Batch, 1) }

func (c chainAt) product() chain.Product { return chain.Product{Factor: c.factor(), Depth: c.Depth} }

// command shows the configuration: simulated beside predicted.
func (c chainAt) command() string {
	var b strings.Builder
	fmt.Fprintf(&b, "gradchain simulate chain --kind %s --activation '%s' --weight '%s'", c.Kind, c.Activation, c.Weight)
	for _, flag := range []struct{ name, value string }{
		{"preactivation", c.PreActivation}, {"bias", c.Bias}, {"input", c.Input},
	} {
		if flag.value != "" {
			fmt.Fprintf(&b, " --%s '%s'", flag.name, flag.value)
		}
	}
	if c.Batch > 0 {
		fmt.Fprintf(&b, " --batch %d", c.Batch)
	}
	if c.Epsilon > 0 {
		fmt.Fprintf(&b, " --epsilon %v", c.Epsilon)
	}
	fmt.Fprintf(&b, " --depth %d", c.Depth)
	return b.String()
}

// details is what the theory says of an independent chain: the mean, which
// lives on rare paths, beside the typical size.
func (c chainAt) details() []string {
	p := c.product()
	var out []string
	if mean, err := p.LogMean(); err == nil {
		out = append(out, "mean: E|G| = "+power10(mean))
	} else {
		out = append(out, "mean: E|G| does not exist")
	}
	if typical, err := p.LogTypical(); err == nil {
		out = append(out, "typical: exp(E log|G|) = "+power10(typical))
	}
	if law, err := p.Law(); err == nil {
		if median, err := law.Quantile(0.5); err == nil {
			out = append(out, "median of |G| = "+power10(median))
		}
	}
	return out
}

// power10 prints e^x, however large or small.
func power10(x float64) string {
	if math.Abs(x) < 600 {
		return fmt.Sprintf("%.3g", math.Exp(x))
	}
	return fmt.Sprintf("10^%.1f", log10(x))
}
