package network

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// norm samples norms of linear and relu networks without biases. With m the fan-in,
// a = σ_w²/m, and B the number of active units of a layer, n for linear and Bin(n, ½)
// for relu, independent from layer to layer,
//
//	‖x^l‖² = a χ²_B ‖x^(l−1)‖²,  ‖δ^(l−1)‖² = a χ²_B′ ‖δ^l‖²,  B′ that of layer l − 1,
//
// the first the same for a tangent; ‖δ^L‖² is the part of the active units of a point
// of the sphere, χ²_B/(χ²_B + χ²_{n−B}), and all units of layer 0 are active (Hanin &
// Nica 2020 for a fixed vector; derived for the gradient, where it takes the symmetry
// of u). B = 0 anywhere ends the signal there and the gradient everywhere. Forward
// norms, gradient norms and tangents have their laws over the layers, but not jointly
// with each other.
type norm struct {
	widths []int
	gain   []float64 // √a of layer l at l−1
	relu   bool
	input  vector
	chi    chiSquared
	bits   []uint64
	active []int
}

func newNorm(m model.Dense) (*norm, error) {
	name := m.Activation.Name()
	switch {
	case name != "linear" && name != "relu":
		return nil, errors.New("engine norm: activation " + m.Activation.String() + ": want linear or relu")
	case m.Weights != model.GaussianWeights:
		return nil, errors.New("engine norm: weights " + m.Weights.String() + ": want gaussian")
	case m.BiasStd != 0:
		return nil, errors.New("engine norm: biases: want none")
	case m.Inputs() > 1:
		return nil, fmt.Errorf("engine norm: batch %d: want one input", m.Inputs())
	case m.Norm != model.NoNorm || m.Skip || m.Tied:
		return nil, errors.New("engine norm: normalised, residual or recurrent: want a plain network")
	}
	e := &norm{widths: m.Layers(), gain: gains(m), relu: name == "relu"}
	e.active = make([]int, len(e.widths))
	e.input.v = append(e.input.v, m.Input...)
	if m.Input == nil {
		e.input.v = append(e.input.v, math.Sqrt(float64(e.widths[0]))*m.Scale()) // its norm is all that matters
	}
	e.input.settle()
	return e, nil
}

// draw draws the active units and reports whether the signal is alive at the end.
func (e *norm) draw(src stream.Source) bool {
	alive := e.input.square > 0
	e.active[0] = e.widths[0]
	for l, n := range e.widths[1:] {
		k := n
		if e.relu {
			k = e.half(src, n)
		}
		alive = alive && k > 0
		if !alive && e.relu {
			k = 0
		}
		e.active[l+1] = k
	}
	return alive
}

// half draws Bin(n, ½): the number of ones among n bits.
func (e *norm) half(src stream.Source, n int) int {
	words := (n + 63) / 64
	e.bits = resize(e.bits, (words+lanes-1)&^(lanes-1))
	src.Fill(e.bits)
	e.bits[words-1] &= math.MaxUint64 >> (64*words - n)
	ones := 0
	for _, w := range e.bits[:words] {
		ones += bits.OnesCount64(w)
	}
	return ones
}

// step returns log a χ²_k for the fan-in of layer l.
func (e *norm) step(src stream.Source, l, k int) float64 {
	return e.chi.log(src, k) + float64(2*kernel.Log(e.gain[l-1]))
}

// Sample implements [Engine].
func (e *norm) Sample(ctx context.Context, src stream.Source, dst *Sample) error {
	depth := len(e.gain)
	dst.Resize(depth)
	alive := e.draw(src)
	log := 2 * e.input.logNorm()
	for l := range e.widths {
		if l > 0 {
			log += e.step(src, l, e.active[l])
		}
		dst.LogSquare[l] = log - kernel.Log(float64(e.widths[l]))
		dst.Dead[l] = e.widths[l] - e.active[l]
		dst.Saturated[l] = dst.Dead[l]
		dst.Correlation[l], dst.LogStreamNorm[l] = math.NaN(), math.NaN()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	log = 0
	if e.relu {
		log = e.fraction(src, e.active[depth], e.widths[depth])
		if !alive {
			log = math.Inf(-1)
		}
	}
	for l := depth; l >= 0; l-- {
		if l < depth {
			log += e.step(src, l+1, e.active[l])
		}
		dst.LogGradNorm[l] = float64(log * 0.5)
	}
	return nil
}

// fraction returns the logarithm of χ²_k/(χ²_k + χ²_{n−k}).
func (e *norm) fraction(src stream.Source, k, n int) float64 {
	switch k {
	case 0:
		return math.Inf(-1)
	case n:
		return 0
	}
	a, b := e.chi.draw(src, k), e.chi.draw(src, n-k)
	return kernel.Log(a / (a + b))
}

// Tangent implements [Engine].
func (e *norm) Tangent(ctx context.Context, src stream.Source, dst []float64) error {
	if len(dst) != len(e.widths) {
		panic("network: one logarithm for each layer 0 … L wanted")
	}
	e.draw(src)
	log := 0.0
	dst[0] = 0
	for l := 1; l < len(dst); l++ {
		log += e.step(src, l, e.active[l])
		dst[l] = float64(log * 0.5)
	}
	return ctx.Err()
}

// chiSquared draws χ² variates by rejection (Marsaglia & Tsang 2000), from groups of
// 8 candidates.
type chiSquared struct {
	normals normals
	x       [lanes]float64
	bits    [lanes]uint64
}

// draw returns a χ² variate of k degrees of freedom, 0 for k = 0.
func (c *chiSquared) draw(src stream.Source, k int) float64 {
	switch k {
	case 0:
		return 0
	case 1:
		c.normals.fill(src, c.x[:1])
		return float64(c.x[0] * c.x[0])
	}
	// Gamma(k/2) = d·v, v = (1 + x/√(9d))³ with x normal, d = k/2 − 1/3
	d := float64(k)/2 - 1.0/3
	width := 1 / math.Sqrt(9*d)
	for {
		c.normals.fill(src, c.x[:])
		src.Fill(c.bits[:])
		for i, x := range c.x {
			root := 1 + float64(width*x)
			if root <= 0 {
				continue
			}
			v := float64(float64(root*root) * root)
			u := (float64(c.bits[i]>>12) + 0.5) * 0x1p-52
			accept := float64(float64(x*x)*0.5) + float64(d*((1-v)+float64(3*kernel.Log(root))))
			if kernel.Log(u) < accept {
				return float64(2 * float64(d*v))
			}
		}
	}
}

// log returns log χ²_k, −Inf for k = 0.
func (c *chiSquared) log(src stream.Source, k int) float64 { return kernel.Log(c.draw(src, k)) }
