package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"gradchain/props"
	"gradchain/theory"
	"gradchain/theory/alias"
	"gradchain/theory/nearest"
)

// subcommandOnly is the error of a command that has subcommands for a word that is none.
func subcommandOnly(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("unknown command %s for %q, %s", nearest.Quote(args[0]), cmd.CommandPath(), hint(cmd, args[0]))
}

// flagsOnly is the error of a command without arguments for one.
func flagsOnly(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("argument %s: %s takes flags only; %s --help lists them", nearest.Quote(args[0]), cmd.CommandPath(), cmd.CommandPath())
}

// hint says what may be meant by a word that is no subcommand of cmd: one of another
// command, a quantity, a claim, or the nearest subcommand.
func hint(cmd *cobra.Command, typed string) string {
	folded := alias.Fold(typed)
	if folded == "version" {
		return "want gradchain --version"
	}
	for _, c := range descendants(cmd.Root()) {
		if alias.Fold(c.Name()) == folded || slices.ContainsFunc(c.Aliases, func(a string) bool { return alias.Fold(a) == folded }) {
			return "want " + c.CommandPath()
		}
	}
	if q, err := theory.Find(typed); err == nil {
		return "want gradchain theory " + q.Name
	}
	if c, err := props.Lookup(typed); err == nil {
		return "want gradchain verify " + c.ID + " or gradchain explain " + c.ID
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return "nearest are " + strings.Join(nearest.Names(strings.ToLower(typed), names), ", ")
}

// descendants are the commands below one, itself not among them.
func descendants(cmd *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			out = append(append(out, c), descendants(c)...)
		}
	}
	return out
}

// flagError adds to an error about a flag what may be meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	more := ""
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		more = flagHint(cmd, unknown.GetSpecifiedName())
	}
	return fmt.Errorf("%w%s; %s --help lists the flags", err, more, cmd.CommandPath())
}

// flagHint names the commands that have the flag, or the nearest flags of this one.
func flagHint(cmd *cobra.Command, typed string) string {
	var elsewhere, here []string
	for _, c := range descendants(cmd.Root()) {
		if c != cmd && c.Flags().Lookup(typed) != nil {
			elsewhere = append(elsewhere, c.CommandPath())
		}
	}
	if len(elsewhere) > 0 {
		return ", a flag of " + strings.Join(elsewhere[:min(len(elsewhere), 3)], ", ")
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { here = append(here, f.Name) })
	near := nearest.Names(string(flagName(nil, typed)), here)
	if len(near) == 0 {
		return ""
	}
	return ", nearest are --" + strings.Join(near, ", --")
}

// flagAliases are what else flags are called.
var flagAliases = map[string]string{
	"pre-activation": "preactivation", "sigma-w": "weight-std", "sigma-b": "bias-std",
	"normalisation": "norm", "normalization": "norm",
}

// flagName is the name of a flag as it was typed: case is ignored, and underscores are
// hyphens.
func flagName(_ *pflag.FlagSet, typed string) pflag.NormalizedName {
	name := strings.ReplaceAll(strings.ToLower(typed), "_", "-")
	if meant, other := flagAliases[name]; other {
		name = meant
	}
	return pflag.NormalizedName(name)
}
