package main

import (
	"fmt"
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
	timing          bool
}

func newVerify() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [PATTERN...]",
		Short: "Run the claims and print their verdicts",
		Long: "Verify runs the claims whose ID or family matches a pattern (S4, 'S*', '*.corrected',\n" +
			"textbook), all without one, and prints verdicts with the evidence for them.\n" +
			"A plain ID brings its corrected form. The exit status is 1 if a verdict is not the expected one.",
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
	good := true
	err = f.report(cmd, func() (*reports.Report, error) {
		start := time.Now()
		bar := newProgress(cmd.ErrOrStderr(), "claims")
		results, err := props.Run(cmd.Context(), claims, env, func(done int, _ props.Result) { bar.set(done, len(claims)) })
		bar.end()
		if err != nil {
			return nil, err
		}
		for i := range results {
			good = good && results[i].AsExpected()
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%d claims judged in %.1f s, seed %d\n", len(claims), time.Since(start).Seconds(), seed)
		return reports.Verify(results, env), nil
	})
	if err == nil && !good {
		return errUnexpected
	}
	return err
}

// claimCompletions are the IDs with their sentences, for the shell.
func claimCompletions() []string {
	var out []string
	for _, c := range props.Catalogue() {
		out = append(out, c.ID+"\t"+c.Sentence)
	}
	return out
}
