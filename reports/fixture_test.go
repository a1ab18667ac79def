package reports

import (
	"math"

	"gradchain/props"
	"gradchain/props/evidence"
	"gradchain/sim/tally"
)

// The inputs of the golden files. Numbers are made up; what matters is that every kind
// of row is there.

func ptr(x float64) *props.Float { return (*props.Float)(&x) }

func levels(r props.Result) props.Result {
	r.FalseFail, r.FalsePass, r.Undecided = 2.98e-17, 1e-6, 1e-12
	r.Ledger = props.Ledger{Run: 1e-9, Claims: 256, Configs: 65536}
	r.Coverage.Level = 0.05
	r.Family = "textbook"
	r.Repro = props.Repro{
		Seed: math.MaxUint64, RapidSeed: 7, Go: "go1.26", Commit: "0123abc",
		Command: "gradchain verify '" + r.ID + "' --seed 18446744073709551615 --quick",
	}
	return r
}

func refutedMean() props.Result {
	return levels(props.Result{
		ID: "S3", Kind: "probability", Unit: "probability", Correction: "S3.corrected", Assumption: "none",
		Sentence: "If the factors are random with an expected value below 1, the product typically drops off with depth.",
		Source:   props.Source{Paper: "Aggarwal 2018, Neural Networks and Deep Learning"},
		Verdict:  evidence.Refuted, Expected: evidence.Refuted, Reason: "a configuration contradicts the claim",
		ConfigsTried: 51, ByVerdict: map[string]int{"verified": 20, "refuted": 31}, Coverage: props.Coverage{Configs: 51, ViolatingMass: 1},
		Side: "at most", Predicted: 0.5,
		Domain: "linear chains, weights N(μ, σ²) with 0 ≤ μ ≤ 0.9 and 0.1 ≤ σ ≤ 4, depth 10 to 100", Test: "P(|G_L| ≥ 1) ≤ 1/2",
		WallMillis: ptr(1234.5), Log10ERefute: 17.31, Log10EVerify: -40.2, Log10EMerged: 300.25, PRefute: 4.9e-18,
		Discrepancy: 0.1, MDE: &props.MDE{Value: props.Float(0.083), Formula: "2σ√(𝓛/(n − 2𝓛))"}, Samples: 123_456, Factors: 9_876_543_210,
		Mutants: props.MutationScore{Total: 1, Killed: 1, MinMargin: ptr(4.2)},
		Effect: &props.Effect{
			Predicted: 0.5, Estimate: 0.71234, Relative: 2.1234, Log10PConfirm: ptr(-212.8),
			Other:    &props.OtherEngine{Samples: 12_345, Estimate: 0.70987, Log10P: -80.25},
			Interval: props.Interval{Lo: 0.70012, Hi: 0.72456, Level: 0.999999, Method: "Krichevsky–Trofimov confidence sequence", Phase: "confirm"},
		},
		Counterexample: &props.Counterexample{
			Config:  `{"activation":"linear","depth":10,"kind":"independent","weight":"normal(mu=0.1,sigma=2.1)"}`,
			Text:    "P(|G_L| ≥ 1) ≤ 1/2: predicted at most 0.5, found 0.7123 in [0.7001, 0.7246]",
			Details: []string{"mean: E|G| = 1.71e+02", "typical: exp(E log|G|) = 2.91", "median of |G| = 3.07"},
			Command: "gradchain simulate chain --kind independent --activation 'linear' --weight 'normal(mu=0.1,sigma=2.1)' --depth 10",
		},
	})
}

