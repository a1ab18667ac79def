package meanfield

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gradchain/theory/internal/domain"
)

// FirstVariance returns σ_w² + σ_b², that of the first pre-activations for an input of second
// moment 1: the start of Course unless another is wanted.
func (n Network) FirstVariance() float64 { return n.WeightVar + n.BiasVar }

// Course is where V takes the variance from a start. V increases, so that the variance moves
// to the nearest fixed point on the side to which it starts to move.
type Course struct {
	network Network

	From   float64
	End    FixedPoint   // of variance +Inf where V diverges; χ_q is then the limit of V′ and χ₁
	Every  bool         // every q is a fixed point
	Others []FixedPoint // the other fixed points, ascending
}

// Course returns where V goes from a start. Domain: from > 0.
func (n Network) Course(from float64) (Course, error) {
	if err := domain.First(n.check(), domain.Positive("from", from)); err != nil {
		return Course{}, err
	}
	c := Course{network: n, From: from, Every: n.scaleFree()}
	if c.Every {
		c.End = FixedPoint{from, 1}
		return c, nil
	}
	next, err := n.VarianceMap(from)
	if err != nil {
		return Course{}, err
	}
	c.End = FixedPoint{math.Inf(1), n.farSlope()}
	if n.Activation.Homogeneous() {
		next = from * (n.zeroSlope() + n.BiasVar/from)
	}
	rate := (next - from) / from
	for p := range n.fixedPoints {
		rest := math.Abs(rate) <= rounding/4 && math.Abs(p.Variance-from) <= 1e-6*from
		if at := p.Variance; rest || rate < 0 && at < from || rate > 0 && at > from && c.Diverges() {
			c.End = p
		}
		c.Others = append(c.Others, p)
	}
	for i, p := range c.Others {
		if p == c.End {
			c.Others = append(c.Others[:i:i], c.Others[i+1:]...)
			break
		}
	}
	return c, nil
}

// Network returns the network whose course it is.
func (c Course) Network() Network { return c.network }

// Diverges reports whether V takes the variance beyond every number.
func (c Course) Diverges() bool { return math.IsInf(c.End.Variance, 1) }

// Chi1 returns χ₁ at the end of the course. For homogeneous φ it is the same at every q, so
// that there it is known if V diverges; else that is an error.
func (c Course) Chi1() (float64, error) {
	if err := c.knows(); err != nil {
		return 0, err
	}
	if c.End.Variance == 0 || c.network.Activation.Homogeneous() {
		return c.network.zeroSlope(), nil
	}
	chi, err := c.network.Chi1(c.End.Variance)
	return chi, err
}

// ChiQ returns χ_q at the end of the course, with the domain of Chi1.
func (c Course) ChiQ() (float64, error) { return c.End.ChiQ, c.knows() }

func (c Course) knows() error {
	if c.network.Activation.Homogeneous() {
		return nil
	}
	return c.Err()
}

// XiQ returns the depth scale ξ_q = −1/log χ_q with which the variance comes to the end of
// the course: +Inf where χ_q = 1. It is an error where V diverges, and unless 0 < χ_q ≤ 1.
func (c Course) XiQ() (float64, error) {
	chi := c.End.ChiQ
	switch {
	case c.Diverges():
		return 0, c.Err()
	case math.Abs(chi-1) <= rounding:
		return math.Inf(1), nil
	case c.End.Variance == 0 || c.network.Activation.Homogeneous():
		return -1 / c.network.logSlope(), nil // the number that the decimal text of σ_w² denotes
	case chi > 1:
		return 0, fmt.Errorf("χ_q = %s > 1 at q* = %s: the variance moves away from there, and has no depth scale", factor(chi), brief(c.End.Variance))
	}
	return -1 / math.Log(chi), domain.Check(chi > 0, "χ_q", chi, "> 0 for a depth scale")
}

// Err is an error that says how V diverges, if it does.
func (c Course) Err() error {
	if !c.Diverges() {
		return nil
	}
	return fmt.Errorf("%s%s", c.divergence(), c.others("; other starts may reach ", "; V(q) > q for every q"))
}

// divergence words how the variance and the gradients grow.
func (c Course) divergence() string {
	text := "the variance diverges from " + c.start()
	if c.End.ChiQ == 1 {
		return text + ", more slowly than by any factor a layer, and χ₁ tends to 1: no growth of gradients a layer in the end"
	}
	return fmt.Sprintf("%s, in the end by the factor %s a layer, to which χ₁ tends: gradients explode, log norms grow by %.3g nats a layer",
		text, factor(c.End.ChiQ), math.Log(c.End.ChiQ)/2)
}

// start words where the course starts.
func (c Course) start() string {
	text := "q = " + brief(c.From)
	if c.From == c.network.FirstVariance() {
		text += " (σ_w² + σ_b², an input of second moment 1)"
	}
	return text
}

// Notes say, a line each, at which q the course ends, how stable it is, and which other
// fixed points there are.
func (c Course) Notes() []string {
	notes := []string{fmt.Sprintf("at q* = %s, %s, where the variance goes from %s", brief(c.End.Variance), c.End.words(), c.start())}
	switch {
	case c.Diverges():
		return []string{c.divergence(), fmt.Sprintf("for %s χ₁ and χ_q are the same at every q", c.network.Activation)}
	case c.Every:
		return []string{fmt.Sprintf("at criticality without biases (χ₁ = 1 to %.1g) every q is a fixed point of the variance, χ_q = 1: from %s it stays there", rounding, c.start())}
	case len(c.Others) > 0:
		notes = append(notes, c.others("other fixed points of the variance: ", ""))
	}
	return notes
}

// Summary says in a line where the variance goes, and what becomes of gradients there.
func (c Course) Summary() string {
	switch {
	case c.Diverges():
		return c.divergence()
	case c.Every:
		return c.Notes()[0] + ", and gradients keep their size"
	}
	chi, err := c.Chi1()
	if err != nil {
		return c.Notes()[0]
	}
	text := fmt.Sprintf("from %s the variance goes to q* = %s, %s, where χ₁ = %s: ", c.start(), brief(c.End.Variance), c.End.words(), factor(chi))
	switch growth := math.Log(chi) / 2; {
	case math.Abs(growth) <= rounding:
		return text + "gradients keep their size"
	case growth > 0:
		return text + fmt.Sprintf("gradients explode, log norms grow by %.3g nats a layer", growth)
	default:
		return text + fmt.Sprintf("gradients vanish, log norms fall by %.3g nats a layer", -growth)
	}
}

// words are the stability and its reason.
func (p FixedPoint) words() string {
	return p.Stability() + " with χ_q = " + factor(p.ChiQ)
}

// others lists the other fixed points behind a text, or is another text.
func (c Course) others(head, none string) string {
	if len(c.Others) == 0 {
		return none
	}
	texts := make([]string, len(c.Others))
	for i, p := range c.Others {
		texts[i] = fmt.Sprintf("q = %s (%s)", brief(p.Variance), p.words())
	}
	return head + strings.Join(texts, ", ")
}

func brief(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }

// factor shows on which side of 1 a factor is.
func factor(x float64) string {
	if off := x - 1; off != 0 && math.Abs(off) < 1e-3 {
		return fmt.Sprintf("1 %c %.3g", map[bool]rune{true: '+', false: '−'}[off > 0], math.Abs(off))
	}
	return brief(x)
}
