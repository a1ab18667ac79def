package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gradchain/props"
	"gradchain/reports"
	"gradchain/theory"
	"gradchain/theory/nearest"
)

func newClaims() *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:   "claims [PATTERN or WORD...]",
		Short: "List the claims",
		Long: "Claims lists the claims whose ID or family matches a pattern, all without one. A word that matches none\n" +
			"is looked for in their sentences and sources.",
		Example: "  gradchain claims\n  gradchain claims 'S1*'\n  gradchain claims selu",
		RunE: func(cmd *cobra.Command, patterns []string) error {
			claims, err := findClaims(patterns)
			if err != nil {
				return err
			}
			return o.report(cmd, func() (*reports.Report, error) { return reports.Claims(claims), nil })
		},
	}
	o.flags(cmd)
	return cmd
}

// findClaims are the claims of each pattern, or those that mention it, in the order of the
// catalogue.
func findClaims(patterns []string) ([]*props.Claim, error) {
	if len(patterns) == 0 {
		return props.Match()
	}
	wanted := map[string]bool{}
	for _, pattern := range patterns {
		found, err := props.Match(pattern)
		if err != nil {
			if found = props.Search(pattern); pattern == "" || len(found) == 0 {
				return nil, err
			}
		}
		for _, c := range found {
			wanted[c.ID] = true
		}
	}
	return slices.DeleteFunc(props.Catalogue(), func(c *props.Claim) bool { return !wanted[c.ID] }), nil
}

func newExplain() *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:     "explain ID or QUANTITY",
		Short:   "Explain one claim or one quantity of the theory",
		Long:    "Explain says all there is about one claim, or about one quantity as theory --explain does.",
		Example: "  gradchain explain S4.corrected\n  gradchain explain chain.lyapunov",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%d names given, want one claim or quantity, such as S4 or chain.lyapunov", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			claim, err := props.Lookup(args[0])
			if err != nil {
				q, none := theory.Find(args[0])
				if none != nil {
					return fmt.Errorf("unknown claim %s, and no quantity; nearest are %s", nearest.Quote(args[0]), strings.Join(nearestNames(args[0]), ", "))
				}
				return o.report(cmd, func() (*reports.Report, error) { return reports.ExplainQuantity(described(q)), nil })
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
			return append(claimCompletions(), quantityCompletions()...), cobra.ShellCompDirectiveNoFileComp
		},
	}
	o.flags(cmd)
	return cmd
}

// nearestNames are the claims and quantities nearest to what was typed.
func nearestNames(typed string) []string {
	names := props.Nearest(typed)
	for _, q := range theory.Catalogue() {
		names = append(names, q.Name)
	}
	return nearest.Names(typed, names)
}
