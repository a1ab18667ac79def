package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gradchain/theory/law"
)

// Every check below fails a correct sampler with probability falseFail at most, if the
// words are random; seeds are fixed, so it either always fails or never.
const falseFail = 1e-9

// drawn is a law and how to draw from it.
type drawn struct {
	law    law.Law
	sample func(dst []float64, bits []uint64)
	words  int
}

func (d drawn) Words() int                          { return d.words }
func (d drawn) Sample(dst []float64, bits []uint64) { d.sample(dst, bits) }

// samples is the number of values of a distribution test.
func samples() int {
	if testing.Short() {
		return 40_000
	}
	return 200_000
}

// wrong says what is wrong with the law, "" for nothing.
func (d drawn) wrong() string {
	x := draw(d, source("distribution", d.law.String()), samples())
	for _, check := range []func([]float64) string{d.wrongLaw, d.wrongTails, d.dependent} {
		if wrong := check(x); wrong != "" {
			return wrong
		}
	}
	return ""
}

// wrongLaw is the test of Kolmogorov with the constant of Massart (1990), on a grid of
// order statistics. With 2e5 values it notices a distribution function wrong by 0.016,
// with 4e4 by 0.035.
func (d drawn) wrongLaw(x []float64) string {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	n := float64(len(sorted))
	bound := math.Sqrt(math.Log(2/falseFail) / (2 * n))
	for i := 0; i < len(sorted); i += 200 {
		v := sorted[i]
		at, _ := slices.BinarySearch(sorted, v)
		after, _ := slices.BinarySearch(sorted, math.Nextafter(v, math.Inf(1)))
		f, below := d.law.CDF(v), d.law.CDF(math.Nextafter(v, math.Inf(-1)))
		if !(math.Abs(float64(after)/n-f) <= bound && math.Abs(float64(at)/n-below) <= bound) {
			return fmt.Sprintf("distribution function at %v: %v to %v of the values, want %v to %v within %v",
				v, float64(at)/n, float64(after)/n, below, f, bound)
		}
	}
	return ""
}

// wrongTails counts values beyond the quantiles 10^−k and below them in modulus. By
// Chernoff's bound, n·KL(count/n, p) exceeds log(2/δ) with probability δ at most. With
// 2e5 values it notices 0.4e-3 or 1.8e-3 in place of a probability of 1e-3, and 4e-4 in
// place of 1e-4.
func (d drawn) wrongTails(x []float64) string {
	if d.law.Degenerate() {
		return ""
	}
	const levels = 4
	for k := 1; k <= levels; k++ {
		p := math.Pow(10, -float64(k))
		lo, hi := d.law.Quantile(p), d.law.Quantile(1-p)
		small := math.Abs(d.law.Quantile(0.5 + p/2))
		var left, right, middle int
		for _, v := range x {
			if v <= lo {
				left++
			}
			if v > hi {
				right++
			}
			if math.Abs(v) <= small {
				middle++
			}
		}
		for _, c := range []struct {
			name  string
			count int
			p     float64
		}{{"left tail", left, d.law.CDF(lo)}, {"right tail", right, d.law.Survival(hi)}, {"neighbourhood of 0", middle, d.law.AbsCDF(small)}} {
			q := float64(c.count) / float64(len(x))
			if evidence := float64(len(x)) * divergence(q, c.p); !(evidence <= math.Log(2*3*levels/falseFail)) {
				return fmt.Sprintf("%s at 10^−%d: a fraction %v, want %v", c.name, k, q, c.p)
			}
		}
	}
	return ""
}

// divergence is the relative entropy of two coins.
func divergence(q, p float64) float64 {
	d := 0.0
	if q > 0 {
		d += q * math.Log(q/p)
	}
	if q < 1 && p < 1 {
		d += (1 - q) * math.Log((1-q)/(1-p))
	}
	return d
}

