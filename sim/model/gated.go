package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Cell is a recurrent cell with gates.
type Cell int

// The cells.
const (
	// LSTM has a cell state c that its forget gate keeps (Hochreiter & Schmidhuber
	// 1997; forget gate by Gers, Schmidhuber & Cummins 2000).
	LSTM Cell = iota
	// GRU has no other state than h (Cho et al. 2014).
	GRU
)

var cellNames = [...]string{LSTM: "lstm", GRU: "gru"}

// String returns the text of the cell: "lstm" or "gru".
func (c Cell) String() string {
	if !c.valid() {
		return fmt.Sprintf("cell(%d)", int(c))
	}
	return cellNames[c]
}

func (c Cell) valid() bool { return c >= 0 && int(c) < len(cellNames) }

// Gates returns the number of gates of a valid cell.
func (c Cell) Gates() int { return 3 - int(c) }

// ParseCell reads the text of a cell. The error lists the cells.
func ParseCell(text string) (Cell, error) {
	if i := slices.Index(cellNames[:], text); i >= 0 {
		return Cell(i), nil
	}
	return 0, fmt.Errorf("cell %q: want %s", text, strings.Join(cellNames[:], " or "))
}

// Gated is a recurrent network of gated cells that runs freely: from a random state,
// with the same weights at every step t = 1 … T and no input. An LSTM has gates
// i, f, o and candidate g,
//
//	i = σ(W_i h + b_i), f = σ(W_f h + b_f), o = σ(W_o h + b_o), g = tanh(W_g h + b_g),
//	c ← f∘c + i∘g,  h ← o∘tanh c,
//
// a GRU update gate z, reset gate r and candidate n,
//
//	z = σ(W_z h + b_z), r = σ(W_r h + b_r), n = tanh(W_n (r∘h) + b_n),
//	h ← z∘h + (1 − z)∘n.
//
// So z is what is kept, as in Cho et al. 2014; others write 1 − z for it. All weights
// are independent normal of variance σ_w²/Width, all biases of standard deviation σ_b.
type Gated struct {
	// Cell is LSTM by default.
	Cell Cell
	// Width is the number of units n, 1 to MaxWidth; required.
	Width int
	// Depth is the number of steps T, 1 to MaxLayers; required.
	Depth int
	// WeightStd is σ_w of every W: 0, gates that do not see the state, or MinStd to
	// MaxStd.
	WeightStd float64
	// BiasStd is σ_b: 0, or MinStd to MaxStd.
	BiasStd float64
	// ForgetBias is the mean of b_f, of b_z in a GRU; all other biases have mean 0. At
	// +Inf the gate is exactly 1, at −Inf exactly 0.
	ForgetBias float64
	// State is h_0, for an LSTM followed by c_0. None means each uniform on the sphere
	// ‖h_0‖² = ‖c_0‖² = n, independent, drawn afresh for every network.
	State []float64
}

// StateSize returns the number of elements of the state of a valid network.
func (g Gated) StateSize() int {
	if g.Cell == LSTM {
		return 2 * g.Width
	}
	return g.Width
}

// Validate reports everything that is wrong with the network, one joined error a
// field: the field, its value and what would be right.
func (g Gated) Validate() error {
	var errs []error
	report := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	report(!g.Cell.valid(), "cell %d: want %s", int(g.Cell), strings.Join(cellNames[:], " or "))
	report(g.Width < 1 || g.Width > MaxWidth, "width %d: want 1 to %d", g.Width, MaxWidth)
	report(g.Depth < 1 || g.Depth > MaxLayers, "depth %d: want 1 to %d", g.Depth, MaxLayers)
	report(g.WeightStd != 0 && !inStds(g.WeightStd), "weight std %v: want 0, or %v to %v, in units of 1/√fan-in", g.WeightStd, MinStd, MaxStd)
	report(g.BiasStd != 0 && !inStds(g.BiasStd), "bias std %v: want 0 for no spread, or %v to %v, not in units of 1/√fan-in", g.BiasStd, MinStd, MaxStd)
	report(math.IsNaN(g.ForgetBias), "forget bias NaN: want a number, or ±Inf for a gate that is 1 or 0")
	report(len(g.State) > 0 && len(g.State) != g.StateSize(), "state of %d numbers: want %d", len(g.State), g.StateSize())
	for i, x := range g.State {
		report(!(math.Abs(x) <= math.MaxFloat64), "state[%d] = %v: want a finite number", i, x)
	}
	return errors.Join(errs...)
}

// canonicalGated has the fields of Gated in alphabetical order of their names.
type canonicalGated struct {
	BiasStd    float64   `json:"bias_std,omitempty"`
	Cell       string    `json:"cell"`
	Depth      int       `json:"depth"`
	ForgetBias any       `json:"forget_bias,omitempty"`
	Kind       string    `json:"kind"`
	State      []float64 `json:"state,omitempty"`
	WeightStd  float64   `json:"weight_std,omitempty"`
	Width      int       `json:"width"`
}

// Canonical returns the one text of a valid network: JSON with sorted keys and
// shortest round-trip numbers, infinities as text, fields without use left out. It
// keys the random streams: networks of the same text are the same random network. It
// panics if the network is not valid.
func (g Gated) Canonical() string {
	if err := g.Validate(); err != nil {
		panic(fmt.Sprintf("model: network not valid: %v", err))
	}
	c := canonicalGated{
		BiasStd: g.BiasStd, Cell: g.Cell.String(), Depth: g.Depth, Kind: "gated",
		State: g.State, WeightStd: g.WeightStd, Width: g.Width,
	}
	switch {
	case math.IsInf(g.ForgetBias, 0):
		c.ForgetBias = fmt.Sprint(g.ForgetBias)
	case g.ForgetBias != 0:
		c.ForgetBias = g.ForgetBias
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("model: %v", err)) // numbers are finite, nothing else can fail
	}
	return string(text)
}
