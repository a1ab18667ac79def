package chain

import (
	"fmt"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/stream"
	"gradchain/theory/law"
)

// draw turns the words of a stream into values of one law.
type draw struct {
	sampler kernel.Sampler
	bits    []uint64
}

// newDraw returns nil for the zero Law.
func newDraw(field string, l law.Law) (*draw, error) {
	if l.Name() == "" {
		return nil, nil
	}
	sampler, err := kernel.NewSampler(l)
	if err != nil {
		return nil, fmt.Errorf("%s %v: %w", field, l, err)
	}
	return &draw{sampler: sampler}, nil
}

// fill draws dst. It takes a multiple of 8 words, what a stream is made of.
func (d *draw) fill(src stream.Source, dst []float64) {
	words := d.sampler.Words() * lanes(len(dst))
	if cap(d.bits) < words {
		d.bits = make([]uint64, words)
	}
	d.bits = d.bits[:words]
	src.Fill(d.bits)
	d.sampler.Sample(dst, d.bits)
}

// lanes rounds n up to a multiple of 8.
func lanes(n int) int { return (n + 7) &^ 7 }
