package reference

import (
	"errors"
	"math"
	"testing"
)

// The check must fail what is wrong.
func TestMiss(t *testing.T) {
	returns := func(x float64, err error) Function {
		return func(Params) (float64, error) { return x, err }
	}
	for _, tc := range []struct {
		name string
		row  row
		f    Function
		ok   bool
	}{
		{"equal", row{Value: "2"}, returns(2, nil), true},
		{"within relative tolerance", row{Value: "2", RelTol: 1e-3}, returns(2.001, nil), true},
		{"within absolute tolerance", row{Value: "0", AbsTol: 1}, returns(-1, nil), true},
		{"outside", row{Value: "2", RelTol: 1e-3}, returns(2.01, nil), false},
		{"not a number", row{Value: "2", RelTol: 1e-3}, returns(math.NaN(), nil), false},
		{"unexpected error", row{Value: "2"}, returns(2, errors.New("bad")), false},
		{"expected error", row{Error: true}, returns(0, errors.New("bad")), true},
		{"missing error", row{Error: true}, returns(2, nil), false},
		{"missing function", row{Value: "2"}, nil, false},
		{"missing value", row{}, returns(0, nil), false},
	} {
		if message := tc.row.miss(tc.f); (message == "") != tc.ok {
			t.Errorf("%s: %q", tc.name, message)
		}
	}
}

// TestMix: the published first outputs of SplitMix64 of seed 0.
func TestMix(t *testing.T) {
	for i, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f} {
		if got := mix(uint64(i)); got != want {
			t.Errorf("mix(%d) = %#x, want %#x", i, got, want)
		}
	}
}
