package gauss

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/special"
)

// evenPart returns (φ(z) + φ(−z))/2, relatively accurate near 0 too.
func evenPart(a activation.Activation) func(z float64) float64 {
	switch a.Name() {
	case "softplus":
		return func(z float64) float64 { return math.Ln2 + special.LogCosh(z/2) }
	case "log_sigmoid":
		return func(z float64) float64 { return -math.Ln2 - special.LogCosh(z/2) }
	case "gelu":
		return func(z float64) float64 { return z * math.Erf(z/math.Sqrt2) / 2 }
	case "silu":
		return func(z float64) float64 { return z * math.Tanh(z/2) / 2 }
	case "gelu_tanh":
		return func(z float64) float64 {
			return z * math.Tanh(geluTanhScale*(z+geluTanhCubic*z*z*z)) / 2
		}
	case "mish":
		return evenMish
	case "hard_swish":
		return func(z float64) float64 {
			z = math.Abs(z)
			return z * min(z, 3) / 6
		}
	case "elu", "celu", "selu":
		return evenExponential(a)
	}
	return func(z float64) float64 { return (a.Phi(z) + a.Phi(-z)) / 2 }
}

// The constants of gelu_tanh.
var geluTanhScale = math.Sqrt(2 / math.Pi)

const geluTanhCubic = 0.044715

// evenMish is z(T(z) − T(−z))/2 with T(z) = tanh(log(1 + e^z)) = (1+2g)/(1+2g+2g²) and
// g = e^−z; the difference is 2(1−g²)(1+g)² over the two denominators.
func evenMish(z float64) float64 {
	z = math.Abs(z)
	g := math.Exp(-z)
	return z * -math.Expm1(-2*z) * (1 + g) * (1 + g) / ((1 + g*(2+2*g)) * (2 + g*(2+g)))
}

// evenExponential is half of λz + λα(e^−r − 1), r = z/width, for z ≥ 0.
func evenExponential(a activation.Activation) func(z float64) float64 {
	lambda, alpha, width := 1.0, 1.0, 1.0
	switch a.Name() {
	case "selu":
		lambda, _ = activation.SELUConstant("lambda")
		alpha, _ = activation.SELUConstant("alpha")
	case "celu":
		alpha = a.Args()[0]
		width = alpha
	default:
		alpha = a.Args()[0]
	}
	return func(z float64) float64 {
		z = math.Abs(z)
		r := z / width
		if r > 1 {
			return lambda * (z + alpha*math.Expm1(-r)) / 2
		}
		return lambda * (alpha*expm1Minus(-r) + (1-alpha/width)*z) / 2
	}
}

// expm1Minus returns e^x − 1 − x for |x| ≤ 1, by its series.
func expm1Minus(x float64) float64 {
	sum := 1.0
	for k := 20.0; k > 2; k-- {
		sum = 1 + sum*x/k
	}
	return sum * x * x / 2
}

// Increment returns φ(z) − φ(0) as a function of z, relatively accurate near 0 too.
func Increment(a activation.Activation) func(z float64) float64 { return increment(a) }

// increment returns φ(z) − φ(0), relatively accurate near 0 too.
func increment(a activation.Activation) func(z float64) float64 {
	switch a.Name() {
	case "sigmoid":
		return func(z float64) float64 { return math.Tanh(z/2) / 2 }
	case "softplus":
		return softplusIncrement
	case "log_sigmoid":
		return func(z float64) float64 { return -softplusIncrement(-z) }
	case "hard_sigmoid_torch", "hard_sigmoid_keras":
		slope, end := a.DPhi(0), a.Kinks()[1]
		return func(z float64) float64 { return slope * max(-end, min(z, end)) }
	}
	return a.Phi
}

// softplusIncrement returns log((1 + e^z)/2).
func softplusIncrement(z float64) float64 {
	if math.Abs(z) > 1 {
		return special.SoftPlus(z) - math.Ln2
	}
	return math.Log1p(math.Expm1(z) / 2)
}

// LogDerivativeIncrement returns log|φ′(z)| − log|φ′(0)|, relatively accurate near 0 too, or
// log|φ′(z)| where φ′ jumps at 0 or is piecewise linear.
func LogDerivativeIncrement(a activation.Activation) func(z float64) float64 { return logIncrement(a) }

// logIncrement returns log|φ′(z)| − log|φ′(0)|, relatively accurate near 0 too;
// log|φ′(z)| where φ′ jumps at 0.
func logIncrement(a activation.Activation) func(z float64) float64 {
	switch a.Name() {
	case "sigmoid":
		return func(z float64) float64 { return -2 * special.LogCosh(z/2) }
	case "lecun_tanh":
		return func(z float64) float64 { return -2 * special.LogCosh(2*z/3) }
	case "softplus":
		return func(z float64) float64 { return -softplusIncrement(-z) }
	case "log_sigmoid":
		return func(z float64) float64 { return -softplusIncrement(z) }
	case "gelu", "gelu_tanh", "silu", "mish":
		return logGateIncrement(a)
	}
	return a.LogAbsDPhi
}

// logGateIncrement is logIncrement for the gated activations. Near 0 it is
// log(1 + x) with x = φ′(z)/φ′(0) − 1.
func logGateIncrement(a activation.Activation) func(z float64) float64 {
	slope := a.DPhi(0)
	log := math.Log(slope)
	var excess func(z float64) float64 // φ′(z) − φ′(0)
	switch a.Name() {
	case "gelu":
		excess = func(z float64) float64 { return math.Erf(z/math.Sqrt2)/2 + z*special.NormPDF(z) }
	case "silu":
		excess = func(z float64) float64 { return gateExcess(z, z, 1) }
	case "gelu_tanh":
		excess = func(z float64) float64 {
			cubic := geluTanhCubic * z * z
			return gateExcess(z, 2*geluTanhScale*z*(1+cubic), 2*geluTanhScale*(1+3*cubic))
		}
	default:
		excess = mishExcess
	}
	return func(z float64) float64 {
		if math.Abs(z) > 0.25 {
			return a.LogAbsDPhi(z) - log
		}
		return math.Log1p(excess(z) / slope)
	}
}

// gateExcess is φ′(z) − 1/2 for φ = zσ(v(z)) with derivative slope of v.
func gateExcess(z, v, slope float64) float64 {
	return math.Tanh(v/2)/2 + z*slope*special.Sigmoid(v)*special.Sigmoid(-v)
}

// mishExcess is φ′(z) − 3/5 for mish, in powers of d = e^z − 1: with D = e²+2e+2,
// φ′ = ((1+e)⁴ − 1 + 4ze(1+e))/D².
func mishExcess(z float64) float64 {
	d := math.Expm1(z)
	e := 1 + d
	den := 5 + d*(4+d)
	return (d*(40+d*(42+d*(16+2*d))) + 20*z*e*(1+e)) / (5 * den * den)
}
