package special

import (
	"bufio"
	"encoding/json"
	"math"
	"math/cmplx"
	"os"
	"strconv"
	"testing"
)

// row is one row of testdata/reference.jsonl.
type row struct {
	Function  string
	X, Imag   float64
	Value     string
	ValueImag string `json:"value_imag"`
}

// number reads a decimal that may underflow.
func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// functions holds the real functions, with their relative accuracy.
var functions = map[string]struct {
	f      func(x float64) float64
	relTol float64
}{
	"Digamma":      {Digamma, 1.5e-15},
	"Trigamma":     {Trigamma, 1e-15},
	"NormCDF":      {NormCDF, 1e-15},
	"NormSurvival": {NormSurvival, 1e-15},
	"NormPDF":      {NormPDF, 1e-15},
	"LogNormCDF":   {LogNormCDF, 1e-15},
	"Mills":        {Mills, 1e-15},
	"Sigmoid":      {Sigmoid, 5e-16},
	"SoftPlus":     {SoftPlus, 5e-16},
	"LogCosh":      {LogCosh, 1e-15},
}

// mpmath 1.3 at 60 digits (testdata/reference.py).
func TestReference(t *testing.T) {
	file, err := os.Open("testdata/reference.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	lines := bufio.NewScanner(file)
	for ; lines.Scan(); rows++ {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		want := number(t, r.Value)
		if r.Function == "LogGammaComplex" {
			z, want := complex(r.X, r.Imag), complex(want, number(t, r.ValueImag))
			got := LogGammaComplex(z)
			if diff := cmplx.Abs(got - want); !(diff <= 1e-14*max(1, cmplx.Abs(z), cmplx.Abs(want))) {
				t.Errorf("LogGammaComplex(%v) = %v, want %v, off by %.3g", z, got, want, diff)
			}
			continue
		}
		f := functions[r.Function]
		got, tol := f.f(r.X), max(f.relTol*math.Abs(want), 2*math.SmallestNonzeroFloat64)
		if r.Function == "Digamma" && r.X < 0 {
			tol = max(tol, 1e-15)
		}
		if diff := math.Abs(got - want); !(diff <= tol) {
			t.Errorf("%s(%v) = %v, want %v, off by %.3g relative", r.Function, r.X, got, want, diff/math.Abs(want))
		}
	}
	if err := lines.Err(); err != nil || rows < 500 {
		t.Fatalf("%d rows, %v", rows, err)
	}
}
