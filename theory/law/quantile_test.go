package law

import (
	"math"
	"testing"
)

// TestQuantile_grid: every law inverts its own distribution function at fixed probabilities
// between the quartiles, in the tails and on both sides of the median.
func TestQuantile_grid(t *testing.T) {
	probabilities := []float64{1e-9, 0.001, 0.1, 0.2, 0.26, 0.3, 0.374, 0.4, 0.499, 0.501, 0.6, 0.626, 0.7, 0.74, 0.8, 0.9, 0.999}
	for _, text := range []string{
		"normal(sigma=2)", "normal(mu=0.7,sigma=1.3)", "uniform(a=3)", "laplace(b=2)", "cauchy(s=0.5)", "student_t(nu=3)", "student_t(nu=0.7)",
	} {
		l := MustParse(text)
		for _, p := range probabilities {
			x := l.Quantile(p)
			tol := 1e-12*p + 4*l.PDF(x)*math.Abs(x)*0x1p-52
			if !(math.Abs(l.CDF(x)-p) <= tol) {
				t.Errorf("%s: P(w ≤ %.17g) = %.17g, want %v", text, x, l.CDF(x), p)
			}
		}
	}
}

// TestQuantile_heavy: the tail of student_t(nu) is a power, down to the ends of float64.
func TestQuantile_heavy(t *testing.T) {
	for _, text := range []string{"student_t(nu=0.25)", "student_t(nu=0.01)", "student_t(nu=0.7)"} {
		l := MustParse(text)
		nu := l.Args()[0]
		far, near := l.CDF(-1e280), l.CDF(-1e100) // a power of ratio 10^(−180 nu)
		if want := near * math.Pow(10, -180*nu); !(math.Abs(far-want) <= 1e-11*want) {
			t.Errorf("%s: P(w ≤ −1e280) = %v, want %v", text, far, want)
		}
		for _, p := range []float64{1e-3, 1e-10, 1e-40, 2e-78} {
			x := l.Quantile(p)
			if l.CDF(-math.MaxFloat64) > p {
				if !math.IsInf(x, -1) {
					t.Errorf("%s: the %v-quantile is %v, want −Inf", text, p, x)
				}
				continue
			}
			if !(math.Abs(l.CDF(x)-p) <= 1e-12*p) {
				t.Errorf("%s: P(w ≤ %v) = %v, want %v", text, x, l.CDF(x), p)
			}
		}
	}
}

// TestQuantile_closed: the quantiles of laws that have them in closed form: Laplace's is
// b ln 2p below the median and −b ln 2(1−p) above it, Cauchy's s tan π(p − ½).
func TestQuantile_closed(t *testing.T) {
	for _, p := range []float64{0.01, 0.1, 0.25, 0.26, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.75, 0.9, 0.99} {
		laplace := 2 * math.Log(2*p)
		if p > 0.5 {
			laplace = -2 * math.Log(2*(1-p))
		}
		for _, tt := range []struct {
			text string
			want float64
		}{
			{"laplace(b=2)", laplace}, {"cauchy(s=3)", 3 * math.Tan(math.Pi*(p-0.5))}, {"uniform(a=4)", 4 * (2*p - 1)},
		} {
			if got := MustParse(tt.text).Quantile(p); !(math.Abs(got-tt.want) <= 1e-13*math.Max(1, math.Abs(tt.want))) {
				t.Errorf("%s: the %v-quantile is %.17g, want %.17g", tt.text, p, got, tt.want)
			}
		}
	}
}
