package meanfield

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"

	"pgregory.net/rapid"
)

// The fixed points are where V(q) − q changes its sign on a grid of 100 points a factor of
// e from 1e-12 to 1e12, one between each pair; and χ_q is below 1 where the sign falls.
func TestFixedPoints_grid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		if n.Activation.Homogeneous() {
			return
		}
		got, err := n.FixedPoints()
		if err != nil {
			t.Fatal(err)
		}
		const lo, hi = 1e-12, 1e12
		var inside []FixedPoint
		for _, p := range got {
			if lo < p.Variance && p.Variance < hi {
				inside = append(inside, p)
			}
		}
		at, before, from := 0, math.NaN(), lo // from is the last q of a known sign
		for q := lo; q < hi; q *= 1.01 {
			m, err := gauss.NewMoments(n.Activation, q)
			if err != nil {
				t.Fatal(err)
			}
			r := (n.WeightVar*m.Square+n.BiasVar)/q - 1
			if math.Abs(r) < 1e-13 {
				continue
			}
			if before*r < 0 {
				if at == len(inside) || !(inside[at].Variance <= q*(1+1e-9)) || !(inside[at].Variance >= from*(1-1e-9)) || (inside[at].ChiQ < 1) != (r < 0) {
					t.Fatalf("%+v: sign change at %v to %v, fixed points %v", n, q, r, got)
				}
				at++
			}
			before, from = r, q
		}
		if at != len(inside) {
			t.Fatalf("%+v: %d sign changes, fixed points %v", n, at, got)
		}
	})
}

// Known sets of fixed points, with few values of V: beside a cusp (mpmath, 25 digits), on lines, and far
// out.
func TestFixedPoints_known(t *testing.T) {
	for _, tc := range []struct {
		reason, activation string
		weightVar, biasVar float64
		want               []float64 // to 1e-4 relatively
		nodes              int       // that the search may take
	}{
		{"beside the cusp of gelu", "gelu", 1.9830780, 0.17288964, []float64{2.993273304238583, 3.504885954871952, 3.673857214474642}, 800},
		{"unstable above stable", "gelu", 2.3932383, 0.04, []float64{0.151894, 0.575637}, 300},
		{"0 and unstable", "silu", 2.56, 0, []float64{0, 1.7356}, 300},
		{"0 unstable, stable above", "tanh", 2.25, 0, []float64{0, 0.793354}, 300},
		{"critical without bias", "tanh", 1, 0, []float64{0}, 300},
		{"critical with next to no bias", "tanh", 1, 1e-20, []float64{7.07107e-11}, 300},
		{"critical at a kink with next to no bias", "elu", 1, 1e-30, nil, 300},
		{"far out: σ_b²/(1 − σ_w²/2)", "gelu", 2 - 2e-9, 1, []float64{1e9}, 300},
		{"no fixed point", "softplus", 2.1, 0, nil, 300},
	} {
		n := Network{activation.MustParse(tc.activation), tc.weightVar, tc.biasVar}
		got, err := n.FixedPoints()
		if err != nil {
			t.Fatal(err)
		}
		if tc.activation == "elu" { // q^(3/2) ∝ σ_b²
			if len(got) != 1 || !(got[0].Variance > 1e-21 && got[0].Variance < 1e-19) || got[0].Stability() != "marginal" {
				t.Errorf("%s: %v", tc.reason, got)
			}
		} else if len(got) != len(tc.want) {
			t.Errorf("%s: %v, want %v", tc.reason, got, tc.want)
		} else {
			for i, p := range got {
				if !(math.Abs(p.Variance-tc.want[i]) <= 1e-4*tc.want[i]) {
					t.Errorf("%s: %v, want %v", tc.reason, got, tc.want)
				}
			}
		}
		s := n.search()
		s.roots(func(FixedPoint) bool { return true })
		if s.nodes > tc.nodes {
			t.Errorf("%s: %d nodes, want at most %d", tc.reason, s.nodes, tc.nodes)
		}
	}
}

// The half-stable points are found as one point where V touches the diagonal, marginal.
func TestFixedPoints_halfStable(t *testing.T) {
	for _, name := range []string{"gelu", "silu", "mish", "gelu_tanh"} {
		q, n, err := HalfStable(activation.MustParse(name))
		if err != nil {
			t.Fatal(err)
		}
		all, err := n.FixedPoints()
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, p := range all {
			found = found || math.Abs(p.Variance-q) <= 1e-3*q && math.Abs(p.ChiQ-1) <= 1e-3
		}
		if !found {
			t.Errorf("%s: fixed points %v without K* = %v", name, all, q)
		}
	}
}

// StableCritical is what an input of second moment 1 comes to; unstable points, and those that
// it does not reach, are errors that name the half-stable point.
func TestStableCritical(t *testing.T) {
	for _, tc := range []struct {
		activation    string
		biasStd, want float64 // σ_w, 0 for an error
		text          string
	}{
		{"relu", 0, math.Sqrt2, ""}, {"tanh", 0, 1, ""}, {"erf", 0, math.Sqrt(math.Pi) / 2, ""}, {"sigmoid", 0, 10.14926371001953, ""},
		{"tanh", 0.5, 1.549673912508167, ""}, {"gelu", 0.5, 1.399868216405820, ""}, {"silu", 1, 1.402512417978651, ""},
		{"gelu", 0, 0, "diverges from q = 4"}, {"silu", 0, 0, "bias_std = 0.7451: σ_w = 1.41, q* = 14.32"}, {"mish", 0, 0, "q* = 1.67"},
		{"hard_swish", 0, 0, "stable ones begin"}, {"gelu_tanh", 0.2, 0, "unstable with χ_q = 1.095"}, {"silu", 0.5, 0, "goes to q = 1.047, where χ₁ = 0.8123"},
		{"gelu", 0.4158, 0, "goes to q = 2.987"}, {"softplus", 0.3, 0, "no critical point"}, {"relu", 0.1, 0, "want 0 for relu"},
	} {
		p, err := StableCritical(activation.MustParse(tc.activation), tc.biasStd*tc.biasStd, 1)
		if tc.want == 0 {
			if err == nil || !strings.Contains(err.Error(), tc.text) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s, σ_b = %v: %v, %v, want an error with %q", tc.activation, tc.biasStd, p, err, tc.text)
			}
		} else if got := math.Sqrt(p.WeightVar); err != nil || !(math.Abs(got-tc.want) <= 1e-13*tc.want) {
			t.Errorf("%s, σ_b = %v: σ_w = %v, want %v, %v", tc.activation, tc.biasStd, got, tc.want, err)
		}
	}
	// Between the unstable point 3.505 and the stable one above it there is a start from which
	// the variance comes there.
	gelu, biasVar := activation.MustParse("gelu"), 0.4165*0.4165
	p, err := CriticalPoint(gelu, biasVar)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := StableCritical(gelu, biasVar, (p.Variance-biasVar)/p.WeightVar); err != nil || got != p {
		t.Errorf("from the point itself: %v, %v", got, err)
	}
}
