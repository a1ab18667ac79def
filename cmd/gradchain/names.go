package main

import (
	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/theory/alias"
)

// The names that flags take, with what else people call them.
var (
	kindNames   = alias.New("kind", []string{"independent", "forward", "normalized"}, nil)
	weightNames = alias.New("law of weights", []string{"gaussian", "uniform", "rademacher", "sparse", "orthogonal", "orthogonal_scaled"},
		map[string]string{"normal": "gaussian"})
	normNames = alias.New("norm", []string{"none", "batch", "layer", "rms"}, map[string]string{
		"batchnorm": "batch", "layernorm": "layer", "rmsnorm": "rms",
		"batch_normalization": "batch", "layer_normalization": "layer", "rms_normalization": "rms",
	})
	engineNames = alias.New("engine", []string{automatic, "matrix", "law", "norm", "shortcut"}, nil)
	cellNames   = alias.New("cell", []string{"lstm", "gru"}, nil)
	formatNames = alias.New("format", reports.Formats(), map[string]string{"txt": "text", "md": "markdown"})
)

// commandAliases are what else the subcommands of simulate are called.
var commandAliases = map[string][]string{
	"dense":      {"mlp", "fully-connected"},
	"normalized": {"normalised", "normalization", "normalisation"},
	"residual":   {"resnet"},
	"recurrent":  {"rnn"},
	"lstm":       {"gru"},
}

// meant is the name that is meant by what was typed, or that itself if it is none.
func meant(names *alias.Table, typed string) string {
	if name, known := names.Find(typed); known {
		return name
	}
	return typed
}

// kindFlag is the kind of a chain.
type kindFlag struct{ model.Kind }

func (f *kindFlag) Set(text string) (err error) {
	f.Kind, err = model.ParseKind(meant(kindNames, text))
	return err
}

func (f *kindFlag) Type() string { return "kind" }

// complete offers the values of a flag to the shell. They are made when they are asked for.
func complete(cmd *cobra.Command, flag string, values func() []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values(), cobra.ShellCompDirectiveNoFileComp
	})
}
