package theory

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"strings"
	"testing"
)

// value evaluates without an end.
func value(q Quantity, params map[string]any) (float64, error) {
	answer, err := q.Evaluate(context.Background(), params)
	return answer.Value, err
}

// exampleParams are the parameters of the example.
func exampleParams(t *testing.T, q Quantity) map[string]any {
	t.Helper()
	params, err := ParseParams(strings.Fields(q.Example.Query)...)
	if err != nil {
		t.Fatal(err)
	}
	return params
}

// rejected fails unless the error is one line that starts with the name of the quantity
// and has the text in it.
func rejected(t *testing.T, q Quantity, params map[string]any, want string) {
	t.Helper()
	got, err := value(q, params)
	if got != 0 || err == nil || !strings.HasPrefix(err.Error(), q.Name+": ") ||
		!strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\n\r") {
		t.Errorf("%s %v = %v, error %v, want one with %q", q.Name, params, got, err, want)
	}
}

// with returns the parameters with one more.
func with(params map[string]any, name string, value any) map[string]any {
	params = maps.Clone(params)
	params[name] = value
	return params
}

// without returns the parameters with one less.
func without(params map[string]any, name string) map[string]any {
	params = maps.Clone(params)
	delete(params, name)
	return params
}

// Every quantity rejects an unknown parameter, an extra one and a missing one, and
// values of the wrong type and far outside the domain.
func TestEvaluate_rejects(t *testing.T) {
	for _, q := range Catalogue() {
		good := exampleParams(t, q)
		rejected(t, q, with(good, "dept", 1), `unknown parameter "dept"`)
		rejected(t, q, with(good, "", 1), `unknown parameter ""`)
		for _, p := range q.Params {
			if _, given := good[p.Name]; given && !p.Optional {
				rejected(t, q, without(good, p.Name), p.Name)
			}
			if _, given := good[p.Or]; given {
				rejected(t, q, with(good, p.Name, 1), "both given")
				continue
			}
			for _, bad := range []any{nil, true, []any{1.0}, map[string]any{}, "", "\x00", "1\n", strings.Repeat("9", 2000), "NaN", "inf", math.NaN(), math.Inf(1)} {
				rejected(t, q, with(good, p.Name, bad), "")
			}
			if p.numeric() {
				rejected(t, q, with(good, p.Name, "tanh"), p.Name+` = "tanh", want `+p.Kind.String())
			} else {
				rejected(t, q, with(good, p.Name, 1.5), p.Name+" = 1.5 is a number")
				rejected(t, q, with(good, p.Name, "swish"), `"swish"`)
			}
			if p.Kind == Integer {
				rejected(t, q, with(good, p.Name, 2.5), p.Name+` = "2.5", want integer`)
				rejected(t, q, with(good, p.Name, 1e19), "9.2e18")
			}
		}
	}
}

