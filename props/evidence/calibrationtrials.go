package evidence

import (
	"context"
	"fmt"
	"math"
)

// trial is a row of the calibration that is simulated: once runs it once and
// says whether the answer was wrong and how many samples it took.
type trial struct {
	row  Calibration
	once func(noise) (wrong bool, samples int)
}

// phase tells apart the streams of a primitive's trials.
func (t trial) phase() string { return fmt.Sprintf("%s %g", t.row.Truth, t.row.Level) }

// The truths of a Calibration.
const (
	ClaimTrue       = "claim true"
	ViolatedByDelta = "violated by delta"
)

func calibrationTrials(full bool) []trial {
	trials := looseTrials(0.1, 1500)
	costRuns := 60
	if full {
		trials = append(looseTrials(0.1, 5000), looseTrials(0.01, 20000)...)
		costRuns = 400
	}
	for _, w := range calibrationWeights {
		trials = append(trials, w.cost(false, costRuns), w.cost(true, costRuns))
	}
	return trials
}

// looseTrials are the false refutations and the power of every primitive that
// cannot be enumerated, at a loose level.
func looseTrials(level float64, runs int) []trial {
	l := Levels{level, level, level}
	var trials []trial
	add := func(primitive, truth string, level float64, once func(noise) (bool, int)) {
		trials = append(trials, trial{Calibration{Primitive: primitive, Truth: truth, Level: level, Runs: runs}, once})
	}
	for _, w := range calibrationWeights {
		const delta = 0.5
		name := "catoni " + w.name
		test := func() Test { return must(Mean(Zone{Theta0: w.mean, Delta: delta}, w.variance, l)) }
		add(name, ClaimTrue, level, func(n noise) (bool, int) { return everRefuted(test(), n.fill(w.one(0)), 10) })
		add(name, ViolatedByDelta, 2*level, func(n noise) (bool, int) { return notRefuted(test(), n.fill(w.one(delta))) })
	}
	heavy := calibrationWeights[1] // without a mean of |w|, whose logarithm has median 0
	test := func() Test { return must(Median(Zone{Delta: 0.5}, 1.5, l)) }
	add("median cauchy", ClaimTrue, level, func(n noise) (bool, int) { return everRefuted(test(), n.fill(heavy.one(0)), 10) })
	add("median cauchy", ViolatedByDelta, 2*level, func(n noise) (bool, int) { return notRefuted(test(), n.fill(heavy.one(0.5))) })
	add("pit", ClaimTrue, level, func(n noise) (bool, int) { return n.pit(-math.Log(level)) })
	add("dkw", ClaimTrue, level, func(n noise) (bool, int) { return n.dkw(l) })
	add("law", ViolatedByDelta, 2*level, func(n noise) (bool, int) {
		const delta = 0.1
		test := must(Law(LawConfig{CDFs: uniformCDFs, Delta: delta, Levels: l}))
		return notRefuted(test, n.fill(shifted(delta)))
	})
	const delta = 0.2
	same := func(n noise) Sampler { return n.fill(noise.uniform) }
	add("two-sample", ClaimTrue, level, func(n noise) (bool, int) {
		return everRefuted(must(TwoSample(delta, l)), Both(same(n), same(n)), 1000)
	})
	add("two-sample", ViolatedByDelta, 2*level, func(n noise) (bool, int) {
		return notRefuted(must(TwoSample(delta, l)), Both(same(n), n.fill(shifted(delta))))
	})
	return trials
}

// everRefuted spends the whole budget and says whether the test refuted at any
// look. An error counts as a refutation: something is wrong.
func everRefuted(t Test, s Sampler, batch int) (refuted bool, samples int) {
	dst := make([]float64, batch)
	for b := 0; t.Count() < t.Budget(); b++ {
		if s(b, dst) != nil || t.Update(dst) != nil {
			return true, t.Count()
		}
		refuted = refuted || t.Refutes()
	}
	return refuted, t.Count()
}

// notRefuted runs the test of a violated claim.
func notRefuted(t Test, s Sampler) (bool, int) {
	o := Run(context.Background(), t, s, Options{})
	return o.Verdict != Refuted, o.N
}

// notVerified runs the test of a true claim.
func notVerified(t Test, s Sampler) (bool, int) {
	o := Run(context.Background(), t, s, Options{})
	return o.Verdict != Verified, o.N
}

// noise is a source of random words, for sources whose laws are known.
type noise struct{ words interface{ Uint64() uint64 } }

