package nearest

import (
	"slices"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	names := []string{"linear", "sigmoid", "tanh", "hard_tanh", "relu", "relu6", "leaky_relu(slope)"}
	for _, tt := range []struct {
		reason, typed, first string
	}{
		{"a letter missing", "sigmod", "sigmoid"},
		{"a letter too many", "tanhh", "tanh"},
		{"two letters exchanged", "leaner", "linear"},
		{"a part of the name", "leaky", "leaky_relu(slope)"},
		{"the name itself", "relu6", "relu6"},
		{"nothing typed", "", "tanh"},
		{"much typed", strings.Repeat("x", 1<<20), "linear"},
	} {
		got := Names(tt.typed, names)
		if len(got) != 3 || got[0] != tt.first && !slices.Contains(got, tt.first) {
			t.Errorf("%s: got %v, want %s among them", tt.reason, got, tt.first)
		}
	}
	if got := Names("x", nil); len(got) != 0 {
		t.Errorf("no names: got %v", got)
	}
	if names[0] != "linear" {
		t.Error("the caller's names were sorted")
	}
}

func TestQuote(t *testing.T) {
	if got := Quote("a\nb"); got != `"a\nb"` {
		t.Errorf("got %s", got)
	}
	if got := Quote(strings.Repeat("x", 1000)); len(got) > 70 || !strings.HasSuffix(got, "…") {
		t.Errorf("got %d bytes: %s", len(got), got)
	}
}
