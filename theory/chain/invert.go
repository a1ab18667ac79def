package chain

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Inversion. With S = log|P_L| given alive, φ its characteristic function, and nodes
// t_k = (k+½)h (Davies 1973, eq. (6), for a law with mean anywhere),
//
//	P(S ≤ x) = ½ − Σ_{k≥0} Im[φ(t_k)e^(−it_k x)]/(π(k+½)) + e,  |e| ≤ max(P(S < x−T), P(S > x+T)),
//
// where T = 2π/h. For all x of a window of length T that is at most the larger of the
// probabilities on either side of the window, which Chernoff's bounds
// P(S ≤ a) ≤ E e^(θ(a−S)), P(S ≥ b) ≤ E e^(θ(S−b)) set to tailMass. The sum is cut at K,
// with an error of Σ_{k≥K} |φ(t_k)|/(π(k+½)), and is one discrete Fourier transform for
// the points of a grid; two more give the derivatives. Between the points the sum, whose
// sixth derivative is at most (h/π)Σ|φ(t_k)|t_k⁵, is interpolated (table.go).

// inversion is one inversion in progress.
type inversion struct {
	Product
	tilt   float64     // order, 0 for the law itself
	slope  slopeBounds // for tilt 0
	n      nodes
	lo, hi float64 // window
	step   float64 // h
	terms  []complex128
	error  float64
}

const (
	tailMass = 1e-14 // beyond either end of the window
	maxGrid  = 1 << 17
	// maxProducts is the largest number of terms times values of D.
	maxProducts = 1 << 26
)

// precision is a truncation error aimed at, and the number of terms up to which it is.
type precision struct {
	error float64
	terms int
}

// Terms cost the more the more values D takes.
var (
	fewValues  = []precision{{1e-14, 1 << 12}, {1e-9, 1 << 14}}
	manyValues = []precision{{1e-14, 1 << 10}, {1e-10, 3 << 9}, {1e-7, 1 << 12}}

	tiltedValues = []precision{{1e-15, 1 << 12}}
	lastResort   = []precision{{1e-7, 1 << 15}}
)

func (p Product) invert(d derivative) (shape, float64, error) {
	v := inversion{Product: p, slope: d.slopeBounds(), n: d.nodes(1/math.Sqrt(float64(p.Depth)), 1e-10)}
	if err := v.setWindow(); err != nil {
		return nil, 0, err
	}
	count, truncated := v.truncate(v.aims())
	if truncated > maxBound {
		count, truncated = v.truncate(lastResort)
	}
	if !(truncated <= maxBound) {
		return nil, truncated, nil
	}
	if d.values == nil {
		v.n = d.nodes(float64(count)*v.step, min(1e-16+truncated*1e-4, 1e-10))
		if count*len(v.n.log) > maxProducts {
			return nil, math.Inf(1), nil
		}
	}
	v.error = truncated + 2*tailMass
	v.evaluate(count)
	t := v.tabulate()
	return t, v.error + float64(p.Depth)*v.n.lost, nil
}

// aims returns the precisions in the order in which they are tried.
func (v *inversion) aims() []precision {
	if v.slope.mass == nil {
		return fewValues
	}
	return manyValues
}

// sigma returns the standard deviation of log|X| given alive.
func (v *inversion) sigma() float64 {
	return math.Sqrt(v.Factor.Weight.LogVariance() + v.n.variance())
}

// setWindow finds the window. Any order θ gives a valid end; the grid of orders is finer
// than the exponent can tell.
func (v *inversion) setWindow() error {
	L, log := float64(v.Depth), math.Log(tailMass)
	v.lo, v.hi = math.Inf(-1), math.Inf(1)
	least, most := v.Factor.Weight.Orders()
	usual := math.Sqrt(-2*log/L) / v.sigma()
	for j := -12; j <= 24; j++ {
		theta := usual * math.Pow(2, float64(j)/4)
		if order := max(-theta, 0.97*least); !math.IsInf(order, 0) {
			v.lo = max(v.lo, end(L, log, order, v.logMoment(order)))
		}
		if order := min(theta, 0.97*most); !math.IsInf(order, 0) {
			v.hi = min(v.hi, end(L, log, order, v.logMoment(order)))
		}
	}
	if !(v.hi-v.lo < 1e12*v.sigma()) || math.IsInf(v.hi-v.lo, 0) {
		return fmt.Errorf("depth = %d: the tails of log|P_L| for weight = %v, activation = %v are too heavy for its law",
			v.Depth, v.Factor.Weight, v.Factor.Activation)
	}
	v.step = 2 * math.Pi / (v.hi - v.lo)
	return nil
}

