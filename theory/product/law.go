package product

import (
	"fmt"
	"math"
	"math/cmplx"

	"gradchain/theory/activation"
	"gradchain/theory/special"
)

// Law is the law of log‖Jv‖², natural, over a number of layers at the critical
// weight_var; for relu given that each layer has an active unit.
//
// Its characteristic function is the L-th power of
//
//	linear  (2/n)^(it) Γ(n/2+it)/Γ(n/2)
//	relu    E[(4/n)^(it) Γ(B/2+it)/Γ(B/2) | B ≥ 1],  B ~ Bin(n, ½)
//
// and is inverted at the nodes t_k = (k+½)h (Davies 1973, eq. 6): with T = 2π/h,
//
//	P(S ≤ x) = ½ − Σ_{k≥0} Im[φ(t_k)e^(−it_k x)]/(π(k+½)) + e,  |e| ≤ max(P(S < x−T), P(S > x+T)).
//
// T is the length of a window beyond which Chernoff's bounds leave 1e-14 on either side.
// As |Γ(a+it)/Γ(a)| grows with a, that of a = n/2 bounds the rest of the sum; it is
// log-concave in t, and so is the L-th power, which a geometric series bounds.
type Law struct {
	lo, hi float64 // the window
	step   float64 // h
	terms  []complex128
	bound  float64
}

const (
	lawTail  = 1e-14 // beyond either end of the window, and in the rest of the sum
	lawTerms = 1 << 16
)

// LogSquaredNormLaw returns the exact law. Bound is below 1e-8 where width·depth is at
// most 10^5. Domain: a is linear or relu, width ≥ 1, depth ≥ 1; it is an error where the
// law takes too many terms.
func LogSquaredNormLaw(a activation.Activation, width, depth int) (*Law, error) {
	if err := checkNetwork(a, width, depth); err != nil {
		return nil, err
	}
	parts := gammaParts(a, float64(width))
	l, layers := &Law{lo: math.Inf(-1), hi: math.Inf(1)}, float64(depth)
	l.setWindow(parts, layers)
	rounding := 0.0
	for k := 0; ; k++ {
		t := (float64(k) + 0.5) * l.step
		modulus, phase := cmplx.Polar(parts.characteristic(t))
		weight := 1 / (math.Pi * (float64(k) + 0.5))
		size := weight * math.Pow(modulus, layers)
		l.terms = append(l.terms, cmplx.Rect(size, layers*phase))
		rounding += size * (layers*parts.rounding(t) + 0x1p-50*t*(math.Abs(l.lo)+math.Abs(l.hi)))
		if rest := parts.rest(t, l.step, layers) * weight; rest <= lawTail {
			l.bound = rest + 2*lawTail + rounding
			return l, nil
		}
		if k == lawTerms {
			return nil, fmt.Errorf("width = %d, depth = %d: the law takes more than %d terms, want a smaller width", width, depth, lawTerms)
		}
	}
}

// CDF returns P(log‖Jv‖² ≤ x), NaN for NaN.
func (l *Law) CDF(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x <= l.lo:
		return 0
	case x >= l.hi:
		return 1
	}
	turn := cmplx.Rect(1, -l.step*x)
	power, sum := cmplx.Rect(1, -l.step*x/2), 0.0
	for _, c := range l.terms {
		sum += imag(c * power)
		power *= turn
	}
	return min(max(0.5-sum, 0), 1)
}

// CDFs sets dst[i] to CDF(x[i]). It panics if the lengths differ.
func (l *Law) CDFs(dst, x []float64) {
	if len(dst) != len(x) {
		panic("product: lengths of dst and x differ")
	}
	for i, v := range x {
		dst[i] = l.CDF(v)
	}
}

// Bound returns a bound of the absolute error of CDF, anywhere.
func (l *Law) Bound() float64 { return l.bound }

