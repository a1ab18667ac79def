package evidence

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func repeat(o Outcome, n int) []Outcome { return slices.Repeat([]Outcome{o}, n) }

func TestCombine(t *testing.T) {
	verified := Outcome{Verdict: Verified, LogERefute: -5, N: 100}
	refuted := Outcome{Verdict: Refuted, LogERefute: 39, N: 10}
	open := Outcome{Verdict: Inconclusive, LogERefute: 2, N: 400}
	broken := Outcome{Verdict: Error, LogERefute: math.Inf(-1), N: 1}
	suspicious := Outcome{Verdict: Verified, LogERefute: 3, N: 100}
	for _, tt := range []struct {
		reason   string
		u        Universal
		outcomes []Outcome
		want     Verdict
		text     string
		mass     float64
		worst    int
	}{
		{"no configuration", Universal{}, nil, Inconclusive, "verified at 0 configurations; 50 are needed", 1, -1},
		{"all verified", Universal{}, repeat(verified, 100), Verified, "verified at all 100 configurations; with confidence 0.95 at most 3 % of them violate it", 0.029513049607039932, 0},
		{"all verified, at 1e-6", Universal{Miss: 1e-6}, repeat(verified, 100), Verified, "at most 13 %", 0.12903641004391936, 0},
		{"one short of enough", Universal{}, repeat(verified, 49), Inconclusive, "verified at 49 configurations; 50 are needed", 1 - math.Pow(0.05, 1.0/49), 0},
		{"as many as asked for", Universal{Least: 10}, repeat(verified, 10), Verified, "verified at all 10", 1 - math.Pow(0.05, 0.1), 0},
		{"one refuted", Universal{}, append(repeat(verified, 60), refuted), Refuted, "refuted at 1 of 61 configurations", 1, 60},
		{"refuted outranks error", Universal{}, []Outcome{broken, refuted, open}, Refuted, "refuted at 1 of 3 configurations", 1, 1},
		{"one undecided", Universal{}, append(repeat(verified, 60), open), Inconclusive, "undecided at 1 of 61 configurations", 1, 60},
		{"one broken", Universal{}, append(repeat(verified, 60), broken), Error, "no verdict at 1 of 61 configurations", 1, 60},
		{"together what none shows", Universal{}, repeat(suspicious, 60), Refuted, "refuted by 60 configurations together: merged e-value 10^", AllPassBound(60, 0.05), 0},
		{"more than the ledger pays for", Universal{Ledger: Ledger{Configs: 59}}, append(repeat(verified, 59), refuted), Error, "60 configurations evaluated; the ledger pays for 59", 1, 59},
		{"a confidence of 0", Universal{Miss: 1}, repeat(verified, 60), Error, "miss is 1; it must lie in (0, 1)", 0, 0},
		{"a negative number needed", Universal{Least: -1}, repeat(verified, 60), Error, "least is -1 configurations; it must be positive", AllPassBound(60, 0.05), 0},
		{"a bad ledger", Universal{Ledger: Ledger{Run: 7}}, repeat(verified, 60), Error, "ledger run is 7; it must lie in (0, 1)", AllPassBound(60, 0.05), 0},
	} {
		c := tt.u.Combine(tt.outcomes)
		if c.Verdict != tt.want || !strings.Contains(c.Reason, tt.text) || c.Worst != tt.worst {
			t.Errorf("%s: %v: %q, worst %d; want %v: %q, worst %d", tt.reason, c.Verdict, c.Reason, c.Worst, tt.want, tt.text, tt.worst)
		}
		near(t, tt.reason+": mass", c.ViolatingMass, tt.mass, 1e-12)
		samples := 0
		for _, o := range tt.outcomes {
			samples += o.N
		}
		if c.Configs != len(tt.outcomes) || c.Verified+c.Refuted+c.Inconclusive+c.Error != c.Configs || c.Samples != samples {
			t.Errorf("%s: the counts do not add up: %+v", tt.reason, c)
		}
	}
}

// TestWorst: of equal verdicts the one with more evidence against the claim.
func TestWorst(t *testing.T) {
	of := func(e float64) Outcome { return Outcome{Verdict: Inconclusive, LogERefute: e} }
	if c := (Universal{}).Combine([]Outcome{of(1), of(3), of(2)}); c.Worst != 1 {
		t.Errorf("worst is %d, want 1", c.Worst)
	}
}

// TestMerge: what the merged e-value is for, and its special cases.
func TestMerge(t *testing.T) {
	inf := math.Inf(1)
	for _, tt := range []struct {
		reason string
		logE   []float64
		want   float64
	}{
		{"nothing", nil, 0},
		{"an impossible event", []float64{inf, -3}, inf},
		{"an impossible event beside an error", []float64{-inf, inf}, inf},
		{"an error costs a stake", []float64{-inf}, math.Log((0.99 + 0.95 + 0.8 + 0.5) / 4)},
		{"one e-value of 11", []float64{math.Log(11)}, math.Log((1.1 + 1.5 + 3 + 6) / 4)},
		{"huge", []float64{1e6}, 1e6 + math.Log((0.01+0.05+0.2+0.5)/4)},
	} {
		near(t, tt.reason, Merge(tt.logE...), tt.want, 1e-12)
	}
	rapid.Check(t, func(t *rapid.T) {
		logs := rapid.SliceOfN(rapid.Float64Range(-50, 50), 1, 40).Draw(t, "logs")
		i := rapid.IntRange(0, len(logs)-1).Draw(t, "which")
		merged := Merge(logs...)
		logs[i]++
		if raised := Merge(logs...); !(raised >= merged) {
			t.Fatalf("a larger e-value lowers the merged one from %v to %v", merged, raised)
		}
	})
}

// TestHolmAndEBH: special cases, and e-BH against its definition by all k.
func TestHolmAndEBH(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		reason    string
		got, want []int
	}{
		{"no e-values", EBH(0.1), nil},
		{"NaN is no evidence", EBH(0.1, nan, 9), []int{1}},
		{"an infinite e-value", EBH(1e-9, math.Inf(1), 0), []int{0}},
		{"no p-values", Holm(0.1), nil},
		{"NaN stops Holm", Holm(0.1, nan, 1e-9), nil},
		{"ties", Holm(0.1, 0.05, 0.05), []int{0, 1}},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.reason, tt.got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		logE := rapid.SliceOfN(rapid.Float64Range(-5, 20), 1, 30).Draw(t, "logE")
		q := rapid.Float64Range(0.001, 0.5).Draw(t, "q")
		most := 0
		for k := 1; k <= len(logE); k++ {
			atLeast := 0
			for _, e := range logE {
				if e >= math.Log(float64(len(logE))/(q*float64(k))) {
					atLeast++
				}
			}
			if atLeast >= k {
				most = k
			}
		}
		if got := EBH(q, logE...); len(got) != most {
			t.Fatalf("rejected %v, want %d of them", got, most)
		}
	})
}

// TestLedgerAddsUp: all shares together are the chance of a run.
func TestLedgerAddsUp(t *testing.T) {
	for _, l := range []Ledger{{}, {Run: 0.01, Claims: 3, Configs: 7}} {
		d := l.WithDefaults()
		total := float64(d.Claims) * (float64(d.Configs)*l.Config() + l.Merge())
		near(t, fmt.Sprintf("%+v", l), total/d.Run, 1, 1e-12)
		if err := l.Levels().Validate(); err != nil || l.Levels().FalseFail != l.Config() {
			t.Errorf("%+v: levels %+v, %v", l, l.Levels(), err)
		}
	}
}
