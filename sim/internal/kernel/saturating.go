package kernel

import "math"

// With 2^k·a/b = e^−|x|, a = c + r and b = c − r, and q = b + 2^k·a,
//
//	σ(|x|) = b/q,  σ(−|x|) = 2^k·a/q,  σ′(x) = 2^k·ab/q².
//
// The roundings of a and b cancel in part between numerator and denominator.

// sigmoid is σ(z).
type sigmoid struct{}

func (f sigmoid) Phi(dst, z []float64) { values(&sigmoidValues, dst, z, f.phi) }

func (sigmoid) phi(dst, z []float64) {
	for i, x := range z {
		dst[i] = logistic(x)
	}
}

// logistic returns σ(x).
func logistic(x float64) float64 {
	e := decay(-math.Abs(x), 0)
	m, k := gate(e, x)
	return ldexp(m, k)
}

// gate returns σ(x) = m·2^k from e = e^−|x|.
func gate(e scaled, x float64) (m, k float64) {
	a, b := e.c+e.r, e.c-e.r
	return pick(x, b, a) / (b + float64(down(e.k)*a)), pick(x, 0, e.k)
}

func (sigmoid) DPhi(mant, exp, z []float64) {
	slopes(&sigmoidSlopes, mant, exp, z, func(mant, exp, z []float64) { bell(mant, exp, z, 1, 1) })
}

// bell sets mant·2^exp to gain·σ′(scale·z), for a power of two scale. It is the loop
// of most simulations, so what decay does is written out, in two loops, each short enough
// for a processor to work on several elements at a time.
func bell(mant, exp, z []float64, scale, gain float64) {
	mant, exp = mant[:len(z)], exp[:len(z)]
	for i, x := range z {
		x = float64(scale * math.Float64frombits(math.Float64bits(x)|1<<63)) // −|scale·z|
		if x < -far {
			mant[i], exp[i] = 0, farPower(x)
			continue
		}
		mant[i], exp[i] = reduce(x)
	}
	for i, r := range mant {
		c, k := even(float64(r*r)), exp[i]
		p := power(k)
		if k < lowest {
			p = 0
			if k < -math.MaxFloat64 {
				p, exp[i] = math.Inf(1), 0 // so that m is 0
			}
		}
		a, b := c+r, c-r
		q := b + float64(p*a) // exact in the product
		mant[i] = float64(gain*float64(a*b)) / float64(q*q)
	}
}

// tanh is 2σ(2z) − 1, with derivative 4σ′(2z).
type tanh struct{}

func (f tanh) Phi(dst, z []float64) { values(&tanhValues, dst, z, f.phi) }

func (tanh) phi(dst, z []float64) {
	for i, x := range z {
		dst[i] = math.Copysign(rise(decay(-math.Abs(float64(2*x)), 0)), x)
	}
}

func (tanh) DPhi(mant, exp, z []float64) {
	slopes(&tanhSlopes, mant, exp, z, func(mant, exp, z []float64) { bell(mant, exp, z, 2, 4) })
}

// rise returns (1 − e)/(1 + e): tanh(x/2) for e = e^−x.
func rise(e scaled) float64 {
	p := down(e.k)
	return math.FMA(-(1+p), e.r, float64((1-p)*e.c)) / ((e.c - e.r) + float64(p*(e.c+e.r)))
}

// lecunTanh is 1.7159·tanh(2z/3) (LeCun, Bottou, Orr & Müller 1998), the argument 4z/3
// of e^−x carried to twice the precision.
type lecunTanh struct{}

func (lecunTanh) decay(z float64) scaled {
	const high, low = 0x1.5555555555555p+0, 0x1.5555555555555p-54 // 4/3
	z = -math.Abs(z)
	x := float64(z * high)
	return decay(x, math.FMA(z, high, -x)+float64(z*low))
}

func (f lecunTanh) Phi(dst, z []float64) { values(&lecunValues, dst, z, f.phi) }

func (f lecunTanh) phi(dst, z []float64) {
	for i, x := range z {
		dst[i] = math.Copysign(float64(1.7159*rise(f.decay(x))), x)
	}
}

func (f lecunTanh) DPhi(mant, exp, z []float64) { slopes(&lecunSlopes, mant, exp, z, f.slope) }

func (f lecunTanh) slope(mant, exp, z []float64) {
	for i, x := range z {
		e := f.decay(x)
		a, b := e.c+e.r, e.c-e.r
		q := b + float64(down(e.k)*a)
		mant[i], exp[i] = settle(float64((1.7159*8/3)*float64(a*b))/float64(q*q), e.k)
	}
}

// erf has the derivative 2/√π·e^(−z²).
type erf struct{}

func (f erf) Phi(dst, z []float64) { values(&erfValues, dst, z, f.phi) }

func (erf) phi(dst, z []float64) {
	for i, x := range z {
		dst[i] = math.Copysign(erfPositive(math.Abs(x)), x)
	}
}

func (f erf) DPhi(mant, exp, z []float64) { slopes(&gaussianSlopes, mant, exp, z, f.slope) }

func (erf) slope(mant, exp, z []float64) {
	for i, x := range z {
		e := gaussian(x, 1)
		mant[i], exp[i] = settle(float64((2/math.SqrtPi)*e.mantissa()), e.k)
	}
}

// arctan has the derivative 1/(1 + z²).
type arctan struct{}

func (f arctan) Phi(dst, z []float64) { values(&arctanValues, dst, z, f.phi) }

func (arctan) phi(dst, z []float64) {
	for i, x := range z {
		dst[i] = atan(x)
	}
}

func (f arctan) DPhi(mant, exp, z []float64) { slopes(&arctanSlopes, mant, exp, z, f.slope) }

func (arctan) slope(mant, exp, z []float64) {
	for i, x := range z {
		x, e := shrink(math.Abs(x))
		mant[i], exp[i] = 1/math.FMA(x, x, pick(e, 1, 0)), e
	}
}

// shrink returns x and 0, or for x > 2^400 x·2^−600 and −1200.
func shrink(x float64) (y, e float64) {
	if x > 0x1p400 {
		return x * 0x1p-600, -1200
	}
	return x, 0
}

// softsign is z/(1 + |z|), with derivative 1/(1 + |z|)².
type softsign struct{}

func (f softsign) Phi(dst, z []float64) { values(&softsignValues, dst, z, f.phi) }

func (softsign) phi(dst, z []float64) {
	for i, x := range z {
		x = max(-math.MaxFloat64, min(x, math.MaxFloat64))
		dst[i] = x / (1 + math.Abs(x))
	}
}

func (f softsign) DPhi(mant, exp, z []float64) { slopes(&softsignSlopes, mant, exp, z, f.slope) }

func (softsign) slope(mant, exp, z []float64) {
	for i, x := range z {
		x, e := shrink(math.Abs(x))
		x += pick(e, 1, 0)
		mant[i], exp[i] = 1/float64(x*x), e
	}
}

// sin is sin z, with derivative sin(z + π/2).
type sin struct{}

func (f sin) Phi(dst, z []float64) { values(&sinValues, dst, z, f.phi) }

func (sin) phi(dst, z []float64) {
	for i, x := range z {
		dst[i] = sine(x, 0)
	}
}

func (f sin) DPhi(mant, exp, z []float64) { slopes(&sinSlopes, mant, exp, z, f.slope) }

func (sin) slope(mant, exp, z []float64) {
	for i, x := range z {
		mant[i], exp[i] = sine(x, 1), 0
	}
}
