package props

import (
	"context"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/sim/stream"
)

// What holds in every single network, up to rounding, by how a layer is computed: no claims,
// for no theory could be wrong, but tests of the engines. Each is shown to fail where it must.

// sampleOnce is one network, a function of its configuration and the text.
func sampleOnce(c networkAt, of string) *network.Sample {
	e, err := network.New(c.kind(), c.model())
	if err != nil {
		panic("props: " + err.Error())
	}
	s := new(network.Sample)
	src := stream.Key{Purpose: "once", Config: of}.Source(stream.Xoshiro)
	if err := e.Sample(context.Background(), src, s); err != nil {
		panic("props: " + err.Error())
	}
	return s
}

// identity checks a finding at drawn points, and that each wrong one is found out at a point.
func identity[C any](t *testing.T, draw func(*rapid.T) C, check func(C) finding, at C, wrong map[string]func(C) finding) {
	t.Helper()
	if f := check(at); f.violated() {
		t.Errorf("at %s: %s", canonical(at), f.Text)
	}
	for name, mutant := range wrong {
		if f := mutant(at); !f.violated() || f.ratio() < minMargin {
			t.Errorf("%s: not found out, %.3g of the tolerance", name, f.ratio())
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if c := draw(t); check(c).violated() {
			t.Fatalf("at %s: %s", canonical(c), check(c).Text)
		}
	})
}

// asIs is the network as it is.
func asIs(c networkAt) networkAt { return c }

// engines that draw weights one by one, and in law.
func sampledEither(t *rapid.T, c networkAt) networkAt {
	return c.sampledBy(rapid.SampledFrom([]network.Kind{network.Law, network.Matrix}).Draw(t, "engine"))
}

// gradientOfTwo checks that the gradient at the input is 0.
func gradientOfTwo(change func(c networkAt) networkAt) func(networkAt) finding {
	return func(c networkAt) finding {
		c = change(c)
		log := sampleOnce(c, canonical(c)).LogGradNorm[0]
		return finding{Residual: math.Exp(log), Tolerance: 1e-13, Text: fmt.Sprintf("log ‖∂/∂x⁰‖ = %.6g", log)}
	}
}

