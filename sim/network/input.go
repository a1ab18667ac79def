package network

import (
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// input draws the inputs of a network.
type input struct {
	given    []float64
	scale    float64
	angled   bool
	cos, sin float64
	normals  normals
}

func newInput(m model.Dense) (*input, error) {
	in := &input{given: m.Input, scale: m.Scale(), angled: m.Angle != 0}
	phi, err := kernel.NewActivation(activation.MustParse("sin"))
	if err != nil {
		return nil, err
	}
	var value, slope, exp [1]float64
	phi.Phi(value[:], []float64{m.Angle})
	phi.DPhi(slope[:], exp[:], []float64{m.Angle})
	in.sin, in.cos = value[0], ldexp(slope[0], exp[0])
	if m.Angle >= math.Pi {
		in.sin, in.cos = 0, -1
	}
	return in, nil
}

// draw sets x to the inputs: those given, or points of the sphere ‖x‖² = scale²·n,
// independent or at an angle.
func (in *input) draw(src stream.Source, x []vector) {
	n := len(x[0].v)
	radius := math.Sqrt(float64(n)) * in.scale
	for j := range x {
		x[j].exp = 0
		if in.given != nil {
			copy(x[j].v, in.given[j*n:])
		} else {
			in.normals.sphere(src, x[j].v, radius)
		}
	}
	if in.angled {
		in.turn(x[0].v, x[1].v, radius, float64(float64(n)*in.scale)*in.scale)
	}
	for j := range x {
		x[j].settle()
	}
}

// turn sets y to cos·x + sin·y⊥, with y⊥ the part of y across x, brought to the length
// radius of x, of which square is the square.
func (in *input) turn(x, y []float64, radius, square float64) {
	if in.sin != 0 {
		for range 2 { // once more, for a y that is nearly along x
			kernel.Axpy(-kernel.Dot(x, y)/square, x, y)
		}
		scale(y, float64(in.sin*radius)/math.Sqrt(kernel.Dot(y, y)))
	} else {
		clear(y)
	}
	kernel.Axpy(in.cos, x, y)
}
