package kernel

// GELUTail is φ(z)/φ′(z) of gelu far out on the left, where φ itself underflows before
// φ′·2^exponent does: φ = zΦ(z) and φ′ = Φ(z) + zϕ(z), with Mills' ratio Φ(−x)/ϕ(x) =
// 1/x − 1/x³ + 3/x⁵ − 15/x⁷ + … (Laplace 1812), which is good to the last bit from
// z = −26 on.
func GELUTail(z float64) float64 {
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

// GELUTanhTail is φ(z)/φ′(z) of gelu_tanh far out on the left, where φ(z) = z·e^(2y),
// y = √(2/π)(z + 0.044715z³), to the last bit from z = −15 on.
func GELUTanhTail(z float64) float64 {
	const k, c = 0.79788456080286535587989, 0.044715
	slope := float64(k * (1 + float64(3*c*float64(z*z))))
	return z / (1 + float64(2*float64(z*slope)))
}
