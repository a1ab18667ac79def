package special

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"testing"
)

// mpmath 1.2.1 at 50 digits (testdata/expintegral.py): orders to 2047, x from 1e-300 to 1e300.
func TestExpIntegral(t *testing.T) {
	file, err := os.Open("testdata/expintegral.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	for lines := bufio.NewScanner(file); lines.Scan(); rows++ {
		var r struct {
			P, X  float64
			Value string
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		want := number(t, r.Value)
		if got := ExpIntegral(r.P, r.X); !(math.Abs(got-want) <= 2e-14*want) {
			t.Errorf("ExpIntegral(%v, %v) = %v, want %v, off by %.2g", r.P, r.X, got, want, got/want-1)
		}
	}
	if rows < 150 {
		t.Fatalf("%d rows", rows)
	}
}

// At 0 and beyond it is what the integral is there; other arguments have none.
func TestExpIntegral_ends(t *testing.T) {
	for _, tt := range []struct{ p, x, want float64 }{
		{3, 0, 0.5}, {1.5, 0, 2}, {1, 0, math.Inf(1)}, {0.5, 0, math.Inf(1)}, {0, 0, math.Inf(1)},
		{2, math.Inf(1), 0}, {0, 4, 0.25},
		{0.3, 1, math.NaN()}, {-1, 1, math.NaN()}, {1, -1, math.NaN()}, {1, math.NaN(), math.NaN()}, {math.NaN(), 1, math.NaN()},
	} {
		if got := ExpIntegral(tt.p, tt.x); got != tt.want && !(math.IsNaN(got) && math.IsNaN(tt.want)) {
			t.Errorf("ExpIntegral(%v, %v) = %v, want %v", tt.p, tt.x, got, tt.want)
		}
	}
}
