package product

import (
	"errors"
	"math"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
)

// Scale is the size of the entries of a square Gaussian matrix, given by EntryStd or
// by WeightVar. The zero Scale is invalid: functions return an error for it.
type Scale struct {
	kind  scaleKind
	value float64
}

type scaleKind int

const (
	noScale scaleKind = iota
	entryStd
	weightVar
)

// EntryStd says that the entries have standard deviation std > 0, at any width.
func EntryStd(std float64) Scale { return Scale{entryStd, std} }

// WeightVar says that the entries have variance v/width, v > 0.
func WeightVar(v float64) Scale { return Scale{weightVar, v} }

func (s Scale) check() error {
	switch s.kind {
	case entryStd:
		return domain.Positive("entry_std", s.value)
	case weightVar:
		return domain.Positive("weight_var", s.value)
	}
	return errors.New("entry_std and weight_var missing, want one of them > 0")
}

// logVar returns log m·Var(entry) at width n, relatively accurate near 0 too.
func (s Scale) logVar(m, n float64) float64 {
	x := s.value
	rest := decimal.Rest(x) / x
	if s.kind == weightVar {
		if above := math.FMA(x, m, -n) / n; math.Abs(above) < 0.5 {
			return math.Log1p(above) + rest
		}
		return math.Log(x) + math.Log(m/n) + rest
	}
	square := x * x
	if above := math.FMA(m, square, -1) + m*math.FMA(x, x, -square); math.Abs(above) < 0.5 {
		return math.Log1p(above) + 2*rest
	}
	return math.Log(m) + 2*math.Log(x) + 2*rest
}
