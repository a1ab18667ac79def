package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// helpColumns is the width of help off a terminal.
const helpColumns = 100

// help prints what a command does, in the width of the terminal.
func help(cmd *cobra.Command, _ []string) {
	out := cmd.OutOrStdout()
	width := columns(out)
	if width == 0 {
		width = helpColumns
	}
	fmt.Fprint(out, helpText(cmd, min(width, helpColumns)))
}

func helpText(cmd *cobra.Command, width int) string {
	var b strings.Builder
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	for _, p := range append(strings.Split(about, "\n\n"), namesHelp(cmd)...) {
		for _, line := range reports.Wrap(p, width) {
			b.WriteString(line + "\n")
		}
		b.WriteByte('\n')
	}
	b.WriteString("Usage:\n  " + cmd.UseLine() + "\n")
	if cmd.HasAvailableSubCommands() {
		b.WriteString("  " + cmd.CommandPath() + " COMMAND\n")
	}
	if len(cmd.Aliases) > 0 {
		b.WriteString("\nAlso called:\n  " + strings.Join(cmd.Aliases, ", ") + "\n")
	}
	if cmd.HasExample() {
		b.WriteString("\nExamples:\n")
		for line := range strings.Lines(cmd.Example) {
			for i, part := range reports.WrapCommand(strings.TrimSpace(line), width-2) {
				b.WriteString(strings.Repeat(" ", 2+2*min(i, 1)) + strings.TrimSpace(part) + "\n")
			}
		}
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n")
		for _, c := range cmd.Commands() {
			if !c.IsAvailableCommand() {
				continue
			}
			name := c.Name()
			for _, line := range reports.Wrap(c.Short, width-cmd.NamePadding()-4) {
				fmt.Fprintf(&b, "  %-*s  %s\n", cmd.NamePadding(), name, line)
				name = ""
			}
		}
	}
	if flags := cmd.Flags(); flags.HasAvailableFlags() {
		b.WriteString("\nFlags:\n" + strings.TrimRight(flags.FlagUsagesWrapped(width), "\n") + "\n")
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s COMMAND --help says more about a command.\n", cmd.CommandPath())
	}
	return b.String()
}

// namesHelp lists the names of activations and laws for the commands that take them.
func namesHelp(cmd *cobra.Command) []string {
	var out []string
	if cmd.Flags().Lookup("activation") != nil {
		out = append(out, "Activations: "+strings.Join(activation.Names().Names(), ", ")+". Case is ignored; "+activation.Names().Also()+".")
	}
	if cmd.Flags().Lookup("weight") != nil {
		out = append(out, "Laws: "+strings.Join(law.Names().Names(), ", ")+". Case is ignored; "+law.Names().Also()+".")
	}
	return out
}
