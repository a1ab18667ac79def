package reports

import (
	"fmt"
	"math"
	"strings"

	"gradchain/props/evidence"
)

// truths shortens what a calibration knows of the claim.
var truths = strings.NewReplacer("claim true", "true", "violated by", "off by")

// Calibrations is the report on a calibration of the evidence: how often each primitive
// answered wrongly where the truth is known, against the level it promises, and what its
// answers cost against Wald's bound.
func Calibrations(rows []evidence.Calibration, seed uint64) *Report {
	passed := 0
	t := NewTable("",
		Column{Name: "primitive"}, Column{Name: "the claim is"}, Column{Group: "wrong", Name: "at most", Align: Right},
		Column{Group: "wrong", Name: "found", Align: Right}, Column{Name: "runs", Align: Right},
		Column{Name: "notices", Unit: "× level", Align: Right}, Column{Name: "samples", Unit: "mean", Align: Right},
		Column{Name: "cost", Unit: "× Wald", Align: Right}, Column{Name: "pass"},
	)
	data := NewTable("", keyed([]string{
		"primitive", "truth", "a", "M", "X", "rate", "log_p", "detects", "mean_samples", "wald_samples", "pass",
	})...)
	for _, c := range rows {
		if c.Pass {
			passed++
		}
		runs, notices, cost := Label("exact"), Missing(), Missing()
		logP, wald := Missing(), Missing()
		if c.Runs > 0 {
			runs, notices, logP = Count(int64(c.Runs)), Value(c.Detects, 3), Value(c.LogP, 3)
		}
		if c.Wald > 0 {
			cost, wald = Value(c.MeanSamples/c.Wald, 3), Value(c.Wald, 6)
		}
		t.Add(Label(c.Primitive), Label(truths.Replace(c.Truth)), Value(c.Level, 3), Value(c.Rate, 3), runs, notices,
			Number(c.MeanSamples, Thousands(int64(math.Round(c.MeanSamples)))), cost, Bool(c.Pass))
		data.Add(Label(c.Primitive), Label(c.Truth), Value(c.Level, 3), Count(int64(c.Runs)), Count(int64(c.Wrong)), Value(c.Rate, 3),
			logP, notices, Value(c.MeanSamples, 6), wald, Bool(c.Pass))
	}
	t.Remark("Wrong: a true claim refuted at any time, or one violated by its discrepancy not refuted. Exact rates are computed, not sampled.")
	t.Remark("Notices: a primitive wrong this many times as often as its level allows is missed with probability 1e-6; a right one fails a row with probability 1e-9.")
	t.Remark("Cost: over the least mean number of samples that any test with the same error rates needs (Wald 1945).")
	r := &Report{
		Title:    fmt.Sprintf("Calibration: %d of %d rows pass, seed %d", passed, len(rows), seed),
		Sections: []Section{{Table: t}},
		Data:     data,
	}
	r.Object = struct {
		Title string `json:"title"`
		Seed  uint64 `json:"master_seed,string"`
		Rows  *Table `json:"rows"`
	}{r.Title, seed, data}
	return r
}
