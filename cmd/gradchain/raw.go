package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/theory/nearest"
)

// rawRows are what goes into the file of --raw.
type rawRows struct {
	name   string // "" for no file, - for standard output
	at     []int  // the layers
	header string // names of the columns, of which the first two are sample and layer
}

// rawFile is that file while it is written. It appears whole or not at all. A nil one is
// no file.
type rawFile struct {
	rawRows
	sink *sink
	to   *bufio.Writer
	line []byte
	size int64  // of what was written, in bytes
	stop func() // ends the run
	err  error  // the first of writing
}

// rawLayers are the layers of --raw: all unless --at says which.
func rawLayers(at []int, given bool, depth int) []int {
	if given {
		return at
	}
	return every(depth)
}

// open prepares the file, so that an unwritable one fails before the work.
func (rows rawRows) open(cmd *cobra.Command) (*rawFile, error) {
	if rows.name == "" {
		return nil, nil
	}
	r := &rawFile{rawRows: rows}
	if r.name == "-" {
		r.sink = toWriter(cmd.OutOrStdout(), "standard output")
	} else {
		var err error
		if r.sink, err = openFile(r.name, "raw "+nearest.Quote(r.name)); err != nil {
			return nil, err
		}
	}
	r.to = bufio.NewWriterSize(r.sink.file, 1<<16)
	r.sink.flush = r.to.Flush
	_, r.err = r.to.WriteString(r.header + "\n")
	return r, nil
}

// add writes the rows of a sample; columns appends those behind sample and layer. If that
// fails it ends the run.
func (r *rawFile) add(sample int, columns func(b []byte, layer int) []byte) {
	if r == nil {
		return
	}
	for _, l := range r.at {
		if r.err != nil {
			r.stop()
			return
		}
		b := append(strconv.AppendInt(r.line[:0], int64(sample), 10), ',')
		b = append(strconv.AppendInt(b, int64(l), 10), ',')
		r.line = append(columns(b, l), '\n')
		r.size += int64(len(r.line))
		_, r.err = r.to.Write(r.line)
	}
}

// written returns how to ask for the size, nil for no file.
func (r *rawFile) written() func() int64 {
	if r == nil {
		return nil
	}
	return func() int64 { return r.size }
}

// appendNumber appends the shortest text that reads back the same; -inf is the logarithm
// of 0, and NaN is empty.
func appendNumber(b []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return b
	case math.IsInf(x, -1):
		return append(b, "-inf"...)
	case math.IsInf(x, 1):
		return append(b, "inf"...)
	}
	return strconv.AppendFloat(b, x, 'g', -1, 64)
}

// end returns what went wrong first in a run that ended with err.
func (r *rawFile) end(err error) error {
	switch {
	case r == nil:
		return err
	case r.err != nil:
		return fmt.Errorf("%s: %w", r.sink.label, cause(r.err))
	case r.name == "-" && errors.Is(err, context.Canceled):
		return errors.New("interrupted; standard output ends early")
	}
	return err
}

// rawFlag is the name of the file of --raw.
type rawFlag string

func (f *rawFlag) String() string { return string(*f) }
func (f *rawFlag) Type() string   { return "string" }

func (f *rawFlag) Set(text string) error {
	if text == "" { // such as a variable of the shell that is not set
		return errors.New("want the name of a file, or - for standard output")
	}
	*f = rawFlag(text)
	return nil
}

// samePath says whether two names are of one file, or both of standard output.
func samePath(a, b string) bool {
	if a == b {
		return true
	}
	if a == "" || a == "-" || b == "-" {
		return false
	}
	return realPath(a) == realPath(b)
}

// realPath is the absolute path of a file that need not exist, without links as far as
// it does.
func realPath(name string) string {
	if path, err := filepath.EvalSymlinks(name); err == nil {
		name = path
	} else if folder, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
		name = filepath.Join(folder, filepath.Base(name))
	}
	if path, err := filepath.Abs(name); err == nil {
		return path
	}
	return name
}

// reportRaw is report with a file of rows beside it.
func (o *output) reportRaw(cmd *cobra.Command, rows rawRows, make func(context.Context, *rawFile) (*reports.Report, error)) error {
	if samePath(rows.name, o.file) {
		return fmt.Errorf("raw %s: the report goes there; give one of them another file", nearest.Quote(rows.name))
	}
	raw, err := rows.open(cmd)
	if err != nil {
		return err
	}
	if raw == nil {
		return o.report(cmd, func() (*reports.Report, error) { return make(cmd.Context(), nil) })
	}
	defer func() { raw.sink.discard() }()
	return o.reportBeside(cmd, func() (*reports.Report, *sink, error) {
		ctx, cancel := context.WithCancel(cmd.Context())
		defer cancel()
		raw.stop = cancel
		r, err := make(ctx, raw)
		return r, raw.sink, raw.end(err)
	})
}
