package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"gradchain/reports"
)

// output is where and how a command writes its result.
type output struct {
	format formatFlag
	file   string
}

// flags adds --format and -o.
func (o *output) flags(cmd *cobra.Command) {
	cmd.Flags().Var(&o.format, "format", "text, markdown, html, csv or json")
	cmd.Flags().StringVarP(&o.file, "output", "o", "", "write to this file instead of standard output")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(reports.Formats(), cobra.ShellCompDirectiveNoFileComp))
}

// sink is an output that is open: a file appears under its name only when
// committed, whole.
type sink struct {
	io.Writer
	file *os.File
	name string
}

// open prepares the output, so that an unwritable one fails before the work.
func (o *output) open(cmd *cobra.Command) (*sink, error) {
	if o.file == "" {
		return &sink{Writer: cmd.OutOrStdout()}, nil
	}
	if info, err := os.Stat(o.file); err == nil && info.IsDir() {
		return nil, fmt.Errorf("output %s: is a folder; want a file", o.file)
	}
	f, err := os.CreateTemp(filepath.Dir(o.file), "."+filepath.Base(o.file)+".*")
	if err != nil {
		return nil, fmt.Errorf("output %s: cannot write into that folder: %w", o.file, cause(err))
	}
	return &sink{Writer: f, file: f, name: o.file}, nil
}

// cause strips the temporary name from an error of package os.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// commit puts the file in its place.
func (s *sink) commit() error {
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Chmod(0o644), s.file.Close())
	if err == nil {
		err = os.Rename(s.file.Name(), s.name)
	}
	if err != nil {
		return fmt.Errorf("output %s: %w", s.name, cause(err))
	}
	s.file = nil
	return nil
}

// discard removes what was not committed.
func (s *sink) discard() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
}

// write renders the report into the output that open has prepared.
func (o *output) write(s *sink, r *reports.Report) error {
	if err := r.Write(s, o.format.Format); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	return s.commit()
}

// report opens the output, makes the report and writes it.
func (o *output) report(cmd *cobra.Command, make func() (*reports.Report, error)) error {
	s, err := o.open(cmd)
	if err != nil {
		return err
	}
	defer s.discard()
	r, err := make()
	if err != nil {
		return err
	}
	return o.write(s, r)
}