// A batch of two passes no gradient through batch normalisation, ε = 0: every unit is ±1, the
// Jacobian (√B/r)(I − 11ᵀ/B − uuᵀ) is 0.
func TestBatchNorm_two(t *testing.T) {
	draw := func(t *rapid.T) networkAt {
		phi := rapid.SampledFrom([]string{"tanh", "relu", "silu", "sigmoid"}).Draw(t, "activation")
		c := dense(phi, gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std"), gen.Widths(1, 64).Draw(t, "width"), gen.Depths(1, 10).Draw(t, "depth"))
		return sampledEither(t, biased(c, gen.Decimals(0, 1, 0.1).Draw(t, "bias_std")).normalized("batch", 2))
	}
	identity(t, draw, gradientOfTwo(asIs), dense("tanh", 1, 8, 3).normalized("batch", 2), map[string]func(networkAt) finding{
		"a batch of three too":         gradientOfTwo(func(c networkAt) networkAt { return c.normalized("batch", 3) }),
		"with ε > 0 too":               gradientOfTwo(func(c networkAt) networkAt { c.Epsilon = 0.1; return c }),
		"with layer normalisation too": gradientOfTwo(func(c networkAt) networkAt { return c.normalized("layer", 2) }),
	})
}

// scaledAt is a normalised network, and a power of 2 by which its weights and biases are
// multiplied.
type scaledAt struct {
	networkAt
	Power int `json:"power"`
}

// by is the network with its weights multiplied by a, and ε by epsilon.
func (c scaledAt) by(a, epsilon float64) networkAt {
	n := c.networkAt
	n.WeightStd *= a
	n.BiasStd *= a
	n.Epsilon *= epsilon
	return n
}

// scalesOut checks that with weights a·w signals and counts are those of w, gradients with
// respect to the pre-activations times gain(a), and at the input the same; ε times epsilon(a).
func scalesOut(gain, epsilon func(a float64) float64, change func(c networkAt) networkAt) func(scaledAt) finding {
	return func(c scaledAt) finding {
		a := math.Ldexp(1, c.Power)
		key := canonical(c)
		before, after := sampleOnce(change(c.by(1, 1)), key), sampleOnce(change(c.by(a, epsilon(a))), key)
		worst, text := 0.0, "signals and gradients scale"
		compare := func(what string, l int, got, want float64) {
			if off := math.Abs(got-want) / (1 + math.Abs(want)); got != want && !(off <= worst) {
				worst, text = off, fmt.Sprintf("%s %d: %.9g becomes %.9g", what, l, want, got)
			}
		}
		for l := range c.Depth + 1 {
			compare("log second moment of layer", l, after.LogSquare[l], before.LogSquare[l])
			compare("saturated units of layer", l, float64(after.Saturated[l]), float64(before.Saturated[l]))
			shift := math.Log(gain(a))
			if l == 0 {
				shift = 0
			}
			compare("log gradient (times a) at layer", l, after.LogGradNorm[l]-shift, before.LogGradNorm[l])
		}
		return finding{Residual: worst, Tolerance: 1e-11, Text: text}
	}
}

// Normalisation takes the scale of the weights away (Ioffe & Szegedy 2015, section 3.3, BN(aWx) =
// BN(Wx)): with weights and biases times a and ε times a², signals, saturated units and the
// gradient at the input stay, and gradients with respect to pre-activations are divided by a.
func TestNormalization_scale(t *testing.T) {
	inverse := func(a float64) float64 { return 1 / a }
	square := func(a float64) float64 { return a * a }
	constant := func(float64) float64 { return 1 }
	example := scaledAt{dense("tanh", 1, 16, 5).normalized("batch", 6), 3}
	example.Epsilon, example.BiasStd = 0.5, 1
	draw := func(t *rapid.T) scaledAt {
		phi := rapid.SampledFrom([]string{"tanh", "relu", "silu", "sigmoid"}).Draw(t, "activation")
		c := dense(phi, gen.Decimals(0.5, 3, 0.5).Draw(t, "weight_std"), gen.Widths(3, 64).Draw(t, "width"), gen.Depths(1, 10).Draw(t, "depth"))
		c = c.normalized(rapid.SampledFrom([]string{"batch", "layer", "rms"}).Draw(t, "norm"), rapid.IntRange(3, 8).Draw(t, "batch"))
		c.BiasStd, c.Epsilon = gen.Decimals(0, 1, 0.5).Draw(t, "bias_std"), gen.Decimals(0, 1, 0.25).Draw(t, "epsilon")
		return scaledAt{sampledEither(t, c), rapid.IntRange(-20, 20).Draw(t, "power")}
	}
	identity(t, draw, scalesOut(inverse, square, asIs), example, map[string]func(scaledAt) finding{
		"gradients do not change": scalesOut(constant, square, asIs),
		"gradients scale as a":    scalesOut(func(a float64) float64 { return a }, square, asIs),
		"ε stays":                 scalesOut(inverse, constant, asIs),
		"without normalisation": scalesOut(inverse, square, func(c networkAt) networkAt {
			c.Norm, c.Epsilon = "", 0
			return c
		}),
		"normalised behind φ": scalesOut(inverse, square, func(c networkAt) networkAt {
			c.NormAfter = true
			return c
		}),
	})
}

// keepsAll checks that signals and the gradient at the input have the size they start with.
func keepsAll(change func(c networkAt) networkAt) func(networkAt) finding {
	return func(c networkAt) finding {
		c = change(c)
		s := sampleOnce(c, canonical(c))
		start := math.Log(float64(max(c.Batch, 1))) / 2 // a unit vector for each input
		f := finding{Residual: math.Abs(s.LogGradNorm[0] - start), Tolerance: 1e-14 * float64(c.Depth+10)}
		for _, log := range s.LogSquare {
			f.Residual = max(f.Residual, math.Abs(log-s.LogSquare[0]))
		}
		f.Text = fmt.Sprintf("log ‖∂/∂x⁰‖ = %.6g of %.6g, log‖x^L‖²/n = %.6g of %.6g", s.LogGradNorm[0], start, s.LogSquare[c.Depth], s.LogSquare[0])
		return f
	}
}

// With branches initialised to zero, α = 0, the Jacobian of a residual network is 1 (Bachlechner
// et al. 2021, ReZero).
func TestResidual_zero(t *testing.T) {
	draw := func(t *rapid.T) networkAt {
		phi := rapid.SampledFrom([]string{"tanh", "relu", "silu", "sigmoid"}).Draw(t, "activation")
		c := dense(phi, gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std"), gen.Widths(1, 64).Draw(t, "width"), gen.Depths(1, 100).Draw(t, "depth"))
		c = c.normalized(rapid.SampledFrom([]string{"", "batch", "layer", "rms"}).Draw(t, "norm"), rapid.IntRange(2, 4).Draw(t, "batch"))
		return biased(c, gen.Decimals(0, 1, 0.1).Draw(t, "bias_std")).residual(0)
	}
	identity(t, draw, keepsAll(asIs), dense("relu", 2, 8, 10).residual(0), map[string]func(networkAt) finding{
		"without skip connections": keepsAll(func(c networkAt) networkAt { c.Alpha = nil; return c }),
		"a small α too":            keepsAll(func(c networkAt) networkAt { return c.residual(1e-3) }),
		"α = 1/L too":              keepsAll(func(c networkAt) networkAt { return c.residual(1 / float64(c.Depth)) }),
	})
	if f := keepsAll(asIs)(dense("sigmoid", 1, 1, 1000).residual(0)); f.violated() {
		t.Errorf("1,000 layers of width 1: %s", f.Text)
	}
}
