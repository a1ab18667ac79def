package reports

import (
	"math"
	"strings"
	"testing"
)

func TestStrip(t *testing.T) {
	decades := func(x float64) float64 { return x * math.Ln10 }
	s, ok := newScale([]Strip{{decades(-3.9), decades(-3), decades(-2.2), decades(-1)}, {0, 0, 0, math.NaN()}}, 41)
	if !ok || s.low != -4 || s.high != 0 {
		t.Fatalf("scale %+v, %v, want −4 to 0", s, ok)
	}
	for _, tt := range []struct {
		reason string
		strip  Strip
		want   string
	}{
		{"band, typical, theory and 1", Strip{decades(-3.9), decades(-3), decades(-2.2), decades(-1)}, " ├────────●───────┤           ○         ┊"},
		{"theory at the same place is not drawn", Strip{decades(-3), decades(-3), decades(-3), decades(-3.01)}, strings.Repeat(" ", 10) + "●" + strings.Repeat(" ", 29) + "┊"},
		{"a point on 1", Strip{0, 0, 0, math.NaN()}, strings.Repeat(" ", 40) + "●"},
		{"dead", Strip{math.Inf(-1), math.NaN(), math.NaN(), math.NaN()}, strings.Repeat(" ", 40) + "┊"},
		{"theory off the scale", Strip{decades(-3), decades(-3), decades(-3), decades(-400)}, strings.Repeat(" ", 10) + "●" + strings.Repeat(" ", 29) + "┊"},
	} {
		if got := s.draw(tt.strip); got != tt.want {
			t.Errorf("%s:\n%q, want\n%q", tt.reason, got, tt.want)
		}
	}
	if got := s.axis(); got != "1e-4    1e-3      0.01       0.1        1" {
		t.Errorf("axis %q", got)
	}
	if _, ok := newScale([]Strip{{0, 0, 0, 0}}, leastStrip-1); ok {
		t.Error("a strip where there is no room")
	}
	for _, far := range []float64{1e-3, 1, 300, 1e5, 1e8, 1e30, 1e270} { // every axis has at least two labels
		s, _ := newScale([]Strip{{decades(-far), decades(-far), 0, 0}}, mostStrip)
		if labels := strings.Fields(s.axis()); len(labels) < 2 {
			t.Errorf("10^−%v: axis %q", far, s.axis())
		}
	}
}
