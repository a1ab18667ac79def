package activation

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct{ text, want, reason string }{
		{"tanh", "tanh", "a name of the catalogue"},
		{"leaky_relu", "leaky_relu(0.01)", "the default of frameworks"},
		{"leaky_relu()", "leaky_relu(0.01)", "the same with an empty list"},
		{"leaky_relu(1/3)", "leaky_relu(0.3333333333333333)", "a fraction"},
		{"leaky_relu(-√5)", "leaky_relu(-2.23606797749979)", "a root"},
		{"elu(sqrt(2*(1+1)))", "elu(2)", "parentheses inside"},
		{"elu((1))", "elu(1)", "around the number"},
		{"elu(alpha = 2/4 )", "elu(0.5)", "a fraction by name"},
		{"leaky_relu (0.5)", "leaky_relu(0.5)", "a blank behind the name"},
		{"leaky_relu(negative_slope=0.2)", "leaky_relu(0.2)", "the parameter's name elsewhere"},
		{"leaky_relu(Slope=0.2)", "leaky_relu(0.2)", "a capital"},
		{"ReLU", "relu", "another case"},
		{"TANH", "tanh", "capitals"},
		{"LeakyReLU", "leaky_relu(0.01)", "a class of a framework"},
		{"leakyrelu(0.2)", "leaky_relu(0.2)", "no joint"},
		{"leaky-relu", "leaky_relu(0.01)", "another joint"},
		{"ReLU6", "relu6", "a figure"},
		{"swish", "silu", "another name"},
		{"Swish", "silu", "in another case"},
		{"logistic", "sigmoid", "another name"},
		{"identity", "linear", "another name"},
		{"gelu_new", "gelu_tanh", "another name"},
		{"hardtanh", "hard_tanh", "no joint"},
		{"HardTanh", "hard_tanh", "a class"},
		{"hardswish", "hard_swish", "no joint"},
		{"LogSigmoid", "log_sigmoid", "a class"},
		{"atan", "arctan", "another name"},
	} {
		if a, err := Read(tt.text); err != nil || a.String() != tt.want {
			t.Errorf("Read(%q) = %v, %v, want %s (%s)", tt.text, a, err, tt.want, tt.reason)
		}
		if strings.Contains(tt.reason, "a name of the catalogue") {
			continue
		}
		if a, err := Parse(tt.text); err == nil && a.String() != tt.want {
			t.Errorf("Parse(%q) = %v (%s)", tt.text, a, tt.reason)
		}
	}
	for _, text := range []string{"ReLU", "swish", "leaky_relu", "leaky_relu(1/3)", "elu((1))"} {
		if a, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %v: a program says the name of the catalogue", text, a)
		}
	}
}

func TestRead_errors(t *testing.T) {
	for _, tt := range []struct{ text, want, reason string }{
		{"swosh", `unknown activation "swosh": nearest are silu, `, "nearly an alias"},
		{"tanhh", `unknown activation "tanhh": nearest are tanh, `, "nearly a name"},
		{"", `unknown activation ""`, "nothing"},
		{"hard_sigmoid", `activation "hard_sigmoid" is not one function: want hard_sigmoid_torch (z/6 + 1/2, clipped) or hard_sigmoid_keras (z/5 + 1/2, clipped)`, "two of that name"},
		{"HardSigmoid", `activation "HardSigmoid" is not one function`, "in another case"},
		{"Σ", `unknown activation "Σ"`, "no letter of a name"},
		{"elu((1)", `activation "elu((1)": want name or name(number) with one pair of parentheses`, "one open"},
		{"elu(1)(2)", `activation "elu(1)(2)": want name or name(number)`, "twice"},
		{"swish(1)", `activation "swish(1)": argument "1" given, but silu has no parameter`, "too many"},
		{"elu(0)", `activation "elu(0)": alpha = 0, want one number with alpha > 0`, "domain"},
		{"elu(1/0)", `activation "elu(1/0)": alpha = 1/0, want one number with alpha > 0: column 2: division by 0`, "no number"},
		{"elu(nan)", `alpha = nan, want one number with alpha > 0: column 1: nan is no finite number`, "not a number"},
		{"leaky_relu(inf)", `slope = inf, want one number with slope finite: column 1: inf is no finite number`, "infinite"},
		{"leaky_relu(1e999)", `slope = 1e999, want one number with slope finite: column 1: 1e999 is above 1.797e308`, "overflow"},
		{"leaky_relu(1,2)", `column 2: ",", want an operator`, "two numbers"},
		{"elu(beta=1)", `unknown parameter "beta", want alpha`, "wrong name"},
		{strings.Repeat("x", 1000), `unknown activation "` + strings.Repeat("x", 60) + `"…`, "much text"},
	} {
		a, err := Read(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) || a != (Activation{}) || len(err.Error()) > 600 {
			t.Errorf("Read(%q) = %v, %v, want %q (%s)", tt.text, a, err, tt.want, tt.reason)
		}
	}
}

// FuzzRead: what Parse accepts Read does, with the same value.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"ReLU", "leaky_relu(1/3)", "elu(alpha=√2)", "Swish", "a(b)c", "elu((((1))))", "\x00(é)", "hard-tanh ( )"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Read(text)
		if err != nil && (a != (Activation{}) || strings.Contains(err.Error(), "\n")) {
			t.Fatalf("Read(%q) = %v, %v", text, a, err)
		}
		if b, err := Parse(text); err == nil && a != b {
			t.Fatalf("Read(%q) = %v, Parse gives %v", text, a, b)
		}
	})
}
