package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/activation"
)

// aggarwal is the text whose sentences S1 to S14 are: C. C. Aggarwal, Neural Networks
// and Deep Learning, Springer.
const aggarwal = "Aggarwal 2018"

// says is the source of a sentence of that text; note says how it is read or
// where a number that it leaves open comes from.
func says(note string) Source {
	place := "on vanishing and exploding gradients"
	if note != "" {
		place += "; " + note
	}
	return Source{Paper: aggarwal, Eq: place}
}

const (
	ulp  = 0x1p-53 // unit roundoff of float64
	tiny = math.SmallestNonzeroFloat64
)

// atPoint is a configuration of the claims about φ′: one activation, one z.
type atPoint struct {
	Activation string  `json:"activation"`
	Z          float64 `json:"z"`
}

func (p atPoint) phi() activation.Activation { return activation.MustParse(p.Activation) }

func (p atPoint) command() string {
	return fmt.Sprintf("gradchain theory activation.derivative 'activation=%s' z=%v", p.Activation, p.Z)
}

// points returns p with each z in turn.
func points(name string, zs ...float64) []atPoint {
	var out []atPoint
	for _, z := range zs {
		out = append(out, atPoint{name, z})
	}
	return out
}

// drawPoint draws a pre-activation up to ±bound for one of the activations.
func drawPoint(bound float64, names ...string) func(*rapid.T) atPoint {
	return func(t *rapid.T) atPoint {
		return atPoint{
			Activation: gen.Activations(names...).Draw(t, "activation").String(),
			Z:          gen.Points(bound).Draw(t, "z"),
		}
	}
}

// below checks φ′(z) ≤ bound, or < bound. The tolerance is the 4 roundings in
// σ′(z) = σ(z)σ(−z); a strict bound gets none, because ¼ is a float64.
func below(bound float64, strict bool) func(atPoint) finding {
	return func(p atPoint) finding {
		d := p.phi().DPhi(p.Z)
		f := finding{Residual: d - bound, Strict: strict, Text: fmt.Sprintf("φ′(%v) = %v, bound %v", p.Z, d, bound)}
		if !strict {
			f.Tolerance = 4 * ulp * bound
		}
		return f
	}
}

// belowQuarter checks σ′(z) < ¼ where a difference would drown in rounding: by
// ¼ − σ′(z) = (tanh(z/2)/2)², of which it takes the root.
func belowQuarter(p atPoint) finding {
	root := math.Abs(math.Tanh(p.Z/2)) / 2
	if math.Abs(p.Z) < 1e-300 {
		root = math.Abs(p.Z) // of the same sign, where the quotients underflow
	}
	return finding{Residual: -root, Strict: true, Text: fmt.Sprintf("σ′(%v) = 1/4 − (%.3g)², wanted less than 1/4", p.Z, root)}
}

func sigmoidStrict() *Claim {
	return &Claim{
		ID: "S6", Family: "textbook", Kind: Deterministic, Expected: evidence.Refuted, Correction: "S6.corrected",
		Plain:    "At z = 0 the slope is exactly 0.25: \"at most 0.25\" is right.",
		Why:      "σ′ = σ(1 − σ) is largest where σ = ½, at z = 0, and that is attained.",
		See:      []string{"activation.derivative_sup"},
		Sentence: "The derivative of the sigmoid is less than 0.25 at all values of its argument.",
		Source:   says(""), Assumption: "none", Unit: "φ′",
		Domain: "z from −800 to 800, with 0, its neighbours and saturation always tried",
		Test:   "σ′(z) < 1/4 at every point",
		trial: &exact[atPoint]{
			draw:    drawPoint(800, "sigmoid"),
			always:  points("sigmoid", 0, tiny, -tiny, 0x1p-27),
			check:   belowQuarter,
			command: atPoint.command,
			mutants: []exactMutant[atPoint]{
				{"bound 1/5, the hard sigmoid's", below(0.2, true), points("sigmoid", 0, 0.5)},
				{"the bound for tanh: tanh′ < 1/4", below(0.25, true), points("tanh", 0, 0.5)},
			},
		},
	}
}

