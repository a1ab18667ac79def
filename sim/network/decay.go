package network

import "gradchain/theory/activation"

// decay is an end at which φ(z) tends to 0 exponentially or faster: φ(z) is there
// ratio(z)·φ′(z), whose second factor has an exponent of its own.
type decay struct {
	sign  float64                 // of the end
	from  float64                 // |z| from which ratio is good to the last bit
	ratio func(z float64) float64 // nil if there is no such end
}

// has reports whether z is at the end.
func (d decay) has(z float64) bool { return z*d.sign > d.from }

func decayOf(a activation.Activation) decay {
	switch a.Name() {
	case "sigmoid", "softplus": // e^z
		return decay{-1, 100, func(float64) float64 { return 1 }}
	case "log_sigmoid": // −e^−z
		return decay{1, 100, func(float64) float64 { return -1 }}
	case "silu", "mish": // z·e^z
		return decay{-1, 100, func(z float64) float64 { return z / (1 + z) }}
	case "gelu":
		return decay{-1, 30, gaussianRatio}
	case "gelu_tanh":
		return decay{-1, 15, cubicRatio}
	}
	return decay{}
}

// gaussianRatio is for gelu, φ = zΦ(z) and φ′ = Φ(z) + zϕ(z), with Mills' ratio
// Φ(−x)/ϕ(x) = 1/x − 1/x³ + 3/x⁵ − 15/x⁷ + … (Laplace 1812).
func gaussianRatio(z float64) float64 {
	x := -z
	y := 1 / float64(x*x)
	term, sum := 1.0, 1.0
	for k := 1; k <= 8; k++ {
		term = float64(-term * float64(float64(2*k-1)*y))
		sum += term
	}
	// zΦ/(Φ + zϕ) = xm/(x − m) with m = Φ/ϕ = sum/x
	return float64(x*sum) / (float64(x*x) - sum)
}

// cubicRatio is for gelu_tanh: φ(z) = z·e^(2y), y = √(2/π)(z + 0.044715z³).
func cubicRatio(z float64) float64 {
	const k, c = 0.79788456080286535587989, 0.044715
	slope := float64(k * (1 + float64(3*c*float64(z*z))))
	return z / (1 + float64(2*float64(z*slope)))
}
