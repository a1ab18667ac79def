package reference

import "math"

// Fataler is *testing.T or *rapid.T.
type Fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Value unwraps a result that must not be an error.
func Value(t Fataler) func(x float64, err error) float64 {
	return func(x float64, err error) float64 {
		t.Helper()
		if err != nil {
			t.Fatalf("%v", err)
		}
		return x
	}
}

// Near fails unless |got − want| ≤ tol.
func Near(t Fataler, what string, got, want, tol float64) {
	t.Helper()
	if diff := math.Abs(got - want); !(diff <= tol) {
		t.Fatalf("%s = %v, want %v, off by %.3g", what, got, want, diff)
	}
}
