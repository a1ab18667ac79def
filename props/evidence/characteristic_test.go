package evidence

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestCharacteristicGolden recomputes the reference operating characteristics:
// type I errors at 1e-17 are computed, not sampled. The reference cuts the law of
// a batch off at 11 standard deviations, which costs it up to 1e-7 of a
// probability, and stops at 1e-18.
func TestCharacteristicGolden(t *testing.T) {
	rows := golden[machineGolden](t, "verdict_machine").ExactOC
	if len(rows) != 25 {
		t.Fatalf("%d rows; want 25", len(rows))
	}
	for i, r := range rows {
		if testing.Short() && i%8 != 0 {
			continue
		}
		c, err := BernoulliCharacteristic(Zone{Theta0: r.P0, Delta: r.Delta, Eps: r.Eps}, Levels{}, r.P, r.Step)
		if err != nil {
			t.Fatal(err)
		}
		what := fmt.Sprintf("p0=%v eps=%v p=%v", r.P0, r.Eps, r.P)
		compare := func(name string, got, want, floor float64) {
			if diff := math.Abs(got - want); !(diff <= 1e-6*want+floor) {
				t.Errorf("%s: %s %.6g, want %.6g", what, name, got, want)
			}
		}
		compare("P(verified)", c.Verified, r.V, 1e-27)
		compare("P(refuted)", c.Refuted, r.R, 1e-26)
		compare("P(inconclusive)", c.Inconclusive, r.I, 1e-18)
		near(t, what+": E[N]", c.MeanSamples, r.EN, goldenTolerance)
		near(t, what+": total", c.Verified+c.Refuted+c.Inconclusive, 1, 1e-11)
	}
}

// TestCharacteristicTable is the published table, to its printed digits, with
// Wald's bound in the last column.
func TestCharacteristicTable(t *testing.T) {
	const tiny = 1e-18 // "below 1e-18"
	wide, slack := Zone{Theta0: 0.5, Delta: 0.02}, Zone{Theta0: 0.5, Delta: 0.02, Eps: 0.005}
	low, rare := Zone{Theta0: 0.05, Delta: 0.01}, Zone{Theta0: 0.01, Delta: 0.003}
	for _, r := range []struct {
		reason           string
		zone             Zone
		p                float64
		v, r, i, n, wald float64
	}{
		{"claim true", wide, 0.5, 1, 9.3e-18, tiny, 22800, 17260},
		{"half of delta away", wide, 0.51, 0.470, 0.037, 0.494, 172200, 0},
		{"violated by delta", wide, 0.52, 7.0e-7, 1, 2.3e-15, 50940, 47550},
		{"violated by 1.5 delta, the least mutant", wide, 0.53, 4.8e-13, 1, tiny, 24010, 21130},
		{"violated by 3 delta", wide, 0.56, 0, 1, tiny, 6132, 5272},
		{"at the end of the claim zone", slack, 0.505, 1, 4.6e-18, tiny, 32020, 30670},
		{"low, claim true", low, 0.05, 1, 1.1e-17, tiny, 17520, 14750},
		{"low, violated by delta", low, 0.06, 7.2e-7, 1, 1.7e-15, 41120, 38350},
		{"rare, claim true", rare, 0.01, 1, 1.3e-17, tiny, 41310, 36270},
		{"rare, violated by delta", rare, 0.013, 6.9e-7, 1, 1.4e-15, 98360, 91630},
	} {
		if testing.Short() && r.zone != low {
			continue
		}
		budget := must(Bernoulli(r.zone, Levels{})).Budget()
		c := must(BernoulliCharacteristic(r.zone, Levels{}, r.p, budget/1000))
		printed := func(name string, got, want float64) {
			if diff := math.Abs(got - want); !(diff <= 0.02*want+1e-18) {
				t.Errorf("%s: %s %.3g, want %.3g", r.reason, name, got, want)
			}
		}
		printed("P(verified)", c.Verified, r.v)
		printed("P(refuted)", c.Refuted, r.r)
		printed("P(inconclusive)", c.Inconclusive, r.i)
		near(t, r.reason+": E[N]", c.MeanSamples, r.n, 5e-4)
		if r.wald > 0 && !(c.MeanSamples >= r.wald && c.MeanSamples <= 1.5*r.wald) {
			t.Errorf("%s: E[N] %.5g, Wald's bound %g", r.reason, c.MeanSamples, r.wald)
		}
	}
}

