package activation

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Parse of String is the identity, by position and by name, with spaces.
func TestParse_roundTrip(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		texts := []string{a.String(), "  " + strings.ReplaceAll(a.String(), "(", " ( ") + " "}
		for _, arg := range a.Args() {
			value := strconv.FormatFloat(arg, 'e', -1, 64)
			texts = append(texts, a.Name()+"("+a.spec.param+"="+value+")", a.Name()+"( "+a.spec.param+" = "+value+" )")
		}
		for _, text := range texts {
			if got, err := Parse(text); err != nil || got != a {
				t.Fatalf("Parse(%q) = %v, %v, want %v", text, got, err, a)
			}
		}
	})
}

func TestParse_canonical(t *testing.T) {
	for _, tc := range []struct{ text, want, reason string }{
		{"tanh", "tanh", "no parameter"},
		{"tanh()", "tanh", "empty list"},
		{"elu", "elu(1)", "default"},
		{"celu( )", "celu(1)", "default for an empty list"},
		{"leaky_relu(-0)", "leaky_relu(0)", "negative zero is zero"},
		{"leaky_relu(.1e0)", "leaky_relu(0.1)", "shortest decimal"},
		{"elu(1e-300)", "elu(1e-300)", "small"},
		{"leaky_relu(1)", "leaky_relu(1)", "the identity under another name"},
	} {
		if a, err := Parse(tc.text); err != nil || a.String() != tc.want {
			t.Errorf("Parse(%q) = %v, %v, want %s (%s)", tc.text, a, err, tc.want, tc.reason)
		}
	}
}

func TestParse_errors(t *testing.T) {
	for _, tc := range []struct{ text, want, reason string }{
		{"", `unknown activation "": nearest are `, "empty"},
		{"tanhh", `unknown activation "tanhh": nearest are tanh, `, "typing error"},
		{"swish", `unknown activation "swish": nearest are hard_swish, `, "part of a name"},
		{"TANH", `unknown activation "TANH"`, "names are lower case"},
		{"leaky", `unknown activation "leaky": nearest are leaky_relu, `, "part of a name"},
		{"tanh(", `activation "tanh(": want name or name(number) with one pair of parentheses`, "open"},
		{"elu(1)x", `activation "elu(1)x": want name or name(number) with one pair of parentheses`, "rest"},
		{"elu((1))", `activation "elu((1))": want name or name(number) with one pair of parentheses`, "nested"},
		{"elu(1)(2)", `activation "elu(1)(2)": want name or name(number) with one pair of parentheses`, "twice"},
		{"tanh(1)", `activation "tanh(1)": argument "1" given, but tanh has no parameter`, "too many"},
		{"leaky_relu", `activation "leaky_relu": parameter slope is missing, want leaky_relu(slope) with slope finite`, "missing"},
		{"leaky_relu()", `activation "leaky_relu()": parameter slope is missing, want leaky_relu(slope) with slope finite`, "missing"},
		{"elu(0)", `activation "elu(0)": alpha = 0, want one number with alpha > 0`, "domain"},
		{"celu(-1)", `activation "celu(-1)": alpha = -1, want one number with alpha > 0`, "domain"},
		{"elu(alpha=nan)", `activation "elu(alpha=nan)": alpha = nan, want one number with alpha > 0`, "not a number"},
		{"leaky_relu(inf)", `activation "leaky_relu(inf)": slope = inf, want one number with slope finite`, "infinite"},
		{"leaky_relu(1e999)", `activation "leaky_relu(1e999)": slope = 1e999, want one number with slope finite`, "overflow"},
		{"leaky_relu(1,2)", `activation "leaky_relu(1,2)": slope = 1,2, want one number with slope finite`, "two numbers"},
		{"leaky_relu(slope=)", `activation "leaky_relu(slope=)": slope = , want one number with slope finite`, "no value"},
		{"elu(beta=1)", `activation "elu(beta=1)": unknown parameter "beta", want alpha`, "wrong name"},
	} {
		a, err := Parse(tc.text)
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) || a != (Activation{}) {
			t.Errorf("Parse(%q) = %v, %v, want %q (%s)", tc.text, a, err, tc.want, tc.reason)
		}
		if strings.HasPrefix(tc.want, "activation") && err.Error() != tc.want {
			t.Errorf("Parse(%q): %v, want %q (%s)", tc.text, err, tc.want, tc.reason)
		}
	}
}

// The zero Activation is invalid, and says so by an empty name.
func TestZeroActivation(t *testing.T) {
	if a := (Activation{}); a.Name() != "" || a.String() != "" {
		t.Errorf("name %q, text %q", a.Name(), a.String())
	}
}

// All has each name once, in the order of the catalogue.
func TestAll(t *testing.T) {
	all := All()
	if len(all) != 24 {
		t.Fatalf("%d activations, want 24", len(all))
	}
	for i, a := range all {
		if a.Name() != specs[i].name {
			t.Errorf("activation %d is %v, want %s", i, a, specs[i].name)
		}
		if b, err := Parse(a.String()); err != nil || a != b {
			t.Errorf("Parse(%q) = %v, %v", a, b, err)
		}
	}
}

// Parse does not panic; what it accepts has a text that it maps to the same value,
// with finite φ and φ′ at 0; what it rejects gets one line.
func FuzzParse(f *testing.F) {
	for _, a := range samples {
		f.Add(a.String())
	}
	for _, text := range []string{"", "elu(", "elu(alpha=2)", "leaky_relu(1e-400)", "mish()", "a(b)c", "elu(1_0)", "\x00(é)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse(text)
		if err != nil {
			if a != (Activation{}) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("Parse(%q) = %v, %v", text, a, err)
			}
			return
		}
		b, err := Parse(a.String())
		if err != nil || a != b || b.String() != a.String() {
			t.Fatalf("Parse(%q) = %v, whose text gives %v, %v", text, a, b, err)
		}
		if x, y := a.Phi(0), a.DPhi(0); math.IsNaN(x+y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
			t.Fatalf("%v: φ(0) = %v, φ′(0) = %v", a, x, y)
		}
	})
}
