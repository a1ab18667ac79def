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
	widths  []int
	gain    []float64 // σ_w/√fan-in of layer l at l−1
	biasStd float64
	weights model.WeightLaw
	density float64
	tied    bool
	sampler kernel.Sampler // of independent weights other than normal ones
	normals normals
	bits    [chunk]uint64

	w [][]float64 // weights of layer l at l−1, row by row: W_ij at i·fan-in + j
	b [][]float64 // biases

	rows, columns [][]float64
	c             []float64
}

func newMatrix(m model.Dense) (*matrix, error) {
	c := &matrix{
		widths: m.Layers(), gain: gains(m), biasStd: m.BiasStd, weights: m.Weights, density: m.Density, tied: m.Tied,
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
	switch c.weights {
	case model.OrthogonalWeights, model.ScaledOrthogonalWeights:
		c.normals.fill(src, w)
		orthogonalize(w, n, m)
		scale(w, c.orthogonalScale(n, m))
	case model.GaussianWeights:
		c.normals.fill(src, w)
	case model.SparseWeights:
		c.normals.fill(src, w)
		c.words(src, w, c.thin)
	default:
		c.words(src, w, c.sampler.Sample)
	}
}

// orthogonalScale is what takes unit rows or columns to a variance of 1, or to what has a gain
// of 1 after that of σ_w/√fan-in.
func (c *matrix) orthogonalScale(n, m int) float64 {
	if c.weights == model.OrthogonalWeights {
		return math.Sqrt(float64(m))
	}
	return math.Sqrt(float64(max(n, m)))
}

// words gives every element of w one word.
func (c *matrix) words(src stream.Source, w []float64, visit func(w []float64, bits []uint64)) {
	for len(w) > 0 {
		part := w[:min(len(w), chunk)]
		bits := c.bits[:(len(part)+lanes-1)&^(lanes-1)]
		src.Fill(bits)
		visit(part, bits)
		w = w[len(part):]
	}
}

// thin keeps a weight with the probability of the density, and the variance of all.
func (c *matrix) thin(w []float64, bits []uint64) {
	kept := 1 / math.Sqrt(c.density)
	for i := range w {
		if float64(bits[i]>>11)*0x1p-53 < c.density {
			w[i] = float64(w[i] * kept)
		} else {
			w[i] = 0
		}
	}
}

// layer returns the index of the weights of layer l.
func (c *matrix) layer(l int) int {
	if c.tied {
		return 0
	}
	return l - 1
}

func (c *matrix) forward(src stream.Source, l int, h, x []vector) {
	if at := c.layer(l); at == l-1 {
		n, m := c.widths[l], c.widths[l-1]
		c.w[at], c.b[at] = resize(c.w[at], n*m), resize(c.b[at], n)
		c.draw(src, c.w[at], n, m)
		clear(c.b[at])
		if c.biasStd > 0 {
			c.normals.fill(src, c.b[at])
			scale(c.b[at], c.biasStd)
		}
	}
	c.apply(l, h, x)
}

// apply sets h to W x + b, in units of x.
func (c *matrix) apply(l int, h, x []vector) {
	c.multiply(l, h, x)
	if c.biasStd == 0 {
		return
	}
	for j := range h {
		for i, b := range c.b[c.layer(l)] {
			h[j].v[i] += ldexp(b, -h[j].exp)
		}
	}
}

// block is the number of rows that are multiplied at a time.
const block = 64

// block returns some rows of the weights of layer l.
func (c *matrix) block(l, first, end int) [][]float64 {
	m := c.widths[l-1]
	c.rows = c.rows[:0]
	for i := first; i < end; i++ {
		c.rows = append(c.rows, c.w[c.layer(l)][i*m:(i+1)*m])
	}
	return c.rows
}

// multiply sets h to W x, in units of x.
func (c *matrix) multiply(l int, h, x []vector) {
	c.columns = values(c.columns, x)
	n := c.widths[l]
	for first := 0; first < n; first += block {
		rows := c.block(l, first, min(first+block, n))
		c.c = resize(c.c, len(x)*len(rows))
		kernel.Gram(c.c, c.columns, rows)
		for j := range h {
			for i, v := range c.c[j*len(rows) : (j+1)*len(rows)] {
				h[j].v[first+i] = float64(c.gain[l-1] * v)
			}
		}
	}
	for j := range h {
		h[j].exp = x[j].exp
	}
}

func (c *matrix) backward(_ stream.Source, l int, g []vector, _ pass, delta []vector) {
	for j := range g {
		clear(g[j].v)
		g[j].exp = delta[j].exp
	}
	c.columns = values(c.columns, g)
	n := c.widths[l]
	for first := 0; first < n; first += block {
		rows := c.block(l, first, min(first+block, n))
		c.c = resize(c.c, len(rows)*len(g))
		for j := range delta {
			for i := range rows {
				c.c[i*len(g)+j] = float64(c.gain[l-1] * delta[j].v[first+i])
			}
		}
		kernel.Combine(c.columns, rows, c.c)
	}
}

func (c *matrix) tangent(_ stream.Source, l int, t []vector, _ pass, v []vector) {
	c.multiply(l, t, v)
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
