package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/theory/nearest"
)

// output is where and how a command writes its result.
type output struct {
	format formatFlag
	file   string
}

// flags adds --format and -o.
func (o *output) flags(cmd *cobra.Command) {
	cmd.Flags().Var(&o.format, "format", "text, markdown, html, csv or json")
	cmd.Flags().StringVarP(&o.file, "output", "o", "-", "write to this file; - is standard output")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(reports.Formats(), cobra.ShellCompDirectiveNoFileComp))
}

// open prepares the output, so that an unwritable one fails before the work.
func (o *output) open(cmd *cobra.Command) (*sink, error) {
	label := "output " + nearest.Quote(o.file)
	if o.file == "-" {
		return toWriter(cmd.OutOrStdout(), "standard output"), nil
	}
	return openFile(o.file, label)
}

// report opens the output, makes the report and writes it.
func (o *output) report(cmd *cobra.Command, make func() (*reports.Report, error)) error {
	return o.reportBeside(cmd, func() (*reports.Report, *sink, error) {
		r, err := make()
		return r, nil, err
	})
}

// reportBeside is report with another output that is committed with it, if it is not nil.
func (o *output) reportBeside(cmd *cobra.Command, make func() (*reports.Report, *sink, error)) error {
	s, err := o.open(cmd)
	if err != nil {
		return err
	}
	defer func() { s.discard() }()
	r, other, err := make()
	if err != nil {
		return err
	}
	if o.file == "-" {
		r.Columns = columns(cmd.OutOrStdout())
	}
	if err := r.Write(s, o.format.Format); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	if other == nil {
		return commit(s)
	}
	return commit(other, s)
}
