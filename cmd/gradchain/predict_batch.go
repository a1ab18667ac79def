package main

import (
	"math"

	"gradchain/sim/model"
	"gradchain/theory/gauss"
	"gradchain/theory/normalization"
)

// finiteBatch says whether the theory of batch normalisation of a batch of any size
// applies: linear or relu behind the norm, no epsilon, no identity branch.
func finiteBatch(m model.Dense) bool {
	name := m.Activation.Name()
	return m.Norm == model.BatchNorm && !m.NormAfter && !m.Skip && m.Epsilon == 0 && (name == "linear" || name == "relu")
}

// batchLayers replaces what wideNetwork says of a large batch by what holds for any.
// The normalised units of a layer are √B times uniform on the sphere of the vectors of B
// numbers that sum to 0, the inputs have correlation −1/(B−1), and a = E x₁² − E x₁x₂ is
// what the next layer takes its variance r² ~ σ_w² a χ²_(B−1) from; it is 1 for the
// independent inputs. From layer to layer E‖∂out/∂h‖² grows by the factor of Yang et al.
// (2019), at the first layer times a, because its r² is from the input; at the last, where
// the gradient of the output has no mean subtracted yet, it is P(φ′ = 1)·(B−2)/((B−3)σ_w² a),
// from tr(1 − 11ᵀ/B − vvᵀ) = B − 2. Up to a batch of 3 E 1/r² is infinite.
func batchLayers(m model.Dense, layers []wideLayer) error {
	b := float64(m.Inputs())
	kernel, err := gauss.NewKernel(m.Activation, 1)
	if err != nil {
		return err
	}
	c := -1 / (b - 1)
	active, logSquare := 1.0, 0.0
	if m.Activation.Name() == "relu" {
		active, logSquare = 0.5, -math.Ln2
	}
	square := kernel.Value(1)
	a := square - kernel.Value(c)
	for l := 1; l < len(layers); l++ {
		layers[l].logSquare, layers[l].correlation = logSquare, kernel.Value(c)/square
		layers[l].logGrad = math.NaN()
	}
	layers[0].logGrad = math.NaN()
	if b < 4 {
		return nil
	}
	step, err := normalization.BatchNormLogGradientFactor(m.Activation, m.Inputs())
	if err != nil {
		return err
	}
	weight := 2 * math.Log(m.WeightStd)
	last := len(layers) - 1
	at := math.Log(b) + math.Log(active*(b-2)/((b-3)*a)) - weight
	for l := last; l > 0; l-- {
		layers[l].logGrad = at
		if l == 1 {
			layers[l].logGrad += math.Log(a)
		}
		at += step
	}
	layers[0].logGrad = layers[1].logGrad + weight
	return nil
}
