package law

import (
	"bufio"
	"encoding/json"
	"math"
	"math/cmplx"
	"os"
	"strconv"
	"testing"
)

// reference is one row of testdata/reference.jsonl (mpmath 1.3, 40 digits, by
// quadrature of the density; testdata/reference.py).
type reference struct {
	Law      string
	Quantity string
	Args     []float64
	Value    string
	Imag     string
}

func TestReference(t *testing.T) {
	file, err := os.Open("testdata/reference.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	for lines := bufio.NewScanner(file); lines.Scan(); rows++ {
		var ref reference
		if err := json.Unmarshal(lines.Bytes(), &ref); err != nil {
			t.Fatal(err)
		}
		ref.check(t)
	}
	if rows < 500 {
		t.Errorf("only %d rows of reference values", rows)
	}
}

// check compares to 1e-12 relative, or to 1e-15 absolute for a Λ/order or slope near
// a zero, which differences parts of size 1.
func (ref reference) check(t *testing.T) {
	t.Helper()
	l := MustParse(ref.Law)
	want := complex(number(t, ref.Value), 0)
	if ref.Imag != "" {
		want = complex(real(want), number(t, ref.Imag))
	}
	var got complex128
	switch ref.Quantity {
	case "log_mean":
		got = complex(l.LogMean(), 0)
	case "log_variance":
		got = complex(l.LogVariance(), 0)
	case "log_abs_moment":
		got = moment(t, l.LogAbsMoment, ref.Args[0])
	case "slope":
		got = moment(t, l.LogMomentSlope, ref.Args[0])
	case "curvature":
		got = moment(t, l.LogMomentCurvature, ref.Args[0])
	case "characteristic":
		got = l.TiltedLogCharacteristic(ref.Args[0], ref.Args[1])
		if ref.Args[1] > 1e-3 { // the row has the transform, not its logarithm
			got = cmplx.Exp(got)
		}
	case "abs_cdf":
		got = complex(l.AbsCDF(ref.Args[0]), 0)
	case "abs_survival":
		got = complex(l.AbsSurvival(ref.Args[0]), 0)
	default:
		t.Fatalf("unknown quantity %q", ref.Quantity)
	}
	tol := 1e-12 * cmplx.Abs(want)
	switch ref.Quantity {
	case "log_abs_moment":
		tol = max(tol, 1e-15*math.Abs(ref.Args[0]))
	case "slope":
		tol = max(tol, 1e-15)
	}
	if ref.Quantity == "characteristic" && ref.Args[1] > 1e-3 {
		tol = 1e-14
	}
	if diff := cmplx.Abs(got - want); !(diff <= tol) {
		t.Errorf("%s of %s at %v = %v, want %v, off by %.3g relative", ref.Quantity, ref.Law, ref.Args, got, want, diff/cmplx.Abs(want))
	}
}

func moment(t *testing.T, f func(float64) (float64, error), order float64) complex128 {
	t.Helper()
	value, err := f(order)
	if err != nil {
		t.Errorf("order %g: %v", order, err)
	}
	return complex(value, 0)
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
