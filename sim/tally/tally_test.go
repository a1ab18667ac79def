package tally

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/chain"
)

func paths(logs ...float64) chain.Paths {
	return chain.Paths{LogAbs: logs, Negative: make([]bool, len(logs))}
}

func of1(depth int, thresholds []float64, logs ...float64) *Tally {
	t := New(depth, thresholds)
	t.Add(paths(logs...))
	return t
}

var dead = math.Inf(-1)

func TestTally_counts(t *testing.T) {
	tl := New(3, []float64{0, -1.5, math.Inf(-1), 700})
	p := paths(-2, -1, 0, 1, dead, dead)
	p.Negative = []bool{true, false, true, true, false, false}
	tl.Add(p)
	if tl.Depth() != 3 || tl.Count() != 6 || tl.Dead() != 2 || tl.Negative() != 3 {
		t.Errorf("depth %d, count %d, dead %d, negative %d, want 3, 6, 2, 3", tl.Depth(), tl.Count(), tl.Dead(), tl.Negative())
	}
	if got, want := tl.Above(), []int64{1, 3, 4, 0}; !slices.Equal(got, want) {
		t.Errorf("above %v: %v, want %v; a path at the threshold and a dead path are not above it", tl.Thresholds(), got, want)
	}
	if tl.Min() != -2 || tl.Max() != 1 || tl.Mean() != -0.5 || !(math.Abs(tl.Variance()-5/3.) <= 1e-15) {
		t.Errorf("min %v, max %v, mean %v, variance %v, want -2, 1, -0.5, 5/3", tl.Min(), tl.Max(), tl.Mean(), tl.Variance())
	}
	tl.Reset()
	if got, want := tl.Summary(), New(3, tl.Thresholds()).Summary(); !slices.Equal(tl.Above(), make([]int64, 4)) || text(got) != text(want) {
		t.Errorf("after Reset: %s, want %s", text(got), text(want))
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func TestTally_few(t *testing.T) {
	for _, tt := range []struct {
		reason string
		logs   []float64
		want   string
	}{
		{"no paths", nil, `"dead":0,"negative":0,"mean_log":null,"var_log":null,"stderr_log":null,"min_log":null,"max_log":null,"quantiles":[{"p":0.001,"log":null,"bound":null}`},
		{"all dead", []float64{dead, dead}, `"dead":2,"negative":0,"mean_log":null,"var_log":null,"stderr_log":null,"min_log":null,"max_log":null,"quantiles":[{"p":0.001,"log":"-inf","bound":0}`},
		{"one path", []float64{-3}, `"dead":0,"negative":0,"mean_log":-3,"var_log":null,"stderr_log":null,"min_log":-3,"max_log":-3,"quantiles":[{"p":0.001,"log":-3,`},
		{"exactly 0", []float64{0, 0}, `"dead":0,"negative":0,"mean_log":0,"var_log":0,"stderr_log":0,"min_log":0,"max_log":0,"quantiles":[{"p":0.001,"log":0,`},
	} {
		if got := text(of1(1, nil, tt.logs...).Summary()); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s, want %s in it", tt.reason, got, tt.want)
		}
	}
}

// TestSummary_probabilities: the quantiles are those that the reports look up, to the last bit.
func TestSummary_probabilities(t *testing.T) {
	logs := make([]float64, 1001)
	for i := range logs {
		logs[i] = float64(i) - 500
	}
	tl := of1(10, []float64{-501, 0, 499.5}, logs...)
	s := tl.Summary()
	want := []float64{0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999}
	if len(s.Quantiles) != len(want) {
		t.Fatalf("%d quantiles, want %d", len(s.Quantiles), len(want))
	}
	for i, q := range s.Quantiles {
		value, bound := tl.Quantile(want[i])
		if q.P != want[i] || float64(q.Log) != value || float64(q.Bound) != bound {
			t.Errorf("%+v, want the %v-quantile %v ± %v", q, want[i], value, bound)
		}
		if exact := 1000*want[i] - 500; !(math.Abs(value-math.Floor(exact+1e-9)) <= bound) {
			t.Errorf("the %v-quantile is %v ± %v, want %v", want[i], value, bound, exact)
		}
	}
	for i, e := range s.Exceedances {
		if want := []float64{1, 500. / 1001, 1. / 1001}[i]; float64(e.Fraction) != want || float64(e.Threshold) != tl.Thresholds()[i] {
			t.Errorf("%+v, want a fraction %v", e, want)
		}
	}
	if want := math.Sqrt(1001 * 1002 / 12. / 1001); !(math.Abs(float64(s.StandardError)-want) <= 1e-12) || s.Mean != 0 || s.Min != -500 || s.Max != 500 {
		t.Errorf("mean %v ± %v, from %v to %v", s.Mean, s.StandardError, s.Min, s.Max)
	}
}

func TestTally_panics(t *testing.T) {
	for _, tt := range []struct {
		reason string
		run    func()
	}{
		{"threshold NaN", func() { New(1, []float64{math.NaN()}) }},
		{"log|G| NaN", func() { of1(1, nil, 1, math.NaN()) }},
		{"other depth", func() { New(1, nil).Merge(New(2, nil)) }},
		{"other thresholds", func() { New(1, []float64{0}).Merge(New(1, []float64{1})) }},
		{"p above 1", func() { of1(1, nil, 1).Quantile(1.5) }},
		{"p NaN", func() { of1(1, nil, 1).Quantile(math.NaN()) }},
	} {
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.HasPrefix(p, "tally: ") {
					t.Errorf("%s: got panic %q, want one of the package", tt.reason, p)
				}
			}()
			tt.run()
		}()
	}
}

