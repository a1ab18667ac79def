package network

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"gradchain/sim/chain"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/law"
	"gradchain/theory/product"
)

// Tests of the engines against exact laws and against each other. The checks of this
// file together fail correct engines with a probability below 1e-6, each with
// falseFail, if the streams were truly random; the seed is fixed, so a check either
// always fails or never.
const (
	falseFail = 1e-9
	deviates  = 6.11 // two-sided normal quantile of falseFail
)

// statistics are what two engines are compared by: signal at the end, gradients at the
// end, in the middle and at the input, the tangent, and the correlation, 2 where there is
// none, each of n samples.
type statistics [6][]float64

var statisticNames = [6]string{
	"log second moment at L", "log gradient at L", "log gradient at L/2", "log gradient at 0", "log tangent at L", "correlation at L",
}

// draw samples from a stream of the test, the model and the phase.
func draw(t *testing.T, e Engine, m model.Dense, phase string, n int) statistics {
	t.Helper()
	src := stream.Key{Purpose: t.Name(), Config: m.Canonical(), Phase: phase}.Source(stream.Xoshiro)
	depth := len(m.Layers()) - 1
	var out statistics
	var s Sample
	tangent := make([]float64, depth+1)
	for range n {
		if err := e.Sample(context.Background(), src, &s); err != nil {
			t.Fatal(err)
		}
		if err := e.Tangent(context.Background(), src, tangent); err != nil {
			t.Fatal(err)
		}
		correlation := s.Correlation[depth]
		if math.IsNaN(correlation) {
			correlation = 2
		}
		for i, v := range []float64{s.LogSquare[depth], s.LogGradNorm[depth], s.LogGradNorm[depth/2], s.LogGradNorm[0], tangent[depth], correlation} {
			out[i] = append(out[i], math.Round(v*0x1p30)*0x1p-30) // a norm that is 1 is so to rounding
		}
	}
	return out
}

