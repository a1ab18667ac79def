package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gradchain/theory/expression"
)

// numbersHelp says how numbers are written.
const numbersHelp = "Numbers may be written 1/3, sqrt(2), √5, pi/4, 2^0.5 or 1e-3, whole ones also 1_000_000."

// realFlag is a finite number.
type realFlag float64

func (f *realFlag) String() string { return strconv.FormatFloat(float64(*f), 'g', -1, 64) }
func (f *realFlag) Type() string   { return "number" }

func (f *realFlag) Set(text string) error {
	x, err := expression.Real(strings.TrimSpace(text))
	*f = realFlag(x)
	return err
}

// extendedFlag is a number, Inf or -Inf.
type extendedFlag float64

func (f *extendedFlag) String() string { return (*realFlag)(f).String() }
func (f *extendedFlag) Type() string   { return "number" }

func (f *extendedFlag) Set(text string) error {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "inf", "+inf", "∞", "+∞":
		*f = extendedFlag(math.Inf(1))
		return nil
	case "-inf", "-∞", "−∞":
		*f = extendedFlag(math.Inf(-1))
		return nil
	}
	return (*realFlag)(f).Set(text)
}

// countFlag is a whole number that may be written 1e6, 1_000_000, 3.0 or 28*28.
type countFlag int

func (f *countFlag) String() string { return strconv.Itoa(int(*f)) }
func (f *countFlag) Type() string   { return "number" }

func (f *countFlag) Set(text string) error {
	n, err := expression.Whole(strings.TrimSpace(text))
	if err != nil && !errors.Is(err, expression.ErrWhole) {
		err = fmt.Errorf("%w; %w", err, expression.ErrWhole)
	}
	*f = countFlag(n)
	return err
}

// mostListed bounds a list of depths or layers.
const mostListed = 100_000

// counts reads whole numbers and ranges of them with commas between.
func counts(text, example string) ([]int, error) {
	parts := expression.Split(text, ',')
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	out, err := expression.Wholes(strings.Join(parts, ","), mostListed)
	if err != nil {
		return nil, fmt.Errorf("%w; want whole numbers with commas between, such as %s", err, example)
	}
	return out, nil
}

// layersFlag is a list of layers, depths or steps in ascending order, or all of them.
type layersFlag struct {
	all  bool
	list []int
}

func (f *layersFlag) String() string {
	if f.all {
		return "all"
	}
	return listText(f.list)
}

func listText(list []int) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

func (f *layersFlag) Type() string { return "list" }

func (f *layersFlag) Set(text string) error {
	if strings.EqualFold(strings.TrimSpace(text), "all") {
		f.all, f.list = true, nil
		return nil
	}
	list, err := counts(text, "1,10,100 or 0:100:10, or all")
	if err != nil {
		return err
	}
	slices.Sort(list)
	f.all, f.list = false, slices.Compact(list)
	return nil
}

// widthsFlag is a list of widths.
type widthsFlag []int

func (f *widthsFlag) String() string { return listText(*f) }
func (f *widthsFlag) Type() string   { return "widths" }

func (f *widthsFlag) Set(text string) (err error) {
	*f, err = counts(text, "784,256,10")
	return err
}

// alphaFlag is α of a residual network: a number, in which L may stand for the depth.
type alphaFlag struct {
	text string
	of   expression.Expression
}

func newAlpha(text string) alphaFlag {
	var f alphaFlag
	if err := f.Set(text); err != nil {
		panic("alpha: " + err.Error())
	}
	return f
}

func (f *alphaFlag) String() string { return f.text }
func (f *alphaFlag) Type() string   { return "number" }

func (f *alphaFlag) Set(text string) error {
	text = strings.ReplaceAll(text, " ", "")
	of, err := expression.Parse(text, "L")
	if err != nil {
		return fmt.Errorf("%w; want a number, or one with the depth L such as 1/sqrt(L)", err)
	}
	*f = alphaFlag{text, of}
	return nil
}

// resolve returns α for a depth.
func (f *alphaFlag) resolve(depth int) (float64, error) {
	v, err := f.of.Value(float64(depth))
	if err != nil {
		return 0, fmt.Errorf("alpha %s at L = %d: %w", f.text, depth, err)
	}
	x, err := v.Float64()
	if err != nil {
		return 0, fmt.Errorf("alpha %s at L = %d: %w", f.text, depth, err)
	}
	return x, nil
}

// stdFlag is σ_w: a number, or that of the critical line.
type stdFlag struct {
	value    realFlag
	critical bool
}

func (f *stdFlag) String() string {
	if f.critical {
		return "critical"
	}
	return f.value.String()
}

func (f *stdFlag) Type() string { return "number" }

func (f *stdFlag) Set(text string) error {
	if f.critical = strings.EqualFold(strings.TrimSpace(text), "critical"); f.critical {
		return nil
	}
	if err := f.value.Set(text); err != nil {
		return fmt.Errorf("%w; want σ_w, in units of 1/√fan-in, such as 1.5 or sqrt(2), or critical", err)
	}
	return nil
}

// biasFlag is σ_b.
type biasFlag float64

func (f *biasFlag) String() string { return (*realFlag)(f).String() }
func (f *biasFlag) Type() string   { return "number" }

func (f *biasFlag) Set(text string) error {
	if err := (*realFlag)(f).Set(text); err != nil {
		return fmt.Errorf("%w; want σ_b, the standard deviation itself, such as 0.1", err)
	}
	return nil
}

// What σ_w and σ_b are.
const (
	weightStdUsage = "gain σ_w of the weights, in units of 1/√fan-in:\ntheir standard deviation is σ_w/√fan-in"
	biasStdUsage   = "standard deviation σ_b of the biases, itself and not in units of 1/√fan-in"
)
