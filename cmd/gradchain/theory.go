package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/theory"
	"gradchain/theory/alias"
	"gradchain/theory/nearest"
)

type theoryFlags struct {
	output
	list    bool
	explain string
	batch   string
}

func newTheory() *cobra.Command {
	var f theoryFlags
	cmd := &cobra.Command{
		Use:   "theory QUANTITY NAME=VALUE...",
		Short: "Evaluate a quantity of the theory",
		Long: "Theory evaluates a closed form or an exact numerical quantity by name. A value may be a list, and of\n" +
			"numbers a range: activation=tanh,relu, depth=1,10,100, sigma=0.5:3:0.25 and width=10:1000:*10 tabulate.\n" +
			numbersHelp + "\nA batch wants plain numbers and the names of the catalogue.",
		Example: "  gradchain theory chain.lyapunov 'weight=normal(sigma=1.5)'\n" +
			"  gradchain theory activation.derivative activation=sigmoid,ReLU z=-2:2:0.5\n" +
			"  gradchain theory meanfield.chi_1 activation=tanh 'weight_std=sqrt(2)' bias_std=1/10\n" +
			"  gradchain theory --list 'chain.*'\n" +
			"  gradchain theory --explain chain.lyapunov",
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
		ValidArgsFunction: completeTheory,
	}
	f.flags(cmd)
	cmd.Flags().BoolVar(&f.list, "list", false, "list the quantities, or those that match a pattern or have it in their name or meaning")
	cmd.Flags().StringVar(&f.explain, "explain", "", "explain a quantity: formula, hypotheses, source, special cases")
	cmd.Flags().StringVar(&f.batch, "batch", "", "answer the queries of a file, one JSON object a line (- for standard input)")
	cmd.MarkFlagsMutuallyExclusive("list", "explain", "batch")
	_ = cmd.RegisterFlagCompletionFunc("explain", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return quantityCompletions(), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

func (f *theoryFlags) run(cmd *cobra.Command, args []string) error {
	switch {
	case f.list:
		return f.runList(cmd, args)
	case f.explain != "":
		return f.runExplain(cmd, args)
	case f.batch != "":
		return f.runBatch(cmd, args)
	case len(args) == 0:
		return errors.New("quantity missing: want a name such as chain.lyapunov; gradchain theory --list has them")
	}
	q, err := theory.Find(args[0])
	if err != nil {
		return err
	}
	points, err := grid(q, args[1:])
	if err != nil {
		return err
	}
	return f.report(cmd, func() (*reports.Report, error) { return evaluate(cmd.Context(), q, points) })
}

// evaluate tabulates the quantity. A single point without a value is an error.
func evaluate(ctx context.Context, q theory.Quantity, points []point) (*reports.Report, error) {
	table := reports.TheoryValues{Quantity: q.Name, Params: points[0].names}
	failed, first := 0, error(nil)
	for _, p := range points {
		answer, err := q.Evaluate(ctx, p.params())
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			if failed++; first == nil {
				first = err
			}
		}
		table.Values = append(table.Values, reports.TheoryValue{Params: p.cells(), Value: answer.Value, Notes: answer.Notes, Err: err})
	}
	if failed == len(points) {
		return nil, first
	}
	return reports.Theory(table), nil
}

func (f *theoryFlags) runList(cmd *cobra.Command, patterns []string) error {
	var list []reports.Quantity
	for _, q := range theory.Catalogue() {
		hit, err := listed(q, patterns)
		if err != nil {
			return err
		}
		if hit {
			list = append(list, described(q))
		}
	}
	if len(list) == 0 {
		return fmt.Errorf("no quantity matches %s, nearest are %s; gradchain theory --list has them all",
			nearest.Cut(strings.Join(patterns, " ")), strings.Join(theory.Nearest(patterns[0]), ", "))
	}
	return f.report(cmd, func() (*reports.Report, error) { return reports.Quantities(list), nil })
}

// listed reports whether a pattern matches the name of a quantity, or is part of its name or
// its meaning.
func listed(q theory.Quantity, patterns []string) (bool, error) {
	for _, pattern := range patterns {
		hit, err := path.Match(strings.ToLower(pattern), q.Name)
		if err != nil {
			return false, fmt.Errorf("pattern %s: %w", nearest.Quote(pattern), err)
		}
		if hit || strings.Contains(alias.Fold(q.Name), alias.Fold(pattern)) || strings.Contains(strings.ToLower(q.Meaning), strings.ToLower(pattern)) {
			return true, nil
		}
	}
	return len(patterns) == 0, nil
}

func (f *theoryFlags) runExplain(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("argument %q: --explain takes one quantity and nothing else", args[0])
	}
	q, err := theory.Find(f.explain)
	if err != nil {
		return err
	}
	return f.report(cmd, func() (*reports.Report, error) { return reports.ExplainQuantity(described(q)), nil })
}

