package kernel

import (
	"bufio"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gradchain/theory/activation"
)

// tables is where the reference values are; a larger set for a search is made by
// testdata/reference.py.
var tables = flag.String("tables", "testdata", "directory of the reference tables")

// reference is the number (hi + lo)·2^exponent.
type reference struct{ hi, lo, exponent float64 }

// ulps returns the error of m·2^e in units of the last place of hi.
func (r reference) ulps(m, e float64) float64 {
	if r.hi == 0 && m == 0 {
		return 0
	}
	shift := e - r.exponent
	if math.Abs(shift) > 2000 {
		return math.Inf(1)
	}
	m = math.Ldexp(m, int(shift))
	unit := math.Nextafter(math.Abs(r.hi), math.Inf(1)) - math.Abs(r.hi)
	return math.Abs(m-r.hi-r.lo) / unit
}

// float returns the value as a float64.
func (r reference) float() float64 { return math.Ldexp(r.hi, int(max(-3000, min(r.exponent, 3000)))) }

// ulpsFloat returns the error of a float64; a value out of its range must be 0 or ±Inf.
func (r reference) ulpsFloat(x float64) float64 {
	if r.exponent != 0 && x == r.float() {
		return 0
	}
	return r.ulps(x, 0)
}

// row is one line of a table: a name, an argument and values.
type row struct {
	name   string
	x      float64
	values []reference
}

func readTable(t *testing.T, name string) []row {
	t.Helper()
	file, err := os.Open(filepath.Join(*tables, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rows []row
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Split(lines.Text(), ",")
		numbers := make([]float64, len(fields)-1)
		for i := range numbers {
			if numbers[i], err = strconv.ParseFloat(fields[i+1], 64); err != nil {
				t.Fatalf("%s: %v", lines.Text(), err)
			}
		}
		r := row{name: fields[0], x: numbers[0]}
		for v := numbers[1:]; len(v) >= 3; v = v[3:] {
			r.values = append(r.values, reference{v[0], v[1], v[2]})
		}
		rows = append(rows, r)
	}
	if len(rows) < 200 {
		t.Fatalf("%s: only %d rows", name, len(rows))
	}
	return rows
}

// worst keeps the largest error of every function.
type worst map[string]struct{ ulps, at float64 }

func (w worst) add(name string, ulps, at float64) {
	if !(ulps <= w[name].ulps) {
		w[name] = struct{ ulps, at float64 }{ulps, at}
	}
}

// check compares the largest errors with their bounds; every bound is used.
func (w worst) check(t *testing.T, bounds map[string]float64) {
	t.Helper()
	for name, e := range w {
		t.Logf("%-24s %.3f ulp at %x = %v", name, e.ulps, e.at, e.at)
		if bound, ok := bounds[name]; !ok || !(e.ulps <= bound) {
			t.Errorf("%s: error of %v ulp at %x, want at most %v", name, e.ulps, e.at, bound)
		}
	}
	for name := range bounds {
		if _, ok := w[name]; !ok {
			t.Errorf("%s: not in the table", name)
		}
	}
}

// TestElementary_reference holds the bounds that the functions state.
func TestElementary_reference(t *testing.T) {
	functions := map[string]func(float64) float64{
		"exp": Exp, "log": Log, "sin": func(x float64) float64 { return sine(x, 0) },
	}
	w := worst{}
	for _, r := range readTable(t, "elementary.csv") {
		w.add(r.name, r.values[0].ulpsFloat(functions[r.name](r.x)), r.x)
	}
	w.check(t, map[string]float64{"exp": 2, "log": 1, "sin": 2})
}

// TestActivation_reference: every smooth activation, at |z| up to 1e5, where φ′ is
// down to 2^(-1e12). Where φ′ changes its sign, an ulp is that of a value of ½.
func TestActivation_reference(t *testing.T) {
	w := worst{}
	for _, r := range readTable(t, "activation.csv") {
		a := activation.MustParse(r.name)
		phi, err := NewActivation(a)
		if err != nil {
			t.Fatal(err)
		}
		var value, mant, exp [1]float64
		phi.Phi(value[:], []float64{r.x})
		phi.DPhi(mant[:], exp[:], []float64{r.x})
		w.add(r.name+" φ", r.values[0].ulpsFloat(value[0]), r.x)
		d := r.values[1]
		ulps := d.ulps(mant[0], exp[0])
		if !a.Monotone() && a.Name() != "sin" && r.x > -4 && r.x < 0 {
			ulps *= min(1, math.Abs(d.float())*2)
		}
		w.add(r.name+" φ′", ulps, r.x)
	}
	bounds := map[string]float64{}
	for name := range w {
		bounds[name] = 4
	}
	bounds["gelu φ"], bounds["lecun_tanh φ′"] = 5, 5
	w.check(t, bounds)
}
