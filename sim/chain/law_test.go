package chain

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mathext"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/chain"
)

// Tests of the engine against exact laws. Each fails a correct engine with the
// probability falseFail if the streams were truly random; the seed is fixed, so it
// either always fails or never.
const falseFail = 1e-9

// deviates is the two-sided normal quantile of falseFail.
const deviates = 6.11

// lawPaths is the number of paths of a law test.
func lawPaths(t *testing.T) int {
	if testing.Short() {
		return 20_000
	}
	return 100_000
}

// logs samples n paths in blocks of 256 and returns log|G|.
func logs(t *testing.T, m model.Chain, n int) []float64 {
	t.Helper()
	e, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	var p Paths
	p.Resize(256)
	src := stream.Key{Seed: 2, Purpose: "law test", Config: m.Canonical()}.Source(stream.Xoshiro)
	var out []float64
	for len(out) < n {
		e.Sample(src, p)
		out = append(out, p.LogAbs...)
	}
	return out[:n]
}

// TestLaw_moments: mean and variance of log|G| against their closed forms. The mean
// of n·L factors, and the sample variance of n paths, are normal to a relative 10 %
// at 6 deviations. With 1e5 paths of depth 10 that notices a mean wrong by 0.002 a
// layer and a variance wrong by 3 %.
func TestLaw_moments(t *testing.T) {
	const gammaLn2 = 1.2703628454614782 // γ + ln 2, mpmath 1.3, 20 digits
	normalMean, normalVar := -gammaLn2/2, math.Pi*math.Pi/8
	normalKappa4 := math.Pow(math.Pi, 4) / 16 // fourth cumulant: ψ‴(½)/16
	half := math.Log(0.5)
	tests := []struct {
		reason             string
		m                  model.Chain
		mean, variance, k4 float64 // of one factor
	}{
		{"normal weights: −(γ + ln 2)/2, π²/8", chainOf(model.Independent, "linear", "normal(1)", "", 10), normalMean, normalVar, normalKappa4},
		{"the scale adds its logarithm", chainOf(model.Independent, "linear", "normal(3)", "", 10), normalMean + math.Log(3), normalVar, normalKappa4},
		{"uniform weights: −log|w| is exponential", chainOf(model.Independent, "linear", "uniform(1)", "", 10), -1, 1, 6},
		{"Cauchy weights: log|w| has density 1/(π cosh)", chainOf(model.Independent, "linear", "cauchy(1)", "", 10),
			0, math.Pi * math.Pi / 4, math.Pow(math.Pi, 4) / 8},
		{"lognormal weights", chainOf(model.Independent, "linear", "lognormal(-0.5,2)", "", 10), -0.5, 4, 0},
		{"leaky relu: half the factors halved", chainOf(model.Independent, "leaky_relu(0.5)", "normal(1)", "", 10),
			normalMean + half/2, normalVar + half*half/4, normalKappa4 - half*half*half*half/8},
	}
	n := lawPaths(t)
	for _, tt := range tests {
		x := logs(t, tt.m, n)
		layers := float64(tt.m.Depth)
		mean, square := 0.0, 0.0
		for _, v := range x {
			mean += v / float64(n)
		}
		for _, v := range x {
			square += (v - mean) * (v - mean) / float64(n-1)
		}
		wantMean, wantVar := layers*tt.mean, layers*tt.variance
		if d := deviates * math.Sqrt(wantVar/float64(n)); !(math.Abs(mean-wantMean) <= d) {
			t.Errorf("%s: mean of log|G| %v, want %v within %v", tt.reason, mean, wantMean, d)
		}
		if d := deviates * math.Sqrt((2*wantVar*wantVar+layers*tt.k4)/float64(n)); !(math.Abs(square-wantVar) <= d) {
			t.Errorf("%s: variance of log|G| %v, want %v within %v", tt.reason, square, wantVar, d)
		}
	}
}

