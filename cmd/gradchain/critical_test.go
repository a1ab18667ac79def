package main

import (
	"context"
	"math"
	"strconv"
	"testing"

	"gradchain/sim/model"
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
			m.Activation, m.Width, m.Depth = a, 64, 3000
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
			if growth := layers[2000].logGrad - layers[2001].logGrad; !(math.Abs(growth) <= 2e-3) {
				t.Errorf("%v norm %v bias %v: log growth %v a layer at σ_w = %v", a, m.Norm, m.BiasStd, growth, std)
			}
		}
	}
}
