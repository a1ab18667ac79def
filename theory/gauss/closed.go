package gauss

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/special"
)

// form has the expectations of an activation in closed form. The last two say whether
// there is one.
type form interface {
	mean(q float64) float64
	meanSquare(q float64) float64
	variance(q float64) float64
	derivativeMean(q float64) float64
	derivativeMoment(q, order float64) (value float64, ok bool)
	logDerivative(q float64) (mean, variance float64, ok bool)
}

// closedForm returns the closed forms of an activation that has them.
func closedForm(a activation.Activation) (f form, ok bool) {
	switch a.Name() {
	case "linear":
		return leaky{1}, true
	case "relu":
		return leaky{0}, true
	case "leaky_relu":
		return leaky{a.Args()[0]}, true
	case "erf":
		return erf{}, true
	case "sin":
		return sine{}, true
	case "hard_tanh":
		return clip{cut: 1, scale: 1}, true
	case "hard_sigmoid_torch":
		return clip{cut: 3, scale: 6, shift: 0.5}, true
	case "hard_sigmoid_keras":
		return clip{cut: 2.5, scale: 5, shift: 0.5}, true
	}
	return nil, false
}

// leaky is z, or slope·z for z < 0.
type leaky struct{ slope float64 }

func (f leaky) mean(q float64) float64 {
	return (1 - f.slope) * math.Sqrt(q) / math.Sqrt(2*math.Pi)
}

func (f leaky) meanSquare(q float64) float64 { return q * (1 + f.slope*f.slope) / 2 }

func (f leaky) variance(q float64) float64 {
	d := 1 - f.slope
	return q * ((1+f.slope*f.slope)/2 - d*d/(2*math.Pi))
}

func (f leaky) derivativeMean(float64) float64 { return (1 + f.slope) / 2 }

func (f leaky) derivativeMoment(_, order float64) (float64, bool) {
	return (1 + math.Pow(math.Abs(f.slope), order)) / 2, true
}

func (f leaky) logDerivative(float64) (mean, variance float64, ok bool) {
	half := math.Log(math.Abs(f.slope)) / 2
	return half, half * half, true
}

// erf has erf′(z) = 2/√π·e^(−z²), and E erf² by the arcsine kernel (Williams 1997).
type erf struct{}

func (erf) mean(float64) float64 { return 0 }

// meanSquare is (2/π) arcsin(2q/(1+2q)), as an arctangent: arcsin is steep at 1.
func (erf) meanSquare(q float64) float64 {
	return 2 / math.Pi * math.Atan(q/math.Sqrt(0.25+q))
}

func (f erf) variance(q float64) float64 { return f.meanSquare(q) }

func (erf) derivativeMean(q float64) float64 { return math.Sqrt(2/math.Pi) / math.Sqrt(0.5+q) }

func (erf) derivativeMoment(q, order float64) (float64, bool) {
	return math.Pow(2/math.SqrtPi, order) / math.Sqrt(2*order) / math.Sqrt(0.5/order+q), true
}

func (erf) logDerivative(q float64) (mean, variance float64, ok bool) {
	return math.Log(2/math.SqrtPi) - q, 2 * q * q, true
}

// clip is z/scale + shift with z clipped to ±cut, where shift is φ(0).
type clip struct{ cut, scale, shift float64 }

func (f clip) mean(float64) float64 { return f.shift }

func (f clip) meanSquare(q float64) float64 { return f.variance(q) + f.shift*f.shift }

// variance is q·P(χ²₃ < t²) + cut²·P(|Z| > t), over scale², with t = cut/√q.
func (f clip) variance(q float64) float64 {
	t := f.cut / math.Sqrt(q)
	return (q*chi3(t) + f.cut*f.cut*math.Erfc(t/math.Sqrt2)) / (f.scale * f.scale)
}

// chi3 returns E[Z²; |Z| < t] = erf(t/√2) − 2tΦ′(t).
func chi3(t float64) float64 {
	if t > 1 {
		return math.Erf(t/math.Sqrt2) - 2*t*special.NormPDF(t)
	}
	// 2Φ′(t)(t³/3 + t⁵/(3·5) + …), Abramowitz & Stegun 1964, 26.2.11
	term := t * t * t / 3
	sum := term
	for k := 5.0; k < 40; k += 2 {
		term *= t * t / k
		sum += term
	}
	return 2 * special.NormPDF(t) * sum
}

func (f clip) derivativeMean(q float64) float64 {
	return math.Erf(f.cut/math.Sqrt(q)/math.Sqrt2) / f.scale
}

func (f clip) derivativeMoment(q, order float64) (float64, bool) {
	return math.Erf(f.cut/math.Sqrt(q)/math.Sqrt2) * math.Pow(f.scale, -order), true
}

func (clip) logDerivative(float64) (mean, variance float64, ok bool) { return 0, 0, false }
