package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/activation"
	theory "gradchain/theory/recurrent"
)

// One recurrent unit, of which W is the only singular value.

// unitRun is h ← φ(wh + b) over some steps.
type unitRun struct {
	Activation string  `json:"activation"`
	Weight     float64 `json:"w"`
	Bias       float64 `json:"bias"`
	State      float64 `json:"state"`
	Steps      int     `json:"steps"`
}

func (c unitRun) command() string {
	return fmt.Sprintf("gradchain theory recurrent.unit_log_gradient activation=%s w=%v bias=%v state=%v steps=%d",
		c.Activation, c.Weight, c.Bias, c.State, c.Steps)
}

// matrix is the same recurrence as one of matrices.
func (c unitRun) matrix() recurrenceAt {
	return recurrenceAt{c.Activation, [][]float64{{c.Weight}}, []float64{c.Bias}, []float64{c.State}, c.Steps}
}

func (c unitRun) logGradient() float64 {
	log, err := theory.UnitLogGradient(activation.MustParse(c.Activation), c.Weight, c.Bias, c.State, c.Steps)
	if err != nil {
		panic("props: " + err.Error())
	}
	return log
}

// drawExceeding draws a unit of 10 steps and more whose |w| is above 1/γ.
func drawExceeding(t *rapid.T) unitRun {
	c := unitRun{
		Activation: gen.Activations("tanh", "sigmoid").Draw(t, "activation").String(),
		Weight:     gen.Decimals(1.5, 6, 0.5).Draw(t, "weight"),
		State:      gen.Decimals(-1, 1, 0.1).Draw(t, "state"),
		Bias:       gen.Decimals(0, 1, 0.1).Draw(t, "bias"),
		Steps:      gen.Depths(10, 100).Draw(t, "steps"),
	}
	if c.Activation == "sigmoid" {
		c.Weight *= 4
	}
	if rapid.Bool().Draw(t, "negative") {
		c.Weight = -c.Weight
	}
	return c
}

// keepsAbove checks that at least so much of the gradient is left.
func keepsAbove(log func(c unitRun) float64) func(unitRun) finding {
	return func(c unitRun) finding {
		found, least := c.logGradient(), log(c)
		return finding{
			Residual: least - found, Tolerance: c.matrix().rounding(),
			Text: fmt.Sprintf("γ·σ_max = %.4g, log|∂h_T/∂h_0| = %.6g, wanted at least %.4g", c.ratio(), found, least),
		}
	}
}

// ratio is γ·σ_max.
func (c unitRun) ratio() float64 { return c.matrix().lipschitz() * largestSingular(c.matrix()) }

func singularExplodes() *Claim {
	of := func(x float64) func(unitRun) float64 { return func(unitRun) float64 { return x } }
	saturated, started := unitRun{"tanh", 2, 0, 0.9575, 10}, unitRun{"tanh", 2, 0, 0.0001, 10}
	return &Claim{
		ID: "T2", Family: "recurrent", Kind: Deterministic, Expected: evidence.Refuted, Correction: "T2.corrected",
		Plain:    "A large weight alone does not make gradients explode.",
		Why:      "Saturation makes φ′ small just where the signal is large.",
		See:      []string{"T2.corrected"},
		Sentence: "Gradients through time explode if the largest singular value of W is above 1/γ.",
		Source:   Source{Paper: pascanu.Paper, Eq: pascanu.Eq + ", which says necessary; read as sufficient"}, Assumption: "explode read as its least: |∂h_T/∂h_0| ≥ 1", Unit: "nats",
		Domain: "one unit h ← φ(wh + b), tanh with 1.5 ≤ |w| ≤ 6 and the sigmoid with four times that, 0 ≤ b ≤ 1, |h_0| ≤ 1, 10 to 100 steps",
		Test:   "γ|w| > 1 implies log|∂h_T/∂h_0| ≥ 0",
		trial: &exact[unitRun]{
			draw: drawExceeding, most: 4,
			always: []unitRun{saturated},
			check:  keepsAbove(of(0)), command: unitRun.command,
			mutants: []exactMutant[unitRun]{
				{"at the rate of the bound: (γ·σ_max)^T", keepsAbove(func(c unitRun) float64 {
					return float64(c.Steps) * math.Log(c.ratio())
				}), []unitRun{saturated}},
				{"a thousandth is left", keepsAbove(of(math.Log(1e-3))), []unitRun{saturated}},
				{"at the slope of the first step", keepsAbove(func(c unitRun) float64 {
					steps := float64(c.Steps)
					c.Steps = 1
					return steps * c.logGradient()
				}), []unitRun{started}},
			},
		},
	}
}