// dkw is the distance of an empirical from the true distribution function that is
// exceeded with probability falseFail at most (Massart 1990).
func dkw(n int, probability float64) float64 {
	return math.Sqrt(math.Log(2/probability) / (2 * float64(n)))
}

// TestLaw_uniform: for uniform weights −log|G| has the Gamma(L, 1) law. With 1e5 paths
// the test notices a distribution function wrong by 0.021.
func TestLaw_uniform(t *testing.T) {
	n := lawPaths(t)
	for _, depth := range []int{1, 2, 17, 300} {
		x := logs(t, chainOf(model.Independent, "linear", "uniform(1)", "", depth), n)
		slices.Sort(x)
		distance := 0.0
		for i, v := range x {
			f := mathext.GammaIncRegComp(float64(depth), -v) // P(log|G| ≤ v)
			distance = math.Max(distance, math.Max(f-float64(i)/float64(n), float64(i+1)/float64(n)-f))
		}
		if d := dkw(n, falseFail); !(distance <= d) {
			t.Errorf("depth %d: distance %v from the Gamma law, want at most %v", depth, distance, d)
		}
	}
}

// TestLaw_relu: a relu path is alive with probability 2^−L exactly, forward and
// independent (symmetric weights). The bound on the binomial is Chernoff's. With 1e5
// paths the test notices an error of 2 % at depth 1 and of a factor 3 at depth 10.
func TestLaw_relu(t *testing.T) {
	n := lawPaths(t)
	for _, kind := range []model.Kind{model.Independent, model.Forward} {
		for _, depth := range []int{1, 2, 5, 10} {
			alive := 0
			for _, v := range logs(t, chainOf(kind, "relu", "normal(1.5)", "", depth), n) {
				if !math.IsInf(v, -1) {
					alive++
				}
			}
			p, q := math.Ldexp(1, -depth), float64(alive)/float64(n)
			if evidence := float64(n) * divergence(q, p); !(evidence <= math.Log(2/falseFail)) {
				t.Errorf("%v relu, depth %d: a fraction %v alive, want %v", kind, depth, q, p)
			}
		}
	}
}

// TestLaw_mixture: a path of weights that are 0 with probability p is alive with probability
// (1−p)^L exactly, and log|G| given alive has the exact law of package theory/chain. The bounds
// are Chernoff's and Massart's. With 1e5 paths the alive share is noticed to be wrong by 2 % at
// depth 1, and the law by 0.021.
func TestLaw_mixture(t *testing.T) {
	n := lawPaths(t)
	for _, tt := range []struct {
		kind        model.Kind
		phi, weight string
		depth       int
		dead        float64 // of a weight or a unit
	}{
		{model.Independent, "linear", "mixture(0.9,normal(1),0.1,constant(0))", 1, 0.1},
		{model.Independent, "linear", "mixture(0.9,normal(1),0.1,constant(0))", 10, 0.1},
		{model.Forward, "leaky_relu(0.3)", "mixture(0.5,normal(1),0.3,laplace(5),0.2,constant(0))", 4, 0.2},
		{model.Forward, "relu", "mixture(0.5,normal(1),0.3,uniform(5),0.2,constant(0))", 3, 0.6},
		{model.Independent, "tanh", "mixture(0.75,normal(1),0.25,normal(0.01))", 6, 0},
		{model.Independent, "linear", "mixture(0.5,constant(1),0.3,constant(2),0.2,constant(0))", 6, 0.2},
	} {
		m := chainOf(tt.kind, tt.phi, tt.weight, "", tt.depth)
		var alive []float64
		for _, v := range logs(t, m, n) {
			if !math.IsInf(v, -1) {
				alive = append(alive, v)
			}
		}
		p, q := math.Pow(1-tt.dead, float64(tt.depth)), float64(len(alive))/float64(n)
		if evidence := float64(n) * divergence(q, p); p < 1 && !(evidence <= math.Log(2/falseFail)) || p == 1 && q != 1 {
			t.Errorf("%v %s of %s, depth %d: a fraction %v alive, want %v", tt.kind, tt.phi, tt.weight, tt.depth, q, p)
		}
		full := m.WithDefaults()
		l, err := chain.Product{Factor: chain.Factor{Weight: m.Weight, Activation: m.Activation, PreActivation: full.PreActivation}, Depth: tt.depth}.Law()
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(alive)
		distance := 0.0
		for i := 0; i < len(alive); {
			j := i
			for j < len(alive) && alive[j] <= alive[i]+1e-12 { // points apart by rounding
				j++
			}
			f := 1 - (1-l.CDF(alive[j-1]))/l.Alive()
			distance = max(distance, math.Abs(f-float64(j)/float64(len(alive))))
			i = j
		}
		if d := dkw(len(alive), falseFail); !(distance <= d) {
			t.Errorf("%v %s of %s, depth %d: distance %v from the exact law, want at most %v", tt.kind, tt.phi, tt.weight, tt.depth, distance, d)
		}
	}
}

