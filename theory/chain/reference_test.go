package chain

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
	"gradchain/theory/internal/reference"
	"gradchain/theory/law"
)

// factorOf reads a factor; q is the variance of a centred normal pre-activation.
func factorOf(p reference.Params) (Factor, error) {
	var f Factor
	var err error
	if f.Weight, err = law.Parse(p.Text("weight")); err != nil {
		return f, err
	}
	if p.Has("activation") {
		if f.Activation, err = activation.Parse(p.Text("activation")); err != nil {
			return f, err
		}
	}
	if p.Has("q") {
		if err := domain.Positive("q", p.Float("q")); err != nil {
			return f, err
		}
		f.PreActivation = law.MustParse(fmt.Sprintf("normal(%v)", math.Sqrt(p.Float("q"))))
	}
	return f, nil
}

// ofFactor makes a reference.Function of a function of the factor.
func ofFactor(g func(f Factor, p reference.Params) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		f, err := factorOf(p)
		if err != nil {
			return 0, err
		}
		return g(f, p)
	}
}

// ofProduct makes a reference.Function of a function of the product.
func ofProduct(g func(p Product) (float64, error)) reference.Function {
	return ofFactor(func(f Factor, p reference.Params) (float64, error) {
		if d := p.Float("depth"); d != math.Trunc(d) {
			return 0, domain.Check(false, "depth", d, "an integer")
		}
		return g(Product{f, p.Int("depth")})
	})
}

// ofActivation makes a reference.Function of a function of activation, weight and x.
func ofActivation(g func(a activation.Activation, w law.Law, x float64) (float64, error)) reference.Function {
	return ofFactor(func(f Factor, p reference.Params) (float64, error) {
		return g(f.Activation, f.Weight, p.FloatOr("x", 1))
	})
}

// ofMu makes a reference.Function of a function of mu.
func ofMu(g func(mu float64) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) { return g(p.Float("mu")) }
}

var functions = map[string]reference.Function{
	"chain.abs_moment": ofFactor(func(f Factor, p reference.Params) (float64, error) {
		return f.AbsMoment(p.Float("order"))
	}),
	"chain.log_abs_moment": ofFactor(func(f Factor, p reference.Params) (float64, error) {
		return f.LogAbsMoment(p.Float("order"))
	}),
	"chain.alive_probability": ofFactor(func(f Factor, p reference.Params) (float64, error) {
		return f.AliveProbability()
	}),
	"chain.lyapunov": ofFactor(func(f Factor, _ reference.Params) (float64, error) {
		return f.Lyapunov()
	}),
	"chain.log_variance": ofFactor(func(f Factor, _ reference.Params) (float64, error) {
		return f.LogVariance()
	}),
	"chain.critical_scale.lyapunov": ofFactor(func(f Factor, _ reference.Params) (float64, error) {
		return f.CriticalScaleLyapunov()
	}),
	"chain.critical_scale.abs_mean": ofFactor(func(f Factor, _ reference.Params) (float64, error) {
		return f.CriticalScaleAbsMean()
	}),
	"chain.critical_scale.mean_square": ofFactor(func(f Factor, _ reference.Params) (float64, error) {
		return f.CriticalScaleMeanSquare()
	}),
	"chain.log_product.typical": ofProduct(Product.LogTypical),
	"chain.log_product.mean":    ofProduct(Product.LogMean),
	"chain.log_product.rms":     ofProduct(Product.LogRMS),
	"chain.exceedance": ofFactor(func(f Factor, p reference.Params) (float64, error) {
		probability, _, err := Product{f, p.Int("depth")}.Exceedance(p.Float("x"))
		return probability, err
	}),
	"chain.cdf": ofFactor(func(f Factor, p reference.Params) (float64, error) {
		l, err := lawOf(Product{f, p.Int("depth")})
		if err != nil {
			return 0, err
		}
		return l.CDF(p.Float("x")), nil
	}),
	"chain.dependent_mean_square":       ofActivation(DependentMeanSquare),
	"chain.dependence_ratio":            ofActivation(DependenceRatio),
	"chain.shifted_normal.zero_sigma":   ofMu(ShiftedNormalZeroSigma),
	"chain.shifted_normal.argmin_sigma": ofMu(ShiftedNormalArgminSigma),
	"chain.shifted_normal.min_lyapunov": ofMu(ShiftedNormalMinLyapunov),
}

// The values of other sources, at their own tolerances.
func TestGolden(t *testing.T) {
	reference.Check(t, "testdata/golden.jsonl", 0, functions)
}

// Our own values, mpmath 1.3 at 30 digits (testdata/reference.py), to 1e-11.
func TestReference(t *testing.T) {
	reference.Check(t, "testdata/reference.jsonl", 1e-11, functions)
}

// The bounds of Law and Exceedance hold at every reference value of a law.
func TestReference_bound(t *testing.T) {
	file, err := os.Open("testdata/reference.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var row struct {
			Quantity string
			Params   reference.Params
			Value    string
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Quantity != "chain.exceedance" && row.Quantity != "chain.cdf" {
			continue
		}
		rows++
		f, err := factorOf(row.Params)
		if err != nil {
			t.Fatal(err)
		}
		above, err := strconv.ParseFloat(row.Value, 64)
		if err != nil {
			t.Fatal(err)
		}
		p, x := Product{f, row.Params.Int("depth")}, row.Params.Float("x")
		if row.Quantity == "chain.cdf" {
			above = 1 - above
		} else {
			checkExceedance(t, p, x, above)
		}
		checkLaw(t, p, x, above)
	}
	if rows < 90 {
		t.Errorf("%d rows of laws", rows)
	}
}

// lawOf remembers laws, which some rows share.
func lawOf(p Product) (*Law, error) {
	if l, ok := known[p]; ok {
		return l, nil
	}
	l, err := p.Law()
	if err == nil {
		known[p] = l
	}
	return l, err
}

var known = map[Product]*Law{}

// checkLaw compares 1 − CDF(x) to the value above, to the bound and the rounding of above.
func checkLaw(t *testing.T, p Product, x, above float64) {
	t.Helper()
	l, err := lawOf(p)
	if err != nil {
		t.Errorf("%v: %v", p, err)
		return
	}
	if off := math.Abs(1 - l.CDF(x) - above); !(off <= l.Bound()+0x1p-52) {
		t.Errorf("%v: 1 − CDF(%v) = %v, want %v within %.3g, off by %.3g", p, x, 1-l.CDF(x), above, l.Bound(), off)
	}
}

func checkExceedance(t *testing.T, p Product, x, above float64) {
	t.Helper()
	got, bound, err := p.Exceedance(x)
	if off := math.Abs(got - above); err != nil || !(off <= bound+0x1p-52*above) {
		t.Errorf("%v: Exceedance(%v) = %v, want %v within %.3g, off by %.3g, %v", p, x, got, above, bound, off, err)
	}
}
