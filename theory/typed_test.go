package theory

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// Every name of the catalogue is found by itself, in capitals and with hyphens, and no two
// names or aliases are the same to a person.
func TestFind(t *testing.T) {
	for _, q := range Catalogue() {
		for _, typed := range []string{q.Name, strings.ToUpper(q.Name), strings.ReplaceAll(q.Name, "_", "-"), strings.ReplaceAll(q.Name, "ization", "isation")} {
			if got, err := Find(typed); err != nil || got.Name != q.Name {
				t.Errorf("Find(%q) = %s, %v", typed, got.Name, err)
			}
		}
		for _, p := range q.Params {
			for _, typed := range []string{p.Name, strings.ToUpper(p.Name), strings.ReplaceAll(p.Name, "_", "-")} {
				if got, err := q.Param(typed); err != nil || got.Name != p.Name {
					t.Errorf("%s: Param(%q) = %s, %v", q.Name, typed, got.Name, err)
				}
			}
			_ = p.Also() // panics if an alias collides
		}
	}
	for typed, want := range map[string]string{
		"initialisation.std": "initializer.std", "initializer.STD": "initializer.std", "optimiser.chain.steps": "optimizer.chain.steps", "mean-field.chi_1": "meanfield.chi_1",
	} {
		if got, err := Find(typed); err != nil || got.Name != want {
			t.Errorf("Find(%q) = %s, %v, want %s", typed, got.Name, err, want)
		}
	}
	if _, err := Find("meanfield.chi1x"); err == nil || !strings.Contains(err.Error(), "nearest are meanfield.chi_1") {
		t.Errorf("a slip: %v", err)
	}
	if _, err := Lookup("MeanField.chi_1"); err == nil {
		t.Error("a program got a quantity by another name")
	}
}

func TestParam_Read(t *testing.T) {
	width := Param{Name: "width", Kind: Integer}
	sigma := Param{Name: "sigma", Kind: Real}
	for _, tt := range []struct {
		p    Param
		text string
		want []any
	}{
		{width, "1_000,2^4", []any{1000, 16}},
		{width, "1:3:1", []any{1, 2, 3}},
		{width, "9007199254740993", []any{9007199254740993}},
		{sigma, "sqrt(2),1e-400,-0", []any{math.Sqrt2, 0.0, 0.0}},
		{param.scheme, "Xavier,he", []any{"glorot", "he"}},
		{param.optimizer, "SGD", []any{"gradient_descent"}},
		{param.weight, "student(5), normal(0,1)", []any{"student_t(nu=5)", "normal(sigma=1)"}},
		{param.activation, "tanh, Swish", []any{"tanh", "silu"}},
	} {
		typed, err := tt.p.Read(tt.text, 100)
		var got []any
		for _, v := range typed {
			got = append(got, v.Value)
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s = %s: %v, %v, want %v", tt.p.Name, tt.text, got, err, tt.want)
		}
	}
	for _, tt := range []struct {
		p          Param
		text, want string
	}{
		{width, "1.5", `width = "1.5", want integer, at most 9.2e18`},
		{width, "1e19", "at most 9.2e18"},
		{width, "1:1e9:1", "makes the list too long"},
		{sigma, "1e400", "above 1.797e308"},
		{sigma, " 1", "a blank at an end"},
		{sigma, "1\n", "control character"},
		{sigma, strings.Repeat("9", 2000), "too long"},
		{param.scheme, "he,", `scheme = "", want lecun or glorot or he`},
		{param.weight, "normal(1),normal(", "one pair of parentheses"},
		{param.activation, strings.Repeat("tanh,", 150) + "tanh", "want at most 100"},
	} {
		if got, err := tt.p.Read(tt.text, 100); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s = %s: %v, %v, want an error with %q", tt.p.Name, tt.text, got, err, tt.want)
		}
	}
}

// FuzzParam_Read: what is read is not too much, and is what Evaluate would read itself.
func FuzzParam_Read(f *testing.F) {
	for _, text := range []string{"1,2", "0:1:0.1", "tanh,relu", "normal(1),uniform(2)", "1:8:*2", "elu(1/3)", "(,", "\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range []Param{param.z, param.depth, param.activation, param.weight, param.scheme} {
			list, err := p.Read(text, 20)
			if (err == nil) != (len(list) > 0) || len(list) > 20 || err != nil && strings.Contains(err.Error(), "\n") {
				t.Fatalf("%s = %q: %d values, error %v", p.Name, text, len(list), err)
			}
			for _, v := range list {
				if _, err := p.parse(v.Value); err != nil {
					t.Fatalf("%s = %q has %v, which Evaluate refuses: %v", p.Name, text, v.Value, err)
				}
			}
		}
	})
}
