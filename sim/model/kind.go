package model

import (
	"fmt"
	"strings"
)

// Kind says how a chain's factors come about.
type Kind int

const (
	// Independent factors w·φ′(z): w and z are drawn independently, layer by layer.
	Independent Kind = iota
	// Forward is a real width-1 network z = w·a + b, a = φ(z), and the derivative
	// along the path it takes.
	Forward
	// Normalized is the forward network on a batch of inputs, with batch
	// normalisation before the activation.
	Normalized
)

var kindNames = [...]string{Independent: "independent", Forward: "forward", Normalized: "normalized"}

// String returns the text of the kind: "independent", "forward" or "normalized".
func (k Kind) String() string {
	if !k.valid() {
		return fmt.Sprintf("kind(%d)", int(k))
	}
	return kindNames[k]
}

func (k Kind) valid() bool { return k >= 0 && int(k) < len(kindNames) }

// ParseKind reads the text of a kind. The error lists the kinds.
func ParseKind(text string) (Kind, error) {
	for k, name := range kindNames {
		if name == text {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("kind %q: want %s", text, strings.Join(kindNames[:], ", "))
}
