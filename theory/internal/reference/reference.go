// Package reference runs tables of reference values against functions, for tests.
package reference

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"
)

// Function evaluates one quantity.
type Function func(p Params) (float64, error)

// row is one line of a table. Error says that the quantity must return an error.
type row struct {
	Quantity string
	Params   Params
	Value    string
	RelTol   float64 `json:"rel_tol"`
	AbsTol   float64 `json:"abs_tol"`
	Error    bool
}

// Check evaluates every row of the JSON lines at path and compares it to the value
// there: |got − want| ≤ max(abs_tol, rel_tol·|want|), or rel_tol of the call for rows
// that have no tolerance. Rows of quantities without a function fail.
func Check(t *testing.T, path string, relTol float64, functions map[string]Function) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	lines := bufio.NewScanner(file)
	for ; lines.Scan(); rows++ {
		r := row{RelTol: relTol}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		if message := r.miss(functions[r.Quantity]); message != "" {
			t.Errorf("%s %v: %s", r.Quantity, r.Params, message)
		}
	}
	if err := lines.Err(); err != nil || rows == 0 {
		t.Fatalf("%s: %d rows, %v", path, rows, err)
	}
}

// miss says what is wrong with the value of f, "" if nothing.
func (r row) miss(f Function) string {
	if f == nil {
		return "no function of that name"
	}
	got, err := f(r.Params)
	switch {
	case r.Error && err == nil:
		return fmt.Sprintf("got %v, want an error", got)
	case r.Error:
		return ""
	case err != nil:
		return err.Error()
	}
	want, err := strconv.ParseFloat(r.Value, 64)
	if err != nil {
		return err.Error()
	}
	if diff := math.Abs(got - want); !(diff <= max(r.AbsTol, r.RelTol*math.Abs(want))) {
		return fmt.Sprintf("got %v, want %v, off by %.3g relative", got, want, diff/math.Abs(want))
	}
	return ""
}

// Params are the named parameters of a row.
type Params map[string]any

// Has reports whether the parameter is given.
func (p Params) Has(name string) bool { _, ok := p[name]; return ok }

// Float returns a number, or 0 if it is not given.
func (p Params) Float(name string) float64 {
	x, _ := p[name].(float64)
	return x
}

// FloatOr returns a number, or the default if it is not given.
func (p Params) FloatOr(name string, preset float64) float64 {
	if !p.Has(name) {
		return preset
	}
	return p.Float(name)
}

// Int returns an integer, or 0 if it is not given.
func (p Params) Int(name string) int { return int(p.Float(name)) }

// IntOr returns an integer, or the default if it is not given.
func (p Params) IntOr(name string, preset int) int {
	return int(p.FloatOr(name, float64(preset)))
}

// Text returns a text, or "" if it is not given.
func (p Params) Text(name string) string {
	text, _ := p[name].(string)
	return text
}