// TestCharacteristicTree holds the dynamic program against all sequences of
// samples, up to 2^18, played through the machine itself.
func TestCharacteristicTree(t *testing.T) {
	l := Levels{FalseFail: 0.05, FalsePass: 0.3, Undecided: 0.5}
	for _, z := range []Zone{
		{Theta0: 0.5, Delta: 0.45}, {Theta0: 0.5, Delta: 0.48, Eps: 0.03}, {Theta0: 0.15, Delta: 0.7},
		{Theta0: 0.4, Delta: 0.55, Side: AtMost}, {Theta0: 0.6, Delta: 0.55, Side: AtLeast},
	} {
		const batch, p = 2, 0.55
		if budget := must(Bernoulli(z, l)).Budget(); budget > 18 {
			t.Fatalf("%+v: a budget of %d is too large to enumerate", z, budget)
		}
		want := treeCharacteristic(z, l, p, batch)
		got := must(BernoulliCharacteristic(z, l, p, batch))
		what := fmt.Sprintf("%+v", z)
		near(t, what+": verified", got.Verified, want.Verified, 1e-12)
		near(t, what+": refuted", got.Refuted, want.Refuted, 1e-12)
		near(t, what+": inconclusive", got.Inconclusive, want.Inconclusive, 1e-12)
		near(t, what+": samples", got.MeanSamples, want.MeanSamples, 1e-12)
	}
}

// treeCharacteristic walks all sequences of batches through the machine itself.
func treeCharacteristic(z Zone, l Levels, p float64, batch int) Characteristic {
	var out Characteristic
	var walk func(r run, mass float64)
	walk = func(r run, mass float64) {
		if r.done {
			*map[Verdict]*float64{Verified: &out.Verified, Refuted: &out.Refuted, Inconclusive: &out.Inconclusive}[r.outcome.Verdict] += mass
			out.MeanSamples += mass * float64(r.outcome.N)
			return
		}
		for bits := range 1 << batch {
			samples, q := make([]float64, batch), mass
			for i := range samples {
				samples[i] = float64(bits >> i & 1)
				q *= p*samples[i] + (1-p)*(1-samples[i])
			}
			next := r
			test := *r.test.(*bernoulli)
			next.test = &test
			next.step(samples, nil)
			walk(next, q)
		}
	}
	walk(newRun(must(Bernoulli(z, l)), Options{}), 1)
	return out
}

// TestCharacteristicLevels computes for random zones that the three error rates
// are kept, exactly: at both ends of the claim zone and of the violations.
func TestCharacteristicLevels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		delta := rapid.Float64Range(0.1, 0.4).Draw(t, "delta")
		z := Zone{
			Theta0: rapid.Float64Range(0.02, 0.98).Draw(t, "theta0"), Delta: delta,
			Eps:  delta * rapid.Float64Range(0, 0.6).Draw(t, "eps"),
			Side: rapid.SampledFrom([]Side{Equal, AtMost, AtLeast}).Draw(t, "side"),
		}
		if z.within(0, 1) != nil {
			t.Skip("no violation fits")
		}
		level := func(name string) float64 { return math.Pow(10, -rapid.Float64Range(1, 9).Draw(t, name)) }
		l := Levels{level("false fail"), level("false pass"), level("undecided")}
		batch := 1 + must(Bernoulli(z, l)).Budget()/rapid.IntRange(1, 150).Draw(t, "looks")
		for _, e := range z.edges(0, 1) {
			if e.inner > 0 && e.inner < 1 {
				c := must(BernoulliCharacteristic(z, l, e.inner, batch))
				if !(c.Refuted <= l.FalseFail) || !(c.Inconclusive <= l.Undecided) {
					t.Fatalf("claim true at %v: refuted %v, inconclusive %v", e.inner, c.Refuted, c.Inconclusive)
				}
			}
			if e.outer > 0 && e.outer < 1 {
				c := must(BernoulliCharacteristic(z, l, e.outer, batch))
				if !(c.Verified <= l.FalsePass) || !(c.Inconclusive <= l.Undecided) {
					t.Fatalf("violated at %v: verified %v, inconclusive %v", e.outer, c.Verified, c.Inconclusive)
				}
			}
		}
	})
}
