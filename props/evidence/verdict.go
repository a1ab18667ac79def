package evidence

import (
	"fmt"
	"strings"
)

// Verdict is what the evidence says of a claim.
type Verdict int

// The verdicts. The zero Verdict is Inconclusive.
const (
	Inconclusive Verdict = iota // neither of the next two within the budget
	Verified                    // a violation by Delta or more is excluded at FalsePass
	Refuted                     // the claim is excluded at FalseFail
	Error                       // no verdict: the sampler or an assumption of the test broke
)

var verdictNames = []string{"inconclusive", "verified", "refuted", "error"}

func (v Verdict) String() string {
	if v < 0 || int(v) >= len(verdictNames) {
		return fmt.Sprintf("verdict(%d)", int(v))
	}
	return verdictNames[v]
}

// MarshalText returns the verdict in lower case.
func (v Verdict) MarshalText() ([]byte, error) {
	if v < 0 || int(v) >= len(verdictNames) {
		return nil, fmt.Errorf("%v is not a verdict", v)
	}
	return []byte(v.String()), nil
}

// UnmarshalText reads what MarshalText writes, in any case.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if strings.EqualFold(name, string(text)) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("unknown verdict %q; known: %s", text, strings.Join(verdictNames, ", "))
}
