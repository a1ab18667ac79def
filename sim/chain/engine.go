package chain

import (
	"context"
	"errors"
	"fmt"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// Engine samples one model. It works on all paths of a block at a time, layer by
// layer, and allocates nothing per path. It is for one goroutine at a time.
type Engine struct {
	model  model.Chain
	walker walker
	final  [1]int // the depth of the model
	dst    Paths  // of Sample
	keep   func(i int, p Paths)
}

// walker samples the paths of one block. at is checked.
type walker interface {
	walk(ctx context.Context, src stream.Source, paths int, at []int, visit func(i int, p Paths)) error
}

// cancelEvery is the number of layers between two looks at a context: some
// milliseconds.
const cancelEvery = 1024

// New returns an engine for the model, or the error of its Validate.
func New(m model.Chain) (*Engine, error) {
	if err := errors.Join(level.Err, m.Validate()); err != nil {
		return nil, err
	}
	m = m.WithDefaults()
	e := &Engine{model: m, final: [1]int{m.Depth}}
	e.keep = func(_ int, p Paths) {
		copy(e.dst.LogAbs, p.LogAbs)
		copy(e.dst.Negative, p.Negative)
	}
	var err error
	switch {
	case m.Batch > 0:
		e.walker, err = newBatch(m)
	case m.Kind == model.Forward:
		e.walker, err = newForward(m)
	default:
		e.walker, err = newIndependent(m)
	}
	if err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	return e, nil
}

// Walk samples paths from src and calls visit(i, p) with their gradients at depth
// at[i], for i = 0, 1, …; p is valid during the call. Gradients at one depth do not
// depend on the other depths visited. The paths are a function of src and their
// number alone. Walk returns early, with the error of ctx, when that is done.
//
// It panics unless paths is positive and at ascends within 1 … Depth.
func (e *Engine) Walk(ctx context.Context, src stream.Source, paths int, at []int, visit func(i int, p Paths)) error {
	if paths < 1 {
		panic(fmt.Sprintf("chain: %d paths", paths))
	}
	above := 0
	for _, depth := range at {
		if depth <= above || depth > e.model.Depth {
			panic(fmt.Sprintf("chain: depths %v do not ascend within 1 … %d", at, e.model.Depth))
		}
		above = depth
	}
	return e.walker.walk(ctx, src, paths, at, visit)
}

// Sample fills dst with gradients at the depth of the model. Paths beyond those of
// one call come from the next call with the same src.
func (e *Engine) Sample(src stream.Source, dst Paths) {
	e.dst = dst
	if err := e.Walk(context.Background(), src, dst.Len(), e.final[:], e.keep); err != nil {
		panic("chain: " + err.Error()) // nothing can cancel it
	}
	e.dst = Paths{}
}
