package evidence

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// TestCalibrate: every row passes. The seed is fixed; a fresh one would fail a
// row by chance with probability 1e-9. At a level of 0.1 the 1,500 runs notice
// a false-fail rate of 0.197 or more, except with probability 1e-6.
func TestCalibrate(t *testing.T) {
	if testing.Short() {
		t.Skip("a calibration takes seconds")
	}
	rows, err := Calibrate(context.Background(), CalibrationPlan{Seed: 20240229, Jobs: 2, Quick: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := 8 + 13 + 6; len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	for _, r := range rows {
		if !r.Pass {
			t.Errorf("%+v", r)
		}
		if r.Runs == 1500 && !(r.Detects < 2) {
			t.Errorf("%s, %s: %d runs detect only %v times the level", r.Primitive, r.Truth, r.Runs, r.Detects)
		}
	}
	// E[N] of the published table, which 60 runs give to about 5 %.
	for primitive, want := range map[string][2]float64{
		"catoni normal, depth 20": {965, 2072}, "catoni cauchy, depth 20": {1925, 4078}, "catoni student 1.5, depth 20": {1397, 3153},
	} {
		for i, truth := range []string{ClaimTrue, ViolatedByDelta} {
			k := slices.IndexFunc(rows, func(r Calibration) bool { return r.Primitive == primitive && r.Truth == truth })
			if k < 0 {
				t.Errorf("no row for %s, %s", primitive, truth)
			} else if got := rows[k].MeanSamples; !(math.Abs(got/want[i]-1) < 0.25) {
				t.Errorf("%s, %s: %.0f samples, want about %.0f", primitive, truth, got, want[i])
			}
		}
	}
}

// TestCalibrate_rows: every simulated primitive passes in few runs as well, and is one that is
// wrong neither always nor never: at a level of 0.1, 150 runs notice a false-fail rate of 0.45.
func TestCalibrate_rows(t *testing.T) {
	trials := quickTrials(150)
	wrong, samples := simulate(context.Background(), trials, CalibrationPlan{Seed: 3, Jobs: 2})
	seen := map[string]int64{}
	for i, tt := range trials {
		row := tt.row.filled(int(wrong[i]), samples[i])
		if !row.Pass || row.Runs != 150 || !(row.Rate == float64(wrong[i])/150 && row.MeanSamples == float64(samples[i])/150) {
			t.Errorf("%+v", row)
		}
		if want := map[string]float64{ClaimTrue: 0.1, ViolatedByDelta: 0.2}[row.Truth]; row.Level != want {
			t.Errorf("%s, %s: level %v, want %v", row.Primitive, row.Truth, row.Level, want)
		}
		seen[row.Truth] += wrong[i]
	}
	if seen[ClaimTrue] == 0 {
		t.Error("at a level of 0.1 no primitive was wrong once: nothing is tried")
	}
}

// TestCalibration_pass: what a row must hold to pass, by hand.
func TestCalibration_pass(t *testing.T) {
	l := Levels{FalseFail: 1e-9, FalsePass: 1e-6, Undecided: 1e-12}
	for _, tt := range []struct {
		reason       string
		row          Calibration
		inconclusive float64
		want         bool
	}{
		{"all within", Calibration{Level: 1e-9, Rate: 1e-9, MeanSamples: 200, Wald: 100}, 1e-12, true},
		{"wrong too often", Calibration{Level: 1e-9, Rate: 1.01e-9, MeanSamples: 100, Wald: 100}, 0, false},
		{"undecided too often", Calibration{Level: 1e-9, MeanSamples: 100, Wald: 100}, 1.01e-12, false},
		{"too dear", Calibration{Level: 1e-9, MeanSamples: 201, Wald: 100}, 0, false},
		{"no bound of the cost", Calibration{Level: 1e-9, MeanSamples: 1e9}, 0, true},
		{"NaN", Calibration{Level: 1e-9, Rate: math.NaN(), MeanSamples: 100, Wald: 100}, 0, false},
	} {
		if got := tt.row.exact(tt.inconclusive, l).Pass; got != tt.want {
			t.Errorf("%s: pass %v, want %v", tt.reason, got, tt.want)
		}
	}
	// P(Bin(10, 0.1) ≥ 9) = 9.1e-9 and P(≥ 10) = 1e-10 on either side of 1e-9.
	for wrong, want := range map[int]bool{0: true, 1: true, 9: true, 10: false} {
		row := Calibration{Level: 0.1, Runs: 10}.filled(wrong, 50)
		if row.Pass != want || row.Wrong != wrong || row.Rate != float64(wrong)/10 || row.MeanSamples != 5 {
			t.Errorf("%d of 10 wrong: %+v, want pass %v", wrong, row, want)
		}
	}
	near(t, "ln P(Bin(10, 0.1) ≥ 9)", Calibration{Level: 0.1, Runs: 10}.filled(9, 0).LogP, math.Log(9.1e-9), 1e-9)
	// Of 10 runs all 10 must be wrong to fail: missed with 1e-6 if 1 − p^10 = 1e-6.
	near(t, "detects", detects(0.1, 10), 10*math.Pow(1-1e-6, 0.1), 1e-6)
}

// TestExactCalibration: the rows that are computed pass, with the errors of the published table
// below their levels and a cost between that of the best possible test and 1.5 times that.
func TestExactCalibration(t *testing.T) {
	for _, r := range exactCalibration() {
		if !r.Pass || !(r.Rate > 0 && r.Rate <= r.Level) || !(r.MeanSamples >= 0.99*r.Wald && r.MeanSamples <= 1.5*r.Wald) {
			t.Errorf("%+v", r)
		}
	}
}

// quickTrials is the calibration's list with few runs.
func quickTrials(runs int) []trial {
	var out []trial
	for _, t := range calibrationTrials(false) {
		if !strings.Contains(t.row.Primitive, "depth") {
			t.row.Runs = runs
			out = append(out, t)
		}
	}
	return out
}

// TestCalibrateJobs: the counts do not depend on the number of jobs, and do on
// the seed.
func TestCalibrateJobs(t *testing.T) {
	ctx := context.Background()
	count := func(seed uint64, jobs int) []int64 {
		wrong, samples := simulate(ctx, quickTrials(20), CalibrationPlan{Seed: seed, Jobs: jobs})
		return append(wrong, samples...)
	}
	one, three, other := count(1, 1), count(1, 3), count(2, 1)
	if !slices.Equal(one, three) {
		t.Errorf("one job %v, three jobs %v", one, three)
	}
	if slices.Equal(one, other) {
		t.Errorf("seeds 1 and 2 both give %v", one)
	}
}

func TestCalibrateCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if rows, err := Calibrate(ctx, CalibrationPlan{Seed: 1, Jobs: 2}); !errors.Is(err, context.Canceled) || rows != nil {
		t.Errorf("%v, %v", rows, err)
	}
}

// TestCalibrateCanFail: faults that the calibration is there for make a row
// fail. A variance declared at a quarter of the truth, a threshold that is not
// paid for, and a cost above the bound.
func TestCalibrateCanFail(t *testing.T) {
	runs := 1500
	if testing.Short() {
		runs = 300
	}
	w := calibrationWeights[0]
	l := Levels{0.1, 0.1, 0.1}
	for _, tt := range []struct {
		reason string
		once   func(noise) (bool, int)
	}{
		{"the variance is a quarter of the truth", func(n noise) (bool, int) {
			return everRefuted(must(Mean(Zone{Theta0: w.mean, Delta: 0.25}, w.variance/4, l)), n.fill(w.one(0)), 10)
		}},
		{"the battery's threshold is not paid for", func(n noise) (bool, int) { return n.pit(-1) }},
		{"dependent samples", func(n noise) (bool, int) {
			s := n.fill(noise.uniform)
			return everRefuted(must(TwoSample(0.2, l)), func(b int, dst []float64) error {
				err := s(b, dst)
				for i := 1; i < len(dst); i += 2 {
					dst[i] = dst[i-1]
				}
				return err
			}, 1000)
		}},
	} {
		row := Calibration{Primitive: tt.reason, Level: 0.1, Runs: runs}
		wrong, samples := simulate(context.Background(), []trial{{row, tt.once}}, CalibrationPlan{Seed: 7, Jobs: 2})
		if got := row.filled(int(wrong[0]), samples[0]); got.Pass {
			t.Errorf("%s: %+v passes", tt.reason, got)
		}
	}
	costly := Calibration{Level: 0.1, Runs: 10, Wald: 100}.filled(0, 10*201)
	if costly.Pass || costly.MeanSamples != 201 {
		t.Errorf("twice the bound passes: %+v", costly)
	}
}

// TestShifted: the calibration's alternative is at distance delta from the
// uniform law; its quantile function is inverted.
func TestShifted(t *testing.T) {
	const delta = 0.2
	draw := shifted(delta)
	for _, tt := range []struct{ v, want float64 }{{0.35, 0.25}, {0.7, 0.5}, {0.85, 0.75}} {
		n := noise{fixedWord(math.Ldexp(tt.v, 53))}
		near(t, "quantile", draw(n), tt.want, 1e-12)
	}
}

type fixedWord float64

func (w fixedWord) Uint64() uint64 { return uint64(w) << 11 }

// TestWeights: ln|w| of the calibration's weights has the moments they claim.
// By Catoni's interval each fails by chance with probability 2e-9 at most, and
// the mean is bounded to 0.05.
func TestWeights(t *testing.T) {
	const n = 50_000
	for i, w := range calibrationWeights {
		source := noise{newPCG(uint64(i))}
		y, squares := make([]float64, n), make([]float64, n)
		draw := w.one(0)
		for j := range y {
			y[j] = draw(source)
			squares[j] = (y[j] - w.mean) * (y[j] - w.mean)
		}
		if lo, hi := CatoniInterval(y, w.variance, 1e-9, 0); !(lo <= w.mean && w.mean <= hi) || !(hi-lo < 0.1) {
			t.Errorf("%s: mean in [%v, %v], want %v", w.name, lo, hi, w.mean)
		}
		// Var (ln|w| − μ)² = E (ln|w| − μ)⁴ − σ⁴ is below 40 for all of them.
		if lo, hi := CatoniInterval(squares, 40, 1e-9, 0); !(lo <= w.variance && w.variance <= hi) || !(hi-lo < 0.8) {
			t.Errorf("%s: variance in [%v, %v], want %v", w.name, lo, hi, w.variance)
		}
	}
}