// uniform is in (0, 1).
func (n noise) uniform() float64 { return (float64(n.words.Uint64()>>11) + 0.5) * 0x1p-53 }

func (n noise) fill(draw func(noise) float64) Sampler {
	return func(_ int, dst []float64) error {
		for i := range dst {
			dst[i] = draw(n)
		}
		return nil
	}
}

func uniformCDFs(dst, y []float64) { copy(dst, y) }

// shifted draws from a law at distance delta from the uniform one: ½ ± delta of
// it lies in each half.
func shifted(delta float64) func(noise) float64 {
	return func(n noise) float64 {
		v := n.uniform()
		if v < 0.5+delta {
			return v / (1 + 2*delta)
		}
		return 1 - (1-v)/(1-2*delta)
	}
}

// calibrationHorizon is the number of samples the battery is watched for.
const calibrationHorizon = 2000

// pit runs the battery alone.
func (n noise) pit(threshold float64) (refuted bool, samples int) {
	const batch = 50
	p, dst := newPit(0, 1), make([]float64, batch)
	for p.count < calibrationHorizon {
		for i := range dst {
			dst[i] = n.uniform()
		}
		p.update(dst)
		refuted = refuted || p.logE() >= threshold
	}
	return refuted, calibrationHorizon
}

// dkw runs the distances of Law alone, which has the whole level here.
func (n noise) dkw(l Levels) (refuted bool, samples int) {
	const delta = 0.06
	t := must(Law(LawConfig{CDFs: uniformCDFs, Delta: delta, Levels: l})).(*law)
	everRefuted(t, n.fill(noise.uniform), firstLook)
	return t.logP <= -l.refuteAt(), t.Count()
}

// weights are a law of ln|w|, Student's with nu degrees of freedom or normal.
type weights struct {
	name           string
	nu             float64 // +Inf for the normal law
	mean, variance float64 // of ln|w|
}

// calibrationWeights have the closed moments ½(ln ν + ψ(½) − ψ(ν/2)) and
// ¼(π²/2 + ψ₁(ν/2)).
var calibrationWeights = []weights{
	{"normal", math.Inf(1), -0.6351814227307391, 1.2337005501361697},
	{"cauchy", 1, 0, 2.4674011002723395},
	{"student 1.5", 1.5, -0.2360920190633935, 1.8691704620540714},
}

// square draws w² by Bailey's polar method (1994), which is Box's and Muller's
// for the normal law.
func (w weights) square(n noise) float64 {
	cost := -2 * math.Log(n.uniform())
	cos := math.Cos(math.Pi / 2 * n.uniform())
	if math.IsInf(w.nu, 1) {
		return cost * cos * cos
	}
	return w.nu * math.Expm1(cost/w.nu) * cos * cos
}

// one draws ln|w| + shift.
func (w weights) one(shift float64) func(noise) float64 {
	return func(n noise) float64 { return shift + math.Log(w.square(n))/2 }
}

// chainDepth is the depth of the chains whose cost is measured.
const chainDepth = 20

// chain draws ln|w₁ … w₂₀|/20 + shift.
func (w weights) chain(shift float64) func(noise) float64 {
	return func(n noise) float64 {
		product := 1.0
		for range chainDepth {
			product *= w.square(n)
		}
		return shift + math.Log(product)/(2*chainDepth)
	}
}

// cost is the trial of the mean of ln|G₂₀|/20 at the default levels.
func (w weights) cost(violated bool, runs int) trial {
	const delta = 0.05
	l, variance := Levels{}.filled(), w.variance/chainDepth
	test := func() Test { return must(Mean(Zone{Theta0: w.mean, Delta: delta}, variance, l)) }
	row := Calibration{Primitive: "catoni " + w.name + ", depth 20", Truth: ClaimTrue, Level: l.FalseFail + l.Undecided, Runs: runs}
	bound := 2 * variance / (delta * delta) // 1/information of a normal shift
	if !violated {
		row.Wald = l.excludeAt() * bound
		return trial{row, func(n noise) (bool, int) { return notVerified(test(), n.fill(w.chain(0))) }}
	}
	row.Truth, row.Level, row.Wald = ViolatedByDelta, l.FalsePass+l.Undecided, l.refuteAt()*bound
	return trial{row, func(n noise) (bool, int) { return notRefuted(test(), n.fill(w.chain(delta))) }}
}
