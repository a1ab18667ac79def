package theory

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gradchain/theory/activation"

	"pgregory.net/rapid"
)

// walked is the mean log χ₁ over the second half of a walk of the variance from σ_w² + σ_b², by
// the midpoint rule between ±8 standard deviations and the kinks: no routine of this program but φ and φ′.
// settled is false if the variance still moves.
func walked(phi activation.Activation, weightVar, biasVar float64) (growth float64, settled bool) {
	const layers, step = 600, 0.014
	end := math.Asinh(8) // z = sinh u has its points close where φ bends
	moments := func(q float64) (square, slopes float64) {
		sd := math.Sqrt(q)
		ends := []float64{-end, 0, end} // far out φ turns at 0
		for _, kink := range phi.Kinks() {
			if u := math.Asinh(kink / sd); math.Abs(u) < end {
				ends = append(ends, u)
			}
		}
		slices.Sort(ends)
		ends = slices.Compact(ends)
		for i, lo := range ends[:len(ends)-1] {
			points := math.Ceil((ends[i+1] - lo) / step)
			width := (ends[i+1] - lo) / points
			for j := range int(points) {
				u := lo + (float64(j)+0.5)*width
				z := math.Sinh(u)
				weight := width * math.Cosh(u) * math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
				x, d := phi.Phi(sd*z), phi.DPhi(sd*z)
				square, slopes = square+weight*x*x, slopes+weight*d*d
			}
		}
		return square, slopes
	}
	q, sum, n := weightVar+biasVar, 0.0, 0.0
	for l := range layers {
		square, slopes := moments(q)
		next := weightVar*square + biasVar
		growth = math.Log(weightVar * slopes)
		switch {
		case math.Abs(next-q) <= 1e-9*q, next < 1e-12: // a fixed point, and 0
			return growth, true
		case next > 1e18:
			return growth, true
		case l >= layers/2:
			sum, n = sum+growth, n+1
		}
		q = next
	}
	return sum / n, false
}

var perLayer = regexp.MustCompile(`by the factor (\S+) a layer`)

// printed is the log χ₁ that meanfield.chi_1 answers, from its value or from how it says that
// the variance diverges.
func printed(params map[string]any) (float64, error) {
	q, err := Lookup("meanfield.chi_1")
	if err != nil {
		return 0, err
	}
	answer, err := q.Evaluate(context.Background(), params)
	switch {
	case err == nil:
		return math.Log(answer.Value), nil
	case !strings.Contains(err.Error(), "diverges"):
		return 0, err
	case strings.Contains(err.Error(), "no growth"):
		return 0, nil
	}
	found := perLayer.FindStringSubmatch(err.Error())
	if found == nil {
		return 0, fmt.Errorf("no factor in %q", err)
	}
	factor, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		return 0, fmt.Errorf("factor %q: %w", found[1], err)
	}
	return math.Log(factor), nil
}

// agree fails unless what is printed is what the walk shows: the value where the variance
// settles, to the quadrature's 1e-3; the sign where it still moves after 600 layers, unless
// both are near 0.
func agree(t interface{ Errorf(string, ...any) }, phi activation.Activation, weightStd, biasStd float64) {
	got, err := printed(map[string]any{"activation": phi.String(), "weight_std": weightStd, "bias_std": biasStd})
	want, settled := walked(phi, weightStd*weightStd, biasStd*biasStd)
	near := math.Abs(got-want) <= 1e-3*max(1, math.Abs(want))
	sign := got*want > 0 || math.Abs(got) <= 0.02 && math.Abs(want) <= 0.02
	if err != nil || settled && !near || !sign {
		t.Errorf("%v σ_w = %v σ_b = %v: log χ₁ = %v, along the variance from the input %v (settled: %v), %v", phi, weightStd, biasStd, got, want, settled, err)
	}
}

// The growth that meanfield.chi_1 states is that of the mean-field path from the input that
// simulate uses, for every activation, on both sides of the critical lines and on them.
func TestChi1_path(t *testing.T) {
	for i, phi := range activation.All() {
		if testing.Short() && i%3 != 0 && phi.Name() != "gelu" {
			continue
		}
		for _, weightStd := range []float64{0.5, 1, 1.2, 1.41421356, 1.5335, 1.6, 2, 3} {
			for _, biasStd := range []float64{0, 0.2, 0.5, 1} {
				agree(t, phi, weightStd, biasStd)
			}
		}
	}
	for _, tc := range []struct { // THEORY: points of the critical line
		phi                string
		biasStd, weightStd float64
	}{
		{"tanh", 0.05, 1.122539004769576}, {"tanh", 0.5, 1.549673912508167}, {"erf", 0.2, 1.152795413492097}, {"elu", 0.2, 1.229251124137206},
		{"selu", 0.2, 0.937475582105323}, {"gelu", 0.2, 1.547009470416229}, {"gelu", 0.5, 1.399868216405820}, {"silu", 0.2, 1.679531600691646},
		{"silu", 0.5, 1.456947424352636}, {"silu", 1, 1.402512417978651}, {"gelu", 0.4158, 1.4082}, {"silu", 0.7451, 1.4100}, {"sigmoid", 0, 10.14926371001953},
	} {
		agree(t, activation.MustParse(tc.phi), tc.weightStd, tc.biasStd)
	}
}

func TestChi1_path_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		phi := rapid.SampledFrom(activation.All()).Draw(t, "activation")
		weightStd := rapid.Float64Range(0.3, 3).Draw(t, "weight_std")
		biasStd := rapid.SampledFrom([]float64{0, 0.1, 0.3, 0.7, 1.5}).Draw(t, "bias_std")
		agree(t, phi, weightStd, biasStd)
	})
}