func sigmoidQuarter() *Claim {
	return &Claim{
		ID: "S6.corrected", Family: "textbook", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "The slope of the sigmoid is never above 0.25, and is 0.25 only at 0.",
		Why:      "¼ − σ′(z) = (tanh(z/2)/2)², a square.",
		See:      []string{"S6"},
		Sentence: "The derivative of the sigmoid is at most 0.25, with equality at 0 only.",
		Source:   Source{Paper: "elementary: σ′(z) = σ(z)σ(−z)"}, Assumption: "none", Unit: "φ′",
		Domain: "z from −800 to 800, with 0, its neighbours and saturation always tried",
		Test:   "σ′(z) ≤ 1/4 at every point, within 4 roundings",
		trial: &exact[atPoint]{
			draw:    drawPoint(800, "sigmoid"),
			always:  points("sigmoid", 0, tiny, -tiny, 800, -800),
			check:   below(0.25, false),
			command: atPoint.command,
			mutants: []exactMutant[atPoint]{
				{"bound 1/5, the hard sigmoid's", below(0.2, false), points("sigmoid", 0, 0.5)},
				{"bound 0.2499999999", below(0.2499999999, false), points("sigmoid", 0)},
				{"the bound for tanh: tanh′ ≤ 1/4", below(0.25, false), points("tanh", 0, 0.5)},
			},
		},
	}
}

// between checks lo ≤ log φ′(z) + rate·|z| < hi on the log scale, where nothing
// underflows. Both sides carry the rounding of a log and of a product.
func between(lo, rate, hi float64) func(atPoint) finding {
	return func(p atPoint) finding {
		z := math.Abs(p.Z)
		logd := p.phi().LogAbsDPhi(p.Z)
		excess := logd + rate*z
		return finding{
			Residual:  max(lo-excess, excess-hi),
			Tolerance: 8 * ulp * (1 + math.Abs(logd) + rate*z),
			Text:      fmt.Sprintf("log φ′(%v) + %v·|z| = %.6g, wanted at least %.6g and below %.6g", p.Z, rate, excess, lo, hi),
		}
	}
}

func saturation() *Claim {
	return &Claim{
		ID: "S7", Family: "textbook", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "So for the sigmoid: its slope falls like e^−|z|. Not for every activation.",
		Why:      "σ′(z) = e^−|z|/(1 + e^−|z|)², and the denominator is between 1 and 4.",
		See:      []string{"S7.tails"},
		Sentence: "At saturation the derivative of the sigmoid is extremely small: e^−|z|/4 ≤ σ′(z) < e^−|z|.",
		Source:   says(""), Assumption: "none", Unit: "log φ′",
		Domain: "z from −800 to 800, with 0, its neighbours and saturation always tried",
		Test:   "−log 4 ≤ log σ′(z) + |z| < 0 at every point, within the rounding of a logarithm",
		trial: &exact[atPoint]{
			draw:    drawPoint(800, "sigmoid"),
			always:  points("sigmoid", 0, 37, -37, 745, 800, -800),
			check:   between(-math.Log(4), 1, 0),
			command: logCommand,
			mutants: []exactMutant[atPoint]{
				{"decay e^−2|z|, tanh's", between(-math.Log(4), 2, 0), points("sigmoid", 3, 20)},
				{"lower bound e^−|z|/2", between(-math.Log(2), 1, 0), points("sigmoid", 0)},
				{"upper bound e^−|z|/2", between(-math.Log(4), 1, -math.Log(2)), points("sigmoid", 20)},
			},
		},
	}
}

func logCommand(p atPoint) string {
	return fmt.Sprintf("gradchain theory activation.log_abs_derivative 'activation=%s' z=%v", p.Activation, p.Z)
}

// saturating are the bounded smooth activations, with those of polynomial tail last.
var saturating = []string{"sigmoid", "tanh", "lecun_tanh", "erf", "softsign", "arctan"}

// logTail is the leading tail of log φ′ with the width of the band that holds
// it at |z|: log φ′ − tail ∈ [lo, hi].
func logTail(name string, z float64) (tail, lo, hi float64) {
	switch name {
	case "sigmoid": // σ′ = e^−z (1 + e^−z)^−2
		return -z, -2 * math.Log1p(math.Exp(-z)), 0
	case "tanh": // tanh′ = 4 e^−2z (1 + e^−2z)^−2
		return math.Log(4) - 2*z, -2 * math.Log1p(math.Exp(-2*z)), 0
	case "lecun_tanh": // 1.7159·(2/3) tanh′(2z/3)
		u := 2 * z / 3
		return math.Log(1.7159*2/3*4) - 2*u, -2 * math.Log1p(math.Exp(-2*u)), 0
	case "erf": // exactly 2/√π e^−z²
		return math.Log(2/math.Sqrt(math.Pi)) - z*z, 0, 0
	case "softsign": // exactly (1 + z)^−2
		return -2 * math.Log1p(z), 0, 0
	case "arctan": // 1/(1 + z²)
		return -math.Log1p(z * z), 0, 0
	}
	panic("props: no tail for " + name)
}

