package main

import (
	"errors"
	"fmt"
	"gradchain/theory/expression"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// screen is how much a simulation prints, and what it calls stable.
type screen struct {
	details bool
	factor  factorFlag
}

var defaultScreen = screen{factor: 10}

func (s *screen) add(flags *pflag.FlagSet) {
	flags.BoolVar(&s.details, "details", false, "print moments, quantiles, spreads and shares as well")
	flags.Var(&s.factor, "factor", "gradients count as stable if all of them change by less than this factor over the depth")
}

// factorFlag is a finite number above 1.
type factorFlag float64

func (f *factorFlag) String() string { return strconv.FormatFloat(float64(*f), 'g', -1, 64) }
func (f *factorFlag) Type() string   { return "number" }

func (f *factorFlag) Set(text string) error {
	x, err := expression.Real(strings.TrimSpace(text))
	if err != nil {
		return fmt.Errorf("%w; want a number above 1, such as 10", err)
	}
	if !(x > 1) {
		return errors.New("want a number above 1, such as 10")
	}
	*f = factorFlag(x)
	return nil
}
