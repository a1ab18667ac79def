package evidence

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestEValuesAtTheBoundary: at the end of a null the mean of an e-value is 1
// exactly, inside it at most 1, for both sides and for the slack of a claim.
func TestEValuesAtTheBoundary(t *testing.T) {
	const n = 40
	for _, p0 := range []float64{0.01, 0.3, 0.5, 0.9} {
		near(t, fmt.Sprintf("KT at %v", p0), meanE(n, p0, func(s, n float64) float64 { return ktLogE(s, n, p0) }), 1, 1e-12)
		for _, delta := range []float64{0.005, 0.02, 0.08} {
			for _, e := range (Zone{Theta0: p0, Delta: delta}).edges(0, 1) {
				g := newGrid(e)
				near(t, fmt.Sprintf("grid at %v ± %v", p0, delta), meanE(n, p0, g.logE), 1, 1e-12)
				exclude := func(s, n float64) float64 { return logRatio(s, n, e.inner, e.outer) }
				near(t, fmt.Sprintf("exclusion of %v", e.outer), meanE(n, e.outer, exclude), 1, 1e-12)
				for _, back := range []float64{0.25, 0.5, 1} {
					p := p0 * (1 - back*e.sign/2)
					if inside := meanE(n, p, g.logE); p < 1 && !(inside <= 1+1e-12) {
						t.Errorf("p0=%v delta=%v: E = %v at %v inside the null", p0, delta, inside, p)
					}
				}
			}
		}
	}
}

// TestSupermartingale enumerates one step: given any past, the mean of the next
// e-value is at most the present one, for every law in the null. For e-values of
// counts that holds at every p of the null.
func TestSupermartingale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := float64(rapid.IntRange(0, 5000).Draw(t, "n"))
		s := math.Floor(n * rapid.Float64Range(0, 1).Draw(t, "mean"))
		p0 := rapid.Float64Range(0.01, 0.99).Draw(t, "p0")
		z := Zone{Theta0: p0, Delta: rapid.Float64Range(0.001, 0.3).Draw(t, "delta")}
		past := rapid.Float64Range(0, 1).Draw(t, "how far inside the null")
		step := func(what string, p, now float64, next func(s float64) float64) {
			// E[E_{n+1}]/E_n, in logs of the ratio, so that 1e±300 does not matter
			mean := p*math.Exp(next(s+1)-now) + (1-p)*math.Exp(next(s)-now)
			if !(mean <= 1+1e-9) {
				t.Fatalf("%s: the mean rises to %v at p = %v", what, mean, p)
			}
		}
		step("KT", p0, ktLogE(s, n, p0), func(s float64) float64 { return ktLogE(s, n+1, p0) })
		for _, e := range z.edges(0, 1) {
			g := newGrid(e)
			p := e.inner * (1 - past) // below the end
			if e.sign < 0 {
				p = e.inner + (1-e.inner)*past
			}
			step("grid", p, g.logE(s, n), func(s float64) float64 { return g.logE(s, n+1) })
		}
	})
}

// TestCatoniStep: the factor of a Catoni e-process has mean at most 1 for every
// law of the given variance and a mean in the null; two- and three-point laws
// are enumerated, which are extreme.
func TestCatoniStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lambda := math.Pow(10, rapid.Float64Range(-3, 1).Draw(t, "log lambda"))
		variance := math.Pow(10, rapid.Float64Range(-2, 2).Draw(t, "log variance"))
		below := rapid.Float64Range(0, 3).Draw(t, "mean below the null's end")
		p := rapid.Float64Range(1e-4, 1-1e-4).Draw(t, "p")
		// a with probability p and b otherwise, of mean −below and the variance
		sd := math.Sqrt(variance)
		values := []float64{-below + sd*math.Sqrt((1-p)/p), -below - sd*math.Sqrt(p/(1-p))}
		mean := 0.0
		for i, q := range []float64{p, 1 - p} {
			c := &catoni{sign: 1, variance: variance, lambdas: []float64{lambda}, sums: []float64{0}}
			c.update(values[i : i+1])
			mean += q * math.Exp(c.logE())
		}
		if !(mean <= 1+1e-12) {
			t.Fatalf("mean %v", mean)
		}
	})
}

