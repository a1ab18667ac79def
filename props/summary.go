package props

import (
	"fmt"
	"math"

	"gradchain/props/evidence"
)

// interval names the method behind an interval of this kind of claim.
func (k Kind) interval() string {
	return [...]string{"exact", "Krichevsky–Trofimov confidence sequence", "Catoni", "Dvoretzky–Kiefer–Wolfowitz", "Dvoretzky–Kiefer–Wolfowitz"}[k]
}

// detectable says how the smallest detectable discrepancy of this kind of claim
// follows from the budget of n samples; the levels are in the constants.
func (k Kind) detectable() string {
	return [...]string{
		"", "n·(−ln BC(θ₀±ε, θ₀±δ)) = ½ ln(2J/α) + ln(1/β)", "ε + 2σ√(𝓛/(n − 2𝓛)), 𝓛 = ln(J/α) + ln(1/β)",
		"2η + √(ln(2K/α)/2n) + √(ln(2/β)/2n)", "2(√ln(4K/α) + √ln(4/β))/√n, n of both together",
	}[k]
}

// combine takes over the verdict on all configurations together.
func (r *Result) combine(all evidence.Combined, outcomes []evidence.Outcome) {
	r.Verdict, r.Reason = all.Verdict, all.Reason
	r.ConfigsTried = all.Configs
	r.ByVerdict = map[string]int{
		evidence.Verified.String(): all.Verified, evidence.Refuted.String(): all.Refuted,
		evidence.Inconclusive.String(): all.Inconclusive, evidence.Error.String(): all.Error,
	}
	r.Coverage = Coverage{Configs: all.Configs, Level: Float(all.Miss), ViolatingMass: Float(all.ViolatingMass)}
	r.Samples = int64(all.Samples)
	sup, verify := 0.0, math.Inf(1)
	logE := make([]float64, len(outcomes))
	for i, o := range outcomes {
		logE[i] = o.LogERefute
		sup = max(sup, o.SupLogERefute)
		verify = min(verify, o.LogEVerify)
	}
	r.Log10ERefute, r.Log10EVerify, r.Log10EMerged = log10(sup), log10(verify), log10(all.LogMerged)
	r.PRefute = Float(math.Exp(-sup))
	for _, i := range evidence.EBH(suspiciousRate, logE...) {
		r.Suspicious = append(r.Suspicious, r.Configs[i].Config)
	}
}

// suspiciousRate is the false discovery rate of the list of suspicious
// configurations.
const suspiciousRate = 0.05

// power says why the check could not have failed, if it could not: no mutant
// refuted, a registered mutant missed, or a discrepancy below what the budget
// detects.
func (r *Result) power() {
	switch {
	case r.Verdict == evidence.Error:
	case r.Mutants.Total == r.Mutants.Equivalent:
		r.Unpowered = "no mutant"
	case r.Mutants.weakest() != nil:
		weak := r.Mutants.weakest()
		r.Unpowered = fmt.Sprintf("mutant %q has an effect of %.3g discrepancies; at least %g are needed", weak.Name, float64(weak.Effect), minEffect)
	case len(r.Mutants.Survivors) > 0:
		r.Unpowered = fmt.Sprintf("mutant %q survives", r.Mutants.Survivors[0].Name)
	default:
		for _, c := range r.Configs {
			if c.Verdict != evidence.Error && !(c.MDE <= c.Discrepancy*(1+1e-9)) {
				r.Unpowered = fmt.Sprintf("the smallest detectable discrepancy %.3g exceeds the claimed %.3g at %s", float64(c.MDE), float64(c.Discrepancy), c.Config)
				return
			}
		}
	}
}
