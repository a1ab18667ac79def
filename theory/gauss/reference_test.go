package gauss

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
)

// evaluators holds the functions of this package by their names in the catalogue.
var evaluators = map[string]func(a activation.Activation, q, order float64) (value, bound float64, err error){
	"activation.gaussian.mean":                    plain(Mean),
	"activation.gaussian.mean_square":             plain(MeanSquare),
	"activation.gaussian.variance":                plain(Variance),
	"activation.gaussian.derivative_mean":         plain(DerivativeMean),
	"activation.gaussian.derivative_moment":       DerivativeMoment,
	"activation.gaussian.log_derivative_mean":     plain(LogDerivativeMean),
	"activation.gaussian.log_derivative_variance": plain(LogDerivativeVariance),
}

// plain adds the order that a function does not have.
func plain(f func(a activation.Activation, q float64) (value, bound float64, err error)) func(activation.Activation, float64, float64) (float64, float64, error) {
	return func(a activation.Activation, q, _ float64) (value, bound float64, err error) { return f(a, q) }
}

var functions = func() map[string]reference.Function {
	all := make(map[string]reference.Function)
	for name, f := range evaluators {
		all[name] = func(p reference.Params) (float64, error) {
			a, err := activation.Parse(p.Text("activation"))
			if err != nil {
				return 0, err
			}
			value, _, err := f(a, p.Float("q"), p.Float("order"))
			return value, err
		}
	}
	return all
}()

// The values of other sources, at their own tolerances.
func TestGolden(t *testing.T) {
	reference.Check(t, "testdata/golden.jsonl", 0, functions)
}

// Our own values, mpmath 1.3 at 40 digits (testdata/reference.py), to 1e-12.
func TestReference(t *testing.T) {
	reference.Check(t, "testdata/reference.jsonl", 1e-12, functions)
}

// The bound exceeds the error of every reference value, and is itself small: below
// 2e-12 of the value.
func TestReference_bound(t *testing.T) {
	file, err := os.Open("testdata/reference.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var row struct {
			Quantity, Value string
			Params          struct {
				Activation string
				Q, Order   float64
			}
			Error bool
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Error {
			continue
		}
		rows++
		want, err := strconv.ParseFloat(row.Value, 64)
		if err != nil {
			t.Fatal(err)
		}
		p := row.Params
		value, bound, err := evaluators[row.Quantity](activation.MustParse(p.Activation), p.Q, p.Order)
		rounded := ulp * math.Abs(want) / 2 // of the decimal in the table
		if diff := math.Abs(value - want); err != nil || !(diff <= bound+rounded) {
			t.Errorf("%s %+v = %v ± %.3g, %v, want %v, off by %.3g", row.Quantity, p, value, bound, err, want, diff)
		}
		if want == 0 {
			want = 1e-3 // the mean of selu at its fixed point
		}
		if !(bound <= 2e-12*math.Abs(want)) {
			t.Errorf("%s %+v: bound %.3g of %v", row.Quantity, p, bound, want)
		}
	}
	if rows < 1500 {
		t.Fatalf("%d rows", rows)
	}
}