// TestBoundedMeanStep: every component of BoundedMean's mixtures has mean at most
// 1 for samples 0 and 1 of any mean in its null, however far inside.
func TestBoundedMeanStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := Zone{Theta0: rapid.Float64Range(0, 1).Draw(t, "theta0"), Delta: rapid.Float64Range(0.01, 0.9).Draw(t, "delta")}
		if z.within(0, 1) != nil {
			t.Skip("no violation fits")
		}
		past := rapid.Float64Range(0, 1).Draw(t, "how far inside the null")
		m := must(BoundedMean(z, 0, 1, Levels{})).(*mean)
		for _, c := range append(m.refute, m.deny...) {
			p := c.mean * (1 - past)
			if c.sign < 0 {
				p = c.mean + (1-c.mean)*past
			}
			for _, lambda := range c.lambdas {
				one := &catoni{mean: c.mean, sign: c.sign, variance: c.variance, lambdas: []float64{lambda}, sums: []float64{0}}
				zero := one.clone()
				one.update([]float64{1})
				zero.update([]float64{0})
				if mean := p*math.Exp(one.logE()) + (1-p)*math.Exp(zero.logE()); !(mean <= 1+1e-12) {
					t.Fatalf("null ends at %v, sign %v, λ %v: mean %v at p = %v", c.mean, c.sign, lambda, mean, p)
				}
			}
		}
	})
}

// TestBoundedMeanTree: the e-values of BoundedMean are at most 1 in the mean,
// and cross 1/α with probability at most α, for every law on {0, ½, 1} whose
// mean is at the end of the claim zone or inside, over all 3^8 sequences.
func TestBoundedMeanTree(t *testing.T) {
	const alpha, depth = 0.2, 8
	for _, tt := range []struct {
		reason string
		probs  [3]float64
		zone   Zone
	}{
		{"at the prediction", [3]float64{0.25, 0.5, 0.25}, Zone{Theta0: 0.5, Delta: 0.3}},
		{"extreme law", [3]float64{0.5, 0, 0.5}, Zone{Theta0: 0.5, Delta: 0.3}},
		{"at the end of the claim zone", [3]float64{0.35, 0.1, 0.55}, Zone{Theta0: 0.5, Eps: 0.1, Delta: 0.3}},
		{"one-sided and well inside", [3]float64{0.9, 0, 0.1}, Zone{Theta0: 0.3, Delta: 0.3, Side: AtMost}},
		{"at least, near 1", [3]float64{0.1, 0, 0.9}, Zone{Theta0: 0.9, Delta: 0.5, Side: AtLeast}},
	} {
		start := must(BoundedMean(tt.zone, 0, 1, Levels{FalseFail: alpha, FalsePass: alpha, Undecided: alpha})).(*mean)
		var total, crossed float64
		var walk func(m *mean, p float64, left int, over bool)
		walk = func(m *mean, p float64, left int, over bool) {
			over = over || m.Refutes()
			if left == 0 {
				total += p * math.Exp(m.LogERefute())
				if over {
					crossed += p
				}
				return
			}
			for i, q := range tt.probs {
				if q > 0 {
					next := m.clone()
					if err := next.Update([]float64{float64(i) / 2}); err != nil {
						t.Fatal(err)
					}
					walk(next, p*q, left-1, over)
				}
			}
		}
		walk(start, 1, depth, false)
		if !(total <= 1) || !(crossed <= alpha) {
			t.Errorf("%s: mean %v, crossing %v; want at most 1 and %v", tt.reason, total, crossed, alpha)
		}
	}
}

// clone copies a test so that two continuations do not share state.
func (m *mean) clone() *mean {
	out := *m
	out.refute, out.deny = nil, nil
	for i := range m.refute {
		out.refute, out.deny = append(out.refute, m.refute[i].clone()), append(out.deny, m.deny[i].clone())
	}
	out.blocks.sums = append([]float64(nil), m.blocks.sums...)
	return &out
}

func (c *catoni) clone() *catoni {
	out := *c
	out.sums = append([]float64(nil), c.sums...)
	out.offsets = offsets{}
	return &out
}

// TestBettingTree: any predictable bet is fair at the end of its null, for all
// laws on {0, ½, 1} with that mean, and crosses 1/α with probability α at most.
func TestBettingTree(t *testing.T) {
	for _, alpha := range []float64{0.5, 0.2, 0.05} {
		for i := 0; i <= 10; i++ {
			q := float64(i) / 20 // P(X = 0) = P(X = 1), mean ½
			for _, sign := range []float64{1, -1} {
				mean, crossed := bettingTree(Betting{Mean: 0.5, Sign: sign, Delta: 0.2}, [3]float64{q, 1 - 2*q, q}, 8, alpha)
				near(t, fmt.Sprintf("q=%v sign=%v", q, sign), mean, 1, 1e-12)
				if !(crossed <= alpha) {
					t.Errorf("q=%v sign=%v: crossing %v; want at most %v", q, sign, crossed, alpha)
				}
			}
		}
	}
}

