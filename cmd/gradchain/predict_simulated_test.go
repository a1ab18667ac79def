package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// slack is how far a network of width 128 may be from the limit of infinite width, per
// quantity: over 5 layers the gradient, growth per layer and moments of order 1/n, shares likewise. A factor that is
// off by 5 % per layer, or a term of a map left out, is found.
var slack = map[string]float64{
	"log_second_moment": 0.06, "gradient_growth": 0.04, "correlation": 0.04, "dead": 0.01, "saturated": 0.01,
	"log_gradient_norm": 0.2, "log_carousel": 0.02,
}

// TestPredict_simulated: predictions against networks of every kind. Exact ones must be
// within 6 standard errors, which right ones all are but for one seed in 1e6; those of the
// wide limit may be the slack further off.
func TestPredict_simulated(t *testing.T) {
	if testing.Short() {
		t.Skip("samples networks of all kinds")
	}
	all, wide := 0, " --width 128 --depth 5 --samples 60 "
	for _, tt := range []struct{ reason, args string }{
		{"linear, layers of all widths", "dense --activation linear --weight-std 2 --widths 16,40,3,20,8 --samples 2000"},
		{"relu, layers of all widths, some dead", "dense --activation relu --widths 5,9,2,6,8 --samples 2000"},
		{"relu with explicit weights", "dense --activation relu --engine matrix --width 6 --depth 6 --samples 2000"},
		{"linear residual", "residual --activation linear --alpha 0.7 --weight-std 1.3 --width 6 --depth 8 --samples 2000"},
		{"orthogonal and linear", "dense --activation linear --weights orthogonal --weight-std 1.3 --width 6 --depth 8 --samples 50"},
		{"orthogonal and linear, layers of all widths", "dense --activation linear --weights orthogonal --weight-std 1.3 --input-scale 3 --widths 6,15,4,9,2 --samples 2000"},
		{"scaled orthogonal and linear", "dense --activation linear --weights orthogonal_scaled --weight-std 1.3 --widths 6,15,4,9,2 --samples 2000"},
		{"orthogonal, expanding and not linear", "dense --activation tanh --weights orthogonal --weight-std 1.5 --bias-std 0.2 --widths 64,192,64,160 --samples 60"},
		{"an input of another scale", "dense --activation gelu --weight-std 1.5 --input-scale 2.5" + wide},
		{"relu and an input of another scale", "dense --activation relu --input-scale 1e-6 --width 6 --depth 6 --samples 2000"},
		{"residual with an input of another scale", "residual --activation tanh --alpha 0.5 --input-scale 0.2 --batch 2" + wide},
		{"recurrent with an input of another scale", "recurrent --activation tanh --weight-std 1.2 --input-scale 5" + wide},
		{"normalised with an input of another scale", "normalized --norm layer --activation silu --epsilon 0.5 --input-scale 0.3" + wide},
		{"a plain network of two inputs", "dense --activation gelu --weight-std 1.5 --bias-std 0.3 --correlation 0.4" + wide},
		{"uniform weights", "dense --activation sigmoid --weights uniform --weight-std 3 --bias-std 0.3" + wide},
		{"residual, φ of mean not 0", "residual --activation relu --alpha 0.5 --bias-std 0.2 --correlation 0.4" + wide},
		{"residual behind layer norm", "residual --activation tanh --alpha 1.4 --norm layer --epsilon 0.2 --batch 2" + wide},
		{"recurrent", "recurrent --activation tanh --weight-std 1.2 --bias-std 0.3 --batch 2" + wide},
		{"layer norm", "normalized --norm layer --activation silu --weight-std 2 --bias-std 0.5 --correlation 0.4" + wide},
		{"layer norm behind φ", "normalized --norm layer --norm-after --activation gelu --epsilon 0.1 --bias-std 0.3 --batch 2" + wide},
		{"rms norm behind φ", "normalized --norm rms --norm-after --activation sigmoid --epsilon 0.1 --weight-std 2 --batch 2" + wide},
		{"batch norm of a small batch", "normalized --norm batch --activation relu --batch 8 --bias-std 1 --weight-std 2" + wide},
		{"batch norm of a small batch, linear", "normalized --norm batch --activation linear --batch 9 --weight-std 2" + wide},
		{"batch norm of a small batch, any φ and ε", "normalized --norm batch --activation selu --batch 6 --epsilon 0.1 --weight-std 2" + wide},
		{"batch norm of two inputs at an angle", "normalized --norm batch --activation gelu --correlation 0.6 --batch 2 --epsilon 0.3" + wide},
		{"batch norm in a residual network, small batch", "residual --norm batch --activation sigmoid --alpha 2 --batch 7 --epsilon 0.1" + wide},
		{"batch norm behind φ", "normalized --norm batch --norm-after --activation gelu --batch 8 --epsilon 0.2 --bias-std 0.4" + wide},
		{"batch norm behind φ in a residual network", "residual --norm batch --norm-after --activation hard_tanh --alpha 0.7 --batch 6 --epsilon 0.2" + wide},
		{"batch norm of a large batch", "normalized --norm batch --activation tanh --batch 64 --width 128 --depth 4 --samples 8"},
		{"batch norm in a residual network", "residual --norm batch --activation relu --batch 64 --width 128 --depth 4 --samples 8"},
		{"forget gates of a wide lstm", "lstm --weight-std 2 --bias-std 0.3 --forget-bias 1" + wide},
		{"update gates of a wide gru", "lstm --cell gru --weight-std 2" + wide},
		{"forget gates with constant weights", "lstm --weight-std 0 --bias-std 1 --forget-bias 0.5 --width 8 --depth 6 --samples 500"},
	} {
		status, out, errOut := call(strings.Fields("simulate " + tt.args + " --at all --seed 1 --format json")...)
		var report struct {
			Layers []layerNumbers `json:"layers"`
		}
		if err := json.Unmarshal([]byte(out), &report); status != asExpected || err != nil {
			t.Fatalf("%s: status %d, %s, %v", tt.reason, status, errOut, err)
		}
		compared := 0
		for i, layer := range report.Layers {
			for quantity := range slack {
				simulated, sigma := layer.number("simulated_"+quantity), layer.number("stderr_"+quantity)
				want, tolerance := layer.number("exact_"+quantity), 6*sigma+1e-9
				tolerance += 5.1e-7 * math.Abs(want) // it is printed to seven digits
				if math.IsNaN(want) {
					want, tolerance = layer.number("wide_"+quantity), 6*sigma+slack[quantity]
				}
				if math.IsNaN(simulated) || math.IsNaN(want) {
					continue
				}
				compared++
				if !(math.Abs(simulated-want) <= tolerance) {
					t.Errorf("%s, layer %d: %s is %v ± %v, want %v within %v", tt.reason, i, quantity, simulated, sigma, want, tolerance)
				}
			}
		}
		if compared < 2*len(report.Layers) && !strings.HasPrefix(tt.args, "lstm") {
			t.Errorf("%s: %d comparisons", tt.reason, compared)
		}
		all += compared
	}
	if all < 400 {
		t.Errorf("%d comparisons, want at least 400", all)
	}
}

// layerNumbers are the numbers of a layer by key; null where there is none.
type layerNumbers map[string]*float64

func (l layerNumbers) number(key string) float64 {
	if x := l[key]; x != nil {
		return *x
	}
	return math.NaN()
}
