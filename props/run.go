package props

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"gradchain/props/evidence"
	"gradchain/props/internal/check"
)

// Run judges the claims and returns their results in the given order. Results
// are a function of the claims, the seed and the tier alone. A claim that
// breaks becomes an error verdict and the others go on; Run itself fails only
// when it is cancelled, and then returns the results that were finished, or asked for the
// impossible. progress, if not nil, is
// told after each claim how many are done; calls do not overlap.
func Run(ctx context.Context, claims []*Claim, env Env, progress func(done int, r Result)) ([]Result, error) {
	if err := env.validate(); err != nil {
		return nil, err
	}
	var ledger evidence.Ledger
	if err := ledger.CheckClaims(len(Catalogue())); err != nil {
		return nil, err
	}
	results := make([]Result, len(claims))
	finished := make([]bool, len(claims))
	err := check.With(check.Settings{Checks: env.Tier.checks(), Seed: env.rapidSeed()}, func() {
		var (
			wait sync.WaitGroup
			mu   sync.Mutex
			done int
		)
		next := make(chan int)
		for range max(env.Jobs, 1) {
			wait.Go(func() {
				for i := range next {
					results[i] = runOne(ctx, claims[i], env)
					if finished[i] = ctx.Err() == nil; !finished[i] {
						continue // it may have been judged on half of its samples
					}
					mu.Lock()
					done++
					if progress != nil {
						progress(done, results[i])
					}
					mu.Unlock()
				}
			})
		}
		for i := range claims {
			if ctx.Err() != nil {
				break
			}
			next <- i
		}
		close(next)
		wait.Wait()
	})
	if err == nil && env.Tier == Thorough {
		err = calibrate(ctx, results, env)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		var judged []Result
		for i, r := range results {
			if finished[i] {
				judged = append(judged, r)
			}
		}
		return judged, err
	}
	return results, nil
}

// primitives are the rows of a calibration that stand behind the kinds of claims.
var primitives = map[string]string{
	Probability.String(): "bernoulli 0.5 ± 0.02", Mean.String(): "catoni normal", Distribution.String(): "pit",
	TwoSample.String(): "two-sample", Median.String(): "median cauchy",
}

// calibrate tests the tests and puts what it found into the rows.
func calibrate(ctx context.Context, results []Result, env Env) error {
	rows, err := evidence.Calibrate(ctx, evidence.CalibrationPlan{Seed: env.Seed, Jobs: env.Jobs, Quick: true})
	if err != nil {
		return err
	}
	for _, c := range slices.Backward(rows) { // the first of a name counts
		for i := range results {
			if primitives[results[i].Kind] == c.Primitive && c.Truth == evidence.ClaimTrue {
				results[i].Calibration = &Calibration{c.Primitive, c.Runs, c.Wrong, Float(c.Level), Float(c.Rate)}
			}
		}
	}
	return nil
}

// rapidSeed is the seed of the configurations. rapid reads 0 as "random".
func (e Env) rapidSeed() uint64 { return max(e.Seed, 1) }

// runOne judges one claim. Whatever goes wrong inside becomes an error verdict
// that names the cause.
func runOne(ctx context.Context, c *Claim, env Env) (r Result) {
	start := time.Now()
	defer func() {
		if p := recover(); p != nil {
			r = failed(c, env, fmt.Sprintf("panic: %v", p))
		}
		if env.Timing {
			ms := Float(float64(time.Since(start).Microseconds()) / 1000)
			r.WallMillis = &ms
		}
	}()
	s := c.trial.begin(ctx, c, env)
	report, err := check.Property(c.ID, s.property)
	if err != nil {
		return failed(c, env, err.Error())
	}
	if report.Panic || report.Flaky { // panics of samplers and predictions are caught before rapid sees them
		first, _, _ := strings.Cut(report.Text, "\n")
		return failed(c, env, "the property is broken: "+first)
	}
	return s.finish()
}

func failed(c *Claim, env Env, reason string) Result {
	r := newResult(c, env)
	r.Verdict, r.Reason = evidence.Error, reason
	return r
}

func newResult(c *Claim, env Env) Result {
	levels := evidence.Ledger{}.Levels()
	if c.Kind == Deterministic {
		levels = evidence.Levels{} // one point decides, without chance
	}
	return Result{
		Mutants: MutationScore{Survivors: []MutantResult{}, All: []MutantResult{}}, Suspicious: []string{}, Given: append([]string{}, c.Given...),
		ID: c.ID, Sentence: c.Sentence, Plain: c.Plain, Source: c.Source, Family: c.Family, Kind: c.Kind.String(),
		Assumption: c.Assumption, Asymptotic: c.Asymptotic, Unit: c.Unit, Correction: c.Correction, Expected: c.Expected,
		Domain: c.Domain, Test: c.Test,
		FalseFail: Float(levels.FalseFail), FalsePass: Float(levels.FalsePass), Undecided: Float(levels.Undecided),
		Ledger: ledgerOf(evidence.Ledger{}),
		Repro: Repro{
			Seed: env.Seed, RapidSeed: env.rapidSeed(), Go: runtime.Version(), Commit: commit(),
			Command: fmt.Sprintf("gradchain verify '%s' --seed %d%s", c.ID, env.Seed, env.Tier.flag()),
		},
	}
}

// ledgerOf is the budget as the report shows it.
func ledgerOf(l evidence.Ledger) Ledger {
	l = l.WithDefaults()
	return Ledger{Run: Float(l.Run), Claims: l.Claims, Configs: l.Configs}
}

// commit is the revision the program was built from, if the build recorded it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
