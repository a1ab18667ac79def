package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/sim/run"
	"gradchain/theory/activation"
	"gradchain/theory/law"
	"gradchain/theory/nearest"
)

type benchFlags struct {
	output
	runs  int
	least time.Duration
	jobs  int
	peers []string
}

func newBench() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure steps per second, by model and kernel",
		Long: "Bench samples a few models on every kernel that the machine runs and prints nanoseconds per step,\n" +
			"medians of several runs. --peers takes files with what other programs printed: lines with a name,\n" +
			"\"ns/step\" and a number.",
		Example: "  gradchain bench\n  ./chain_avx512 20000 1000 >peers.txt && gradchain bench --peers peers.txt",
		Args:    flagsOnly,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.flags(cmd)
	f.runs = 5
	cmd.Flags().Var((*countFlag)(&f.runs), "runs", "runs of each row")
	cmd.Flags().DurationVar(&f.least, "time", 200*time.Millisecond, "least time of a run")
	cmd.Flags().StringSliceVar(&f.peers, "peers", nil, "files with the output of other programs")
	jobsFlag(cmd, &f.jobs)
	return cmd
}

// benchModels are what is measured; the first, on the best kernel, is the base.
func benchModels() []model.Chain {
	chainOf := func(kind model.Kind, phi string, batch int) model.Chain {
		return model.Chain{Kind: kind, Activation: activation.MustParse(phi), Weight: law.MustParse("normal(sigma=1)"), Batch: batch, Depth: 1000}
	}
	return []model.Chain{
		chainOf(model.Independent, "sigmoid", 0), chainOf(model.Independent, "tanh", 0), chainOf(model.Independent, "linear", 0),
		chainOf(model.Independent, "relu", 0), chainOf(model.Independent, "gelu", 0), chainOf(model.Forward, "tanh", 0),
		chainOf(model.Normalized, "sigmoid", 8),
	}
}

func benchName(m model.Chain) string {
	name := m.Kind.String() + " " + m.Activation.String()
	if m.Batch > 0 {
		name += fmt.Sprintf(", batch %d", m.Batch)
	}
	return name
}

func (f *benchFlags) run(cmd *cobra.Command) error {
	if err := checkJobs(f.jobs); err != nil {
		return err
	}
	if f.runs < 1 || f.runs > 1000 {
		return fmt.Errorf("runs %d: want 1 to 1000", f.runs)
	}
	if f.least <= 0 || f.least > time.Hour {
		return fmt.Errorf("time %v: want above 0 and at most 1h", f.least)
	}
	peers, err := readPeers(f.peers)
	if err != nil {
		return err
	}
	return f.report(cmd, func() (*reports.Report, error) {
		rows, base := f.rows()
		bar := newProgress(cmd.ErrOrStderr(), "runs")
		defer bar.end()
		for i := range f.runs { // in turn, so that a drift of the machine meets all rows
			for j := range rows {
				if err := f.measure(cmd.Context(), &rows[j]); err != nil {
					return nil, err
				}
				bar.set(i*len(rows)+j+1, f.runs*len(rows))
			}
		}
		out := make([]reports.BenchRow, 0, len(rows)+len(peers))
		for _, r := range rows {
			out = append(out, r.BenchRow)
		}
		out = append(out, peers...)
		for _, r := range out {
			slices.Sort(r.PerStep)
		}
		return reports.Bench(out, base), nil
	})
}

// benchRow is a row with what is measured for it.
type benchRow struct {
	reports.BenchRow
	model model.Chain
}

// rows are every model on every kernel with one worker, and the first model on the best
// kernel with all of them. base is the index of the first model on the best kernel.
func (f *benchFlags) rows() (rows []benchRow, base int) {
	kernels := run.Kernels()
	best := kernels[len(kernels)-1]
	add := func(m model.Chain, kernel string, jobs int) {
		rows = append(rows, benchRow{reports.BenchRow{Program: "gradchain", Model: benchName(m), Kernel: kernel, Jobs: jobs}, m})
	}
	for i, m := range benchModels() {
		for _, kernel := range kernels {
			if i == 0 && kernel == best {
				base = len(rows)
			}
			add(m, kernel, 1)
		}
		if i == 0 && f.jobs > 1 {
			add(m, best, f.jobs)
		}
	}
	return rows, base
}

func (f *benchFlags) measure(ctx context.Context, r *benchRow) error {
	s, err := run.Measure(ctx, r.model, r.Kernel, r.Jobs, f.least)
	if err == nil {
		r.PerStep = append(r.PerStep, s.PerStep())
	}
	return err
}

// peerLine is what a peer prints: a name, "ns/step", a number.
var peerLine = regexp.MustCompile(`^(.*?)\s*ns/step\s+([0-9.eE+-]+)`)

// readPeers gathers the figures of the files by the program's name.
func readPeers(files []string) ([]reports.BenchRow, error) {
	var rows []reports.BenchRow
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("peers %s: %w", nearest.Quote(name), cause(err))
		}
		found, err := addPeers(&rows, file)
		file.Close()
		if err != nil {
			return nil, fmt.Errorf("peers %s: %w", nearest.Quote(name), err)
		}
		if found == 0 {
			return nil, fmt.Errorf("peers %s: no line with a name, ns/step and a number", nearest.Quote(name))
		}
	}
	return rows, nil
}

func addPeers(rows *[]reports.BenchRow, r io.Reader) (found int, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		match := peerLine.FindStringSubmatch(lines.Text())
		if match == nil {
			continue
		}
		x, err := strconv.ParseFloat(match[2], 64)
		if err != nil || !(x > 0) || math.IsInf(x, 1) {
			return found, fmt.Errorf("%s: want a positive number behind ns/step", nearest.Quote(lines.Text()))
		}
		name := nearest.Cut(strings.TrimSpace(match[1]))
		i := slices.IndexFunc(*rows, func(row reports.BenchRow) bool { return row.Program == name })
		if i < 0 {
			i = len(*rows)
			*rows = append(*rows, reports.BenchRow{Program: name, Model: "independent sigmoid"})
		}
		(*rows)[i].PerStep = append((*rows)[i].PerStep, x)
		found++
	}
	return found, lines.Err()
}
