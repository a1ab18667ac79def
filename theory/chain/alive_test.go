package chain

import (
	"math"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// TestAliveLogMoments: closed forms, and the table of the law as a second route.
func TestAliveLogMoments(t *testing.T) {
	const normalMean, normalVar = -0.635181422730739, math.Pi * math.Pi / 8 // −(γ + ln 2)/2, π²/8
	ln10 := math.Log(10)
	for _, tt := range []struct {
		reason         string
		phi, weight, z string
		mean, variance float64 // of one factor
	}{
		{"linear", "linear", "normal(1)", "", normalMean, normalVar},
		{"relu, alive: φ′ = 1", "relu", "normal(2)", "", normalMean + math.Ln2, normalVar},
		{"hard tanh, alive: φ′ = 1", "hard_tanh", "uniform(1)", "normal(3)", -1, 1},
		{"relu6 under a shifted law", "relu6", "laplace(1)", "normal(mu=1,sigma=2)", -0.5772156649015329, math.Pi * math.Pi / 6},
		{"leaky relu: half the factors a tenth", "leaky_relu(0.1)", "rademacher(1)", "", -ln10 / 2, ln10 * ln10 / 4},
	} {
		p := Product{Depth: 7, Factor: Factor{Weight: law.MustParse(tt.weight), Activation: activation.MustParse(tt.phi)}}
		if tt.z != "" {
			p.Factor.PreActivation = law.MustParse(tt.z)
		}
		mean, variance, err := p.AliveLogMoments()
		if err != nil || !(math.Abs(mean-7*tt.mean) <= 1e-12) || !(math.Abs(variance-7*tt.variance) <= 1e-12) {
			t.Errorf("%s: %v, %v, %v, want %v and %v", tt.reason, mean, variance, err, 7*tt.mean, 7*tt.variance)
		}
	}
	for _, phi := range []string{"hard_swish", "tanh", "gelu"} {
		p := Product{Depth: 4, Factor: Factor{
			Weight: law.MustParse("normal(1)"), Activation: activation.MustParse(phi), PreActivation: law.MustParse("normal(2)")}}
		mean, variance, err := p.AliveLogMoments()
		if err != nil {
			t.Fatal(err)
		}
		l, err := p.Law()
		if err != nil {
			t.Fatal(err)
		}
		first, second := tableMoments(l, mean, variance)
		if !(math.Abs(first-mean) <= 1e-4*math.Sqrt(variance)) || !(math.Abs(second-variance) <= 1e-3*variance) {
			t.Errorf("%s: mean %v and variance %v, the law has %v and %v", phi, mean, variance, first, second)
		}
	}
}

// tableMoments integrates the distribution function given alive by the midpoint rule.
func tableMoments(l *Law, center, spread float64) (mean, variance float64) {
	h := math.Sqrt(spread) / 500
	given := func(x float64) float64 { return (l.CDF(x) - (1 - l.Alive())) / l.Alive() }
	for k := -30_000; k < 30_000; k++ {
		x := center + (float64(k)+0.5)*h
		mass := given(x+h/2) - given(x-h/2)
		mean += x * mass
		variance += (x - center) * (x - center) * mass
	}
	return mean, variance - (mean-center)*(mean-center)
}
