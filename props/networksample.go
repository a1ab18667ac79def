package props

import (
	"context"
	"math"

	"gradchain/sim/network"
	"gradchain/sim/stream"
)

// nets are samples of networks, tangents the logarithms of one tangent at layers 0 … L of
// each, spectra the Lyapunov sums or the logarithms of the singular values of each.
type (
	nets     = []network.Sample
	tangents = [][]float64
	spectra  = [][]float64
)

// networks observes networks layer by layer.
func networks[C any](models func(C) []networkAt, observe observer[C, nets]) protocol[C] {
	return observing(models, openNetwork, observe)
}

// networkTangents observes tangents: one logarithm for each layer 0 … L.
func networkTangents[C any](models func(C) []networkAt, observe observer[C, tangents]) protocol[C] {
	return observing(models, openTangent, observe)
}

type networkSubject struct {
	engine network.Engine
	cost   int64
	depth  int
}

func newNetworkSubject(c networkAt) (networkSubject, error) {
	m := c.model()
	e, err := network.New(c.kind(), m)
	if err != nil {
		return networkSubject{}, err
	}
	return networkSubject{e, int64(network.Cost(c.kind(), m)), c.Depth}, nil
}

func (s networkSubject) values() int64 { return s.cost }

func openNetwork(c networkAt) (subject[nets], error) {
	s, err := newNetworkSubject(c)
	return netSubject{s}, err
}

type netSubject struct{ networkSubject }

func (s netSubject) draw(ctx context.Context, src stream.Source, n int, dst *nets) error {
	*dst = room(*dst, n)
	for i := range *dst {
		if err := s.engine.Sample(ctx, src, &(*dst)[i]); err != nil {
			return err
		}
	}
	return nil
}

func openTangent(c networkAt) (subject[tangents], error) {
	s, err := newNetworkSubject(c)
	if err != nil {
		return nil, err
	}
	return vectors{s.engine.Tangent, c.Depth + 1, s.cost}, nil
}

// vectors are samples of so many numbers each.
type vectors struct {
	take func(ctx context.Context, src stream.Source, dst []float64) error
	size int
	cost int64
}

func (v vectors) values() int64 { return v.cost }

func (v vectors) draw(ctx context.Context, src stream.Source, n int, dst *[][]float64) error {
	*dst = room(*dst, n)
	for i := range *dst {
		(*dst)[i] = room((*dst)[i], v.size)
		if err := v.take(ctx, src, (*dst)[i]); err != nil {
			return err
		}
	}
	return nil
}

// networkLyapunov observes the logarithms of the growth of the top directions.
func networkLyapunov[C any](models func(C) []networkAt, top func(networkAt) int, observe observer[C, spectra]) protocol[C] {
	return observing(models, func(c networkAt) (subject[spectra], error) {
		e, err := network.NewSpectral(c.kind(), c.model())
		if err != nil {
			return nil, err
		}
		return vectors{e.Lyapunov, top(c), int64(network.Cost(c.kind(), c.model()))}, nil
	}, observe)
}

// networkSingularValues observes the logarithms of the singular values of the Jacobian.
func networkSingularValues[C any](models func(C) []networkAt, observe observer[C, spectra]) protocol[C] {
	return observing(models, func(c networkAt) (subject[spectra], error) {
		e, err := network.NewSpectral(c.kind(), c.model())
		if err != nil {
			return nil, err
		}
		return vectors{e.SingularValues, c.Width, int64(network.Cost(c.kind(), c.model()))}, nil
	}, observe)
}

// networkNorm observes the logarithm of the largest singular value of the Jacobian.
func networkNorm[C any](models func(C) []networkAt, observe observer[C, spectra]) protocol[C] {
	return observing(models, func(c networkAt) (subject[spectra], error) {
		e, err := network.NewSpectral(c.kind(), c.model())
		if err != nil {
			return nil, err
		}
		take := func(ctx context.Context, src stream.Source, dst []float64) (err error) {
			dst[0], err = e.Norm(ctx, src)
			return err
		}
		return vectors{take, 1, int64(network.Cost(c.kind(), c.model()))}, nil
	}, observe)
}

// room returns n elements, those of x as far as it goes.
func room[T any](x []T, n int) []T {
	if n > cap(x) {
		x = append(x[:cap(x)], make([]T, n-cap(x))...)
	}
	return x[:n]
}

func oneNetwork(c networkAt) []networkAt { return []networkAt{c} }

// eachNetwork observes one number of every network.
func eachNetwork(number func(c networkAt, s *network.Sample) float64) protocol[networkAt] {
	return networks(oneNetwork, func(c networkAt, samples []nets, dst []float64) []float64 {
		for i := range samples[0] {
			dst = append(dst, number(c, &samples[0][i]))
		}
		return dst
	})
}

// eachAlive observes a logarithm of every network in which that is not −Inf: the
// condition that what is measured is alive.
func eachAlive(logarithm func(c networkAt, s *network.Sample) float64) protocol[networkAt] {
	return networks(oneNetwork, func(c networkAt, samples []nets, dst []float64) []float64 {
		for i := range samples[0] {
			if x := logarithm(c, &samples[0][i]); !math.IsInf(x, -1) {
				dst = append(dst, x)
			}
		}
		return dst
	})
}

// The logarithms that most claims are about: of the second moment of the last layer,
// ‖x^L‖²/n, and of the norm of the gradient with respect to the input.
func lastSquare(c networkAt, s *network.Sample) float64    { return s.LogSquare[c.Depth] }
func inputGradient(_ networkAt, s *network.Sample) float64 { return s.LogGradNorm[0] }
