package meanfield

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
)

// TestOrbit_slow: after so many layers that one adds less than the rounding of a number
// does, by Abel's function in 60 digits (testdata/slow.py).
func TestOrbit_slow(t *testing.T) {
	variance := func(phi string) func(depth int) (float64, error) {
		return Network{activation.MustParse(phi), 1, 0}.of
	}
	relu := Network{activation.MustParse("relu"), 2, 0}
	for _, tt := range []struct {
		name  string
		value func(depth int) (float64, error)
		depth int
		want  float64
	}{
		{"relu", ReLUCorrelationRate, 10_000, 0.99636836856662636737},
		{"relu", ReLUCorrelationRate, 1_000_000_000, 0.99999992905051139708},
		{"relu", ReLUCorrelationRate, 1_000_000_000_000, 0.99999999990832724189},
		{"relu", ReLUCorrelationRate, 1_000_000_000_000_000_000, 0.99999999999999986688},
		{"relu", ReLUCorrelationRate, 9_200_000_000_000_000_000, 0.99999999999999998481},
		{"sin", variance("sin"), 10_000, 0.000099958727359011202522},
		{"sin", variance("sin"), 1_000_000_000, 9.9999999203352205662e-10},
		{"sin", variance("sin"), 1_000_000_000_000, 9.999999999897309369e-13},
		{"sin", variance("sin"), 1_000_000_000_000_000_000, 9.9999999999999998513e-19},
		{"tanh", variance("tanh"), 10_000, 0.000050016417015900853619},
		{"tanh", variance("tanh"), 1_000_000_000, 5.0000000403973888577e-10},
		{"tanh", variance("tanh"), 1_000_000_000_000, 5.0000000000547885454e-13},
		{"tanh", variance("tanh"), 9_200_000_000_000_000_000, 5.4347826086956521843e-20},
	} {
		got, err := tt.value(tt.depth)
		if err != nil || !(math.Abs(got/tt.want-1) <= 1e-12) {
			t.Errorf("%s, depth %d: %v, %v, want %v", tt.name, tt.depth, got, err, tt.want)
		}
	}
	for _, q := range []float64{1e-3, 1, 1e6} {
		m, err := relu.CorrelationAt(q)
		if err != nil {
			t.Fatal(err)
		}
		for depth, want := range map[int]float64{10_000: 1 - 0.99636836856662636737*4.5*math.Pi*math.Pi*1e-8, 1_000_000_000_000_000_000: 1} {
			if got, err := m.AtDepth(0, depth); err != nil || !(math.Abs(got-want) <= 1e-15) {
				t.Errorf("relu, q = %v: correlation %v, %v at depth %d, want %v", q, got, err, depth, want)
			}
		}
	}
}

// of is the variance from q = 1.
func (n Network) of(depth int) (float64, error) { return n.VarianceAtDepth(1, depth) }

// TestOrbit_bound: any depth has an answer or an error after few values of the map, here
// counted, never a loop.
func TestOrbit_bound(t *testing.T) {
	const most = 50_000
	for _, phi := range []string{"tanh", "hard_tanh", "softsign", "leaky_relu(0.01)", "elu(1)", "gelu"} {
		for _, weightVar := range []float64{1, 2, 2.1226957973277796} {
			a := activation.MustParse(phi)
			n := Network{a, weightVar, 0}
			values := 0
			o := orbit{noise: n.varianceNoise, growth: func(q float64) float64 {
				values++
				return n.varianceGrowth(q)
			}}
			q, err := o.at(1, math.MaxInt)
			if values > most {
				t.Errorf("%v, σ_w² = %v: %d values of the map led to %v, %v", a, weightVar, values, q, err)
			}
		}
	}
	_, err := orbit{noise: func(float64) float64 { return 0 }, growth: rough()}.at(1, math.MaxInt)
	if err == nil || !strings.Contains(err.Error(), "cannot be followed, it moves too slowly; want depth <= 2") {
		t.Errorf("a map that is not smooth: %v", err)
	}
}

// rough is the growth of a map that is not smooth and never rests.
func rough() func(x float64) float64 {
	return func(x float64) float64 { return -1e-12 * (2 + math.Sin(1e9*math.Log(x))) }
}
