package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// Several activations stand beside each other, each with the numbers that it has alone.
func TestSimulate_compare(t *testing.T) {
	const args = "simulate dense --width 16 --depth 6 --samples 50 --seed 1 --activation "
	status, out, errOut := call(strings.Fields(args + "sigmoid,leaky_relu(0.1),tanh")...)
	if status != asExpected || !strings.HasPrefix(out, "Gradients: sigmoid vanish, leaky_relu(0.1) stable, tanh stable.\n") {
		t.Fatalf("status %d, %s\n%s", status, errOut, out)
	}
	_, all, _ := call(strings.Fields(args + "sigmoid,leaky_relu(0.1),tanh --format json")...)
	var report struct {
		Simulations []json.RawMessage
	}
	if err := json.Unmarshal([]byte(all), &report); err != nil || len(report.Simulations) != 3 {
		t.Fatalf("%v in %s", err, all)
	}
	for i, name := range []string{"sigmoid", "leaky_relu(0.1)", "tanh"} {
		_, alone, _ := call(strings.Fields(args + name + " --format json")...)
		if got, want := squeezed(string(report.Simulations[i])), squeezed(alone); got != want {
			t.Errorf("%s beside others:\n%s\nalone:\n%s", name, got, want)
		}
	}
	_, csv, _ := call(strings.Fields(args + "sigmoid,tanh --format csv")...)
	if lines := strings.Split(strings.TrimSpace(csv), "\n"); len(lines) != 1+2*5 || !strings.HasPrefix(lines[0], "activation,layer,width,") || !strings.HasPrefix(lines[6], "tanh,0,16,") {
		t.Errorf("csv:\n%s", csv)
	}
	for args, want := range map[string]string{
		"tanh,": "activation", "tanh,tanh": "tanh comes twice", "tanh,relu --raw x.csv": "--raw with 2 activations", "tanh,relu --tangent": "--tangent with 2",
		"relu,softplus --weight-std critical": "activation softplus: ",
	} {
		if status, out, errOut := call(strings.Fields("simulate dense --seed 1 --activation " + args)...); status != failure || out != "" || !strings.Contains(errOut, want) {
			t.Errorf("%s: status %d, %q, %q, want %q", args, status, out, errOut, want)
		}
	}
}

// squeezed is a text without blanks.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }
