package model

import (
	"fmt"
	"slices"
	"strings"
)

// Norm is a normalisation of the units of a layer.
type Norm int

// The normalisations, each without learned scale and shift.
const (
	NoNorm Norm = iota
	// BatchNorm subtracts from every unit its mean over the batch and divides by its
	// standard deviation there (Ioffe & Szegedy 2015).
	BatchNorm
	// LayerNorm does the same over the units of a layer, for every input (Ba, Kiros &
	// Hinton 2016).
	LayerNorm
	// RMSNorm divides by the root mean square over the units of a layer, for every
	// input (Zhang & Sennrich 2019).
	RMSNorm
)

var normNames = [...]string{NoNorm: "none", BatchNorm: "batch", LayerNorm: "layer", RMSNorm: "rms"}

// String returns the text of the normalisation: "none", "batch", "layer" or "rms".
func (n Norm) String() string {
	if !n.valid() {
		return fmt.Sprintf("norm(%d)", int(n))
	}
	return normNames[n]
}

func (n Norm) valid() bool { return n >= 0 && int(n) < len(normNames) }

// ParseNorm reads the text of a normalisation. The error lists them.
func ParseNorm(text string) (Norm, error) {
	if i := slices.Index(normNames[:], text); i >= 0 {
		return Norm(i), nil
	}
	return 0, fmt.Errorf("norm %q: want %s", text, strings.Join(normNames[:], ", "))
}