// samples draws blocks of logarithms of all sizes, some dead, some 0.
func samples(t *rapid.T) (depth int, blocks [][]float64) {
	depth = rapid.SampledFrom([]int{1, 2, 3, 4, 100, 10_000, 1_000_000}).Draw(t, "depth")
	scale := rapid.SampledFrom([]float64{1e-300, 1e-9, 1, 50, 1e5, 1e300}).Draw(t, "scale")
	shift := rapid.SampledFrom([]float64{0, 0, -1, 1000}).Draw(t, "shift")
	value := rapid.Custom(func(t *rapid.T) float64 {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return dead
		case 1:
			return 0
		}
		return scale * (shift + rapid.Float64Range(-1, 1).Draw(t, "x"))
	})
	return depth, rapid.SliceOfN(rapid.SliceOfN(value, 0, 20), 1, 8).Draw(t, "blocks")
}

// TestTally_quantile: an order statistic is within the bound, the bound within the
// promised accuracy, at every scale and next to 0.
func TestTally_quantile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		depth, blocks := samples(t)
		all := slices.Concat(blocks...)
		if len(all) == 0 {
			return
		}
		tl := of1(depth, nil, all...)
		slices.Sort(all)
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		want := all[int(math.Floor(p*float64(len(all)-1)))]
		got, bound := tl.Quantile(p)
		if !(math.Abs(got-want) <= bound || got == want) {
			t.Errorf("%v-quantile %v ± %v, want %v", p, got, bound, want)
		}
		accuracy := 0.004 * math.Max(1/math.Sqrt(float64(depth))*2, 1./1024)
		if bound > accuracy*math.Abs(want)+1e-300 && !math.IsInf(want, -1) {
			t.Errorf("bound %v of %v at depth %d, want at most %v of it", bound, want, depth, accuracy)
		}
	})
}

// TestTally_resolution: at any depth the quantiles resolve the spread √L of log|G|
// around its mean λL, here for the normal linear chain, λ = −0.635, σ = 1.11.
func TestTally_resolution(t *testing.T) {
	for _, depth := range []int{1, 10, 100, 1000, 10_000, 100_000, 1_000_000} {
		typical, spread := -0.635*float64(depth), 1.11*math.Sqrt(float64(depth))
		_, bound := of1(depth, nil, typical).Quantile(0.5)
		if !(bound <= 0.01*spread) {
			t.Errorf("depth %d: quantiles within %v, want a hundredth of the spread %v", depth, bound, spread)
		}
	}
}