// A number is the same in all its types and spellings.
func TestEvaluate_spellings(t *testing.T) {
	q, err := Lookup("recurrent.lstm.memory")
	if err != nil {
		t.Fatal(err)
	}
	want, err := value(q, map[string]any{"bias": 2.0, "steps": 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, bias := range []any{2, int64(2), 2.0, "2", "2.0", "+2", "0.2e1", "20e-1", json.Number("2.000"), "2.00000000000000000000000001"} {
		for _, steps := range []any{10, int64(10), 10.0, "10", "10.0", "1e1", "100e-1", json.Number("10.0")} {
			if got, err := value(q, map[string]any{"bias": bias, "steps": steps}); got != want || err != nil {
				t.Errorf("bias %v, steps %v: %v, %v, want %v", bias, steps, got, err, want)
			}
		}
	}
	for _, tc := range []struct {
		reason string
		steps  any
	}{
		{"not an integer", "10.5"}, {"not an integer by 1e-30", "10.000000000000000000000000000001"},
		{"hexadecimal", "0xa"}, {"separated digits", "1_0"}, {"spaces", " 10"}, {"above int64", "9223372036854775808"},
		{"a huge exponent", "1e999999999"}, {"a tiny number", "1e-400"}, {"two numbers", "1,0"}, {"unsupported type", uint(10)},
	} {
		rejected(t, q, map[string]any{"bias": 2, "steps": tc.steps}, "steps = ")
	}
	rejected(t, q, map[string]any{"bias": "1e400", "steps": 1}, `bias = "1e400", want real as a decimal number up to 1.797e308`)
}

// Both ways to give the scale of a matrix, and neither.
func TestEvaluate_alternatives(t *testing.T) {
	q, err := Lookup("product.lyapunov_sum")
	if err != nil {
		t.Fatal(err)
	}
	std, err := value(q, map[string]any{"width": 4, "entry_std": 0.5})
	if err != nil {
		t.Fatal(err)
	}
	variance, err := value(q, map[string]any{"width": 4, "weight_var": 1})
	if diff := math.Abs(std - variance); err != nil || !(diff <= 1e-15) {
		t.Errorf("entry_std gives %v, weight_var %v, %v", std, variance, err)
	}
	rejected(t, q, map[string]any{"width": 4}, "entry_std or weight_var is missing, want real > 0")
	rejected(t, q, map[string]any{"width": 4, "entry_std": 1, "weight_var": 1}, "entry_std and weight_var are both given")
}

// What q is missing for, and what is wrong with it.
func TestEvaluate_chainQ(t *testing.T) {
	q, err := Lookup("chain.lyapunov")
	if err != nil {
		t.Fatal(err)
	}
	rejected(t, q, map[string]any{"weight": "normal(1)", "activation": "tanh"}, "linear, relu or leaky_relu where q is missing")
	rejected(t, q, map[string]any{"weight": "normal(1)", "q": 0}, "q = 0, want q > 0")
	if dead, err := value(q, map[string]any{"weight": "normal(1)", "activation": "relu"}); !math.IsInf(dead, -1) || err != nil {
		t.Errorf("relu, whose factor is 0 half of the time, gives %v, %v, want -Inf", dead, err)
	}
	without, err := value(q, map[string]any{"weight": "normal(1)", "activation": "leaky_relu(0.1)"})
	if err != nil {
		t.Fatal(err)
	}
	with, err := value(q, map[string]any{"weight": "normal(1)", "activation": "leaky_relu(0.1)", "q": 3})
	if err != nil || !(math.Abs(with-without) <= 1e-14) {
		t.Errorf("leaky_relu with q = 3: %v, %v, without %v", with, err, without)
	}
}

// fake is a quantity with an optional pair of alternatives and an integer.
func fake(evaluate func(a args) (float64, error)) Quantity {
	return Quantity{
		Name: "fake.quantity",
		Params: []Param{
			{Name: "depth", Kind: Integer},
			{Name: "bias_std", Or: "bias_var", Optional: true},
			{Name: "bias_var", Or: "bias_std", Optional: true, Default: "0.25"},
		},
		evaluate: evaluate,
	}
}

// A default of alternatives counts where neither is given.
func TestEvaluate_optionalAlternatives(t *testing.T) {
	q := fake(func(a args) (float64, error) {
		if a.has("bias_std") && !a.has("bias_var") {
			return a.real("bias_std"), nil
		}
		return 100 * a.real("bias_var"), nil
	})
	if got, want := q.Signature(), "fake.quantity depth[, bias_std | bias_var]"; got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
	for _, tc := range []struct {
		params map[string]any
		want   float64
	}{
		{map[string]any{"depth": 1}, 25},
		{map[string]any{"depth": 1, "bias_std": 3}, 3},
		{map[string]any{"depth": 1, "bias_var": 3}, 300},
	} {
		if got, err := value(q, tc.params); got != tc.want || err != nil {
			t.Errorf("%v: %v, %v, want %v", tc.params, got, err, tc.want)
		}
	}
	rejected(t, q, map[string]any{"depth": 1, "bias_std": 1, "bias_var": 1}, "both given")
}

// Whatever a quantity does, what comes out is a finite number or an error.
func TestEvaluate_results(t *testing.T) {
	params := map[string]any{"depth": 1}
	for _, tc := range []struct {
		reason   string
		evaluate func(a args) (float64, error)
		want     string
	}{
		{"NaN", func(args) (float64, error) { return math.NaN(), nil }, "undefined"},
		{"overflow", func(args) (float64, error) { return math.Inf(1), nil }, "out of the range of float64"},
		{"negative overflow", func(args) (float64, error) { return math.Inf(-1), nil }, "out of the range of float64"},
		{"error", func(args) (float64, error) { return 3, errors.New("depth = 1, want better") }, "depth = 1, want better"},
		{"panic", func(args) (float64, error) { panic("broken") }, "broken"},
		{"runtime panic", func(a args) (float64, error) { return a.real("depth"), nil }, "failed"},
		{"no function", nil, "failed"},
	} {
		rejected(t, fake(tc.evaluate), params, tc.want)
	}
	zero, err := value(fake(func(args) (float64, error) { return math.Copysign(0, -1), nil }), params)
	if math.Signbit(zero) || zero != 0 || err != nil {
		t.Errorf("underflow from below gives %v, %v, want 0", zero, err)
	}
}

// An infinite value comes out where it is said to be one, with what is noted.
func TestEvaluate_infinite(t *testing.T) {
	for _, sign := range []int{1, -1} {
		q := fake(func(a args) (float64, error) {
			a.note("at %d", 1)
			return a.infinite(sign), nil
		})
		got, err := q.Evaluate(context.Background(), map[string]any{"depth": 1})
		if !math.IsInf(got.Value, sign) || err != nil || len(got.Notes) != 1 || got.Notes[0] != "at 1" {
			t.Errorf("sign %d: %v, %v", sign, got, err)
		}
		text, err := json.Marshal(jsonNumber(got.Value))
		if want := map[int]string{1: `"inf"`, -1: `"-inf"`}[sign]; string(text) != want || err != nil {
			t.Errorf("JSON %s, %v, want %s", text, err, want)
		}
	}
}

func TestParseParams(t *testing.T) {
	got, err := ParseParams("weight=normal(mu=1,sigma=2)", "depth=3.0")
	if want := map[string]any{"weight": "normal(mu=1,sigma=2)", "depth": "3.0"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, tc := range []struct{ text, want string }{
		{"depth", `parameter "depth", want name=value`},
		{"=3", `parameter "=3", want name=value`},
		{"depth=3 depth=3", `parameter "depth" is given twice`},
	} {
		if _, err := ParseParams(strings.Fields(tc.text)...); err == nil || err.Error() != tc.want {
			t.Errorf("%q: error %v, want %q", tc.text, err, tc.want)
		}
	}
}
