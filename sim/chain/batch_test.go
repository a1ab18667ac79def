package chain

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// number is the sequence of testdata/normalized.py.
func number(seed, i int) float64 {
	return float64((40503*(i+1)*(seed+7)+30011*(i*i+seed))%262144)/65536 - 2
}

func numbers(seed, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = number(seed, i)
	}
	return out
}

// TestNormalized_reference: deep normalised chains against mpmath 1.3, 60 digits
// (testdata/normalized.py). The batch contracts to clusters on the way, and the
// gradient lives on differences inside them, so the rounding of the signal counts:
// 1e-9 is a million ulp, and far below what a wrong formula does.
func TestNormalized_reference(t *testing.T) {
	file, err := os.Open("testdata/normalized.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		phi, err := kernel.NewActivation(activation.MustParse(r[0]))
		if err != nil {
			t.Fatal(err)
		}
		batch, _ := strconv.Atoi(r[1])
		epsilon, _ := strconv.ParseFloat(r[2], 64)
		depth, _ := strconv.Atoi(r[3])
		want, err := strconv.ParseFloat(r[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		n := newNormalized(phi, batch, math.Sqrt(epsilon))
		n.start(numbers(1, batch), numbers(2, batch))
		for l := range depth {
			w := number(3, l)
			if w == 0 {
				w = 1
			}
			n.step(w, 0)
		}
		if got := n.logNorm(); got != want && !(math.Abs(got-want) <= 1e-9*(1+math.Abs(want))) {
			t.Errorf("%v: log norm %v, want %v", r, got, want)
		}
	}
	if len(rows) != 14 {
		t.Errorf("%d rows, want 14", len(rows))
	}
}

// network is what a batch chain draws for one path.
type network struct{ input, u, w, b []float64 }

// batchNetworks draws what a batch chain draws, for n paths.
func batchNetworks(t testing.TB, m model.Chain, n int) []network {
	t.Helper()
	m = m.WithDefaults()
	src := testSource(m)
	nets := make([]network, n)
	for i := range nets {
		net := network{input: row(t, src, m.Input, m.Batch), u: row(t, src, law.MustParse("normal(1)"), m.Batch)}
		square := 0.0
		for _, v := range net.u {
			square += v * v
		}
		for j := range net.u {
			net.u[j] /= math.Sqrt(square)
		}
		for len(net.w) < m.Depth {
			net.w = append(net.w, row(t, src, m.Weight, weightsAhead)...)
			net.b = append(net.b, row(t, src, m.Bias, weightsAhead)...)
		}
		net.w, net.b = net.w[:m.Depth], net.b[:m.Depth]
		nets[i] = net
	}
	return nets
}

// TestBatch_differential: the engine against the explicit network on the same
// numbers, with normalisation and without.
func TestBatch_differential(t *testing.T) {
	for _, tt := range []struct {
		reason, phi, bias string
		kind              model.Kind
		batch, depth      int
		epsilon           float64
	}{
		{"plain, one layer", "tanh", "", model.Forward, 3, 1, 0},
		{"plain, deep", "tanh", "normal(0.1)", model.Forward, 9, 200, 0},
		{"plain, inputs die one by one", "relu", "normal(1)", model.Forward, 4, 4, 0},
		{"plain, homogeneous", "leaky_relu(0.1)", "", model.Forward, 4, 150, 0},
		{"plain, linear", "linear", "", model.Forward, 2, 100, 0},
		{"normalised, one layer", "tanh", "", model.Normalized, 3, 1, 0},
		{"normalised", "tanh", "normal(1)", model.Normalized, 5, 20, 0},
		{"normalised, more layers than drawn at a time", "tanh", "normal(1)", model.Normalized, 5, 70, 0.125},
		{"normalised, large batch", "gelu", "", model.Normalized, 100, 5, 1e-5},
		{"normalised, linear", "linear", "", model.Normalized, 16, 30, 1e-3},
	} {
		m := model.Chain{
			Kind: tt.kind, Activation: activation.MustParse(tt.phi), Weight: law.MustParse("normal(1.2)"),
			Batch: tt.batch, Epsilon: tt.epsilon, Depth: tt.depth,
		}
		if tt.bias != "" {
			m.Bias = law.MustParse(tt.bias)
		}
		const n = 8
		got := sample(t, m, n)
		for i, net := range batchNetworks(t, m, n) {
			trace := Network{
				Activation: m.Activation, Weight: net.w, Bias: net.b,
				Normalize: tt.kind == model.Normalized, Epsilon: tt.epsilon,
			}.Trace(net.input, net.u)
			want := trace.LogNorm
			if got.LogAbs[i] != want && !(math.Abs(got.LogAbs[i]-want) <= 1e-8*(1+math.Abs(want))) {
				t.Errorf("%s, path %d: log norm %v, want %v", tt.reason, i, got.LogAbs[i], want)
			}
			if got.Negative[i] {
				t.Errorf("%s, path %d: a norm is negative", tt.reason, i)
			}
		}
	}
}

// TestBatch_sameDraws: a forward and a normalised chain on streams of one key have
// the same inputs, output weights and weights. Linear chains show it: without
// normalisation |G| = Π|w|, and with one layer of it G is the projection of u, which
// the explicit network repeats.
func TestBatch_sameDraws(t *testing.T) {
	m := model.Chain{
		Kind: model.Forward, Activation: activation.MustParse("linear"), Weight: law.MustParse("normal(1)"),
		Bias: law.MustParse("normal(1)"), Batch: 6, Depth: 3,
	}
	normalized := m
	normalized.Kind = model.Normalized
	e, err := New(normalized)
	if err != nil {
		t.Fatal(err)
	}
	const n = 20
	var got Paths
	got.Resize(n)
	e.Sample(testSource(m), got) // the stream of the forward chain
	for i, net := range batchNetworks(t, m, n) {
		trace := Network{Activation: m.Activation, Weight: net.w, Normalize: true}.Trace(net.input, net.u)
		if want := trace.LogNorm; !(math.Abs(got.LogAbs[i]-want) <= 1e-10*(1+math.Abs(want))) {
			t.Errorf("path %d: log norm %v, want %v", i, got.LogAbs[i], want)
		}
	}
}

// TestBatch_collapse: a batch that collapses is dead, without a NaN.
func TestBatch_collapse(t *testing.T) {
	for _, tt := range []struct {
		reason, phi, input string
		batch              int
		epsilon            float64
		dead               bool
	}{
		{"two inputs", "tanh", "normal(1)", 2, 0, true},
		{"two inputs with ε", "tanh", "normal(1)", 2, 0.1, false},
		{"equal inputs", "tanh", "constant(0.7)", 5, 0, true},
		{"equal inputs with ε", "tanh", "constant(0.7)", 5, 0.1, false},
		{"inputs of two values", "sigmoid", "rademacher(1)", 6, 0, false},
		{"relu ends in one value", "relu", "normal(1)", 6, 0, true},
		{"inputs beyond 1e150", "tanh", "student_t(0.02)", 4, 0, false},
	} {
		m := model.Chain{
			Kind: model.Normalized, Activation: activation.MustParse(tt.phi), Weight: law.MustParse("normal(1)"),
			Input: law.MustParse(tt.input), Batch: tt.batch, Epsilon: tt.epsilon, Depth: 40,
		}
		const n = 50
		dead := 0
		for i, x := range sample(t, m, n).LogAbs {
			if math.IsNaN(x) || math.IsInf(x, 1) {
				t.Errorf("%s, path %d: log norm %v", tt.reason, i, x)
			}
			if math.IsInf(x, -1) {
				dead++
			}
		}
		if tt.dead && dead != n || !tt.dead && dead > n/2 {
			t.Errorf("%s: %d of %d paths dead, want all: %v", tt.reason, dead, n, tt.dead)
		}
	}
}
