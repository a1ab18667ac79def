package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gradchain/reports"
	"gradchain/theory/expression"
)

// newRoot returns the command tree, writing results to out and all else to errOut.
func newRoot(out, errOut io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "gradchain",
		Short: "Test the theory of vanishing and exploding gradients",
		Long: "Gradchain holds what the theory says about vanishing and exploding gradients,\n" +
			"samples random chains and deep networks, and decides with stated error rates whether each\n" +
			"claim is true.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          subcommandOnly,
		Version:       version(),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(out)
	root.SetErr(errOut)
	root.AddCommand(newVerify(), newClaims(), newExplain(), newSimulate(), newTheory(), newCalibrate(), newBench())
	root.SetFlagErrorFunc(flagError)
	root.SetGlobalNormalizationFunc(flagName)
	root.SetHelpFunc(help)
	addHelp(root)
	addCompletion(root)
	root.SetVersionTemplate("gradchain {{.Version}}\n")
	return root
}

func init() { cobra.EnableCaseInsensitive = true } // of commands; it has no other place

// addHelp replaces cobra's command, which accepts any topic.
func addHelp(root *cobra.Command) {
	root.SetHelpCommand(&cobra.Command{
		Use: "help [COMMAND]", Short: "Help about a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return fmt.Errorf("unknown command %q for %q", rest[0], about.CommandPath())
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
			if about, rest, err := root.Find(args); err == nil && len(rest) == 0 {
				for _, c := range about.Commands() {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	})
}

// addCompletion adds cobra's command, and lets it refuse a shell that it does not know.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// formatFlag is --format.
type formatFlag struct{ reports.Format }

func (f *formatFlag) Set(name string) (err error) {
	f.Format, err = reports.ParseFormat(meant(formatNames, name))
	return err
}

func (f *formatFlag) Type() string { return "format" }

// seedFlag is --seed: a number, or fresh for every run.
type seedFlag struct {
	value uint64
	given bool
}

func (s *seedFlag) String() string {
	if !s.given {
		return ""
	}
	return strconv.FormatUint(s.value, 10)
}

func (s *seedFlag) Set(text string) (err error) {
	s.value, err = expression.Unsigned(strings.TrimSpace(text))
	s.given = s.given || err == nil
	return err
}

func (s *seedFlag) Type() string { return "number" }

// seedVariable is the environment's seed, below the flag.
const seedVariable = "GRADCHAIN_SEED"

// resolve returns the seed of the flag, of the environment, or a fresh one.
func (s *seedFlag) resolve() (uint64, error) {
	if text := os.Getenv(seedVariable); text != "" && !s.given {
		if err := s.Set(text); err != nil {
			return 0, fmt.Errorf("%s=%q: %w", seedVariable, text, err)
		}
	}
	if s.given {
		return s.value, nil
	}
	fresh, err := rand.Int(rand.Reader, big.NewInt(1_000_000_000)) // short enough to type again
	if err != nil {
		return 0, fmt.Errorf("no seed from the system: %w", err)
	}
	return fresh.Uint64(), nil
}

// jobsFlag adds --jobs.
func jobsFlag(cmd *cobra.Command, jobs *int) {
	*jobs = runtime.GOMAXPROCS(0)
	cmd.Flags().VarP((*countFlag)(jobs), "jobs", "j", "workers; the result does not depend on it")
}

func checkJobs(jobs int) error {
	if jobs < 1 || jobs > 4096 {
		return fmt.Errorf("jobs %d: want 1 to 4096", jobs)
	}
	return nil
}