// setWindow takes the best of Chernoff's bounds P(S ≤ a) ≤ E e^(θ(a−S)) and
// P(S ≥ b) ≤ E e^(θ(S−b)) on a grid of θ; every θ is valid.
func (l *Law) setWindow(parts gammaMixture, layers float64) {
	const steps, least = 48, 1e-4
	for j := range steps + 1 {
		up := least * math.Pow(1e8, float64(j)/steps)
		if b := (layers*parts.logMoment(up) - math.Log(lawTail)) / up; b < l.hi {
			l.hi = b
		}
		down := min(up, 0.99*parts.first/2) // moments above −first/2 exist
		if a := -(layers*parts.logMoment(-down) - math.Log(lawTail)) / down; a > l.lo {
			l.lo = a
		}
	}
	l.step = 2 * math.Pi / (l.hi - l.lo)
}

// gammaMixture is the law of the factor of one layer, γ/scale, γ a gamma variable of
// shape (first + j)/2 with probability p[j].
type gammaMixture struct {
	first float64
	p     []float64
	scale float64
}

// gammaParts returns χ²_n/n or (2/n)χ²_B. It leaves out numbers of active units whose
// probability is 2e-31 at most (Hoeffding 1963).
func gammaParts(a activation.Activation, n float64) gammaMixture {
	if a.Name() == "linear" {
		return gammaMixture{n, []float64{1}, n / 2}
	}
	law, sum, reach := binomial{n}, 0.0, 6*math.Sqrt(n)
	m := gammaMixture{first: max(1, math.Ceil(n/2-reach)), scale: n / 4}
	for b := m.first; b <= min(n, n/2+reach); b++ {
		p := math.Exp(law.logP(2*b - n))
		m.p, sum = append(m.p, p), sum+p
	}
	for j := range m.p {
		m.p[j] /= sum
	}
	return m
}

// logMoment returns log E (γ/scale)^θ.
func (m gammaMixture) logMoment(theta float64) float64 {
	logs, most := make([]float64, len(m.p)), math.Inf(-1)
	for j, p := range m.p {
		a := (m.first + float64(j)) / 2
		logs[j] = math.Log(p) + gammaRatioLessPower(a, theta) + theta*math.Log(a/m.scale)
		most = max(most, logs[j])
	}
	sum := 0.0
	for _, x := range logs {
		sum += math.Exp(x - most)
	}
	return most + math.Log(sum)
}

// characteristic returns E (γ/scale)^(it), by Γ(a+1+it)/Γ(a+1) = (1 + it/a)Γ(a+it)/Γ(a)
// from the first two parts on.
func (m gammaMixture) characteristic(t float64) complex128 {
	turn := complex(0, -t*math.Log(m.scale))
	var ratio [2]complex128
	sum := complex(0, 0)
	for j, p := range m.p {
		a := (m.first + float64(j)) / 2
		r := &ratio[j%2]
		if j < 2 {
			*r = cmplx.Exp(special.LogGammaComplex(complex(a, t)) - special.LogGammaComplex(complex(a, 0)) + turn)
		} else {
			*r *= complex(1, t/(a-1))
		}
		sum += complex(p, 0) * *r
	}
	return sum
}

// largest is the largest shape.
func (m gammaMixture) largest() float64 { return (m.first + float64(len(m.p)-1)) / 2 }

// rounding bounds the error of the characteristic function at t: four times that of the
// logarithm of Γ, of size z log z.
func (m gammaMixture) rounding(t float64) float64 {
	z := 2 + m.largest() + t
	return 4e-14 * z * math.Log(z)
}

// rest bounds Σ |φ(t+jh)|^L over j ≥ 1, from the part of the largest shape.
func (m gammaMixture) rest(t, h, layers float64) float64 {
	a := m.largest()
	modulus := func(t float64) float64 {
		return math.Exp(layers * real(special.LogGammaComplex(complex(a, t))-special.LogGammaComplex(complex(a, 0))))
	}
	next := modulus(t + h)
	if next == 0 {
		return 0
	}
	return next / (1 - next/modulus(t))
}