func verifiedMarkov() props.Result {
	return levels(props.Result{
		ID: "S3.corrected", Kind: "probability", Unit: "probability", Assumption: "independent factors",
		Given:    []string{"Var ≤ 1.5·(its 1/n term), not proved"},
		Sentence: "If E|X| < 1 the product drops off exponentially: P(|G_L| ≥ (E|X|)^(L/2)) ≤ (E|X|)^(L/2).",
		Source:   props.Source{Paper: "Markov's inequality"},
		Verdict:  evidence.Verified, Expected: evidence.Verified, Reason: "every configuration passes",
		ConfigsTried: 50, ByVerdict: map[string]int{"verified": 50}, Coverage: props.Coverage{Configs: 50, ViolatingMass: 0.0582},
		Side: "at most", Predicted: 0.0717,
		Test: "P(|G_L| ≥ (E|X|)^(L/2)) against Markov's bound", WallMillis: ptr(100), Log10EVerify: 6.02, Discrepancy: 0.05, MDE: &props.MDE{Value: props.Float(0.049), Formula: "2σ√(𝓛/(n − 2𝓛))"}, Samples: 1_048_576, Factors: 52_428_800,
		Mutants: props.MutationScore{Total: 3, Killed: 2, Equivalent: 1}, Drawn: &props.Drawn{Configs: 25, Below: 3, Median: 4.21, Nearest: "the bound for half the depth"},
		Effect: &props.Effect{
			Predicted: 0.07176544412, Estimate: 0.0698, Relative: -0.04,
			Interval: props.Interval{Lo: 0.061, Hi: 0.0789, Level: 0.999999, Method: "Krichevsky–Trofimov confidence sequence", Phase: "explore"},
		},
	})
}

func refutedPoint() props.Result {
	return levels(props.Result{
		ID: "S6", Kind: "deterministic", Unit: "φ′", Correction: "S6.corrected", Assumption: "none",
		Sentence: "The derivative of the sigmoid is less than 0.25 at all values of its argument.",
		Source:   props.Source{Paper: "Aggarwal 2018, Neural Networks and Deep Learning"},
		Verdict:  evidence.Refuted, Expected: evidence.Refuted, Reason: "one point violates the claim beyond rounding",
		ConfigsTried: 412, ByVerdict: map[string]int{"verified": 411, "refuted": 1}, Coverage: props.Coverage{Configs: 412, ViolatingMass: 1},
		Samples: 412, Mutants: props.MutationScore{Total: 2, Killed: 2}, Drawn: &props.Drawn{Configs: 25, Below: 18, Median: 0.28, Nearest: "1/5"},
		Counterexample: &props.Counterexample{Config: `{"activation":"sigmoid","z":0}`, Text: "σ′(0) = 0.25, not below 1/4"},
	})
}

func unpowered() props.Result {
	return levels(props.Result{
		ID: "S13.exponent", Kind: "mean", Unit: "nats per layer", Assumption: "Var log|G_L| is at most 1.25 times what theory gives",
		Given:    []string{"Var ≤ 1 (nats per layer)², four times the most measured"},
		Sentence: "Batch normalisation removes exploding gradients.", Source: props.Source{Paper: "Ioffe & Szegedy 2015"},
		Verdict: evidence.Inconclusive, Expected: evidence.Refuted, Unpowered: "mutant survives: factor 3/2 instead of π/(π−1)",
		Reason: "7 of 50 configurations are undecided", ConfigsTried: 50, Coverage: props.Coverage{Configs: 50, ViolatingMass: 1},
		Side: "equal", Predicted: 0.38314,
		Log10ERefute: 3.2, Log10EVerify: props.Float(math.Inf(-1)), Discrepancy: 1e-4, MDE: &props.MDE{Value: props.Float(math.NaN()), Formula: "2σ√(𝓛/(n − 2𝓛))"}, Samples: 5,
		Mutants: props.MutationScore{Total: 2, Killed: 1},
		Effect: &props.Effect{
			Predicted: 0.38314, Estimate: props.Float(math.NaN()), Relative: props.Float(math.NaN()),
			Interval: props.Interval{Lo: props.Float(math.Inf(-1)), Hi: props.Float(math.Inf(1)), Level: 0.999999, Method: "Catoni", Phase: "explore"},
		},
	})
}

func broken() props.Result {
	return levels(props.Result{
		ID: "user-claim|1", Kind: "distribution", Sentence: injection, Source: props.Source{Paper: "a specification file"}, Unit: "sup-distance of laws",
		Verdict: evidence.Error, Expected: evidence.Verified, Reason: "panic: law missing",
	})
}

// injection is what a person could put into a claim of their own.
const injection = "<script>alert(1)</script> a|b `c` **d** <b onclick='x'>&amp; \x1b[31mred\nnext"

