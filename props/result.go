package props

import (
	"math"

	"gradchain/props/evidence"
	"gradchain/sim/tally"
	"gradchain/theory/figures"
)

// Result is what a run found out about one claim: a row of the report.
// Logarithms are to base 10; a nil number does not exist for the claim.
type Result struct {
	ID         string           `json:"claim_id"`
	Sentence   string           `json:"statement"`
	Plain      string           `json:"plain"`
	Source     Source           `json:"source"`
	Family     string           `json:"family"`
	Kind       string           `json:"kind"`
	Assumption string           `json:"assumption"`
	Given      []string         `json:"given"`                // unproved bounds on which the error rates are conditional
	Asymptotic string           `json:"asymptotic,omitempty"` // of a limit theorem: what a verified verdict says of finite networks
	Unit       string           `json:"unit"`
	Correction string           `json:"corrected_by,omitempty"`
	Domain     string           `json:"domain"`
	Test       string           `json:"test"`
	Verdict    evidence.Verdict `json:"verdict"`
	Expected   evidence.Verdict `json:"expected"`
	Reason     string           `json:"reason"`
	Unpowered  string           `json:"unpowered,omitempty"` // why the check could not have failed; "" when it could

	FalseFail Float  `json:"alpha_R"` // chance to refute at one configuration when the claim holds there
	FalsePass Float  `json:"alpha_V"` // chance to verify there when it is off by the discrepancy
	Undecided Float  `json:"beta"`    // chance of no verdict there, outside the indifference zone
	Ledger    Ledger `json:"ledger"`

	ConfigsTried int            `json:"configs_tried"` // distinct ones, shrink tries included
	ByVerdict    map[string]int `json:"configs_by_verdict"`
	Coverage     Coverage       `json:"coverage"`
	Worst        *ConfigResult  `json:"worst_config,omitempty"`
	Configs      []ConfigResult `json:"configs,omitempty"`

	// Suspicious are the configurations that e-BH lists as violating the claim, at most a
	// share suspiciousRate of them wrongly in expectation: a list to look at, not a verdict.
	Suspicious []string `json:"suspicious_e_bh"`

	Log10ERefute Float `json:"log10_e_refute_sup"`    // largest over configurations and time: of one configuration, not of the claim
	Log10EVerify Float `json:"log10_e_verify"`        // smallest over the configurations: evidence against any violation by the discrepancy
	Log10EMerged Float `json:"log10_e_refute_merged"` // all configurations together
	PRefute      Float `json:"p_refute"`              // min(1, 1/sup e): of the claim, at one configuration

	Side           string          `json:"side,omitempty"` // of the worst configuration, as are theta0, eps and delta
	Predicted      Float           `json:"theta0"`
	Slack          Float           `json:"eps"`
	Effect         *Effect         `json:"effect,omitempty"`
	Discrepancy    Float           `json:"delta"` // smallest discrepancy the check is designed to notice
	MDE            *MDE            `json:"mde"`   // null for a deterministic claim
	Samples        int64           `json:"samples_total"`
	Factors        int64           `json:"factors_total"`
	WallMillis     *Float          `json:"wall_ms"` // null unless timing is asked for: it is not a function of the seed
	Mutants        MutationScore   `json:"mutants"`
	Drawn          *Drawn          `json:"power_drawn"` // null where no mutant's effect is known at what is drawn
	Calibration    *Calibration    `json:"calibration"` // null unless the run was thorough, or the claim deterministic
	Counterexample *Counterexample `json:"counterexample,omitempty"`
	Repro          Repro           `json:"repro"`
}

// AsExpected says whether the verdict is the expected one and was earned by a
// check that could have failed.
func (r *Result) AsExpected() bool { return r.Verdict == r.Expected && r.Unpowered == "" }

// Ledger is the static budget of error rates of the run.
type Ledger struct {
	Run     Float `json:"alpha_run"`
	Claims  int   `json:"C_max"`
	Configs int   `json:"K_max"`
}

// Coverage bounds the share of the generator's configurations that could
// violate a claim all of whose tried configurations passed.
type Coverage struct {
	Configs       int   `json:"K"`
	Level         Float `json:"a"`
	ViolatingMass Float `json:"violating_mass_upper"`
}

// ConfigResult is what was found at one configuration.
type ConfigResult struct {
	Config       string           `json:"canonical"`
	Verdict      evidence.Verdict `json:"verdict"`
	Reason       string           `json:"reason,omitempty"`
	Predicted    Float            `json:"theta0"`
	Slack        Float            `json:"eps"`
	Discrepancy  Float            `json:"delta"`
	Side         string           `json:"side,omitempty"`
	Estimate     Float            `json:"theta_hat"`
	Interval     Interval         `json:"ci"`
	Log10ERefute Float            `json:"log10_e_refute"`
	Log10EVerify Float            `json:"log10_e_verify"`
	Samples      int64            `json:"n"`
	Budget       int64            `json:"n_max"`
	MDE          Float            `json:"mde"`
}

