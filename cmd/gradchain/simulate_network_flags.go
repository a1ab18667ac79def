package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/theory/activation"
	"gradchain/theory/meanfield"
)

// weightsFlag, normFlag and engineFlag read names; errors list them.
type weightsFlag struct{ model.WeightLaw }

func (f *weightsFlag) Set(text string) (err error) {
	f.WeightLaw, err = model.ParseWeightLaw(text)
	return err
}

func (f *weightsFlag) Type() string { return "law" }

type normFlag struct{ model.Norm }

func (f *normFlag) Set(text string) (err error) {
	f.Norm, err = model.ParseNorm(text)
	return err
}

func (f *normFlag) Type() string { return "norm" }

// engineFlag is an engine, or the fastest exact one for the model.
type engineFlag struct {
	network.Kind
	given bool
}

const automatic = "auto"

func (f *engineFlag) String() string {
	if !f.given {
		return automatic
	}
	return f.Kind.String()
}

func (f *engineFlag) Set(text string) (err error) {
	if f.given = text != automatic; f.given {
		if f.Kind, err = network.ParseKind(text); err != nil {
			return fmt.Errorf("%w, or auto", err)
		}
	}
	return nil
}

func (f *engineFlag) Type() string { return "engine" }

// stdFlag is σ_w: a number, or that of the critical line.
type stdFlag struct {
	value    float64
	critical bool
}

func (f *stdFlag) String() string {
	if f.critical {
		return "critical"
	}
	return strconv.FormatFloat(f.value, 'g', -1, 64)
}

func (f *stdFlag) Set(text string) (err error) {
	if f.critical = text == "critical"; f.critical {
		return nil
	}
	if f.value, err = strconv.ParseFloat(text, 64); err != nil || math.IsNaN(f.value) {
		return errors.New("want a number such as 1.5, or critical")
	}
	return nil
}

func (f *stdFlag) Type() string { return "number" }

// resolve returns σ_w for an activation and σ_b.
func (f *stdFlag) resolve(a activation.Activation, biasStd float64) (float64, error) {
	if !f.critical {
		return f.value, nil
	}
	point, err := meanfield.CriticalPoint(a, biasStd*biasStd)
	if err != nil {
		return 0, fmt.Errorf("weight-std critical with bias-std %v: %w", biasStd, err)
	}
	return math.Sqrt(point.WeightVar), nil
}

// alphaFlag is α of a residual network: a number, or one that falls with the depth.
type alphaFlag struct {
	text     string
	value    float64
	exponent float64 // of 1/L
}

func (f *alphaFlag) String() string { return f.text }
func (f *alphaFlag) Type() string   { return "number" }

func (f *alphaFlag) Set(text string) (err error) {
	*f = alphaFlag{text: strings.ReplaceAll(text, " ", ""), value: 1}
	switch f.text {
	case "1/sqrt(L)", "1/√L", "L^-0.5":
		f.exponent = 0.5
	case "1/L", "L^-1":
		f.exponent = 1
	default:
		if f.value, err = strconv.ParseFloat(f.text, 64); err != nil || math.IsNaN(f.value) {
			return errors.New("want a number from 0, 1/sqrt(L) or 1/L")
		}
	}
	return nil
}

// resolve returns α for a depth.
func (f *alphaFlag) resolve(depth int) float64 {
	switch f.exponent {
	case 0.5:
		return f.value / math.Sqrt(float64(depth))
	case 1:
		return f.value / float64(depth)
	}
	return f.value
}

// widthsFlag is a list of widths.
type widthsFlag []int

func (f *widthsFlag) String() string {
	d := depthsFlag(*f)
	return d.String()
}

func (f *widthsFlag) Type() string { return "widths" }

func (f *widthsFlag) Set(text string) (err error) {
	*f, err = counts(text, "width", "784,256,10")
	return err
}

// layersFlag is a list of layers, or all of them.
type layersFlag struct {
	all  bool
	list depthsFlag
}

func (f *layersFlag) String() string {
	if f.all {
		return "all"
	}
	return f.list.String()
}

func (f *layersFlag) Type() string { return "layers" }

func (f *layersFlag) Set(text string) (err error) {
	if f.all = text == "all"; f.all {
		return nil
	}
	if f.list, err = counts(text, "layer", "0,1,10, or all"); err == nil {
		slices.Sort(f.list)
		f.list = slices.Compact(f.list)
	}
	return err
}

// mostLayers bounds the rows of a report.
const mostLayers = 10_000

// of returns the layers to report: those of the flag, or 0, 1, 2, 5, 10, 20, … and the
// depth.
func (f *layersFlag) of(depth int) ([]int, error) {
	switch {
	case f.all && depth >= mostLayers:
		return nil, fmt.Errorf("at all: the report would have %d layers, want at most %d; --raw has them all", depth+1, mostLayers)
	case f.all:
		return every(depth), nil
	case len(f.list) > 0:
		return f.list, nil
	}
	out := []int{0}
	for power := 1; power < depth; power *= 10 {
		for _, step := range []int{1, 2, 5} {
			if l := step * power; l < depth {
				out = append(out, l)
			}
		}
	}
	return append(out, depth), nil
}

// every returns 0 … depth.
func every(depth int) []int {
	out := make([]int, depth+1)
	for l := range out {
		out[l] = l
	}
	return out
}
