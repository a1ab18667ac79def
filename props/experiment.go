package props

import (
	"context"

	"gradchain/sim/chain"
	"gradchain/sim/stream"
)

// experiment yields samples of the number that a claim is about, at one
// configuration.
type experiment interface {
	// streams is how many independent streams of random numbers it draws from.
	streams() int
	// run makes n draws and appends the number observed at each to dst. It may leave
	// some out: a conditional claim.
	run(ctx context.Context, from []stream.Source, n int, dst []float64) ([]float64, error)
	// values is the number of random values behind a draw.
	values() int64
}

// protocol prepares the experiment at a configuration.
type protocol[C any] func(c C) (experiment, error)

// subject is one thing that is sampled: a chain, a network. S holds a number of its
// samples.
type subject[S any] interface {
	draw(ctx context.Context, src stream.Source, n int, dst *S) error
	values() int64 // random values behind a sample
}

// observer appends one number for each draw to dst; samples[i] are those of the
// configuration's i-th subject. It may leave draws out.
type observer[C, S any] func(c C, samples []S, dst []float64) []float64

// observation draws the subjects of a configuration together, each from a stream of
// its own, and observes them.
type observation[C, S any] struct {
	config   C
	subjects []subject[S]
	samples  []S
	observe  observer[C, S]
	again    func() (experiment, error) // the same law by another engine; nil for none
}

// elsewhere is an experiment that other engines sample too.
type elsewhere interface {
	// other returns the experiment on another engine, nil if no other samples the law.
	other() (experiment, error)
}

func (o *observation[C, S]) other() (experiment, error) {
	if o.again == nil {
		return nil, nil
	}
	return o.again()
}

func (o *observation[C, S]) streams() int { return len(o.subjects) }

func (o *observation[C, S]) values() int64 {
	var sum int64
	for _, s := range o.subjects {
		sum += s.values()
	}
	return sum
}

func (o *observation[C, S]) run(ctx context.Context, from []stream.Source, n int, dst []float64) ([]float64, error) {
	for i, s := range o.subjects {
		if err := s.draw(ctx, from[i], n, &o.samples[i]); err != nil {
			return dst, err
		}
	}
	return o.observe(o.config, o.samples, dst), nil
}

// observing is the protocol that opens the models of a configuration and observes
// their samples.
func observing[C, M, S any](models func(C) []M, open func(M) (subject[S], error), observe observer[C, S]) protocol[C] {
	return func(c C) (experiment, error) {
		o := &observation[C, S]{config: c, observe: observe}
		all := models(c)
		if others, ok := onOthers(all); ok {
			o.again = func() (experiment, error) {
				return observing(func(C) []M { return others }, open, observe)(c)
			}
		}
		for _, m := range all {
			s, err := open(m)
			if err != nil {
				return nil, err
			}
			o.subjects = append(o.subjects, s)
		}
		o.samples = make([]S, len(o.subjects))
		return o, nil
	}
}

// onOthers are the models on other engines, those that have one, and whether any has.
func onOthers[M any](models []M) (others []M, ok bool) {
	for _, m := range models {
		if e, has := any(m).(interface{ elsewhere() (M, bool) }); has {
			if other, there := e.elsewhere(); there {
				m, ok = other, true
			}
		}
		others = append(others, m)
	}
	return others, ok
}

type paths = chain.Paths

// chains observes the paths of width-1 chains.
func chains[C any](models func(C) []chainAt, observe observer[C, paths]) protocol[C] {
	return observing(models, openChain, observe)
}

type chainSubject struct {
	engine  *chain.Engine
	factors int64
}

func openChain(c chainAt) (subject[paths], error) {
	e, err := chain.New(c.model())
	return chainSubject{e, int64(c.factors())}, err
}

func (s chainSubject) values() int64 { return s.factors }

func (s chainSubject) draw(_ context.Context, src stream.Source, n int, dst *paths) error {
	dst.Resize(n)
	s.engine.Sample(src, *dst)
	return nil
}
