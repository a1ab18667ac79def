package evidence

import (
	"context"
	"fmt"
	"math"
	"testing"
)

// shiftedEvenly are n samples of [0, 1] at distance about shift from the uniform
// law.
func shiftedEvenly(n int, shift float64) []float64 {
	u := make([]float64, n)
	for i := range u {
		u[i] = shift + (1-shift)*(float64(i)+0.5)/float64(n)
	}
	return u
}

// TestLawLook holds the p-values of a look against the radii that they come
// from (D1): the claim is refuted where D − η − ε exceeds r(n, α/K), a violation
// excluded where D + η + r(n, α/K) is below delta.
func TestLawLook(t *testing.T) {
	const delta, eps, eta = 0.08, 0.02, 1e-7
	c := LawConfig{CDFs: uniformCDFs, Delta: delta, Eps: eps, CDFError: eta}
	for _, shift := range []float64{0, 0.01, 0.03, 0.06, 0.2} {
		test := must(Law(c)).(*law)
		u := shiftedEvenly(firstLook, shift)
		if err := test.Update(u); err != nil {
			t.Fatal(err)
		}
		d, looks := KolmogorovDistance(u, func(y float64) float64 { return y }, nil), float64(test.epochs.looks)
		for _, alpha := range []float64{1e-1, 1e-3, 1e-6, 1e-12} {
			r := DKWRadius(firstLook, alpha/looks)
			if got, want := test.logP < math.Log(alpha), d-eta-eps > r; got != want {
				t.Errorf("shift %v, α %v: refuted %v, by the radius %v", shift, alpha, got, want)
			}
			if got, want := test.logPViolate < math.Log(alpha), d+eta+r < delta; got != want {
				t.Errorf("shift %v, α %v: excluded %v, by the radius %v", shift, alpha, got, want)
			}
		}
		if !(d-eta-eps <= 0) {
			near(t, fmt.Sprint("log p, shift ", shift), test.logP, min(0, math.Log(looks)+math.Ln2-2*firstLook*(d-eta-eps)*(d-eta-eps)), 1e-9)
		}
		near(t, "e-value", test.LogEUpper(), math.Log(0.5)-test.logPViolate/2, 1e-12)
		near(t, "e-value against the claim", test.LogERefute(), logMeanExp(test.pit.logE(), math.Log(0.5)-test.logP/2), 1e-12)
	}
}

// TestTwoSampleLook is TestLawLook for two samples (K2, K3), whose laws are each
// r(n, α/2K) from their own.
func TestTwoSampleLook(t *testing.T) {
	const delta = 0.3
	for _, shift := range []float64{0, 0.02, 0.05, 0.1, 0.25} {
		test := must(TwoSample(delta, Levels{})).(*twoSample)
		batch := append(shiftedEvenly(firstLook, shift), shiftedEvenly(firstLook, 0)...)
		if err := test.Update(batch); err != nil {
			t.Fatal(err)
		}
		d, looks := TwoSampleDistance(batch[:firstLook], batch[firstLook:]), float64(test.epochs.looks)
		for _, alpha := range []float64{0.5, 1e-1, 1e-2, 1e-6, 1e-12} {
			if got, want := test.logPPass < math.Log(alpha), d+2*DKWRadius(firstLook, alpha/(2*looks)) < delta; got != want {
				t.Errorf("shift %v, α %v: excluded %v, by the radius %v", shift, alpha, got, want)
			}
		}
		half := (delta - d) / 2
		near(t, fmt.Sprint("log p of a violation, shift ", shift), test.logPPass, min(0, math.Log(4*looks)-2*firstLook*half*half), 1e-9)
		k := int(math.Round(d * firstLook))
		near(t, fmt.Sprint("log p, shift ", shift), test.logP, min(0, math.Log(looks*TwoSamplePValue(firstLook, k))), 1e-9)
		near(t, fmt.Sprint("bound, shift ", shift), test.logBound, min(0, math.Log(looks)+twoSampleLogBound(firstLook, k)), 1e-9)
		near(t, "e-value", test.LogERefute(), math.Log(0.5)-test.logP/2, 1e-12)
	}
}

// TestCalibrator: ½ p^{−1/2} has mean 1 for a uniform p.
func TestCalibrator(t *testing.T) {
	// ∫ ½ p^{−1/2} dp over [a², b²] is b − a: the mean over p = x², uniform in x.
	const n = 1000
	var mean float64
	for i := range n {
		x := (float64(i) + 0.5) / n
		mean += math.Exp(calibrate(2*math.Log(x))) * 2 * x / n
	}
	near(t, "mean", mean, 1, 1e-12)
}