func fixedResults() []props.Result {
	corrected := levels(props.Result{
		ID: "S6.corrected", Kind: "deterministic", Unit: "φ′", Assumption: "none",
		Sentence: "The derivative of the sigmoid is at most 0.25, with equality at 0 only.", Source: props.Source{Paper: "elementary: σ′(z) = σ(z)σ(−z)"},
		Verdict: evidence.Verified, Expected: evidence.Verified, Reason: "no point violates the claim", ConfigsTried: 400,
		Coverage: props.Coverage{Configs: 400, ViolatingMass: 0.0075}, Samples: 400, Mutants: props.MutationScore{Total: 1, Killed: 1},
	})
	return []props.Result{refutedMean(), verifiedMarkov(), refutedPoint(), unpowered(), corrected, broken()}
}

func fixedClaims() []*props.Claim {
	return []*props.Claim{
		{
			ID: "S3", Family: "textbook", Kind: props.Probability, Expected: evidence.Refuted, Correction: "S3.corrected",
			Sentence: "If the factors are random with an expected value below 1, the product typically drops off with depth.",
			Source:   props.Source{Paper: "Aggarwal 2018, Neural Networks and Deep Learning"}, Assumption: "none", Unit: "probability",
			Domain: "linear chains, weights N(μ, σ²) with 0 ≤ μ ≤ 0.9 and 0.1 ≤ σ ≤ 4, depth 10 to 100",
			Test:   "P(|G_L| ≥ 1) ≤ 1/2",
		},
		{
			ID: "S6", Family: "textbook", Kind: props.Deterministic, Expected: evidence.Refuted, Correction: "S6.corrected",
			Sentence: "The derivative of the sigmoid is less than 0.25 at all values of its argument.",
			Source:   props.Source{Paper: "Aggarwal 2018, Neural Networks and Deep Learning"}, Assumption: "none", Unit: "φ′",
			Domain: "z from −800 to 800, with 0, its neighbours and saturation always tried",
			Test:   "σ′(z) < 1/4 at every point",
		},
		{ID: "user-claim|1", Family: "own", Kind: props.Distribution, Expected: evidence.Verified, Sentence: injection, Source: props.Source{Paper: injection}},
	}
}

func fixedEnv() props.Env { return props.Env{Seed: math.MaxUint64, Tier: props.Quick} }

func fixedPower() props.Power {
	return props.Power{
		Designs: []props.Design{
			{Config: `{"activation":"linear","depth":10,"kind":"independent","weight":"normal(sigma=0.5)"}`, Predicted: 0.5, Side: "at most", Discrepancy: 0.1, MDE: 0.0832, Budget: 12_345},
			{Config: `{"activation":"tanh","depth":100,"kind":"independent","weight":"normal(sigma=2)"}`, Predicted: 1.0 / 3, Side: "equal", Discrepancy: 1e-3, MDE: 0.00098765, Budget: 1 << 30},
		},
		Mutants: []props.MutantResult{
			{Name: "grows instead: |G_L| ≥ 1 on at least half of the paths", Config: `{"activation":"linear","depth":10,"kind":"independent","weight":"normal(sigma=0.5)"}`, Effect: 4.2},
			{Name: "σ instead of σ²", Config: `{"z":0}`, Equivalent: true},
			{Name: "infinitely wrong", Effect: props.Float(math.Inf(1)), Killed: true},
		},
	}
}

// chainSummary is a tally at one depth in numbers.
func chainSummary(depth int, paths, dead int64, numbers [6]float64) tally.Summary {
	return tally.Summary{
		Depth: depth, Paths: paths, Dead: dead,
		Mean: tally.Float(numbers[0]), Variance: tally.Float(numbers[1]),
		StandardError: tally.Float(math.Sqrt(numbers[1] / float64(paths-dead))),
		Quantiles: []tally.Quantile{
			{P: 0.05, Log: tally.Float(numbers[2])}, {P: 0.5, Log: tally.Float(numbers[3])}, {P: 0.95, Log: tally.Float(numbers[4])},
		},
		Exceedances: []tally.Exceedance{{Threshold: 0, Fraction: tally.Float(numbers[5])}},
	}
}

