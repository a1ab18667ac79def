package alias

import (
	"slices"
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"leaky_relu", "leakyrelu"}, {"LeakyReLU", "leakyrelu"}, {"Leaky-ReLU", "leakyrelu"}, {"mean field", "meanfield"},
		{"normalised", "normalized"}, {"normalisation", "normalization"}, {"initialiser", "initializer"}, {"initialisation.gain", "initialization.gain"},
		{"normalise", "normalize"}, {"noise", "noize"}, {"precision", "precision"}, {"optimiser.chain", "optimizer.chain"}, {"", ""}, {"ise", "ise"}, {"advisers", "advisers"},
	} {
		if got := Fold(tt.name); got != tt.want {
			t.Errorf("Fold(%q) = %q, want %q", tt.name, got, tt.want)
		}
		if got := Fold(Fold(tt.name)); got != Fold(tt.name) {
			t.Errorf("Fold(Fold(%q)) = %q", tt.name, got)
		}
	}
}

func TestTable(t *testing.T) {
	table := New("colour", []string{"deep_red", "blue"}, map[string]string{"crimson": "deep_red", "azure": "blue"})
	for typed, want := range map[string]string{"DeepRed": "deep_red", "deep-red": "deep_red", "Crimson": "deep_red", "azure": "blue", "blue": "blue", "green": "", "": "", strings.Repeat("blue", 100): ""} {
		if got, found := table.Find(typed); got != want || found != (want != "") {
			t.Errorf("Find(%q) = %q, %v, want %q", typed, got, found, want)
		}
	}
	if got := table.Nearest("crimsom"); !slices.Equal(got, []string{"deep_red", "blue"}) {
		t.Errorf("nearest %v", got)
	}
	if got := table.Unknown("blu").Error(); got != `unknown colour "blu", nearest are blue, deep_red` {
		t.Error(got)
	}
	if got := table.Also(); got != "azure is blue, crimson is deep_red" {
		t.Error(got)
	}
	for reason, make := range map[string]func(){
		"two names that fold to the same": func() { New("x", []string{"a_b", "ab"}, nil) },
		"an alias that is a name":         func() { New("x", []string{"a", "b"}, map[string]string{"A": "b"}) },
		"an alias for nothing":            func() { New("x", []string{"a"}, map[string]string{"b": "c"}) },
		"two aliases that are the same":   func() { New("x", []string{"a", "b"}, map[string]string{"c": "a", "C": "b"}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", reason)
				}
			}()
			make()
		}()
	}
}
