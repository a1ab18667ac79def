package main

import (
	"fmt"

	"gradchain/sim/model"
	"gradchain/sim/network"
)

// weightsFlag, normFlag and engineFlag read names; errors list them.
type weightsFlag struct{ model.WeightLaw }

func (f *weightsFlag) Set(text string) (err error) {
	f.WeightLaw, err = model.ParseWeightLaw(meant(weightNames, text))
	return err
}

func (f *weightsFlag) Type() string { return "law" }

type normFlag struct{ model.Norm }

func (f *normFlag) Set(text string) (err error) {
	f.Norm, err = model.ParseNorm(meant(normNames, text))
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
	text = meant(engineNames, text)
	if f.given = text != automatic; f.given {
		if f.Kind, err = network.ParseKind(text); err != nil {
			return fmt.Errorf("%w, or auto", err)
		}
	}
	return nil
}

func (f *engineFlag) Type() string { return "engine" }

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
