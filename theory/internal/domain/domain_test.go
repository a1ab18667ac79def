package domain

import (
	"errors"
	"math"
	"testing"
)

func TestErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, tc := range []struct {
		err  error
		want string
	}{
		{Integer("width", 0, 1), "width = 0, want width >= 1"},
		{Integer("width", 1, 1), ""},
		{Positive("q", 0), "q = 0, want q > 0"},
		{Positive("q", nan), "q = NaN, want q > 0"},
		{Positive("q", inf), "q = +Inf, want q > 0"},
		{Positive("q", 1e-300), ""},
		{NonNegative("epsilon", -1e-9), "epsilon = -1e-09, want epsilon >= 0"},
		{NonNegative("epsilon", nan), "epsilon = NaN, want epsilon >= 0"},
		{NonNegative("epsilon", 0), ""},
		{Real("bias", -inf), "bias = -Inf, want bias real"},
		{Real("bias", nan), "bias = NaN, want bias real"},
		{Real("bias", -3), ""},
		{Check(false, "scheme", "xavier", "lecun, glorot or he"), "scheme = xavier, want scheme lecun, glorot or he"},
		{First(), ""},
		{First(nil, errors.New("a"), errors.New("b")), "a"},
	} {
		got := ""
		if tc.err != nil {
			got = tc.err.Error()
		}
		if got != tc.want {
			t.Errorf("error %q, want %q", got, tc.want)
		}
	}
}

func TestResult(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := Result("norm", x); err == nil {
			t.Errorf("no error for %v", x)
		}
	}
	if x, err := Result("norm", -1e308); x != -1e308 || err != nil {
		t.Errorf("Result(-1e308) = %v, %v", x, err)
	}
}
