package figures

import (
	"math"
	"testing"
)

func TestRound(t *testing.T) {
	for _, tt := range []struct {
		reason string
		x      float64
		n      int
		want   float64
	}{
		{"a critical weight", 1.4569474243526355, Model, 1.45694742435},
		{"the same of another machine", 1.456947424352636, Model, 1.45694742435},
		{"up", 0.99999999999999989, Model, 1},
		{"negative", -2.0000000000000004, Print, -2},
		{"printed", 0.07176544412, Print, 0.07176544},
		{"short already", 0.1, Model, 0.1},
		{"one digit", 1234, 1, 1000},
		{"subnormal", 4.9e-324, 5, 4.9406e-324},
		{"zero", 0, 3, 0},
		{"infinity", math.Inf(-1), 3, math.Inf(-1)},
		{"the largest", math.MaxFloat64, 3, math.MaxFloat64},
	} {
		if got := Round(tt.x, tt.n); got != tt.want {
			t.Errorf("%s: Round(%v, %d) = %v, want %v", tt.reason, tt.x, tt.n, got, tt.want)
		}
	}
	tie := 0.016015625
	if down, up := Round(math.Nextafter(tie, 0), Print), Round(math.Nextafter(tie, 1), Print); down != up {
		t.Errorf("next to a tie: %v and %v", down, up)
	}
	if got := Round(math.NaN(), 3); !math.IsNaN(got) {
		t.Errorf("NaN became %v", got)
	}
	if got := Round(math.Copysign(0, -1), 3); !math.Signbit(got) {
		t.Errorf("−0 became %v", got)
	}
}