// divergence is the relative entropy of two coins.
func divergence(q, p float64) float64 {
	d := 0.0
	if q > 0 {
		d += q * math.Log(q/p)
	}
	if q < 1 {
		d += (1 - q) * math.Log((1-q)/(1-p))
	}
	return d
}

// TestLaw_signs: with symmetric weights G < 0 with probability ½, independently of
// |G|: among the paths below the median of |G| too.
func TestLaw_signs(t *testing.T) {
	e, err := New(chainOf(model.Forward, "tanh", "normal(2)", "normal(1)", 5))
	if err != nil {
		t.Fatal(err)
	}
	var p Paths
	p.Resize(lawPaths(t))
	e.Sample(stream.Key{Seed: 3, Purpose: "law test"}.Source(stream.Xoshiro), p)
	sorted := slices.Clone(p.LogAbs)
	slices.Sort(sorted)
	median := sorted[len(sorted)/2]
	negative, below, both := 0, 0, 0
	for i, v := range p.LogAbs {
		if p.Negative[i] {
			negative++
		}
		if v < median {
			below++
			if p.Negative[i] {
				both++
			}
		}
	}
	for _, c := range []struct{ k, n int }{{negative, p.Len()}, {both, below}} {
		if evidence := float64(c.n) * divergence(float64(c.k)/float64(c.n), 0.5); !(evidence <= math.Log(2/(falseFail/2))) {
			t.Errorf("%d of %d gradients negative, want half", c.k, c.n)
		}
	}
}

// TestLaw_forwardLeaky: without biases a forward leaky relu chain has the law of the
// independent one, whatever the law of the symmetric weights: only signs matter. Two
// samples of 1e5 notice a difference of 0.04.
func TestLaw_forwardLeaky(t *testing.T) {
	n := lawPaths(t)
	for _, weight := range []string{"normal(1)", "laplace(2)", "cauchy(1)"} {
		a := logs(t, chainOf(model.Independent, "leaky_relu(0.1)", weight, "", 20), n)
		b := logs(t, chainOf(model.Forward, "leaky_relu(0.1)", weight, "", 20), n)
		if got, d := ks(a, b), 2*dkw(n, falseFail/2); !(got <= d) {
			t.Errorf("%s: distance %v of forward and independent chains, want at most %v", weight, got, d)
		}
	}
	// The test can fail: with a bias the laws differ.
	a := logs(t, chainOf(model.Independent, "leaky_relu(0.1)", "normal(1)", "", 20), n)
	b := logs(t, chainOf(model.Forward, "leaky_relu(0.1)", "normal(1)", "constant(1)", 20), n)
	if got, d := ks(a, b), 2*dkw(n, falseFail/2); !(got > d) {
		t.Errorf("distance %v of a biased chain, want more than %v", got, d)
	}
}

// ks is the Kolmogorov–Smirnov distance of two samples.
func ks(a, b []float64) float64 {
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
