package network

import (
	"context"
	"fmt"
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/stream"
)

// Norm implements [Spectral]: Golub and Kahan's bidiagonalisation (1965) of J from a random
// tangent, each new one made orthogonal to all before, until the largest singular value of
// the bidiagonal matrix stays. That value approaches ‖J‖ from below.
func (s *spectral) Norm(ctx context.Context, src stream.Source) (float64, error) {
	t, ok := s.layers.(*tangents)
	if !ok || !keepsWeights(t.dense) {
		return 0, fmt.Errorf("the norm of the Jacobian: want explicit weights")
	}
	if s.identity {
		return 0, ctx.Err()
	}
	e := t.dense
	x := e.start(src)
	for l := range e.depth() {
		e.align(x)
		e.forward(src, l+1, x)
		x = e.act(l+1, x)
	}
	s.draw(src, 1)
	return (&lanczos{network: e}).norm(ctx, s.frame[0])
}

// keepsWeights says whether the weights stay, so that layers can be passed again.
func keepsWeights(e *dense) bool {
	_, ok := e.weights.(*matrix)
	return ok
}

// lanczos is a bidiagonalisation on its way. All numbers are in units of 2^unit, that of the
// first product.
type lanczos struct {
	network     *dense
	unit        float64
	right       [][]float64 // orthonormal tangents
	left        []float64
	alpha, beta []float64 // the diagonal and what is above it
}

// Steps between looks at the singular value, and the change that ends them.
const (
	lanczosLook = 4
	lanczosStop = 1e-11
)

func (z *lanczos) norm(ctx context.Context, v vector) (float64, error) {
	z.right = [][]float64{append([]float64(nil), v.v...)}
	last := 0.0
	for k := 1; ; k++ {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if !z.forward(k) {
			break
		}
		more := k < len(v.v) && z.backward(k)
		if !more {
			break
		}
		if k%lanczosLook == 0 {
			now := largestOf(z.alpha, z.beta[:k-1])
			if now-last <= lanczosStop*now {
				break
			}
			last = now
		}
	}
	if len(z.alpha) == 0 {
		return math.Inf(-1), nil
	}
	return kernel.Log(largestOf(z.alpha, z.beta[:len(z.alpha)-1])) + float64(z.unit*math.Ln2), nil
}

// forward adds α_k: J v_k less what is along the left vector before. It reports whether that is not 0.
func (z *lanczos) forward(k int) bool {
	p := z.network.jacobian(z.right[k-1])
	if k == 1 {
		z.unit = p.exp + math.Floor(math.Log2(math.Sqrt(max(p.square, math.SmallestNonzeroFloat64))))
	}
	u := inUnits(p, z.unit)
	if k > 1 {
		kernel.Axpy(-z.beta[k-2], z.left, u)
	}
	alpha := math.Sqrt(kernel.Dot(u, u))
	if !(alpha > 0) {
		return false
	}
	scale(u, 1/alpha)
	z.left, z.alpha = u, append(z.alpha, alpha)
	return true
}

// backward adds β_k and the next tangent: Jᵀu_k less what is along those before. It reports
// whether there is one.
func (z *lanczos) backward(k int) bool {
	r := inUnits(z.network.transposed(z.left), z.unit)
	size := math.Sqrt(kernel.Dot(r, r))
	for range 2 { // twice is enough
		for _, v := range z.right {
			kernel.Axpy(-kernel.Dot(v, r), v, r)
		}
	}
	beta := math.Sqrt(kernel.Dot(r, r))
	if !(beta > 0x1p-45*size) {
		return false
	}
	scale(r, 1/beta)
	z.right, z.beta = append(z.right, r), append(z.beta, beta)
	return true
}

// inUnits is a vector in units of 2^unit, in memory of its own.
func inUnits(x vector, unit float64) []float64 {
	out := make([]float64, len(x.v))
	for i, v := range x.v {
		out[i] = ldexp(v, x.exp-unit)
	}
	return out
}

// jacobian is J v, at the signals of the last pass.
func (e *dense) jacobian(v []float64) vector {
	e.g = columns(e.g, 1, len(v))
	copy(e.g[0].v, v)
	e.g[0].exp = 0
	e.g[0].settle()
	for l := 1; l <= e.depth(); l++ {
		if e.layer.blind {
			forget(e.g, e.recall(l-1))
		}
		e.t = columns(e.t, 1, e.widths[l])
		e.weights.tangent(nil, l, e.t, pass{}, e.g)
		settle(e.t)
		e.recall(l)
		e.layer.forward(e.t)
		if e.layer.skip {
			e.shrink(e.t)
			join(e.t, 1, e.g)
		}
		e.g, e.t = e.t, e.g
	}
	return e.g[0]
}

// transposed is Jᵀu, at the signals of the last pass.
func (e *dense) transposed(u []float64) vector {
	e.g = columns(e.g, 1, len(u))
	copy(e.g[0].v, u)
	e.g[0].exp = 0
	e.g[0].settle()
	for l := e.depth(); l > 0; l-- {
		if e.layer.skip {
			e.s = duplicate(e.s, e.g)
			e.shrink(e.g)
		}
		e.recall(l)
		e.layer.backward(e.g)
		e.t = columns(e.t, 1, e.widths[l-1])
		e.weights.backward(nil, l, e.t, pass{}, e.g)
		if e.layer.blind {
			forget(e.t, e.recall(l-1))
		}
		settle(e.t)
		if e.layer.skip {
			join(e.t, 1, e.s)
		}
		e.g, e.t = e.t, e.g
	}
	return e.g[0]
}

// largestOf is the largest singular value of an upper bidiagonal matrix: the largest
// eigenvalue of the tridiagonal one with zeros on the diagonal and α₁, β₁, α₂, … beside it
// (Golub & Kahan 1965), by bisection on Sturm's sequence.
func largestOf(alpha, beta []float64) float64 {
	off := make([]float64, 0, len(alpha)+len(beta))
	for i, a := range alpha {
		off = append(off, a)
		if i < len(beta) {
			off = append(off, beta[i])
		}
	}
	lo, hi := 0.0, 0.0
	for i, a := range off {
		lo, hi = max(lo, a), max(hi, a)
		if i > 0 {
			hi = max(hi, a+off[i-1])
		}
	}
	above := func(x float64) bool { // whether x is above all eigenvalues
		d := -x
		for _, a := range off {
			if d = -x - a*a/d; !(d < 0) {
				return false
			}
		}
		return true
	}
	for range 60 {
		if middle := lo + (hi-lo)/2; above(middle) {
			hi = middle
		} else {
			lo = middle
		}
	}
	return hi
}
