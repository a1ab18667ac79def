package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	cmd.Flags().StringVarP(&o.file, "output", "o", "-", "write to this file; - is standard output")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(reports.Formats(), cobra.ShellCompDirectiveNoFileComp))
}

// sink is an output that is open. What is written is kept until commit, and a file
// then appears whole or not at all.
type sink struct {
	bytes.Buffer
	file    io.Writer // to write before commit what is too much to keep; nil for standard output
	commit  func(data []byte) error
	discard func()
}

// open prepares the output, so that an unwritable one fails before the work.
func (o *output) open(cmd *cobra.Command) (*sink, error) {
	if o.file == "-" {
		return &sink{discard: func() {}, commit: func(data []byte) error {
			_, err := cmd.OutOrStdout().Write(data)
			return err
		}}, nil
	}
	s, err := openFile(o.file)
	if err != nil {
		return nil, fmt.Errorf("output %q: %w", o.file, err)
	}
	return s, nil
}

// openFile writes through to a device or a pipe; a file, also one behind a link, is
// replaced by a temporary one beside it, and keeps its mode.
func openFile(name string) (*sink, error) {
	if name == "" {
		return nil, errors.New("want the name of a file, or - for standard output")
	}
	mode := fs.FileMode(0o644)
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return nil, errors.New("is a folder; want a file")
	case err == nil:
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, cause(err)
		}
		if !info.Mode().IsRegular() {
			return through(f), nil
		}
		f.Close()
		mode = info.Mode().Perm()
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return nil, cause(err)
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("cannot write into that folder: %w", cause(err))
	}
	return beside(f, name, mode), nil
}

func through(f *os.File) *sink {
	return &sink{file: f, discard: func() { f.Close() }, commit: func(data []byte) error {
		_, err := f.Write(data)
		return errors.Join(err, f.Close())
	}}
}

func beside(f *os.File, name string, mode fs.FileMode) *sink {
	s := &sink{file: f, discard: func() {
		f.Close()
		os.Remove(f.Name())
	}}
	s.commit = func(data []byte) error {
		_, err := f.Write(data)
		err = errors.Join(err, f.Chmod(mode), f.Close())
		if err == nil {
			if err = os.Rename(f.Name(), name); err == nil {
				s.discard = func() {}
			}
		}
		return err
	}
	return s
}

// cause strips the temporary name from an error of package os.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// finish puts what was written in its place.
func (o *output) finish(s *sink) error {
	if err := s.commit(s.Bytes()); err != nil {
		return fmt.Errorf("output %q: %w", o.file, cause(err))
	}
	return nil
}

// report opens the output, makes the report and writes it.
func (o *output) report(cmd *cobra.Command, make func() (*reports.Report, error)) error {
	s, err := o.open(cmd)
	if err != nil {
		return err
	}
	defer func() { s.discard() }()
	r, err := make()
	if err != nil {
		return err
	}
	if err := r.Write(s, o.format.Format); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	return o.finish(s)
}
