package kernel

import (
	"math"
	"math/big"
	"strconv"
)

// exponential is lambda·z for z > 0 and lambda·alpha·(e^(z/width) − 1) for z < 0.
type exponential struct {
	lambda, depth float64 // depth is lambda·alpha
	width, rest   float64 // rest is what width lacks of the number its shortest text denotes
	slope, atZero float64 // the derivative on the left of 0, and at 0
}

func newExponential(lambda, alpha, width float64) exponential {
	text, _ := new(big.Rat).SetString(strconv.FormatFloat(width, 'g', -1, 64))
	rest, _ := text.Sub(text, new(big.Rat).SetFloat64(width)).Float64()
	slope := float64(lambda * (alpha / width))
	return exponential{lambda, float64(lambda * alpha), width, rest, slope, min(lambda, slope)}
}

// decay returns e^(x/width) for x ≤ 0.
func (f exponential) decay(x float64) scaled {
	if f.width == 1 {
		return decay(x, 0)
	}
	y := x / f.width
	return decay(y, -(math.FMA(y, f.width, -x)+float64(y*f.rest))/f.width)
}

func (f exponential) Phi(dst, z []float64) {
	v := &celuValues
	if f.width == 1 {
		v = &eluValues
	}
	valuesOf(v, params{f.width, f.rest, f.lambda, f.depth}, dst, z, f.phi)
}

func (f exponential) phi(dst, z []float64) {
	for i, x := range z {
		left := float64(f.depth * f.decay(min(x, 0)).minus1())
		dst[i] = pick(x, float64(f.lambda*x), left)
	}
}

func (f exponential) DPhi(mant, exp, z []float64) {
	v := &celuSlopes
	if f.width == 1 {
		v = &eluSlopes
	}
	slopesOf(v, params{f.width, f.rest, f.lambda, f.slope, f.atZero}, mant, exp, z, f.derivative)
}

func (f exponential) derivative(mant, exp, z []float64) {
	for i, x := range z {
		e := f.decay(min(x, 0))
		m, k := settle(float64(f.slope*e.mantissa()), e.k)
		m, k = pick(x, f.lambda, m), pick(x, 0, k)
		if x == 0 {
			m, k = f.atZero, 0
		}
		mant[i], exp[i] = orNaN(m, x), k
	}
}

// softplus is log(1 + e^z), with derivative σ(z).
type softplus struct{}

func (f softplus) Phi(dst, z []float64) { values(&softplusValues, dst, z, f.phi) }

func (softplus) phi(dst, z []float64) {
	for i, x := range z {
		dst[i] = logOnePlusExp(x)
	}
}

// logOnePlusExp returns log(1 + e^x).
func logOnePlusExp(x float64) float64 {
	e := decay(-math.Abs(x), 0)
	return max(x, 0) + log1pDecay(ldexp(e.mantissa(), e.k))
}

func (f softplus) DPhi(mant, exp, z []float64) { slopes(&softplusSlopes, mant, exp, z, f.slope) }

func (softplus) slope(mant, exp, z []float64) {
	for i, x := range z {
		mant[i], exp[i] = settle(gate(decay(-math.Abs(x), 0), x))
	}
}

// logSigmoid is log σ(z), with derivative σ(−z).
type logSigmoid struct{}

func (f logSigmoid) Phi(dst, z []float64) { values(&logSigmoidValues, dst, z, f.phi) }

func (logSigmoid) phi(dst, z []float64) {
	for i, x := range z {
		dst[i] = -logOnePlusExp(-x)
	}
}

func (f logSigmoid) DPhi(mant, exp, z []float64) { slopes(&logSigmoidSlopes, mant, exp, z, f.slope) }

func (logSigmoid) slope(mant, exp, z []float64) {
	for i, x := range z {
		mant[i], exp[i] = settle(gate(decay(-math.Abs(x), 0), -x))
	}
}
