package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/sim/run"
	"gradchain/theory/activation"
	"gradchain/theory/expression"
)

// activationsFlag is one activation or several, with commas between.
type activationsFlag []activation.Activation

func (f *activationsFlag) String() string {
	texts := make([]string, len(*f))
	for i, a := range *f {
		texts[i] = a.String()
	}
	return strings.Join(texts, ",")
}

func (f *activationsFlag) Type() string { return "activation" }

func (f *activationsFlag) Set(text string) error {
	var list activationsFlag
	for _, part := range expression.Split(text, ',') {
		a, err := activation.Read(part)
		if err != nil {
			return err
		}
		for _, other := range list {
			if a.String() == other.String() {
				return fmt.Errorf("%s comes twice", a)
			}
		}
		list = append(list, a)
	}
	*f = list
	return nil
}

// compare runs the same network with each of the activations and shows them beside each
// other.
func (f *networkFlags) compare(cmd *cobra.Command) error {
	for _, flag := range []string{"raw", "tangent", "lyapunov", "singular-values", "details"} {
		if f.given(flag) {
			return fmt.Errorf("--%s with %d activations: want one of them", flag, len(f.activations))
		}
	}
	seed, err := f.seed.resolve()
	if err != nil {
		return err
	}
	one := *f
	one.seed = seedFlag{value: seed, given: true}
	specs := make([]run.NetworkSpec, len(f.activations))
	for i, a := range f.activations {
		one.activation = activationFlag{a}
		if specs[i], err = one.spec(); err != nil {
			return fmt.Errorf("activation %s: %w", a, err)
		}
	}
	err = f.report(cmd, func() (*reports.Report, error) {
		var names []string
		var list []reports.NetworkSimulation
		for i, spec := range specs {
			one.activation = activationFlag{f.activations[i]}
			out, err := one.sample(cmd.Context(), cmd.ErrOrStderr(), spec, nil, nil)
			if err != nil {
				return nil, err
			}
			names, list = append(names, f.activations[i].String()), append(list, out)
		}
		return reports.CompareNetworks(names, list), cmd.Context().Err()
	})
	if f.seed.given {
		return err
	}
	return f.freshSeed(cmd, seed, err)
}