// tailsOf checks log φ′ against the tail of the activation that rename gives.
func tailsOf(rename func(string) string) func(atPoint) finding {
	return func(p atPoint) finding {
		tail, lo, hi := logTail(rename(p.Activation), math.Abs(p.Z))
		logd := p.phi().LogAbsDPhi(p.Z)
		off := logd - tail
		return finding{
			Residual:  max(lo-off, off-hi),
			Tolerance: 16 * ulp * (1 + math.Abs(logd) + math.Abs(tail)),
			Text:      fmt.Sprintf("log φ′(%v) = %.6g, tail %.6g", p.Z, logd, tail),
		}
	}
}

func saturationTails() *Claim {
	same := func(name string) string { return name }
	swap := func(from, to string) func(string) string {
		return func(name string) string {
			if name == from {
				return to
			}
			return name
		}
	}
	return &Claim{
		ID: "S7.tails", Family: "textbook", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "How fast a slope dies at saturation depends on the activation: e^−|z|, e^−z² or only 1/z².",
		Why:      "Elementary: the derivative of each activation in closed form.",
		See:      []string{"activation.derivative"},
		Sentence: "How small the derivative is at saturation depends on the activation: φ′ is e^−|z| for the sigmoid, 4 e^−2|z| for tanh, (2/√π) e^−z² for erf, but only polynomial for softsign, (1+|z|)^−2, and arctan, (1+z²)^−1.",
		Source:   Source{Paper: "elementary"}, Assumption: "none", Unit: "log φ′",
		Domain: "sigmoid, tanh, 1.7159 tanh(2z/3), erf, softsign, arctan; |z| ≤ 800",
		Test:   "log φ′(z) within its band about the leading tail, within 16 roundings",
		trial: &exact[atPoint]{
			draw:    drawPoint(800, saturating...),
			always:  points("softsign", 10, 800, -800),
			check:   tailsOf(same),
			command: logCommand,
			mutants: []exactMutant[atPoint]{
				{"arctan's tail for softsign", tailsOf(swap("softsign", "arctan")), points("softsign", 3, 20)},
				{"softsign's tail for arctan", tailsOf(swap("arctan", "softsign")), points("arctan", 3, 20)},
				{"the sigmoid's tail for tanh", tailsOf(swap("tanh", "sigmoid")), points("tanh", 3, 20)},
				{"the sigmoid's tail for softsign", tailsOf(swap("softsign", "sigmoid")), points("softsign", 20)},
			},
		},
	}
}

// unitStep checks φ′(z) = 1 for z > 0 and 0 for z < 0, exactly.
func unitStep(name string) func(atPoint) finding {
	return func(p atPoint) finding {
		want := 0.0
		if p.Z > 0 {
			want = 1
		}
		d := activation.MustParse(name).DPhi(p.Z)
		return finding{Residual: math.Abs(d - want), Text: fmt.Sprintf("φ′(%v) = %v, want %v", p.Z, d, want)}
	}
}

func reluOne() *Claim {
	return &Claim{
		ID: "S8", Family: "textbook", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "ReLU's slope is 1 for every positive argument and 0 for every negative one.",
		Why:      "ReLU is the identity on one half line and 0 on the other; the value at 0 itself is a convention.",
		Sentence: "The derivative of the ReLU is always 1 for positive arguments (and 0 for negative ones).",
		Source:   says(""), Assumption: "none; φ′(0) = 0 is a convention", Unit: "φ′",
		Domain: "z from −1e300 to 1e300 without 0, the smallest floats included",
		Test:   "φ′(z) = 1 or 0, exactly",
		trial: &exact[atPoint]{
			draw: func(t *rapid.T) atPoint {
				z := rapid.OneOf(gen.Points(800), rapid.Float64Range(-1e300, 1e300)).
					Filter(func(z float64) bool { return z != 0 }).Draw(t, "z")
				return atPoint{"relu", z}
			},
			always:  points("relu", tiny, -tiny, math.MaxFloat64, -math.MaxFloat64),
			check:   unitStep("relu"),
			command: atPoint.command,
			mutants: []exactMutant[atPoint]{
				{"ReLU6: 0 again beyond 6", unitStep("relu6"), points("relu", 7)},
				{"leaky ReLU: 0.01 below 0", unitStep("leaky_relu(0.01)"), points("relu", -1)},
				{"GELU, a smooth ReLU", unitStep("gelu"), points("relu", 0.5, 2)},
			},
		},
	}
}
