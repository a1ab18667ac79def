package activation

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"gradchain/theory/internal/domain"
	"gradchain/theory/internal/reference"
)

// point is one row of testdata/reference.jsonl.
type point struct {
	Activation     string
	Z              float64
	Phi, DPhi, Log string
}

// Tolerances: relative everywhere; absolute for φ′ next to its zero and for the
// logarithm next to |φ′| = 1; and the spacing of subnormal numbers.
const (
	relTol = 8e-16
	absTol = 4e-16
)

// miss says by how much got is off, "" if it is within tolerance.
func miss(got float64, want string, absTol float64) string {
	if want == "" {
		want = "-inf"
	}
	w, err := strconv.ParseFloat(want, 64)
	if err != nil {
		return err.Error()
	}
	if got == w {
		return ""
	}
	tol := max(absTol, relTol*math.Abs(w), math.SmallestNonzeroFloat64)
	if diff := math.Abs(got - w); !(diff <= tol) {
		return fmt.Sprintf("%v, want %v, off by %.3g relative", got, w, diff/math.Abs(w))
	}
	return ""
}

// φ, φ′ and log|φ′| by mpmath 1.3 at 50 digits (testdata/reference.py).
func TestReference(t *testing.T) {
	file, err := os.Open("testdata/reference.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	lines := bufio.NewScanner(file)
	for ; lines.Scan(); rows++ {
		var p point
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		a, err := Parse(p.Activation)
		if err != nil {
			t.Fatal(err)
		}
		var phiTol, derivativeTol, logTol float64
		if a.Name() == "sin" && math.Abs(p.Z) > 3 {
			phiTol = absTol
		}
		if m := a.Minimum(); m.Unique && math.Abs(p.Z-m.At) < 0.5 || a.Name() == "sin" {
			derivativeTol = absTol
		}
		if d := math.Abs(a.DPhi(p.Z)); d > 0.5 && d < 2 {
			logTol = absTol
		}
		if derivativeTol > 0 { // an error of φ′ is magnified
			logTol = max(logTol, absTol/math.Abs(a.DPhi(p.Z)))
		}
		for _, c := range []struct {
			what, want string
			got, tol   float64
		}{
			{"φ", p.Phi, a.Phi(p.Z), phiTol},
			{"φ′", p.DPhi, a.DPhi(p.Z), derivativeTol},
			{"log|φ′|", p.Log, a.LogAbsDPhi(p.Z), logTol},
		} {
			if message := miss(c.got, c.want, c.tol); message != "" {
				t.Errorf("%s of %v at %v is %s", c.what, a, p.Z, message)
			}
		}
	}
	if err := lines.Err(); err != nil || rows < 2000 {
		t.Fatalf("%d rows, %v", rows, err)
	}
}

// at makes a reference.Function of a function of activation and z.
func at(f func(a Activation, z float64) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		a, err := Parse(p.Text("activation"))
		if err != nil {
			return 0, err
		}
		return f(a, p.Float("z"))
	}
}

// constant makes one of a trait.
func constant(f func(a Activation) float64) reference.Function {
	return at(func(a Activation, _ float64) (float64, error) { return f(a), nil })
}

// The values of other sources, at their own tolerances.
func TestGolden(t *testing.T) {
	value := func(f func(a Activation, z float64) float64) reference.Function {
		return at(func(a Activation, z float64) (float64, error) { return f(a, z), nil })
	}
	reference.Check(t, "testdata/golden.jsonl", 0, map[string]reference.Function{
		"activation.value":      value(Activation.Phi),
		"activation.derivative": value(Activation.DPhi),
		"activation.log_abs_derivative": at(func(a Activation, z float64) (float64, error) {
			return domain.Result("log|φ′|", a.LogAbsDPhi(z))
		}),
		"activation.derivative_tail_ratio": at(Activation.DerivativeTailRatio),
		"activation.derivative_sup":        constant(func(a Activation) float64 { return a.Sup().Value }),
		"activation.derivative_inf":        constant(func(a Activation) float64 { return a.Inf().Value }),
		"activation.derivative_argmax":     constant(func(a Activation) float64 { return a.Sup().At }),
		"activation.derivative_argmin":     constant(func(a Activation) float64 { return a.Inf().At }),
		"activation.min":                   constant(func(a Activation) float64 { return a.Minimum().Value }),
		"activation.argmin":                constant(func(a Activation) float64 { return a.Minimum().At }),
		"activation.selu_constant": func(p reference.Params) (float64, error) {
			return SELUConstant(p.Text("constant"))
		},
	})
}
