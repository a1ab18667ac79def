package kernel

import (
	"math"
	"testing"
)

// TestTails: φ(z)/φ′(z) by mpmath 1.3, 40 digits, from the definitions.
func TestTails(t *testing.T) {
	for _, tt := range []struct {
		name    string
		tail    func(z float64) float64
		z, want float64
	}{
		{"gelu", GELUTail, -26, 0.038461705561326669487},
		{"gelu", GELUTail, -37.5, 0.026666693540850559248},
		{"gelu", GELUTail, -200, 0.0050000000062492189023},
		{"gelu_tanh", GELUTanhTail, -15, 0.020123314285884790163},
		{"gelu_tanh", GELUTanhTail, -40, 0.0029063524932111058237},
		{"gelu_tanh", GELUTanhTail, -1000, 4.6714555155215268836e-6},
	} {
		if got := tt.tail(tt.z); !(math.Abs(got-tt.want) <= 8*0x1p-53*tt.want) {
			t.Errorf("%s: tail(%v) = %v, want %v", tt.name, tt.z, got, tt.want)
		}
	}
}
