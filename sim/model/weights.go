package model

import (
	"fmt"
	"slices"
	"strings"
)

// WeightLaw is a family of laws of the weights of a layer.
type WeightLaw int

// The families, scaled to Var(W_ij) = σ_w²/fan-in, but for OrthogonalWeights.
const (
	GaussianWeights   WeightLaw = iota // independent, normal
	UniformWeights                     // independent, uniform
	RademacherWeights                  // independent, ± one value
	// OrthogonalWeights is uniform (Haar) over the matrices of orthogonal rows, WWᵀ =
	// σ_w²·1, and where fan-in < fan-out over those of orthogonal columns, WᵀW = σ_w²·1: what
	// torch.nn.init.orthogonal_ and Keras' Orthogonal draw with the gain σ_w. No length grows
	// by more than σ_w, so that an expanding layer has E h_i² = σ_w²·(fan-in/fan-out)·E x_j².
	OrthogonalWeights
	// SparseWeights are normal with probability Density and 0 otherwise, independent.
	SparseWeights
	// ScaledOrthogonalWeights are those times √(fan-out/fan-in) where fan-in < fan-out, so
	// that E h_i² is that of the other families in every layer.
	ScaledOrthogonalWeights
)

var weightNames = [...]string{
	GaussianWeights: "gaussian", UniformWeights: "uniform",
	RademacherWeights: "rademacher", OrthogonalWeights: "orthogonal", SparseWeights: "sparse", ScaledOrthogonalWeights: "orthogonal_scaled",
}

// String returns the text of the family, as "gaussian" or "orthogonal_scaled".
func (w WeightLaw) String() string {
	if !w.valid() {
		return fmt.Sprintf("weights(%d)", int(w))
	}
	return weightNames[w]
}

// Orthogonal says whether the rows, or where there are more of them the columns, of a
// matrix of the family are orthogonal.
func (w WeightLaw) Orthogonal() bool { return w == OrthogonalWeights || w == ScaledOrthogonalWeights }

func (w WeightLaw) valid() bool { return w >= 0 && int(w) < len(weightNames) }

// ParseWeightLaw reads the text of a family. The error lists the families.
func ParseWeightLaw(text string) (WeightLaw, error) {
	if i := slices.Index(weightNames[:], text); i >= 0 {
		return WeightLaw(i), nil
	}
	return 0, fmt.Errorf("weights %q: want %s", text, strings.Join(weightNames[:], ", "))
}

// WeightVariance returns fan-in·Var(W_ij) of the weights of layer l ≥ 1 of a valid network:
// σ_w², less in an expanding layer of orthogonal weights that are not scaled.
func (d Dense) WeightVariance(l int) float64 {
	square := d.WeightStd * d.WeightStd
	if in, out := d.fans(l); d.Weights == OrthogonalWeights && in < out {
		square *= float64(in) / float64(out)
	}
	return square
}

// fans returns the fan-in and the fan-out of layer l.
func (d Dense) fans(l int) (in, out int) {
	if len(d.Widths) > 0 {
		return d.Widths[l-1], d.Widths[l]
	}
	return d.Width, d.Width
}

// expands says whether a layer has more units than the one below.
func (d Dense) expands() bool {
	for l := 1; l < len(d.Widths); l++ {
		if d.Widths[l-1] < d.Widths[l] {
			return true
		}
	}
	return false
}
