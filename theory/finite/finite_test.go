package finite

import (
	"context"
	"math"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/meanfield"
	"gradchain/theory/product"
	"gradchain/theory/residual"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// square is a network of equal widths.
func square(phi string, weightVar float64, width, depth int) Network {
	n := Network{Activation: activation.MustParse(phi), Start: 1}
	for range depth {
		n.WeightVars = append(n.WeightVars, weightVar)
	}
	for range depth + 1 {
		n.Widths = append(n.Widths, width)
	}
	return n
}

// TestOf_meanfield: those of package meanfield, which has plain networks of equal widths.
func TestOf_meanfield(t *testing.T) {
	const width, depth = 1000, 7
	for _, tt := range []struct {
		phi          string
		weight, bias float64
	}{{"tanh", 1.7, 0}, {"tanh", 2.5, 0.2}, {"relu", 2, 0}, {"gelu", 2.2, 0.1}, {"sigmoid", 9, 0.3}, {"linear", 1.3, 0}, {"elu(1)", 1.5, 0.05}, {"sin", 2, 0.1}} {
		n := square(tt.phi, tt.weight, width, depth)
		n.BiasVar = tt.bias
		got := must(Of(context.Background(), n))
		m := meanfield.Network{Activation: n.Activation, WeightVar: tt.weight, BiasVar: tt.bias}
		q := tt.weight + tt.bias
		for l := 1; l <= depth; l++ {
			want := must(m.WideSquare(q, l))
			mean, variance := want.Bias/want.Limit/width, want.Variance/want.Limit/want.Limit/width
			if c := got.Square[l]; !near(c.Mean, mean) || !near(c.Variance, variance) {
				t.Errorf("%s, layer %d: square off by %+v, want %v and %v", tt.phi, l, c, mean, variance)
			}
			grow := must(m.WideLogGrowth(q, l, depth))
			if c := got.Gradient[l].Log() - got.Gradient[depth].Log(); !near(c, grow.Bias/width) {
				t.Errorf("%s, layer %d: log gradient growth off by %v, want %v", tt.phi, l, c, grow.Bias/width)
			}
		}
	}
}

func near(got, want float64) bool { return math.Abs(got-want) <= 2e-3*math.Abs(want)+2e-6 }

// TestOf_exact: to the first order what is known exactly.
func TestOf_exact(t *testing.T) {
	const depth = 5
	for _, phi := range []string{"linear", "relu"} {
		weight := map[string]float64{"linear": 1, "relu": 2}[phi]
		n := square(phi, weight, 4000, depth)
		got := must(Of(context.Background(), n))
		want := must(product.LogSquaredNormMean(n.Activation, 4000, depth))
		if c := got.Square[depth].Log(); !near1(c, want) {
			t.Errorf("%s: log square off by %v, want %v", phi, c, want)
		}
		if c := got.Gradient[0].Log(); !near1(c, want) {
			t.Errorf("%s: log gradient off by %v, want %v", phi, c, want)
		}
	}
	for _, alpha := range []float64{0.3, 1, 2} {
		n := square("linear", 1, 4000, depth)
		n.Residual, n.Alpha = true, alpha
		got := must(Of(context.Background(), n))
		want := must(residual.LogSquaredNormMean(4000, depth, residual.Scale(alpha))) - depth*math.Log1p(alpha*alpha)
		if c := got.Square[depth].Log(); !near1(c, want) {
			t.Errorf("residual, α = %v: log square off by %v, want %v", alpha, c, want)
		}
		if c := got.Gradient[0].Log(); !near1(c, want) {
			t.Errorf("residual, α = %v: log gradient off by %v, want %v", alpha, c, want)
		}
		if c, want := got.LogMeanSquare, depth*math.Log1p(alpha*alpha); !near1(c, want) {
			t.Errorf("residual, α = %v: log mean square %v, want %v", alpha, c, want)
		}
	}
}

// TestMoments: against those of package gauss, whose rules are others.
func TestMoments(t *testing.T) {
	for _, a := range activation.All() {
		for _, logV := range []float64{-9, 0, 1.3, 7} {
			v := math.Exp(logV)
			m, want := momentsAt(a, logV), must(gauss.NewMoments(a, v))
			for _, tt := range []struct {
				name      string
				got, want float64
			}{
				{"E φ²", m[f2] * v, want.Square}, {"E φ′²", m[s2], want.SlopeSquare},
				{"E zφφ′", m[zsf], want.Growth}, {"its derivative", m[f2He2] / 2, want.Growth},
			} {
				if !(math.Abs(tt.got-tt.want) <= 1e-5*math.Abs(tt.want)+1e-12) {
					t.Errorf("%v, v = %.3g: %s is %v, want %v", a, v, tt.name, tt.got, tt.want)
				}
			}
		}
	}
}

// TestTable: between the points of the grid, and beyond its ends where φ is linear or a step.
func TestTable(t *testing.T) {
	for _, name := range []string{"tanh", "gelu", "relu", "sigmoid", "elu(1)"} {
		table := table{activation.MustParse(name), map[int]moments{}}
		for _, logV := range []float64{-3.03, 0.47, 5.52} {
			got, scale := table.at(logV)
			want := momentsAt(table.phi, logV)
			for i := range got {
				if size := math.Abs(want[i]) + 0.01; !(math.Abs(got[i]-want[i]) <= 2e-3*size) || scale != logV {
					t.Errorf("%s, log v = %v: moment %d is %v over e^(%v/2), want %v", name, logV, i, got[i], scale, want[i])
				}
			}
		}
	}
	if m, scale := (&table{activation.MustParse("gelu"), map[int]moments{}}).at(300); scale != 300 || !near(m[f2], 0.5) {
		t.Errorf("gelu far up: E f² is %v over e^(%v/2), want that of relu", m[f2], scale)
	}
	if m, scale := (&table{activation.MustParse("tanh"), map[int]moments{}}).at(-300); scale != -300 || !near(m[f2], 1) {
		t.Errorf("tanh far down: E f² is %v over e^(%v/2), want that of linear", m[f2], scale)
	}
}

// TestLogOfSquare: E log(1 + rζ²) is r − 3r²/2 for small r and log r + ψ(½) + log 2 for large.
func TestLogOfSquare(t *testing.T) {
	for _, tt := range []struct{ logR, want, share, tol float64 }{
		{math.Log(1e-3), 1e-3 - 1.5e-6, 1e-3 - 3e-6, 2e-8},
		{40, 40 - 1.2703628454614782, 1, 2e-6},
		{900, 900 - 1.2703628454614782, 1, 1e-7},
		{math.Inf(-1), 0, 0, 0},
		{0, 0.533453179844135, 0.344320457581202, 1e-5}, // mpmath: quad of log(1+z²)φ(z), of z²/(1+z²)φ(z)
	} {
		log, share := logOfSquare(tt.logR)
		if !(math.Abs(log-tt.want) <= tt.tol) || !(math.Abs(share-tt.share) <= tt.tol) {
			t.Errorf("log r = %v: %v and share %v, want %v and %v", tt.logR, log, share, tt.want, tt.share)
		}
	}
}

// TestOf_stream: with little along the signal the offset is the correction, with all of it
// ‖∇‖² is that of (u·x^L)²/‖x⁰‖².
func TestOf_stream(t *testing.T) {
	n := square("relu", 2, 100_000, 5)
	n.Residual, n.Alpha = true, 1
	got := must(Of(context.Background(), n))
	for l, o := range got.Stream {
		if want := got.Gradient[l].Log(); !(math.Abs(o.Off-want) <= 0.01*math.Abs(want)+1e-8) || !(o.Rest < 1e-6) {
			t.Errorf("layer %d: off by %v, rest %v, want %v", l, o.Off, o.Rest, want)
		}
	}
	n = square("relu", 2, 100, 150)
	n.Residual, n.Alpha = true, 1
	got = must(Of(context.Background(), n))
	// q_L/(q_0 n) from the recursion of E x² and E x of mean field, by hand.
	p, m := 1.0, 0.0
	logP := 0.0
	for range 150 {
		mean := math.Sqrt(2) / math.Sqrt(2*math.Pi)
		square := 2 + 2*m*mean
		p, m = square, (m+mean)/math.Sqrt(square)
		logP += math.Log(p)
	}
	bound := logP - math.Log(100)
	if !(got.LogMeanSquare > bound && got.LogMeanSquare < bound+2) {
		t.Errorf("log mean square %v, want a little above %v", got.LogMeanSquare, bound)
	}
	limit := 150 * math.Log(2)
	if typical := limit + got.Stream[0].Off; !(typical < got.LogMeanSquare-1.27 && typical > got.LogMeanSquare-1.27-3) {
		t.Errorf("typical %v, log mean square %v, want a difference of ψ(½) + log 2 = -1.27 and half a variance", typical, got.LogMeanSquare)
	}
}

// TestOf_cancel: a done context ends the walk with its error.
func TestOf_cancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Of(ctx, square("tanh", 1, 10, 10)); err != context.Canceled {
		t.Errorf("error %v, want that of the context", err)
	}
}

func near1(got, want float64) bool { return math.Abs(got-want) <= 5e-3*math.Abs(want)+1e-6 }
