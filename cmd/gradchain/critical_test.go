package main

import (
	"context"
	"math"
	"regexp"
	"strconv"
	"testing"

	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/run"
	"gradchain/theory"
	"gradchain/theory/activation"
)

// At the critical σ_w of a network the wide limit neither grows nor decays, deep in it; and σ_w
// has 12 digits.
func TestCriticalStd_growth(t *testing.T) {
	for _, a := range activation.All() {
		for _, m := range []model.Dense{
			{}, {BiasStd: 0.2}, {BiasStd: 0.5}, {BiasStd: 1}, {Norm: model.LayerNorm}, {Norm: model.LayerNorm, BiasStd: 0.3},
			{Norm: model.RMSNorm, BiasStd: 0.3, NormAfter: true}, {Norm: model.LayerNorm, BiasStd: 0.3, NormAfter: true, Epsilon: 0.01},
		} {
			m.Activation, m.Width, m.Depth = a, 64, 1100
			std, err := criticalStd(m)
			if err != nil {
				continue
			}
			text := strconv.FormatFloat(std, 'e', -1, 64)
			if again, _ := strconv.ParseFloat(strconv.FormatFloat(std, 'e', 11, 64), 64); again != std {
				t.Errorf("%+v: σ_w = %s has more than 12 digits", m, text)
			}
			m.WeightStd = std
			layers, err := newWideNetwork(m).layers(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if growth := layers[1000].logGrad - layers[1001].logGrad; !(math.Abs(growth) <= 4e-3) {
				t.Errorf("%v norm %v bias %v: log growth %v a layer at σ_w = %v", a, m.Norm, m.BiasStd, growth, std)
			}
		}
	}
}

// What meanfield.chi_1 says of a network is what its samples show, from the same input: the
// growth of log gradient norms a layer over the upper half of 60 layers, 24 networks of width
// 512. A right answer fails with probability below 1e-8 a row (6 standard errors, besides 3/n of
// the width and 0.004 for what is left of the way to the fixed point); an error of 0.03 nats a
// layer would be noticed.
func TestChi1_sampled(t *testing.T) {
	const width, depth, samples = 512, 60, 24
	factor := regexp.MustCompile(`by the factor (\S+) a layer`)
	for _, tc := range []struct {
		phi                string
		weightStd, biasStd float64
		sign               float64
	}{
		{"gelu", 1.5335, 0, 1}, {"silu", 1.6, 0, 1}, {"gelu", 1.5470, 0.2, 1}, {"silu", 1.457, 0.5, -1}, {"tanh", 1.5, 0.2, 1}, {"sigmoid", 3, 0.5, -1},
	} {
		q, err := theory.Lookup("meanfield.chi_1")
		if err != nil {
			t.Fatal(err)
		}
		answer, err := q.Evaluate(context.Background(), map[string]any{"activation": tc.phi, "weight_std": tc.weightStd, "bias_std": tc.biasStd})
		chi := answer.Value
		if err != nil {
			found := factor.FindStringSubmatch(err.Error())
			if found == nil {
				t.Errorf("%+v: %v", tc, err)
				continue
			}
			chi, _ = strconv.ParseFloat(found[1], 64)
		}
		m := model.Dense{Activation: activation.MustParse(tc.phi), WeightStd: tc.weightStd, BiasStd: tc.biasStd, Width: width, Depth: depth}
		var growths []float64
		spec := run.NetworkSpec{Model: m, Engine: network.Auto(m), At: []int{depth}, Samples: samples, Seed: 1, Jobs: 1}
		spec.Each = func(_ int, s *network.Sample) {
			growths = append(growths, (s.LogGradNorm[depth/2]-s.LogGradNorm[depth])/(depth/2))
		}
		if _, err := run.Network(context.Background(), spec); err != nil {
			t.Fatal(err)
		}
		var mean, square float64
		for _, g := range growths {
			mean += g / samples
			square += g * g / samples
		}
		bound := 6*math.Sqrt((square-mean*mean)/(samples-1)) + 3./width + 0.004
		if want := math.Log(chi) / 2; !(math.Abs(mean-want) <= bound) || !(want*tc.sign > 0) || !(mean*tc.sign > 0) {
			t.Errorf("%+v: growth %v sampled, %v stated, bound %v", tc, mean, want, bound)
		}
	}
}