// TestTally_merge: blocks merged in order give one result, whatever tallies they
// passed through; and counts and quantiles are those of all paths at once.
func TestTally_merge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		depth, blocks := samples(t)
		thresholds := []float64{0, 1, -1e-9}
		total, again := New(depth, thresholds), New(depth, thresholds)
		reused := New(depth, thresholds)
		for _, b := range blocks {
			total.Merge(of1(depth, thresholds, b...))
			reused.Add(paths(b...))
			again.Merge(reused)
			reused.Reset()
		}
		if text(total.Summary()) != text(again.Summary()) {
			t.Fatalf("a reused tally changes the result:\n%s\n%s", text(total.Summary()), text(again.Summary()))
		}
		all := of1(depth, thresholds, slices.Concat(blocks...)...)
		a, b := total.Summary(), all.Summary()
		a.Mean, a.Variance, a.StandardError = b.Mean, b.Variance, b.StandardError // rounded otherwise
		if text(a) != text(b) {
			t.Fatalf("merged %s, at once %s", text(a), text(b))
		}
	})
}

// TestMoments_exact: mean and variance against exact rational arithmetic, in blocks,
// far from 0 too. The bound is the one of Chan, Golub & LeVeque 1983: n·u relative to
// the condition number √(1 + mean²/variance) for the deviations.
func TestMoments_exact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shift := rapid.SampledFrom([]float64{0, -600, 1e6}).Draw(t, "shift")
		value := rapid.Custom(func(t *rapid.T) float64 { return shift + rapid.Float64Range(-10, 10).Draw(t, "x") })
		blocks := rapid.SliceOfN(rapid.SliceOfN(value, 1, 20), 1, 10).Draw(t, "blocks")
		var m moments
		n, sum, square := 0, new(big.Rat), new(big.Rat)
		for _, b := range blocks {
			m.merge(of(b))
			for _, x := range b {
				r := new(big.Rat).SetFloat64(x)
				n, sum, square = n+1, sum.Add(sum, r), square.Add(square, new(big.Rat).Mul(r, r))
			}
		}
		if n < 2 {
			return
		}
		size := new(big.Rat).SetInt64(int64(n))
		mean := new(big.Rat).Quo(sum, size)
		deviations := new(big.Rat).Sub(square, new(big.Rat).Mul(sum, mean))
		wantMean, _ := mean.Float64()
		wantVariance, _ := new(big.Rat).Quo(deviations, size.SetInt64(int64(n-1))).Float64()
		const u = 0x1p-53
		slack := 4 * float64(n) * u
		spread := math.Sqrt(wantVariance)
		if !(math.Abs(m.mean-wantMean) <= slack*(10+math.Abs(shift))) {
			t.Errorf("mean %v, want %v", m.mean, wantMean)
		}
		loose := slack*(wantVariance+100) + math.Pow(slack*(10+math.Abs(shift)), 2) + slack*spread*math.Abs(shift)
		if !(math.Abs(m.variance()-wantVariance) <= loose) {
			t.Errorf("variance %v, want %v within %v", m.variance(), wantVariance, loose)
		}
	})
}

// TestBins: the edges of the bins are the powers of γ, so that equal values share a
// bin and values in one bin agree to the accuracy.
func TestBins(t *testing.T) {
	for _, depth := range []int{1, 3, 4, 1000, 1_000_000, 100_000_000} {
		b := newBins(depth)
		for _, v := range []float64{1e-300, 1e-9, 0.3, 1, math.E, 635.18, 1e6, 1e300} {
			i := b.Index(v)
			if lo, hi := b.LowerBound(i), b.LowerBound(i+1); !(lo <= v*(1+1e-12) && v*(1-1e-12) <= hi) {
				t.Errorf("depth %d: %v in bin [%v, %v)", depth, v, lo, hi)
			}
			if got := math.Abs(b.Value(i) - v); !(got <= b.RelativeAccuracy()*v*(1+1e-7)) {
				t.Errorf("depth %d: %v is taken for %v", depth, v, b.Value(i))
			}
		}
		if got, want := b.RelativeAccuracy(), math.Tanh(0.5/b.perNat); !(math.Abs(got/want-1) <= 4e-16) {
			t.Errorf("depth %d: accuracy %v, want %v", depth, got, want)
		}
	}
}

func TestFloat(t *testing.T) {
	for _, tt := range []struct {
		x    float64
		want string
	}{
		{0.1, "0.1"}, {-1e-300, "-1e-300"}, {math.Inf(1), `"inf"`}, {dead, `"-inf"`}, {math.NaN(), "null"},
	} {
		if got := text(Float(tt.x)); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.x, got, tt.want)
		}
	}
}
