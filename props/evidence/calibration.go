package evidence

import (
	"context"
	"math"
	"sort"
	"sync"
	"sync/atomic"

	"gradchain/sim/stream"
)

// Calibration says how often a primitive answered wrongly where the truth is
// known, and what its answers cost.
type Calibration struct {
	Primitive   string
	Truth       string  // ClaimTrue or ViolatedByDelta
	Level       float64 // the largest probability of a wrong answer
	Runs        int     // replications; 0 if Rate is exact
	Wrong       int     // of them
	Rate        float64 // Wrong/Runs, or the exact probability
	LogP        float64 // ln P(Bin(Runs, Level) ≥ Wrong), −745 or more
	Detects     float64 // the multiple of Level that Runs miss with probability 1e-6; 0 if Rate is exact
	MeanSamples float64 // until the answer
	Wald        float64 // lower bound of MeanSamples, ln(1/error)/information; 0 where none is known
	Pass        bool
}

// CalibrationPlan says how to calibrate. The zero plan is the whole calibration.
type CalibrationPlan struct {
	Seed     uint64
	Jobs     int                   // simulations at a time; 0 means 1
	Quick    bool                  // 1,500 runs at level 0.1, seconds, instead of 5,000 and 20,000 at 0.01, minutes
	Progress func(done, total int) // told how many runs are started, if not nil
}

const (
	calibrationMiss = 1e-9 // chance that a correct primitive fails a row
	mostOverWald    = 2    // largest MeanSamples/Wald that passes; 1.04 to 1.42 are expected
)

// Calibrate tests the tests, against sources that are random but known: the
// rate of false refutations at a loose level, whatever the time (only the
// threshold differs from a strict level), the power at a violation of just
// Delta, and the mean number of samples against Wald's bound, exactly for
// probabilities and by simulation for means. A row fails by chance with
// probability 1e-9.
//
// The rows are a function of the plan's Seed and Quick alone. The error is that
// of ctx.
func Calibrate(ctx context.Context, plan CalibrationPlan) ([]Calibration, error) {
	trials := calibrationTrials(!plan.Quick)
	wrong, samples := simulate(ctx, trials, plan)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rows := exactCalibration()
	for i, t := range trials {
		rows = append(rows, t.row.filled(int(wrong[i]), samples[i]))
	}
	return rows, nil
}

// simulate runs every trial as often as its row says, each run on a stream of
// its own, and counts wrong answers and samples.
func simulate(ctx context.Context, trials []trial, plan CalibrationPlan) (wrong, samples []int64) {
	wrong, samples = make([]int64, len(trials)), make([]int64, len(trials))
	type task struct{ trial, run int }
	tasks := make(chan task)
	var wait sync.WaitGroup
	for range max(plan.Jobs, 1) {
		wait.Go(func() {
			for task := range tasks {
				t := trials[task.trial]
				key := stream.Key{Seed: plan.Seed, Purpose: "calibrate", Config: t.row.Primitive, Phase: t.phase(), Block: uint64(task.run)}
				bad, n := t.once(noise{key.ChaCha8()})
				atomic.AddInt64(&samples[task.trial], int64(n))
				if bad {
					atomic.AddInt64(&wrong[task.trial], 1)
				}
			}
		})
	}
	done, total := 0, 0
	for _, t := range trials {
		total += t.row.Runs
	}
	for i, t := range trials {
		for run := 0; run < t.row.Runs && ctx.Err() == nil; run++ {
			tasks <- task{i, run}
			if done++; plan.Progress != nil {
				plan.Progress(done, total)
			}
		}
	}
	close(tasks)
	wait.Wait()
	return wrong, samples
}

// filled completes a row by what its runs found.
func (c Calibration) filled(wrong int, samples int64) Calibration {
	runs := float64(c.Runs)
	c.Wrong, c.Rate, c.MeanSamples = wrong, float64(wrong)/runs, float64(samples)/runs
	c.LogP = max(-745, math.Log(BinomialTail(wrong, c.Runs, c.Level)))
	c.Detects = detects(c.Level, c.Runs)
	c.Pass = c.LogP > math.Log(calibrationMiss) && c.cheap()
	return c
}

func (c Calibration) cheap() bool { return c.Wald == 0 || c.MeanSamples <= mostOverWald*c.Wald }

// detects is the multiple of the level at which as many runs fail a row except
// with probability 1e-6, at most 1/level.
func detects(level float64, runs int) float64 {
	const missed = 1e-6
	failing := sort.Search(runs+1, func(k int) bool { return BinomialTail(k, runs, level) <= calibrationMiss })
	_, rate := solve(level, 1, func(p float64) bool { return BinomialTail(runs-failing+1, runs, 1-p) <= missed })
	return rate / level
}

// exactCalibration has the rows of the Bernoulli test at its default levels.
func exactCalibration() []Calibration {
	var rows []Calibration
	l := Levels{}.filled()
	for _, c := range []struct {
		name string
		zone Zone
	}{
		{"bernoulli 0.5 ± 0.02", Zone{Theta0: 0.5, Delta: 0.02}},
		{"bernoulli 0.5 ± 0.02, slack 0.005", Zone{Theta0: 0.5, Delta: 0.02, Eps: 0.005}},
		{"bernoulli 0.05 ± 0.01", Zone{Theta0: 0.05, Delta: 0.01}},
		{"bernoulli 0.01 ± 0.003", Zone{Theta0: 0.01, Delta: 0.003}},
	} {
		inner, outer := c.zone.Theta0+c.zone.Eps, c.zone.Theta0+c.zone.Delta
		holds, violated := exactly(c.zone, inner), exactly(c.zone, outer)
		rows = append(rows,
			Calibration{
				Primitive: c.name, Truth: ClaimTrue, Level: l.FalseFail, Rate: holds.Refuted,
				MeanSamples: holds.MeanSamples, Wald: l.excludeAt() / divergence(inner, outer),
			}.exact(holds.Inconclusive, l),
			Calibration{
				Primitive: c.name, Truth: ViolatedByDelta, Level: l.FalsePass, Rate: violated.Verified,
				MeanSamples: violated.MeanSamples, Wald: l.refuteAt() / divergence(outer, inner),
			}.exact(violated.Inconclusive, l))
	}
	return rows
}

// exact completes a row whose rate is computed, given how often there is no verdict.
func (c Calibration) exact(inconclusive float64, l Levels) Calibration {
	c.Pass = c.Rate <= c.Level && inconclusive <= l.Undecided && c.cheap()
	return c
}

func exactly(z Zone, p float64) Characteristic {
	t := must(Bernoulli(z, Levels{}))
	return must(BernoulliCharacteristic(z, Levels{}, p, t.Budget()/looks))
}

// divergence is Kullback and Leibler's, of Bern(p) from Bern(q), in nats.
func divergence(p, q float64) float64 { return logRatio(p, 1, p, q) }

func must[T any](v T, err error) T {
	if err != nil {
		panic("evidence: " + err.Error())
	}
	return v
}
