package model

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestGated_Validate(t *testing.T) {
	for _, tt := range []struct {
		reason string
		change func(*Gated)
		want   []string
	}{
		{"the plainest", func(*Gated) {}, nil},
		{"gates without recurrence", func(g *Gated) { g.WeightStd = 0 }, nil},
		{"a gate that is exactly 1", func(g *Gated) { g.ForgetBias = math.Inf(1) }, nil},
		{"a gate that is exactly 0", func(g *Gated) { g.ForgetBias = math.Inf(-1) }, nil},
		{"an LSTM with a state", func(g *Gated) { g.State = make([]float64, 8) }, nil},
		{"a GRU with a state", func(g *Gated) { g.Cell, g.State = GRU, make([]float64, 4) }, nil},
		{"a cell state missing", func(g *Gated) { g.State = make([]float64, 4) }, []string{"state of 4 numbers: want 8"}},
		{"everything", func(g *Gated) {
			*g = Gated{Cell: 7, WeightStd: -1, BiasStd: math.Inf(1), ForgetBias: math.NaN(), State: []float64{math.NaN()}}
		}, []string{
			"cell 7: want lstm or gru",
			"width 0: want 1 to 16777216",
			"depth 0: want 1 to 1000000",
			"weight std -1: want 0, or 1e-30 to 1e+30, in units of 1/√fan-in",
			"bias std +Inf: want 0 for no spread, or 1e-30 to 1e+30, not in units of 1/√fan-in",
			"forget bias NaN: want a number, or ±Inf for a gate that is 1 or 0",
			"state of 1 numbers: want 0",
			"state[0] = NaN: want a finite number",
		}},
	} {
		g := Gated{Width: 4, Depth: 3, WeightStd: 1}
		tt.change(&g)
		got := ""
		if err := g.Validate(); err != nil {
			got = err.Error()
		}
		if want := strings.Join(tt.want, "\n"); got != want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, want)
		}
	}
}

func TestGated_Canonical(t *testing.T) {
	for _, tt := range []struct {
		reason string
		g      Gated
		want   string
	}{
		{"zero values are left out", Gated{Width: 4, Depth: 3}, `{"cell":"lstm","depth":3,"kind":"gated","width":4}`},
		{"negative zero is zero", Gated{Width: 4, Depth: 3, ForgetBias: math.Copysign(0, -1)}, `{"cell":"lstm","depth":3,"kind":"gated","width":4}`},
		{"infinities are texts", Gated{Width: 4, Depth: 3, ForgetBias: math.Inf(-1)},
			`{"cell":"lstm","depth":3,"forget_bias":"-Inf","kind":"gated","width":4}`},
		{"all fields", Gated{Cell: GRU, Width: 2, Depth: 3, WeightStd: 1.5, BiasStd: 1e-5, ForgetBias: 1, State: []float64{0.1, -1}},
			`{"bias_std":0.00001,"cell":"gru","depth":3,"forget_bias":1,"kind":"gated","state":[0.1,-1],"weight_std":1.5,"width":2}`},
	} {
		if got := tt.g.Canonical(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.reason, got, tt.want)
		}
	}
	defer func() {
		if p, _ := recover().(string); !strings.HasPrefix(p, "model: ") {
			t.Errorf("got panic %q, want one of the package", p)
		}
	}()
	Gated{}.Canonical()
}

// TestGated_property: the text is JSON, and two networks have one text exactly when
// they are equal.
func TestGated_property(t *testing.T) {
	draw := func(t *rapid.T) Gated {
		g := Gated{
			Cell: Cell(rapid.IntRange(0, 1).Draw(t, "cell")), Width: 1, Depth: rapid.IntRange(1, 2).Draw(t, "depth"),
			WeightStd:  rapid.SampledFrom([]float64{0, 2.5}).Draw(t, "weight std"),
			BiasStd:    rapid.SampledFrom([]float64{0, 1e-30}).Draw(t, "bias std"),
			ForgetBias: rapid.SampledFrom([]float64{0, 1, math.Inf(1), math.Inf(-1)}).Draw(t, "forget bias"),
		}
		if rapid.Bool().Draw(t, "state") {
			g.State = make([]float64, g.StateSize())
		}
		return g
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t), draw(t)
		if !json.Valid([]byte(a.Canonical())) {
			t.Fatalf("%s is not JSON", a.Canonical())
		}
		if same := reflect.DeepEqual(a, b); same != (a.Canonical() == b.Canonical()) {
			t.Fatalf("%v and %v: the same %v, texts %s and %s", a, b, same, a.Canonical(), b.Canonical())
		}
	})
}

func TestParseCell(t *testing.T) {
	for c := LSTM; c <= GRU; c++ {
		if got, err := ParseCell(c.String()); err != nil || got != c {
			t.Errorf("ParseCell(%q) = %v, %v", c, got, err)
		}
	}
	if _, err := ParseCell("rnn"); err == nil || err.Error() != `cell "rnn": want lstm or gru` {
		t.Errorf("unknown cell: got error %v", err)
	}
	if got := Cell(9).String(); got != "cell(9)" {
		t.Errorf("got %q", got)
	}
}
