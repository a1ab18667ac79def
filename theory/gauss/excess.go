package gauss

import (
	"math"

	"gradchain/theory/activation"
)

// SquareExcess returns E φ² − φ′(0)²q for z ~ N(0, q), relatively accurate where that is a
// small difference, for small q. It is not ok for the activations with φ(0) ≠ 0, with a kink
// at 0, and for mish.
func SquareExcess(a activation.Activation, q float64) (value float64, ok bool) {
	rest, ok := oddRest(a)
	if !ok {
		return 0, false
	}
	sd, slope := math.Sqrt(q), a.DPhi(0)
	even := func(float64) float64 { return 0 }
	if !a.Odd() {
		even = evenPart(a)
	}
	var space [12 * legendreOrder]point
	for _, p := range halfRule(space[:0], sd, featuresOf(a)) {
		z := sd * p.u
		r, e := rest(z), even(z)
		value += 2 * p.weight * (r*(2*slope*z+r) + e*e)
	}
	return value, true
}

// oddRest returns what the odd part of φ has beyond φ′(0)z, for z ≥ 0.
func oddRest(a activation.Activation) (rest func(z float64) float64, ok bool) {
	switch a.Name() {
	case "tanh":
		return tanhRest, true
	case "lecun_tanh":
		return func(z float64) float64 { return 1.7159 * tanhRest(2*z/3) }, true
	case "arctan":
		return arctanRest, true
	case "sin":
		return sineRest, true
	case "erf":
		return erfRest, true
	case "softsign":
		return func(z float64) float64 { return -z * z / (1 + z) }, true
	case "hard_tanh":
		return func(z float64) float64 { return min(0, 1-z) }, true
	case "gelu", "gelu_tanh", "silu", "hard_swish": // z times a gate that is ½ plus an odd function
		return func(float64) float64 { return 0 }, true
	}
	return nil, false
}

// tanhRest returns tanh z − z: tanh z = z/(1 + t) with Lambert's continued fraction
// t = z²/(3 + z²/(5 + …)).
func tanhRest(z float64) float64 {
	if z > 1 {
		return math.Tanh(z) - z
	}
	t := 0.0
	for k := 23.0; k >= 3; k -= 2 {
		t = z * z / (k + t)
	}
	return -z * t / (1 + t)
}

// arctanRest returns arctan z − z: arctan z = z/(1 + t) with Gauss's continued fraction
// t = z²/(3 + 4z²/(5 + 9z²/(7 + …))).
func arctanRest(z float64) float64 {
	if z > 0.5 {
		return math.Atan(z) - z
	}
	t := 0.0
	for k := 24.0; k >= 1; k-- {
		t = k * k * z * z / (2*k + 1 + t)
	}
	return -z * t / (1 + t)
}

// sineRest returns sin z − z.
func sineRest(z float64) float64 {
	if z > 1 {
		return math.Sin(z) - z
	}
	sum, term := 0.0, z
	for k := 2.0; k < 24; k += 2 {
		term *= -z / k * z / (k + 1)
		sum += term
	}
	return sum
}

// erfRest returns erf z − 2z/√π.
func erfRest(z float64) float64 {
	if z > 1 {
		return math.Erf(z) - 2/math.SqrtPi*z
	}
	sum, term := 0.0, 2/math.SqrtPi*z
	for k := 1.0; k < 26; k++ {
		term *= -z * z / k
		sum += term / (2*k + 1)
	}
	return sum
}
