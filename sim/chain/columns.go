package chain

import (
	"context"

	"gradchain/sim/stream"
)

// layers is one layer of all paths of a block after another.
type layers interface {
	// start begins n paths.
	start(src stream.Source, n int)
	// steps multiplies the gradients by the factors of the next n layers.
	steps(src stream.Source, n int)
	// read writes the gradients.
	read(dst Paths)
}

// columns walks a block layer by layer.
type columns struct {
	layers layers
	out    Paths
}

func (c *columns) walk(ctx context.Context, src stream.Source, paths int, at []int, visit func(i int, p Paths)) error {
	c.out.Resize(paths)
	c.layers.start(src, paths)
	l := 0
	for i, depth := range at {
		for l < depth {
			if l%cancelEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			n := min(depth-l, cancelEvery-l%cancelEvery)
			c.layers.steps(src, n)
			l += n
		}
		c.layers.read(c.out)
		visit(i, c.out)
	}
	return nil
}