// MDE is the smallest discrepancy that a test's budget of samples would serve.
type MDE struct {
	Value   Float  `json:"value"`
	Formula string `json:"formula"`
}

// Interval is a confidence interval and where it comes from.
type Interval struct {
	Lo     Float  `json:"lo"`
	Hi     Float  `json:"hi"`
	Level  Float  `json:"level"`
	Method string `json:"method"`
	Phase  string `json:"phase"`
}

// Effect is the size of a discrepancy: for a refuted claim measured again on a
// fresh stream of another generator family.
type Effect struct {
	Config    string   `json:"config"`
	Predicted Float    `json:"theta0"`
	Estimate  Float    `json:"estimate"`
	Interval  Interval `json:"ci"`
	Relative  Float    `json:"relative_to_delta"`
	// Log10PConfirm is the p-value of the claim on the fresh stream; null unless refuted.
	Log10PConfirm *Float `json:"log10_p_confirm"`
	// Other is what another engine that samples the same law says; null where none does.
	Other *OtherEngine `json:"other_engine"`
}

// OtherEngine is a refutation measured once more, on another engine.
type OtherEngine struct {
	Samples  int64  `json:"n"`
	Estimate Float  `json:"estimate"`
	Log10P   Float  `json:"log10_p"`
	Skipped  string `json:"skipped,omitempty"` // why it was not measured
}

// Counterexample is a configuration that refutes a claim, shrunk.
type Counterexample struct {
	Config  string   `json:"config"`
	Text    string   `json:"text"`              // the numbers, for a person
	Details []string `json:"details,omitempty"` // what else theory says there
	Command string   `json:"command,omitempty"` // shows it again
}

// MutantResult is what became of one known-wrong variant of a claim.
type MutantResult struct {
	Name       string `json:"name"`
	Config     string `json:"config"`
	Effect     Float  `json:"effect_over_delta"` // for deterministic claims: residual over tolerance
	Killed     bool   `json:"killed"`
	Equivalent bool   `json:"equivalent,omitempty"`
}

// MutationScore counts the mutants that the claim's own check refuted.
type MutationScore struct {
	Total      int            `json:"total"`
	Killed     int            `json:"killed"`
	Equivalent int            `json:"equivalent"`
	Survivors  []MutantResult `json:"survivors"`
	MinMargin  *Float         `json:"min_margin,omitempty"` // smallest effect of a killed mutant over what the check can detect
	All        []MutantResult `json:"all"`
}

func (s *MutationScore) add(m MutantResult) {
	s.Total++
	s.All = append(s.All, m)
	switch {
	case m.Equivalent:
		s.Equivalent++
	case m.Killed:
		s.Killed++
		if s.MinMargin == nil || m.Effect < *s.MinMargin {
			s.MinMargin = &m.Effect
		}
	default:
		s.Survivors = append(s.Survivors, m)
	}
}

// weakest is a mutant whose effect is too small to be registered, nil if none.
func (s *MutationScore) weakest() *MutantResult {
	for i, m := range s.All {
		if !m.Equivalent && !(m.Effect >= minEffect) {
			return &s.All[i]
		}
	}
	return nil
}

// Calibration is how often the primitive behind a verdict refuted what is true, in as
// many runs, at a level that can be seen; M is 0 where that is computed instead.
type Calibration struct {
	Primitive string `json:"primitive"`
	Runs      int    `json:"M"`
	Refuted   int    `json:"X"`
	Level     Float  `json:"a"`
	Rate      Float  `json:"rate"`
}

// Repro is what it takes to see the same bits again.
type Repro struct {
	Seed      uint64 `json:"master_seed,string"`
	RapidSeed uint64 `json:"rapid_seed,string"`
	StreamKey string `json:"stream_key_hex,omitempty"` // of the first batch of the worst configuration
	Config    string `json:"config,omitempty"`         // the worst configuration
	Go        string `json:"go_version"`
	Commit    string `json:"git_commit,omitempty"`
	Command   string `json:"cmd"`
}

// Float is a float64 whose JSON is a number of the significant digits that machines share
// ([figures.Print]), or null for NaN, or "inf" and "-inf".
type Float float64

// MarshalJSON implements [json.Marshaler].
func (f Float) MarshalJSON() ([]byte, error) {
	return tally.Float(figures.Round(float64(f), figures.Print)).MarshalJSON()
}

// log10 turns a natural logarithm into one to base 10.
func log10(natural float64) Float { return Float(natural / math.Ln10) }