// TestLookBudgets: the doubling looks are the fewest that reach the cost (D3).
func TestLookBudgets(t *testing.T) {
	for _, delta := range []float64{0.3, 0.1, 0.03, 0.01} {
		l := Levels{}.filled()
		for k := 1; ; k++ {
			alpha := math.Log(2*float64(k)) + max(l.refuteAt()+math.Ln2, l.excludeAt())
			root := math.Sqrt(alpha) + math.Sqrt(l.decideAt()+math.Ln2)
			if n := root * root / (2 * delta * delta); n <= float64(int(firstLook)<<(k-1)) {
				if got := must(Law(LawConfig{CDFs: uniformCDFs, Delta: delta})).Budget(); got != firstLook<<(k-1) {
					t.Errorf("law, delta %v: budget %d, want %d", delta, got, firstLook<<(k-1))
				}
				break
			}
		}
		for k := 1; ; k++ {
			root := math.Sqrt(math.Log(4*float64(k))+l.refuteAt()) + math.Sqrt(math.Log(4)+l.decideAt())
			if n := 2 * root * root / (delta * delta); n <= float64(int(firstLook)<<(k-1)) {
				if got := must(TwoSample(delta, Levels{})).Budget(); got != 2*firstLook<<(k-1) {
					t.Errorf("two samples, delta %v: budget %d, want %d", delta, got, 2*firstLook<<(k-1))
				}
				break
			}
		}
	}
}

// TestDegenerateMean: without variance the bound is delta²/16, and a constant
// decides at once.
func TestDegenerateMean(t *testing.T) {
	const delta = 0.1
	for _, tt := range []struct {
		reason   string
		bound    float64
		variance float64
	}{{"no variance", 0, delta * delta / 16}, {"a tiny one", 1e-9, delta * delta / 16}, {"an ordinary one", 1, 1}} {
		m := must(Mean(Zone{Delta: delta}, tt.bound, Levels{})).(*mean)
		near(t, tt.reason, m.refute[0].variance, tt.variance, 1e-12)
	}
	for y, want := range map[float64]Verdict{0: Verified, delta: Refuted, -2 * delta: Refuted} {
		test := must(Mean(Zone{Delta: delta}, 0, Levels{}))
		o := Run(context.Background(), test, func(_ int, dst []float64) error {
			for i := range dst {
				dst[i] = y
			}
			return nil
		}, Options{})
		if o.Verdict != want || !(o.N <= 200) || !(o.Lo <= y && y <= o.Hi) || !(o.Hi-o.Lo < delta) {
			t.Errorf("constant %v: %v after %d, mean in [%v, %v]", y, o.Verdict, o.N, o.Lo, o.Hi)
		}
	}
}

// TestMeanInterval: the confidence sequence of a mean is the narrower the more
// samples there are, holds the fixed-time interval's centre, and that of a
// bounded mean never leaves the bounds.
func TestMeanInterval(t *testing.T) {
	test := must(Mean(Zone{Delta: 0.2}, 1, Levels{}))
	source, last := newPCG(8), math.Inf(1)
	var samples []float64
	for range 5 {
		batch := make([]float64, 1000)
		for i := range batch {
			batch[i] = source.NormFloat64()
		}
		samples = append(samples, batch...)
		if err := test.Update(batch); err != nil {
			t.Fatal(err)
		}
		lo, hi := test.Interval(0.99)
		fixedLo, fixedHi := CatoniInterval(samples, 1, 0.01, 0)
		if !(lo <= fixedLo && fixedHi <= hi) || !(hi-lo < last) || !(hi-lo < 2*(fixedHi-fixedLo)) {
			t.Errorf("after %d: [%v, %v], at a fixed time [%v, %v]", len(samples), lo, hi, fixedLo, fixedHi)
		}
		last = hi - lo
	}
	if lo, hi := CatoniInterval(nil, 1, 0.01, 0); !math.IsInf(lo, -1) || !math.IsInf(hi, 1) {
		t.Errorf("no samples: [%v, %v]", lo, hi)
	}
	bounded := must(BoundedMean(Zone{Theta0: 0.5, Delta: 0.2}, 0, 1, Levels{}))
	if lo, hi := bounded.Interval(0.99); lo != 0 || hi != 1 {
		t.Errorf("no samples: [%v, %v], want [0, 1]", lo, hi)
	}
	if err := bounded.Update(make([]float64, 2000)); err != nil {
		t.Fatal(err)
	}
	if lo, hi := bounded.Interval(0.99); lo != 0 || !(hi < 0.02) { // its variance is bounded by what is left
		t.Errorf("2,000 zeros: [%v, %v]", lo, hi)
	}
}