// end is where Chernoff's bound of the given order is e^log; of no use if not finite.
func end(L, log, order, moment float64) float64 {
	x := (L*moment - log) / order
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return math.Copysign(math.Inf(1), order)
	}
	return x
}

// logMoment returns log E[|X|^order | alive].
func (v *inversion) logMoment(order float64) float64 {
	weight, err := v.Factor.Weight.LogAbsMoment(order)
	if err != nil {
		return math.NaN()
	}
	return weight + v.n.logMoment(order)
}

// truncate returns the number of terms and the bound of the rest of the sum.
func (v *inversion) truncate(aims []precision) (count int, rest float64) {
	e := v.envelope()
	tails := e.tails()
	at := func(i int) int { return max(8, int(min(e.at[i]/v.step, 1e9))+2) } // (at−½)·step ≥ e.at[i] + step
	for _, aim := range aims {
		for i, rest := range tails {
			if rest <= aim.error && at(i) <= aim.terms {
				return at(i), rest
			}
		}
	}
	for i := len(tails) - 1; i >= 0; i-- {
		if at(i) <= aims[len(aims)-1].terms {
			return at(i), tails[i]
		}
	}
	return 8, math.Inf(1)
}

// evaluate sets terms[k] to φ(t_k)e^(−it_k·lo)/(π(k+½)) and adds the errors of φ.
func (v *inversion) evaluate(count int) {
	L := float64(v.Depth)
	slopes := make([]complex128, count)
	v.n.logCharacteristics(slopes, v.step)
	v.terms = make([]complex128, count)
	rotation := restart * 0x1p-52
	if count <= directTerms {
		rotation = 0
	}
	for k := range v.terms {
		t := (float64(k) + 0.5) * v.step
		weight := v.Factor.Weight.TiltedLogCharacteristic(0, t)
		log := complex(L, 0)*(weight+slopes[k]) + complex(0, t*(L*v.n.center-v.lo))
		term := cmplx.Exp(log) / complex(math.Pi*(float64(k)+0.5), 0)
		v.terms[k] = term
		rounding := 0x1p-50 * (1 + L*cmplx.Abs(weight) + L*cmplx.Abs(slopes[k]) + t*(math.Abs(L*v.n.center)+math.Abs(v.lo)))
		if term != 0 {
			v.error += cmplx.Abs(term) * rounding
		}
		v.error += v.termError(weight, slopes[k], t*v.n.slope+rotation) / (math.Pi * (float64(k) + 0.5))
	}
}

// termError bounds the error of φ = exp(L(weight+slope)) if e^slope has the error e.
func (v *inversion) termError(weight, slope complex128, e float64) float64 {
	L := float64(v.Depth)
	if e == 0 {
		return 0
	}
	return L * e * math.Exp(L*real(weight)+(L-1)*math.Log(math.Exp(real(slope))+e))
}

// tabulate returns the table, on a grid so fine that the interpolation error is no more
// than the other errors or rounding.
func (v *inversion) tabulate() table {
	sixth, size := 0.0, 0.0
	for k, term := range v.terms {
		t := (float64(k) + 0.5) * v.step
		sixth += cmplx.Abs(term) * math.Pow(t, 6)
		size += cmplx.Abs(term)
	}
	n := 256
	width := func() float64 { return (v.hi - v.lo) / float64(n) }
	for n < 2*len(v.terms) || n < maxGrid && sixth*math.Pow(width(), 6)*quinticError > max(1e-13, v.error/10) {
		n *= 2
	}
	v.error += sixth*math.Pow(width(), 6)*quinticError + size*0x1p-50*math.Log2(float64(n))
	grids := [3][]float64{}
	transform := fourier.NewCmplxFFT(n)
	values := make([]complex128, n)
	for order := range grids {
		clear(values)
		copy(values, v.terms)
		transform.Coefficients(values, values)
		grids[order] = v.points(values)
		for k := range v.terms {
			v.terms[k] *= complex(0, -(float64(k)+0.5)*v.step)
		}
	}
	for j := range grids[0] {
		grids[0][j] += 0.5
	}
	return newTable(v.lo, width(), grids[0], grids[1], grids[2])
}

// points returns −Im of the sums Σ terms e^(−i t_k(x−lo)) at the n+1 points of the grid,
// from the transform Σ terms e^(−2πikj/n); the last is minus the first, because a shift
// by T turns every e^(−it_k x) round.
func (v *inversion) points(transform []complex128) []float64 {
	n := len(transform)
	out := make([]float64, n+1)
	for j, sum := range transform {
		sin, cos := math.Sincos(-math.Pi * float64(j) / float64(n))
		out[j] = -(real(sum)*sin + imag(sum)*cos)
	}
	out[n] = -out[0]
	return out
}