// dependent counts agreements of signs, and of large and small moduli, of values at
// distances 1 to 17 and in each lane. By Hoeffding's bound a sum of n fair ±1 exceeds
// √(2n·log(2/δ)) with probability δ at most. With 2e5 values it notices an agreement
// in 51.7 % of the pairs.
func (d drawn) dependent(x []float64) string {
	if d.law.Degenerate() {
		return ""
	}
	const lags = 17
	signs, sizes := make([]float64, len(x)), make([]float64, len(x))
	moduli := make([]float64, len(x))
	center := d.law.Quantile(0.5)
	for i, v := range x {
		moduli[i] = math.Abs(v - center)
	}
	slices.Sort(moduli)
	median := moduli[len(x)/2]
	for i, v := range x {
		signs[i] = math.Copysign(1, v-center)
		sizes[i] = math.Copysign(1, math.Abs(v-center)-median)
	}
	for _, pair := range []struct {
		name string
		a, b []float64
	}{{"signs", signs, signs}, {"moduli", sizes, sizes}, {"sign and modulus", signs, sizes}} {
		for lag := range lags + 1 {
			if lag == 0 && pair.name != "sign and modulus" || lag == 0 && !d.law.Symmetric() {
				continue
			}
			sum := 0.0
			for i := lag; i < len(x); i++ {
				sum += pair.a[i-lag] * pair.b[i]
			}
			if n := float64(len(x) - lag); !(sum*sum <= 2*n*math.Log(2*3*(lags+1)/falseFail)) {
				return fmt.Sprintf("%s at distance %d agree: sum %v of %v", pair.name, lag, sum, n)
			}
		}
	}
	for lane := range width {
		sum, n := 0.0, 0.0
		for i := lane; i < len(x); i += width {
			sum += signs[i]
			n++
		}
		if !(sum*sum <= 2*n*math.Log(2*width/falseFail)) {
			return fmt.Sprintf("lane %d: sum of signs %v of %v", lane, sum, n)
		}
	}
	return ""
}

// pairsAs draws the two values of a pair next to each other.
func pairsAs(dst []float64, bits []uint64) {
	var a, b [128]float64
	n := len(dst) / 2
	NormalPairs(a[:n], b[:n], bits)
	for i := range n {
		dst[2*i], dst[2*i+1] = a[i], b[i]
	}
}

// TestDistribution: every sampler against its law.
func TestDistribution(t *testing.T) {
	for _, l := range samplerLaws() {
		s := mustSampler(t, l)
		if wrong := (drawn{l, s.Sample, s.Words()}).wrong(); wrong != "" {
			t.Errorf("%v: %s", l, wrong)
		}
	}
	if wrong := (drawn{law.MustParse("normal(1)"), pairsAs, 1}).wrong(); wrong != "" {
		t.Errorf("pairs: %s", wrong)
	}
}

// conditioned says what is wrong with pairs whose words of the radius begin with 20 to
// 44 zeros: r²/2 − zeros·log 2 is then exponential of rate 1 as without, at radii
// from 5.3 to 9.4. This is where the tails are, which no number of unconditioned draws
// reaches. The bound is Kolmogorov's, as in wrongLaw.
func conditioned(pairs func(a, b []float64, bits []uint64)) string {
	const n = 20_000
	for _, zeros := range []int{20, 32, 44} {
		bits := make([]uint64, 2*n)
		source("tails", fmt.Sprint(zeros)).Fill(bits)
		for i := range bits {
			if i/width%2 == 0 {
				bits[i] >>= zeros
			}
		}
		a, b := make([]float64, n), make([]float64, n)
		pairs(a, b, bits)
		u := make([]float64, n)
		for i := range u {
			u[i] = (a[i]*a[i]+b[i]*b[i])/2 - float64(zeros)*math.Ln2
		}
		slices.Sort(u)
		bound := math.Sqrt(math.Log(2*3/falseFail) / (2 * n))
		for i, v := range u {
			f := -math.Expm1(-v)
			if !(math.Abs(float64(i)/n-f) <= bound+1./n) {
				return fmt.Sprintf("%d zeros: distribution function of the radius %v at %v, want %v", zeros, float64(i)/n, v, f)
			}
		}
	}
	return ""
}

func TestNormalPairs_tails(t *testing.T) {
	if wrong := conditioned(NormalPairs); wrong != "" {
		t.Error(wrong)
	}
}

// coarse counts equal values among 2^19. With 53 bits there are 1.5e-5 on average, and
// more than 2 with probability 6e-16; with 32 bits there are 32, and 2 or less with
// probability 7e-12.
func (d drawn) coarse() string {
	x := draw(d, source("resolution", d.law.String()), 1<<19)
	slices.Sort(x)
	if equal := len(x) - len(slices.Compact(x)); equal > 2 {
		return fmt.Sprintf("%d equal values", equal)
	}
	return ""
}

func TestResolution(t *testing.T) {
	if testing.Short() {
		t.Skip("sorts 2^19 values for every law")
	}
	for _, l := range law.All() {
		if s := mustSampler(t, l); !l.Degenerate() {
			if wrong := (drawn{l, s.Sample, s.Words()}).coarse(); wrong != "" {
				t.Errorf("%v: %s", l, wrong)
			}
		}
	}
}