// ks is the largest distance of two empirical distribution functions.
func ks(a, b []float64) float64 {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	distance, i, j := 0.0, 0, 0
	for i < len(a) && j < len(b) {
		x := min(a[i], b[j])
		for i < len(a) && a[i] == x {
			i++
		}
		for j < len(b) && b[j] == x {
			j++
		}
		distance = math.Max(distance, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return distance
}

// dkw is the distance of an empirical from the true distribution function that is
// exceeded with probability falseFail/2 at most (Massart 1990): two samples differ by
// twice that with probability falseFail at most.
func dkw(n int) float64 { return math.Sqrt(math.Log(4/falseFail) / (2 * float64(n))) }

// samples returns n, an eighth of it for short tests.
func samples(n int) int {
	if testing.Short() {
		return n / 8
	}
	return n
}

// compare fails the test if two samples differ.
func compare(t *testing.T, a, b statistics, reason string) {
	t.Helper()
	n := len(a[0])
	for i, name := range statisticNames {
		if d := ks(a[i], b[i]); !(d <= 2*dkw(n)) {
			t.Errorf("%s: %s: distance %.4f of two samples of %d, want at most %.4f", reason, name, d, n, 2*dkw(n))
		}
	}
}

// TestLaw_isMatrix: engine Law has the law of engine Matrix. Two samples of 4,000
// notice distribution functions that differ by 0.21, 1,600 (for widths from 16 on) by 0.34,
// both with probability 1 − 1e-9.
func TestLaw_isMatrix(t *testing.T) {
	for _, width := range []int{1, 2, 3, 16, 33} {
		n := samples(4_000)
		if width >= 16 {
			n = samples(1_600)
		}
		for _, phi := range []string{"tanh", "relu", "gelu"} {
			m := square(phi, width, 4)
			m.WeightStd, m.BiasStd = 1.5, 0.3
			a := draw(t, mustEngine(t, Law, m), m, "law", n)
			b := draw(t, mustEngine(t, Matrix, m), m, "matrix", n)
			compare(t, a, b, m.Canonical())
		}
	}
}

// TestLaw_isMatrixBatch: the same for batches, of every stage, also of more inputs than
// units. Two samples of 1,600 notice distribution functions that differ by 0.34.
func TestLaw_isMatrixBatch(t *testing.T) {
	n := samples(1_600)
	for _, tt := range []struct {
		phi           string
		width, inputs int
		change        func(*model.Dense)
	}{
		{"tanh", 16, 2, func(m *model.Dense) { m.Angle = 0.5 }},
		{"relu", 16, 2, func(m *model.Dense) { m.Angle, m.BiasStd = math.Pi, 0 }},
		{"tanh", 1, 2, func(*model.Dense) {}},
		{"gelu", 3, 5, func(*model.Dense) {}},
		{"relu", 8, 4, func(m *model.Dense) { m.Norm, m.BiasStd = model.BatchNorm, 0 }},
		{"tanh", 8, 3, func(m *model.Dense) { m.Norm, m.NormAfter, m.Epsilon = model.BatchNorm, true, 0.1 }},
		{"relu", 8, 2, func(m *model.Dense) { m.Norm = model.LayerNorm }},
		{"relu", 8, 2, func(m *model.Dense) { m.Norm, m.NormAfter = model.RMSNorm, true }},
		{"tanh", 8, 3, func(m *model.Dense) { m.Skip, m.Alpha = true, 0.5 }},
		{"relu", 8, 3, func(m *model.Dense) { m.Skip, m.Alpha, m.Norm = true, 1, model.BatchNorm }},
	} {
		m := square(tt.phi, tt.width, 4)
		m.WeightStd, m.BiasStd, m.Batch = 1.5, 0.3, tt.inputs
		tt.change(&m)
		a := draw(t, mustEngine(t, Law, m), m, "law", n)
		b := draw(t, mustEngine(t, Matrix, m), m, "matrix", n)
		compare(t, a, b, m.Canonical())
	}
}

// TestMatrix_sparse: at density 1 sparse weights are normal ones. At others their
// fourth moment is 3/density, see TestMatrix_kurtosis.
func TestMatrix_sparse(t *testing.T) {
	n := samples(4_000)
	m := square("tanh", 4, 3)
	a := draw(t, mustEngine(t, Matrix, m), m, "normal", n)
	m.Weights, m.Density = model.SparseWeights, 1
	compare(t, a, draw(t, mustEngine(t, Matrix, m), m, "sparse", n), m.Canonical())
}

// TestShortcut: its signals are those of Law, from the same words.
func TestShortcut(t *testing.T) {
	for _, inputs := range []int{1, 3} {
		m := square("tanh", 16, 30)
		m.Batch, m.BiasStd = inputs, 0.1
		a, b := mustSample(t, mustEngine(t, Law, m), source(t)), mustSample(t, mustEngine(t, Shortcut, m), source(t))
		if !slices.Equal(a.LogSquare, b.LogSquare) || inputs > 1 && !slices.Equal(a.Correlation, b.Correlation) || a.LogGradNorm[30] != b.LogGradNorm[30] {
			t.Errorf("%d inputs: signals %v, by Law %v", inputs, b.LogSquare, a.LogSquare)
		}
		if a.LogGradNorm[0] == b.LogGradNorm[0] {
			t.Errorf("%d inputs: log gradient norm %v, as by Law", inputs, b.LogGradNorm[0])
		}
	}
}

// TestShortcut_isNotLaw: its gradients and tangents are wrong: at width 16 and depth 50
// two samples of 2,500 reject it at p < 1e-20.
func TestShortcut_isNotLaw(t *testing.T) {
	if testing.Short() {
		t.Skip("samples 5,000 networks")
	}
	const n = 2_500
	m := square("tanh", 16, 50)
	x, y := draw(t, mustEngine(t, Law, m), m, "law", n), draw(t, mustEngine(t, Shortcut, m), m, "shortcut", n)
	for _, i := range []int{3, 4} { // p ≤ 2 exp(−n·d²) (Wei & Dudley 2012)
		if p := 2 * math.Exp(-n*math.Pow(ks(x[i], y[i]), 2)); !(p < 1e-20) {
			t.Errorf("%s: p = %v, want below 1e-20", statisticNames[i], p)
		}
	}
}

// biasless leaves the biases out of the condition, as if h were W x.
type biasless struct{ *conditional }

func (w biasless) backward(src stream.Source, l int, g []vector, through pass, delta []vector) {
	other := conditional{gain: w.gain, products: make([]products, len(w.gain))}
	other.backward(src, l, g, through, delta)
}

// apart takes the inputs of a batch for those of networks of their own on the way back.
type apart struct{ *conditional }

func (w apart) backward(src stream.Source, l int, g []vector, through pass, delta []vector) {
	for j := range g {
		w.conditional.backward(src, l, g[j:j+1], pass{through.x[j : j+1], through.h[j : j+1]}, delta[j:j+1])
	}
}

// TestLaw_mutants: the comparison of TestLaw_isMatrix rejects known-wrong engines by
// their gradients at layer 0; the signals are right.
func TestLaw_mutants(t *testing.T) {
	if testing.Short() {
		t.Skip("samples 5,000 networks")
	}
	for _, tt := range []struct {
		reason string
		mutant func(*conditional) weights
		phi    string
		bias   float64
		width  int
		depth  int
		inputs int
	}{
		{"bias taken for a part of Wx", func(w *conditional) weights { return biasless{w} }, "gelu", 0.3, 16, 10, 1},
		{"weights for each input", func(w *conditional) weights { return apart{w} }, "linear", 0, 16, 10, 8},
	} {
		m := square(tt.phi, tt.width, tt.depth)
		m.BiasStd, m.Batch = tt.bias, tt.inputs
		n := 2_000
		if tt.inputs > 1 {
			m.Norm, n = model.BatchNorm, 500
		}
		e, err := newDense(Law, m)
		if err != nil {
			t.Fatal(err)
		}
		want := draw(t, e, m, "right", n)
		e.weights = tt.mutant(e.weights.(*conditional))
		got := draw(t, e, m, "wrong", n)
		if d := ks(got[3], want[3]); !(d > 2*dkw(n)) {
			t.Errorf("%s: distance %v of gradient norms, want it rejected from %v on", tt.reason, d, 2*dkw(n))
		}
		if d := ks(got[0], want[0]); !(d <= 2*dkw(n)) {
			t.Errorf("%s: distance %v of signals, which are right", tt.reason, d)
		}
	}
}

// TestLaw_isChain: at width 1 the gradients are those of package chain. Two samples of
// 5,000 notice a difference of 0.19.
func TestLaw_isChain(t *testing.T) {
	n := samples(5_000)
	for _, phi := range []string{"tanh", "relu", "gelu", "sigmoid", "softsign"} {
		m := square(phi, 1, 5)
		m.WeightStd, m.BiasStd, m.Input = 1.5, 0.25, []float64{1}
		c, err := chain.New(model.Chain{
			Kind: model.Forward, Activation: m.Activation, Depth: 5,
			Weight: law.MustParse("normal(1.5)"), Bias: law.MustParse("normal(0.25)"),
		})
		if err != nil {
			t.Fatal(err)
		}
		var want chain.Paths
		want.Resize(n)
		c.Sample(source(t), want)
		for _, k := range []Kind{Law, Matrix} {
			got := draw(t, mustEngine(t, k, m), m, k.String(), n)
			if d := ks(got[3], want.LogAbs); !(d <= 2*dkw(n)) {
				t.Errorf("%s, engine %v: distance %v from the chain, want at most %v", phi, k, d, 2*dkw(n))
			}
		}
	}
}

// TestNorm_isLaw: engine Norm has the law of engine Law, dead networks included. Two
// samples of 4,000 notice distribution functions that differ by 0.21.
func TestNorm_isLaw(t *testing.T) {
	n := samples(4_000)
	for _, phi := range []string{"linear", "relu"} {
		for _, widths := range [][]int{{1, 1, 1}, {3, 2, 3, 2, 2}, {5, 1, 8, 3}, {16, 16, 16, 16}} {
			m := model.Dense{Activation: activation.MustParse(phi), WeightStd: 1.5, Widths: widths}
			a := draw(t, mustEngine(t, Norm, m), m, "norm", n)
			b := draw(t, mustEngine(t, Law, m), m, "law", n)
			compare(t, a, b, m.Canonical())
		}
	}
}

// TestLaw_normMoments: mean and variance of log‖Jv‖² at the critical weights, given
// that it is not 0, against their closed forms (Hanin & Nica 2020; package product).
// log‖Jᵀu‖² has the same mean, and for linear the same variance. The sums over the
// layers are normal to 10 % at 6 deviations. 2,400 samples notice a mean wrong by 25 %
// of a standard deviation and a variance wrong by 43 %.
func TestLaw_normMoments(t *testing.T) {
	n := samples(2_400)
	for _, phi := range []string{"linear", "relu"} {
		for _, width := range []int{4, 16, 32} {
			m := square(phi, width, 24)
			if phi == "relu" {
				m.WeightStd = math.Sqrt2
			}
			for _, k := range []Kind{Law, Norm} {
				draws := draw(t, mustEngine(t, k, m), m, k.String(), n)
				for i := range n {
					draws[3][i] *= 2
					draws[4][i] *= 2
				}
				reason := m.Canonical() + ", engine " + k.String()
				normMoments(t, reason+", signal", m, draws[0]) // ‖x⁰‖² = n_0, so this is log‖x^L‖²/‖x⁰‖²
				normMoments(t, reason+", tangent", m, draws[4])
				normMoments(t, reason+", gradient", m, draws[3])
			}
		}
	}
}

// normMoments checks the moments of log‖Jv‖².
func normMoments(t *testing.T, reason string, m model.Dense, x []float64) {
	t.Helper()
	wantMean, _ := product.LogSquaredNormMean(m.Activation, m.Width, m.Depth)
	wantVar, _ := product.LogSquaredNormVariance(m.Activation, m.Width, m.Depth)
	p, err := product.AliveProbability(m.Width, m.Depth)
	if err != nil {
		t.Fatal(err)
	}
	relu := m.Activation.Name() == "relu"
	mean, variance, alive := moments(x)
	if d := deviates * math.Sqrt(wantVar/alive); !(math.Abs(mean-wantMean) <= d) {
		t.Errorf("%s: mean %v, want %v within %v", reason, mean, wantMean, d)
	}
	if relu && strings.HasSuffix(reason, "gradient") {
		return // u adds its own variance
	}
	if d := deviates * wantVar * math.Sqrt(3/alive); !(math.Abs(variance-wantVar) <= d) { // kurtosis < 4
		t.Errorf("%s: variance %v, want %v within %v", reason, variance, wantVar, d)
	}
	n := float64(len(x))
	if d := deviates*math.Sqrt(p*(1-p)*n) + 20; relu && !(math.Abs(alive-p*n) <= d) {
		t.Errorf("%s: %v of %d alive, want a fraction %v", reason, alive, len(x), p)
	}
}

// moments returns mean and variance of the finite elements, and their number.
func moments(x []float64) (mean, variance, n float64) {
	for _, v := range x {
		if !math.IsInf(v, -1) {
			n++
			mean += v
		}
	}
	mean /= n
	for _, v := range x {
		if !math.IsInf(v, -1) {
			variance += (v - mean) * (v - mean) / (n - 1)
		}
	}
	return mean, variance, n
}

// TestChiSquared: the sampler against the moments of the law, E χ² = k and Var χ² = 2k,
// to 6.11 standard errors of 40,000 draws: 4 % of a standard deviation. For k = 2 the
// law itself, exponential, to 0.02.
func TestChiSquared(t *testing.T) {
	n := samples(40_000)
	src := source(t)
	var c chiSquared
	for _, k := range []int{1, 2, 3, 10, 1000, 10_000_000} {
		x := make([]float64, n)
		for i := range x {
			x[i] = c.draw(src, k)
		}
		mean, variance, _ := moments(x)
		fk := float64(k)
		if d := deviates * math.Sqrt(2*fk/float64(n)); !(math.Abs(mean-fk) <= d) {
			t.Errorf("k = %d: mean %v, want %v within %v", k, mean, fk, d)
		}
		// Var of the variance is (μ₄ − μ₂²)/n, μ₄ = 12k² + 48k
		if d := deviates * math.Sqrt((8*fk*fk+48*fk)/float64(n)); !(math.Abs(variance-2*fk) <= d) {
			t.Errorf("k = %d: variance %v, want %v within %v", k, variance, 2*fk, d)
		}
		if k != 2 {
			continue
		}
		slices.Sort(x)
		for i, v := range x {
			if f := -math.Expm1(-v / 2); !(math.Abs(f-float64(i)/float64(n)) <= dkw(n)+1/float64(n)) {
				t.Fatalf("k = 2: distribution function %v at %v, want %v", float64(i)/float64(n), v, f)
			}
		}
	}
}

// TestMatrix_kurtosis: ‖Wx‖²/n has mean σ_w²‖x‖²/m and relative variance
// (2 + (μ₄ − 3) Σ v_i⁴)/n, v = x/‖x‖ and μ₄ the kurtosis of a weight (derived), for n
// independent rows. 4,000 samples notice a mean wrong by 20 % of its standard
// deviation and a variance wrong by 34 %.
func TestMatrix_kurtosis(t *testing.T) {
	n := samples(4_000)
	const rows = 16
	for _, tt := range []struct {
		weights  model.WeightLaw
		kurtosis float64
	}{{model.GaussianWeights, 3}, {model.UniformWeights, 1.8}, {model.RademacherWeights, 1}, {model.SparseWeights, 3 / 0.7}} {
		for _, input := range [][]float64{{2, 0, 0, 0}, {1, 1, 1, 1}, {-1, 2, 3, 0.5}} {
			m := model.Dense{Activation: activation.MustParse("linear"), Weights: tt.weights, WeightStd: 1.5, Widths: []int{4, rows}, Input: input}
			if tt.weights == model.SparseWeights {
				m.Density = 0.7
			}
			e, src := mustEngine(t, Matrix, m), source(t)
			x := make([]float64, n)
			for i := range x {
				x[i] = math.Exp(mustSample(t, e, src).LogSquare[1])
			}
			square, fourth := 0.0, 0.0
			for _, v := range input {
				square += v * v
				fourth += v * v * v * v
			}
			wantMean := 1.5 * 1.5 * square / 4
			wantVar := wantMean * wantMean * (2 + (tt.kurtosis-3)*fourth/(square*square)) / rows
			mean, variance, _ := moments(x)
			if d := deviates*math.Sqrt(wantVar/float64(n)) + 1e-12; !(math.Abs(mean-wantMean) <= d) {
				t.Errorf("%v, input %v: mean %v, want %v within %v", tt.weights, input, mean, wantMean, d)
			}
			if d := deviates*wantVar*math.Sqrt(3/float64(n)) + 1e-12; !(math.Abs(variance-wantVar) <= d) { // kurtosis < 4
				t.Errorf("%v, input %v: variance %v, want %v within %v", tt.weights, input, variance, wantVar, d)
			}
		}
	}
}
