package chain

import (
	"math"
	"math/big"
	"testing"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/law"
	"gradchain/theory/special"
)

// The oracle of the engines: the same random numbers, drawn here layer by layer, and
// the product of the factors w·φ′(z) in numbers without limit of exponent.

func testSource(m model.Chain) stream.Source {
	return stream.Key{Seed: 1, Purpose: "chain test", Config: m.Canonical()}.Source(stream.Xoshiro)
}

// row draws n values of a law, zeros for the zero Law.
func row(t testing.TB, src stream.Source, l law.Law, n int) []float64 {
	t.Helper()
	out := make([]float64, n)
	if l.Name() == "" {
		return out
	}
	d, err := newDraw("law", l)
	if err != nil {
		t.Fatal(err)
	}
	d.fill(src, out)
	return out
}

// factor is one factor w·φ′(z), or w·slope where z is outside float64.
type factor struct {
	w, z, slope float64
	linear      bool
}

// independentFactors draws what an independent chain draws, for n paths.
func independentFactors(t testing.TB, m model.Chain, n int) [][]factor {
	t.Helper()
	m = m.WithDefaults()
	src := testSource(m)
	paths := make([][]factor, n)
	for range m.Depth {
		w, z := make([]float64, n), make([]float64, n)
		if pair := newPair(m.Weight, m.PreActivation); pair != nil {
			pair.fill(src, w, z)
		} else {
			w, z = row(t, src, m.Weight, n), row(t, src, m.PreActivation, n)
		}
		for i := range paths {
			paths[i] = append(paths[i], factor{w: w[i], z: z[i]})
		}
	}
	return paths
}

// forwardFactors draws what a forward chain draws, and runs the network.
func forwardFactors(t testing.TB, m model.Chain, n int) [][]factor {
	t.Helper()
	m = m.WithDefaults()
	phi, err := kernel.NewActivation(m.Activation)
	if err != nil {
		t.Fatal(err)
	}
	src := testSource(m)
	signals, paths := make([]wideSignal, n), make([][]factor, n)
	for i, x := range row(t, src, m.Input, n) {
		signals[i] = wideSignal{wide(x), phi, m.Activation}
	}
	for range m.Depth {
		w, b := row(t, src, m.Weight, n), row(t, src, m.Bias, n)
		for i := range paths {
			paths[i] = append(paths[i], signals[i].step(w[i], b[i]))
		}
	}
	return paths
}

// wideSignal is a signal in floating point of 53 bits without limit of exponent, so
// that it takes the same values as a float64 in range.
type wideSignal struct {
	a   *big.Float
	phi kernel.Activation
	act activation.Activation
}

func wide(x float64) *big.Float { return new(big.Float).SetPrec(53).SetFloat64(x) }

func (s *wideSignal) step(w, b float64) factor {
	y := wide(0).Mul(s.a, wide(w))
	y.Add(y, wide(b))
	exponent := 0
	if y.Sign() != 0 {
		exponent = y.MantExp(nil)
	}
	end := max(-1, min(y.Sign(), 1)) | 1
	switch tail := s.act.Tail(end); {
	case exponent > 1000 && tail.Kind == activation.Constant:
		s.a.Mul(y, wide(tail.Coefficient))
		return factor{w: w, slope: tail.Coefficient, linear: true}
	case exponent < -1000 && s.act.Phi(0) == 0:
		slope := s.act.DPhi(float64(end) * 0x1p-1000)
		s.a.Mul(y, wide(slope))
		return factor{w: w, slope: slope, linear: true}
	}
	z, _ := y.Float64()
	if log, ok := logDecay(s.act.Name(), z); ok {
		s.a = wide(0).SetMantExp(wide(-math.Exp2(log/math.Ln2-math.Floor(log/math.Ln2))), int(math.Floor(log/math.Ln2)))
		return factor{w: w, z: z}
	}
	x := [1]float64{}
	s.phi.Phi(x[:], []float64{z})
	s.a = wide(x[0])
	return factor{w: w, z: z}
}

// logDecay returns log|φ(z)| where φ(z) underflows to −0.
func logDecay(name string, z float64) (float64, bool) {
	switch {
	case name == "gelu" && z < -30:
		return math.Log(-z) + special.LogNormCDF(z), true
	case name == "gelu_tanh" && z < -15:
		return math.Log(-z) + 2*math.Sqrt(2/math.Pi)*(z+0.044715*z*z*z), true
	case (name == "silu" || name == "mish") && z < -400:
		return math.Log(-z) + z, true
	}
	return 0, false
}

// unit roundoff.
const roundoff = 0x1p-53

// exact is log|G|, its sign, and a bound of the error that an engine may make.
type exact struct {
	log      float64
	negative bool
	bound    float64
}

// multiply is the naive product, in math/big, with φ′ from the theory. The bound
// allows each factor 10 ulp, and where φ′ changes its sign 8 ulp of 1.
func multiply(factors []factor, phi activation.Activation) exact {
	product := new(big.Float).SetPrec(200).SetFloat64(1)
	var e exact
	tail := 0.0 // Σ log|φ′| of the factors that underflow
	for _, f := range factors {
		d := f.slope
		if !f.linear {
			d = phi.DPhi(f.z)
		}
		e.bound += 10 * roundoff
		if !phi.Monotone() {
			e.bound += 8 * roundoff / math.Max(math.Abs(d), 1e-17)
		}
		if log := phi.LogAbsDPhi(f.z); !f.linear && math.Abs(d) < 1e-290 && !math.IsInf(log, -1) {
			tail += log
			e.bound += 4 * roundoff * math.Abs(log)
			d = math.Copysign(1, d)
		}
		product.Mul(product, big.NewFloat(f.w))
		product.Mul(product, big.NewFloat(d))
	}
	if product.Sign() == 0 {
		e.log = math.Inf(-1)
		return e
	}
	fraction := new(big.Float)
	exponent := product.MantExp(fraction)
	m, _ := fraction.Float64()
	e.log = math.Log(math.Abs(m)) + float64(exponent)*math.Ln2 + tail
	e.negative = product.Sign() < 0
	e.bound += 8 * roundoff * (1 + math.Abs(e.log) + math.Abs(tail))
	return e
}

// wrong says what is wrong with an engine's result, "" for nothing.
func (e exact) wrong(log float64, negative bool) string {
	switch {
	case math.IsInf(e.log, -1) != math.IsInf(log, -1):
		return "dead flag"
	case math.IsInf(log, -1):
		return ""
	case e.negative != negative:
		return "sign"
	case !(math.Abs(log-e.log) <= e.bound):
		return "log|G|"
	}
	return ""
}