func (f *theoryFlags) runBatch(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("argument %q: --batch takes one file and nothing else", args[0])
	}
	if cmd.Flags().Changed("format") && f.format.Format != reports.JSON {
		return fmt.Errorf("format %v: --batch answers in JSON lines, leave it out", f.format.Format)
	}
	in := cmd.InOrStdin()
	if f.batch != "-" {
		file, err := os.Open(f.batch)
		if err != nil {
			return fmt.Errorf("batch %s: %w", nearest.Quote(f.batch), cause(err))
		}
		defer file.Close()
		in = io.Reader(file)
	}
	s, err := f.open(cmd)
	if err != nil {
		return err
	}
	defer func() { s.discard() }()
	if f.file == "-" { // answer as the queries come
		return theory.Batch(cmd.Context(), in, cmd.OutOrStdout())
	}
	if err := theory.Batch(cmd.Context(), in, s); err != nil {
		return err
	}
	return commit(s)
}

// described is the quantity in words.
func described(q theory.Quantity) reports.Quantity {
	out := reports.Quantity{
		Name: q.Name, Meaning: q.Meaning, Formula: q.Formula, Hypotheses: q.Hypotheses, Domain: q.Domain,
		Source: q.Source, Accuracy: q.Accuracy, Special: strings.Join(q.Special, "; "),
	}
	for _, p := range q.Params {
		out.Params = append(out.Params, inWords(p))
	}
	out.Example = fmt.Sprintf("gradchain theory %s %s gives %.10g", q.Name, quoted(q.Example.Query), q.Example.Value)
	return out
}

// quoted puts those of the words into quotes that a shell would not leave alone.
func quoted(query string) string {
	words := strings.Fields(query)
	for i, w := range words {
		if strings.ContainsAny(w, "()|*") {
			words[i] = "'" + w + "'"
		}
	}
	return strings.Join(words, " ")
}

// inWords is "name: meaning, kind domain (default)".
func inWords(p theory.Param) string {
	text := p.Name + ": " + p.Meaning + ", " + p.Kind.String()
	if len(p.Choices) > 0 {
		text += " of " + strings.Join(p.Choices, ", ")
	}
	if p.Domain != "" {
		text += " " + p.Domain
	}
	switch {
	case p.Or != "":
		text += "; or " + p.Or
	case p.Default != "":
		text += "; default " + p.Default
	case p.Optional:
		text += "; optional"
	}
	if also := p.Also(); also != "" {
		text += " (" + also + ")"
	}
	return text
}

func quantityCompletions() []string {
	var out []string
	for _, q := range theory.Catalogue() {
		out = append(out, q.Name+"\t"+q.Meaning)
	}
	return out
}

// completeTheory completes the quantity, then the names of its parameters.
func completeTheory(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return quantityCompletions(), cobra.ShellCompDirectiveNoFileComp
	}
	q, err := theory.Find(args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, p := range q.Params {
		if name, _, found := strings.Cut(typed, "="); found && name == p.Name {
			for _, v := range values(p) {
				out = append(out, name+"="+v)
			}
		} else if !found {
			out = append(out, p.Name+"=\t"+p.Meaning)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// values are the texts that a parameter can take, if there is a list of them.
func values(p theory.Param) []string {
	switch p.Kind {
	case theory.Activation:
		return activationTexts()
	case theory.Weight:
		return lawTexts()
	}
	return p.Choices
}
