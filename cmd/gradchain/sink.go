package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// sink is an output that is open. What is written to it is kept until it is committed,
// and a file then appears whole or not at all.
type sink struct {
	bytes.Buffer
	label string    // what it is called in an error
	file  io.Writer // to write before it is committed what is too much to keep
	flush func() error
	// The steps of commit; nil for none.
	complete func(data []byte) error // a file is whole, beside its place
	send     func(data []byte) error // what has no place beside it has all
	place    func() error            // a file takes its place
	discard  func()
}

// commit puts outputs in their places, all or none as far as that can be: files are
// whole before anything is sent, and take their places when all is sent.
func commit(sinks ...*sink) error {
	for _, step := range []func(*sink) error{(*sink).runComplete, (*sink).runSend, (*sink).runPlace} {
		for _, s := range sinks {
			if err := step(s); err != nil {
				return fmt.Errorf("%s: %w", s.label, cause(err))
			}
		}
	}
	return nil
}

func (s *sink) runComplete() error { return s.pass(s.complete) }
func (s *sink) runSend() error     { return s.pass(s.send) }

func (s *sink) runPlace() error {
	if s.place == nil {
		return nil
	}
	return s.place()
}

// pass gives what was kept to a step.
func (s *sink) pass(step func(data []byte) error) error {
	if step == nil {
		return nil
	}
	if s.flush != nil {
		if err := s.flush(); err != nil {
			return err
		}
	}
	return step(s.Bytes())
}

// toWriter is the sink of standard output.
func toWriter(w io.Writer, label string) *sink {
	return &sink{label: label, file: w, discard: func() {}, send: func(data []byte) error {
		if len(data) == 0 {
			return nil
		}
		_, err := w.Write(data)
		return err
	}}
}

// openFile writes through to a device or a pipe; a file, also one behind a link, is
// replaced by a temporary one beside it, and keeps its mode.
func openFile(name, label string) (*sink, error) {
	s, err := openAny(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", label, err)
	}
	s.label = label
	return s, nil
}

func openAny(name string) (*sink, error) {
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
	case !errors.Is(err, fs.ErrNotExist):
		return nil, cause(err)
	}
	f, err := createTemporary(name)
	if err != nil {
		return nil, fmt.Errorf("cannot write into that folder: %w", cause(err))
	}
	return beside(f, name, mode), nil
}

func through(f *os.File) *sink {
	return &sink{file: f, discard: func() { f.Close() }, send: func(data []byte) error {
		_, err := f.Write(data)
		return first(err, f.Close())
	}}
}

func beside(f *os.File, name string, mode fs.FileMode) *sink {
	s := &sink{file: f, discard: func() {
		f.Close()
		os.Remove(f.Name())
		temporaries.drop(f.Name())
	}}
	s.complete = func(data []byte) error {
		_, err := f.Write(data)
		return first(err, f.Chmod(mode), f.Close())
	}
	s.place = func() error {
		err := os.Rename(f.Name(), name)
		if err == nil {
			temporaries.drop(f.Name())
			s.discard = func() {}
		}
		return err
	}
	return s
}

// first returns the first error, the one that the others follow from.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