// TestEmpiricalBernsteinTree: over all 3^9 sequences the confidence sequence
// ever misses the mean with probability at most Miss.
func TestEmpiricalBernsteinTree(t *testing.T) {
	const miss = 0.8
	for _, probs := range [][3]float64{{0.25, 0.5, 0.25}, {0.5, 0, 0.5}, {0.9, 0, 0.1}, {0.98, 0.01, 0.01}} {
		mean := probs[1]/2 + probs[2]
		missed := 0.0
		var walk func(e EmpiricalBernstein, p float64, left int)
		walk = func(e EmpiricalBernstein, p float64, left int) {
			if lo, hi := e.Interval(); !(lo <= mean && mean <= hi) {
				missed += p
				return
			}
			for i, q := range probs {
				if next := e; left > 0 && q > 0 {
					next.Add(float64(i) / 2)
					walk(next, p*q, left-1)
				}
			}
		}
		walk(EmpiricalBernstein{Miss: miss}, 1, 9)
		if !(missed <= miss) {
			t.Errorf("%v: missed with probability %v", probs, missed)
		}
	}
}

// TestTwoSamplePEnumerated holds the exact p-value against all interleavings of
// two samples of 8.
func TestTwoSamplePEnumerated(t *testing.T) {
	const n = 8
	counts := make([]int, n+1)
	total := 0
	for mask := range 1 << (2 * n) {
		walk, most, ones := 0, 0, 0
		for i := range 2 * n {
			if mask>>i&1 == 1 {
				walk++
				ones++
			} else {
				walk--
			}
			most = max(most, walk, -walk)
		}
		if ones == n {
			counts[most]++
			total++
		}
	}
	tail := 0
	for k := n; k >= 0; k-- {
		tail += counts[k]
		want := float64(tail) / float64(total)
		near(t, fmt.Sprint("k=", k), TwoSamplePValue(n, k), want, 1e-12)
		if bound := math.Exp(twoSampleLogBound(n, k)); !(bound >= want*(1-1e-12)) {
			t.Errorf("k=%d: bound %v below the p-value %v", k, bound, want)
		}
	}
	if got := TwoSamplePValue(n, n+1); got != 0 {
		t.Errorf("k=n+1: %v, want 0", got)
	}
}

// TestMergeTree: merging keeps a mean of at most 1 when the second e-value and
// whether there is one depend on the first.
func TestMergeTree(t *testing.T) {
	fair := func(odds float64) [2]float64 { return [2]float64{math.Log(odds), math.Inf(-1)} } // odds w.p. 1/odds, else 0
	mean := 0.0
	for i, first := range fair(4) {
		p := [2]float64{0.25, 0.75}[i]
		if i == 1 { // lost: stop
			mean += p * math.Exp(Merge(first))
			continue
		}
		for j, second := range fair(10) { // won: play a riskier game
			mean += p * [2]float64{0.1, 0.9}[j] * math.Exp(Merge(first, second))
		}
	}
	near(t, "mean of the merged e-value", mean, 1, 1e-12)
}

// TestLogPFixed_superUniform enumerates the fixed-size p-values of the Bernoulli test:
// at the edge of the claim zone P(p ≤ a) ≤ a, and it is not idle.
func TestLogPFixed_superUniform(t *testing.T) {
	const n = 60
	for _, z := range []Zone{{Theta0: 0.3, Delta: 0.1}, {Theta0: 0.3, Eps: 0.05, Delta: 0.1, Side: AtMost}, {Theta0: 0.7, Delta: 0.1, Side: AtLeast}} {
		p := z.Theta0 + z.Eps
		for _, a := range []float64{0.5, 0.1, 1e-3, 1e-9} {
			mass := 0.0
			for k := 0; k <= n; k++ {
				b := must(Bernoulli(z, Levels{})).(*bernoulli)
				b.successes, b.count = float64(k), n
				if b.LogPFixed() <= math.Log(a) {
					mass += math.Exp(logChoose(n, k) + xlogy(float64(k), p) + xlogy(float64(n-k), 1-p))
				}
			}
			if !(mass <= a && mass >= a/200) {
				t.Errorf("%+v: P(p ≤ %g) = %g", z, a, mass)
			}
		}
	}
}

func logChoose(n, k int) float64 {
	return lgamma(float64(n+1)) - lgamma(float64(k+1)) - lgamma(float64(n-k+1))
}
