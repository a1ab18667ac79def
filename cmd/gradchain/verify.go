package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"gradchain/props"
	"gradchain/reports"
)

type verifyFlags struct {
	output
	seed            seedFlag
	jobs            int
	quick, thorough bool
	timing, details bool
}

func newVerify() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [PATTERN...]",
		Short: "Run the claims and print their verdicts",
		Long: "Verify runs the claims whose ID or family matches a pattern (S4, 'S*', '*.corrected',\n" +
			"textbook), all without one. Of many claims it prints a screen: the result, the sentences of the text,\n" +
			"the families, the closest calls; of a few, and with --details, all the evidence. A plain ID brings its\n" +
			"corrected form. The exit status is 1 if a verdict is not the expected one. An interrupted run prints\n" +
			"what it has judged and what it has not.",
		Example: "  gradchain verify\n  gradchain verify S4 --seed 7\n  gradchain verify 'S*' --format html -o report.html",
		RunE:    func(cmd *cobra.Command, patterns []string) error { return f.run(cmd, patterns) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return claimCompletions(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	f.flags(cmd)
	cmd.Flags().Var(&f.seed, "seed", "seed of all randomness (default: "+seedVariable+", else fresh, and printed)")
	jobsFlag(cmd, &f.jobs)
	cmd.Flags().BoolVar(&f.quick, "quick", false, "a fifth of the configurations")
	cmd.Flags().BoolVar(&f.thorough, "thorough", false, "ten times the configurations")
	cmd.Flags().BoolVar(&f.details, "details", false, "print every table: evidence, effects, counterexamples, what was tested")
	cmd.Flags().BoolVar(&f.timing, "timing", false, "record the time of each claim in the results, which then differ from run to run")
	cmd.MarkFlagsMutuallyExclusive("quick", "thorough")
	return cmd
}

func (f *verifyFlags) tier() props.Tier {
	switch {
	case f.quick:
		return props.Quick
	case f.thorough:
		return props.Thorough
	}
	return props.Standard
}

func (f *verifyFlags) run(cmd *cobra.Command, patterns []string) error {
	if err := checkJobs(f.jobs); err != nil {
		return err
	}
	claims, err := props.Match(patterns...)
	if err != nil {
		return err
	}
	seed, err := f.seed.resolve()
	if err != nil {
		return err
	}
	env := props.Env{Seed: seed, Tier: f.tier(), Jobs: f.jobs, Timing: f.timing}
	good, interrupted := true, error(nil)
	err = f.report(cmd, func() (*reports.Report, error) {
		start := time.Now()
		bar := newProgress(cmd.ErrOrStderr(), "claims")
		results, err := props.Run(cmd.Context(), claims, env, func(done int, _ props.Result) { bar.set(done, len(claims)) })
		bar.end()
		options := reports.VerifyOptions{Details: f.details}
		if err != nil {
			if cmd.Context().Err() == nil || len(results) == 0 {
				return nil, err
			}
			options.Missing = notJudged(claims, results)
			interrupted = fmt.Errorf("interrupted: %d of %d claims judged, %d are without a verdict", len(results), len(claims), len(options.Missing))
		}
		for i := range results {
			good = good && results[i].AsExpected()
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%d claims judged in %.1f s, seed %d\n", len(results), time.Since(start).Seconds(), seed)
		return reports.Verify(results, env, options), nil
	})
	switch {
	case err != nil:
		return err
	case interrupted != nil:
		return interrupted
	case !good:
		return errUnexpected
	}
	return nil
}

// notJudged are the IDs of the claims without a result.
func notJudged(claims []*props.Claim, results []props.Result) []string {
	var out []string
	for _, c := range claims {
		if !slices.ContainsFunc(results, func(r props.Result) bool { return r.ID == c.ID }) {
			out = append(out, c.ID)
		}
	}
	return out
}

// claimCompletions are the IDs with their sentences, for the shell.
func claimCompletions() []string {
	var out []string
	for _, c := range props.Catalogue() {
		out = append(out, c.ID+"\t"+c.Sentence)
	}
	return out
}
