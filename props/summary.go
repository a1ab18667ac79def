package props

import "fmt"

// Totals are sums over the results of a run.
type Totals struct {
	Claims        int            `json:"claims"`
	AsExpected    int            `json:"as_expected"`
	Proved        int            `json:"as_expected_proved"` // of them those whose error rates are proved
	Given         int            `json:"as_expected_given"`  // and those whose error rates hold given declared bounds
	NotAsExpected []string       `json:"not_as_expected"`
	ByVerdict     map[string]int `json:"claims_by_verdict"`
	Configs       int64          `json:"configs_tried"`
	Samples       int64          `json:"samples_total"`
	Factors       int64          `json:"factors_total"`
	Mutants       int            `json:"mutants_total"`
	Killed        int            `json:"mutants_killed"`
	Equivalent    int            `json:"mutants_equivalent"`
	Millis        *Float         `json:"wall_ms"` // of all claims; null if one has none
}

// Total sums up the results of a run.
func Total(results []Result) Totals {
	sum := Totals{Claims: len(results), NotAsExpected: []string{}, ByVerdict: map[string]int{}}
	millis, timed := Float(0), len(results) > 0
	for i := range results {
		r := &results[i]
		switch {
		case !r.AsExpected():
			sum.NotAsExpected = append(sum.NotAsExpected, r.ID)
		case len(r.Given) > 0:
			sum.Given++
		default:
			sum.Proved++
		}
		sum.ByVerdict[r.Verdict.String()]++
		sum.Configs += int64(r.ConfigsTried)
		sum.Samples += r.Samples
		sum.Factors += r.Factors
		sum.Mutants += r.Mutants.Total
		sum.Killed += r.Mutants.Killed
		sum.Equivalent += r.Mutants.Equivalent
		if r.WallMillis == nil {
			timed = false
		} else {
			millis += *r.WallMillis
		}
	}
	sum.AsExpected = sum.Proved + sum.Given
	if timed {
		sum.Millis = &millis
	}
	return sum
}

// Headline is the result of a run in a sentence.
func (t Totals) Headline() string {
	text := fmt.Sprintf("%d of %d claims as expected", t.AsExpected, t.Claims)
	if t.Given > 0 {
		text += fmt.Sprintf(": %d with proved error rates, %d given declared bounds", t.Proved, t.Given)
	}
	return text
}
