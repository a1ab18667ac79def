package chain

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// jacobian returns the derivative of ĥ with respect to x by back, column by column
// of the transpose.
func jacobian(l normLayer, normal []float64) [][]float64 {
	rows := make([][]float64, len(normal))
	for i := range rows {
		rows[i] = make([]float64, len(normal))
		rows[i][i] = 1
		l.back(rows[i], normal)
	}
	return rows
}

// TestNormLayer_property: the layer agrees with the textbook formulas of Network on
// batches with three values and more.
func TestNormLayer_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 12).Draw(t, "batch")
		x := rapid.SliceOfN(finite(-5, 5), n, n).Draw(t, "x")
		w := rapid.SampledFrom([]float64{-30, -1, 0.1, 1, 2.5}).Draw(t, "w")
		epsilon := rapid.SampledFrom([]float64{0, 1e-5, 1}).Draw(t, "epsilon")
		h, g := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] += float64(i) // no two of them equal, the deviation not small
			h[i], g[i] = w*x[i], math.Sin(float64(i))
		}
		want, inverse := normalize(h, epsilon)
		normal := make([]float64, n)
		layer := normalizeBatch(normal, x, w, math.Sqrt(epsilon))
		for i := range normal {
			if !(math.Abs(normal[i]-want[i]) <= 1e-13) {
				t.Fatalf("ĥ[%d] = %v, want %v", i, normal[i], want[i])
			}
		}
		wantGrad := append([]float64(nil), g...)
		normalizeBack(wantGrad, want, inverse)
		layer.back(g, normal)
		for i := range g {
			if !(math.Abs(g[i]-w*wantGrad[i]) <= 1e-13*math.Abs(w)*inverse*float64(n)) {
				t.Fatalf("gradient[%d] = %v, want %v", i, g[i], w*wantGrad[i])
			}
		}
	})
}

// TestNormLayer_degenerate: where the derivative is 0 it is 0 to the last bit, and
// where ε keeps it alive it is right.
func TestNormLayer_degenerate(t *testing.T) {
	const root = 0.1 // √ε
	tests := []struct {
		reason         string
		x              []float64
		w, rootEpsilon float64
		want           func(i, j int) float64 // ∂ĥ_i/∂x_j
	}{
		{"two inputs always normalise to ±1", []float64{0.3, 1.7}, -2, 0, func(_, _ int) float64 { return 0 }},
		{"all equal: 0/0 counts as 0", []float64{0.1, 0.1, 0.1}, 3, 0, func(_, _ int) float64 { return 0 }},
		{"all equal with ε: the deviation from the mean, times w/√ε", []float64{0.1, 0.1, 0.1, 0.1}, 3, root,
			func(i, j int) float64 {
				if i == j {
					return 3 / root * 3 / 4
				}
				return 3 / root * -1 / 4
			}},
		{"two inputs with ε: d²/∂d of d/√(d² + ε), d = w(x₁ − x₂)/2", []float64{2, 1}, 3, root,
			func(i, j int) float64 {
				const d = 3 * (2 - 1) / 2.
				slope := root * root / math.Pow(d*d+root*root, 1.5) * 3 / 2
				if i == j {
					return slope
				}
				return -slope
			}},
		{"one of four moves: its ĥ is fixed, the others' differences count", []float64{0, 0, 0, 5}, 1, 0,
			func(i, j int) float64 {
				sd := 5 * math.Sqrt(3) / 4
				switch {
				case i == 3 || j == 3:
					return 0
				case i == j:
					return 2 / 3. / sd
				}
				return -1 / 3. / sd
			}},
		{"ĥ underflows against ε", []float64{0, 1e-30, 2e-30}, 1e-300, root, func(i, j int) float64 {
			if i == j {
				return 1e-300 / root * 2 / 3
			}
			return -1e-300 / root / 3
		}},
	}
	for _, tt := range tests {
		normal := make([]float64, len(tt.x))
		layer := normalizeBatch(normal, tt.x, tt.w, tt.rootEpsilon)
		for j, row := range jacobian(layer, normal) {
			for i, got := range row {
				if want := tt.want(i, j); !(math.Abs(got-want) <= 1e-14*math.Abs(want)) {
					t.Errorf("%s: ∂ĥ_%d/∂x_%d = %v, want %v", tt.reason, j, i, got, want)
				}
			}
		}
	}
}

// TestNormLayer_scale: neither huge nor tiny inputs and weights overflow; at ε = 0
// the result depends on the sign of w and not on its size.
func TestNormLayer_scale(t *testing.T) {
	x := []float64{1, 2, 4, 8}
	want := make([]float64, 4)
	normalizeBatch(want, x, 1, 0)
	for _, scale := range []float64{0x1p-1000, 0x1p-300, 1, 0x1p600, 0x1p1000} {
		for _, w := range []float64{-0x1p-1000, 0x1p-80, -1, 0x1p1000} {
			scaled, got := make([]float64, 4), make([]float64, 4)
			for i := range x {
				scaled[i] = scale * x[i]
			}
			layer := normalizeBatch(got, scaled, w, 0)
			for i := range got {
				if got[i] != math.Copysign(1, w)*want[i] {
					t.Errorf("scale %v, w %v: ĥ = %v, want ±%v", scale, w, got, want)
					break
				}
			}
			if layer.radial != 0 || layer.values != many {
				t.Errorf("scale %v, w %v: layer %+v", scale, w, layer)
			}
		}
	}
}

func TestDistinct(t *testing.T) {
	for _, tt := range []struct {
		reason string
		x      []float64
		want   clusters
	}{
		{"one input", []float64{3}, one},
		{"equal", []float64{0.1, 0.1, 0.1}, one},
		{"zeros of both signs are equal", []float64{0, math.Copysign(0, -1)}, one},
		{"two values", []float64{0, 0, 5, 0}, two},
		{"last one differs", []float64{1, 1, 2}, two},
		{"three values", []float64{1, 2, 1, 3}, many},
		{"neighbours are distinct", []float64{1, math.Nextafter(1, 2), 2}, many},
	} {
		if got := distinct(tt.x); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.reason, got, tt.want)
		}
	}
}
