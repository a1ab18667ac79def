package main

import (
	"github.com/spf13/cobra"

	"gradchain/props/evidence"
	"gradchain/reports"
)

func newCalibrate() *cobra.Command {
	var (
		o     output
		seed  seedFlag
		jobs  int
		quick bool
	)
	cmd := &cobra.Command{
		Use:   "calibrate",
		Short: "Test the tests: error rates and cost of the evidence where the truth is known",
		Long: "Calibrate runs every statistical primitive against sources whose truth is known and prints how\n" +
			"often it answered wrongly, against the level it promises, and the samples it took, against\n" +
			"Wald's bound. It takes a minute or two. The exit status is 1 if a row fails, which happens to\n" +
			"right primitives with probability 1e-9.",
		Args: flagsOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkJobs(jobs); err != nil {
				return err
			}
			value, err := seed.resolve()
			if err != nil {
				return err
			}
			good := true
			err = o.report(cmd, func() (*reports.Report, error) {
				bar := newProgress(cmd.ErrOrStderr(), "runs")
				rows, err := evidence.Calibrate(cmd.Context(), evidence.CalibrationPlan{Seed: value, Jobs: jobs, Quick: quick, Progress: bar.set})
				bar.end()
				if err != nil {
					return nil, err
				}
				for _, r := range rows {
					good = good && r.Pass
				}
				return reports.Calibrations(rows, value), nil
			})
			if err == nil && !good {
				return errUnexpected
			}
			return err
		},
	}
	o.flags(cmd)
	cmd.Flags().Var(&seed, "seed", "seed of all randomness (default: "+seedVariable+", else fresh, and printed)")
	jobsFlag(cmd, &jobs)
	cmd.Flags().BoolVar(&quick, "quick", false, "1,500 runs of a row, at level 0.1 only")
	return cmd
}
