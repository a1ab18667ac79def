package network

import (
	"fmt"
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/law"
)

// matrix has explicit weights, of variance 1 until they meet the gain.
type matrix struct {
	widths     []int
	gain       []float64 // σ_w/√fan-in of layer l at l−1
	biasStd    float64
	orthogonal bool
	sampler    kernel.Sampler // of independent weights other than normal ones
	normals    normals
	bits       [chunk]uint64

	w [][]float64 // weights of layer l at l−1, row by row: W_ij at i·fan-in + j
	b [][]float64 // biases
}

func newMatrix(m model.Dense) (*matrix, error) {
	c := &matrix{
		widths: m.Layers(), gain: gains(m), biasStd: m.BiasStd, orthogonal: m.Weights == model.OrthogonalWeights,
		w: make([][]float64, len(m.Layers())-1), b: make([][]float64, len(m.Layers())-1),
	}
	text := ""
	switch m.Weights {
	case model.UniformWeights:
		text = fmt.Sprintf("uniform(%v)", math.Sqrt(3))
	case model.RademacherWeights:
		text = "rademacher(1)"
	default:
		return c, nil
	}
	var err error
	c.sampler, err = kernel.NewSampler(law.MustParse(text))
	return c, err
}

// draw sets w to the n×m weights of a layer.
func (c *matrix) draw(src stream.Source, w []float64, n, m int) {
	switch {
	case c.orthogonal:
		c.normals.fill(src, w)
		orthogonalize(w, n, m)
		scale(w, math.Sqrt(float64(max(n, m)))) // of unit rows or columns
	case c.sampler == nil:
		c.normals.fill(src, w)
	default:
		for len(w) > 0 {
			part := w[:min(len(w), chunk)]
			bits := c.bits[:(len(part)+lanes-1)&^(lanes-1)]
			src.Fill(bits)
			c.sampler.Sample(part, bits)
			w = w[len(part):]
		}
	}
}

func (c *matrix) forward(src stream.Source, l int, h []float64, x *vector) {
	n, m := c.widths[l], c.widths[l-1]
	c.w[l-1], c.b[l-1] = resize(c.w[l-1], n*m), resize(c.b[l-1], n)
	c.draw(src, c.w[l-1], n, m)
	clear(c.b[l-1])
	if c.biasStd > 0 {
		c.normals.fill(src, c.b[l-1])
		scale(c.b[l-1], c.biasStd)
	}
	c.apply(l, h, x)
}

// apply sets h to W x + b, in units of x.exp.
func (c *matrix) apply(l int, h []float64, x *vector) {
	c.multiply(l, h, x.v)
	for i, b := range c.b[l-1] {
		h[i] += ldexp(b, -x.exp)
	}
}

// multiply sets h to W x.
func (c *matrix) multiply(l int, h, x []float64) {
	m := len(x)
	for i := range h {
		h[i] = float64(c.gain[l-1] * kernel.Dot(x, c.w[l-1][i*m:(i+1)*m]))
	}
}

func (c *matrix) backward(_ stream.Source, l int, g []float64, _ pass, delta *vector) {
	clear(g)
	m := len(g)
	for i, d := range delta.v {
		kernel.Axpy(float64(c.gain[l-1]*d), c.w[l-1][i*m:(i+1)*m], g)
	}
}

func (c *matrix) tangent(_ stream.Source, l int, t []float64, _ pass, v *vector) {
	c.multiply(l, t, v.v)
}

// orthogonalize turns n×m independent normal values into a matrix with orthonormal
// rows, or columns where n > m, uniform over these (Haar): the Gram–Schmidt process on
// normal vectors, twice, so that rounding leaves them orthogonal.
func orthogonalize(w []float64, n, m int) {
	v := make([][]float64, min(n, m))
	for i := range v {
		v[i] = make([]float64, max(n, m))
		for j := range v[i] {
			v[i][j] = w[i*max(n, m)+j] // whichever values: all are alike
		}
		for range 2 {
			for _, u := range v[:i] {
				kernel.Axpy(-kernel.Dot(u, v[i]), u, v[i])
			}
			scale(v[i], 1/math.Sqrt(kernel.Dot(v[i], v[i])))
		}
	}
	for i, u := range v {
		for j, x := range u {
			if n <= m {
				w[i*m+j] = x
			} else {
				w[j*m+i] = x
			}
		}
	}
}
