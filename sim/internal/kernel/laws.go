package kernel

import "math"

// uniform is signed, scaled.
type uniform struct{ a float64 }

func (uniform) Words() int { return 1 }

func (f uniform) Sample(dst []float64, bits []uint64) {
	check(len(dst), bits, 1)
	for i := sample(&signeds, dst, bits); i < len(dst); i++ {
		dst[i] = signed(bits[i])
	}
	Affine(dst, 0, f.a)
}

// rademacher has the sign of the top bit.
type rademacher struct{ s float64 }

func (rademacher) Words() int { return 1 }

func (f rademacher) Sample(dst []float64, bits []uint64) {
	check(len(dst), bits, 1)
	samplesOf(&rademachers, params{f.s}, dst, bits, f.generic)
}

func (f rademacher) generic(dst []float64, bits []uint64) {
	s := math.Float64bits(f.s)
	for i := range dst {
		dst[i] = math.Float64frombits(s | bits[i]&(1<<63))
	}
}

// constant needs no words.
type constant struct{ value float64 }

func (constant) Words() int { return 0 }

func (f constant) Sample(dst []float64, bits []uint64) {
	check(len(dst), bits, 0)
	for i := range dst {
		dst[i] = f.value
	}
}

// laplace is ±(−log u), the sign from the bit that u leaves.
type laplace struct{ b float64 }

func (laplace) Words() int { return 1 }

func (f laplace) Sample(dst []float64, bits []uint64) {
	check(len(dst), bits, 1)
	for i := sample(&exponentials, dst, bits); i < len(dst); i++ {
		w := bits[i]
		dst[i] = math.Float64frombits(math.Float64bits(minusLog(w)) | w<<63)
	}
	Affine(dst, 0, f.b)
}

// cauchy is tan θ, θ uniform: tan πt/2 or its reciprocal.
type cauchy struct{ s float64 }

func (cauchy) Words() int { return 1 }

func (f cauchy) Sample(dst []float64, bits []uint64) {
	check(len(dst), bits, 1)
	for i := sample(&tangents, dst, bits); i < len(dst); i++ {
		w := bits[i]
		t := turn(w)
		square := float64(t * t)
		sin, cos := sinQuarter(t, square), cosQuarter(square)
		x, y := math.Float64bits(sin), math.Float64bits(cos)
		d := (x ^ y) & swap(w)
		dst[i] = math.Float64frombits(x^d) / math.Float64frombits(y^d)
	}
	Affine(dst, 0, f.s)
}

// normal takes the two values of a pair from lanes j and j+4: lane j has the word of
// the radius, lane j+4 that of the angle.
type normal struct{ mu, sigma float64 }

func (normal) Words() int { return 1 }

func (f normal) Sample(dst []float64, bits []uint64) {
	check(len(dst), bits, 1)
	n := sample(&normals, dst, bits)
	f.generic(dst[n:], bits[n:])
	Affine(dst, f.mu, f.sigma)
}

// generic draws standard normal values.
func (normal) generic(dst []float64, bits []uint64) {
	const half = width / 2
	for out := dst; len(out) > 0; {
		n := min(len(bits), 2*width) // two groups at a time, where there are two
		var radius, angle words
		for g := 0; g < n; g += width {
			copy(radius[g/2:], bits[g:g+half])
			copy(angle[g/2:], bits[g+half:g+width])
		}
		var x, y vector
		boxMuller(&x, &y, &radius, &angle)
		for g := 0; g < n; g += width {
			out = out[copy(out, x[g/2:g/2+half]):]
			out = out[copy(out, y[g/2:g/2+half]):]
		}
		bits = bits[n:]
	}
}

// lognormal is the exponential of a normal value, within [2^−1074, MaxFloat64].
type lognormal struct{ mu, tau float64 }

func (lognormal) Words() int { return 1 }

func (f lognormal) Sample(dst []float64, bits []uint64) {
	normal{f.mu, f.tau}.Sample(dst, bits)
	for i := change(&lognormals, dst); i < len(dst); i++ {
		dst[i] = max(math.SmallestNonzeroFloat64, min(Exp(dst[i]), math.MaxFloat64))
	}
}

// student is √(ν(u^(−2/ν) − 1))·cos θ (Bailey 1994), which is Student's t for every
// ν > 0. With y = −log u/ν, u^(−2/ν) − 1 = q(q + 2), q = e^y − 1. Values beyond float64,
// which a small ν has, are ±MaxFloat64.
type student struct{ nu, root float64 }

// newStudent takes ν beyond 1e20 for 1e20: the law is the normal one to 20 digits.
func newStudent(nu float64) student {
	nu = min(nu, 1e20)
	return student{nu, math.Sqrt(nu)}
}

func (student) Words() int { return 2 }

func (f student) Sample(dst []float64, bits []uint64) {
	check(len(dst), bits, 2)
	samplesOf(&students, params{f.nu, f.root}, dst, bits, f.generic)
}

func (f student) generic(dst []float64, bits []uint64) {
	for i := range dst {
		at := 2*i - i%width // word 16g+j for element 8g+j
		y := minusLog(bits[at]) / f.nu
		near := min(y, 600)
		q := expm1(near)
		radius := float64(float64(f.root*math.Sqrt(q)) * math.Sqrt(q+2))
		w := bits[at+width]
		t := turn(w)
		square := float64(t * t)
		sin, cos := sinQuarter(t, square), cosQuarter(square)
		u, v := math.Float64bits(sin), math.Float64bits(cos)^w<<63
		x := float64(radius * math.Float64frombits(v^(u^v)&swap(w)))
		if y > near {
			x *= Exp(y - near)
		}
		dst[i] = max(-math.MaxFloat64, min(x, math.MaxFloat64))
	}
}