// independentChain is a chain that the theory knows all about.
func independentChain() ChainSimulation {
	return ChainSimulation{
		Details: true, Reach: Reach{
			From: "the output", To: "the input", Unit: "layer", Steps: 100_000_000, Log: SampleMean{-1e8, 13, 100_000}, Samples: 100_000, Noun: "paths", Theory: -6.351e7, Factor: 10,
		},
		Model: `{"activation":"linear","depth":100000000,"kind":"independent","weight":"normal(sigma=1)"}`,
		Seed:  1,
		Summaries: []tally.Summary{
			chainSummary(1, 100_000, 0, [6]float64{-0.63398, 1.2337, -2.781, -0.3937, 0.6729, 0.31731}),
			chainSummary(10, 100_000, 0, [6]float64{-6.3513, 12.331, -12.61, -6.042, -1.101, 0.01123}),
			chainSummary(1000, 100_000, 0, [6]float64{-635.1, 1233.2, -693.4, -634.8, -577.9, 0}),
			chainSummary(100_000_000, 100_000, 0, [6]float64{-1e8, 1.2e8, -1.0002e8, -1e8, -0.9998e8, 0}),
		},
		Predictions: []ChainPrediction{
			{-0.6351814227307391, 1.2337005501361697, -2.7692, -0.39338, 0.67286, 0.31731050786291415, 1},
			{-6.351814227307391, 12.337005501361697, -12.607, -6.0417, -1.0994, 0.0112, 1},
			{-635.1814227307391, 1233.7005501361697, -693.52, -634.9, -577.92, 1e-80, 1},
			{-63518142.27307391, 123370055.01361697, -63536412.1, -63518142.1, -63499872.4, 0, 1},
		},
	}
}

// forwardChain is one that dies and of which the theory says little.
func forwardChain() ChainSimulation {
	inf, nan := math.Inf(-1), math.NaN()
	p := NoChainPrediction()
	p.Alive = 0.5
	all := NoChainPrediction()
	all.Alive = 0
	one := NoChainPrediction()
	return ChainSimulation{
		Details: true, Reach: Reach{
			From: "the output", To: "the input", Unit: "layer", Steps: 50, Log: SampleMean{math.NaN(), math.NaN(), 0}, Samples: 100_000, Noun: "paths", Theory: math.NaN(), Factor: 10,
		},
		Model:       `{"activation":"relu","depth":64,"input":"constant(value=1)","kind":"forward","weight":"normal(sigma=1)"}`,
		Unpredicted: "A forward chain has no closed form here: its factors depend on each other.",
		Summaries: []tally.Summary{
			chainSummary(1, 4096, 2040, [6]float64{-1e8, 1.2, inf, -3.1, 0.6, 0.16}),
			chainSummary(2, 4096, 4095, [6]float64{-1.1, nan, inf, inf, inf, 0}),
			chainSummary(64, 4096, 4096, [6]float64{nan, nan, inf, inf, inf, 0}),
		},
		Predictions: []ChainPrediction{p, one, all},
	}
}

func fixedQuantities() []Quantity {
	return []Quantity{
		{
			Name: "chain.lyapunov", Params: []string{"weight: a law, such as normal(sigma=1)", "activation: a name, such as tanh"},
			Meaning: "Lyapunov exponent E log|w φ′(z)| of a chain of independent factors: the typical gradient grows as its exponential, layer by layer.",
			Formula: "λ = E log|w| + E log|φ′(z)|", Hypotheses: "independent factors", Domain: "finite log-moment",
			Source: "Furstenberg & Kesten 1960, theorem 2", Accuracy: "1e-10 relative", Special: "−∞ if a factor is 0 with positive probability",
		},
		{Name: "gain", Params: []string{"activation"}, Meaning: "Gain <that> keeps |variance|."},
	}
}

// fixedCalibration has rows that are computed and simulated, that pass and fail, with a bound of
// the cost and without.
func fixedCalibration() []evidence.Calibration {
	return []evidence.Calibration{
		{Primitive: "bernoulli 0.5 ± 0.02", Truth: evidence.ClaimTrue, Level: 2.98e-17, Rate: 1.25e-17, MeanSamples: 12_345.6, Wald: 10_000, Pass: true},
		{Primitive: "bernoulli 0.5 ± 0.02", Truth: evidence.ViolatedByDelta, Level: 1e-6, Rate: 2.5e-6, MeanSamples: 54_321.4, Wald: 25_000},
		{Primitive: "pit", Truth: evidence.ClaimTrue, Level: 0.1, Runs: 1500, Wrong: 123, Rate: 0.082, LogP: -0.0123, Detects: 1.97, MeanSamples: 2000, Pass: true},
		{Primitive: "catoni normal, depth 20", Truth: evidence.ViolatedByDelta, Level: 1.000001e-6, Runs: 60, LogP: -745, Detects: 250_000, MeanSamples: 965.5, Wald: 750, Pass: true},
	}
}
