package main

import (
	"github.com/spf13/cobra"

	"gradchain/props"
	"gradchain/reports"
)

func newClaims() *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:     "claims [PATTERN...]",
		Short:   "List the claims",
		Example: "  gradchain claims\n  gradchain claims 'S1*'",
		RunE: func(cmd *cobra.Command, patterns []string) error {
			claims, err := props.Match(patterns...)
			if err != nil {
				return err
			}
			return o.report(cmd, func() (*reports.Report, error) { return reports.Claims(claims), nil })
		},
	}
	o.flags(cmd)
	return cmd
}

func newExplain() *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:     "explain ID",
		Short:   "Explain one claim: source, test, power and mutants",
		Example: "  gradchain explain S4.corrected",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			claim, err := props.Lookup(args[0])
			if err != nil {
				return err
			}
			return o.report(cmd, func() (*reports.Report, error) {
				power, err := claim.Power()
				if err != nil {
					return nil, err
				}
				return reports.Explain(claim, power), nil
			})
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return claimCompletions(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	o.flags(cmd)
	return cmd
}
