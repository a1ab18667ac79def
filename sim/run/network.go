package run

import (
	"context"
	"errors"
	"math"
	"math/bits"

	"gradchain/sim/chain"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/sim/tally"
)

// NetworkSpec says which network to sample and how.
type NetworkSpec struct {
	Model model.Dense
	// Engine is network.Law by default. Runs of different engines are independent.
	Engine network.Kind
	// At are the layers to tally, in ascending order, 0 for the input. None means all.
	At []int
	// Samples is the number of independent networks; required.
	Samples int
	// Seed selects the random streams; 0 is a seed like any other.
	Seed uint64
	// Jobs is the number of workers; 0 means one for each processor.
	Jobs int
	// Thresholds are natural logarithms t at which P(log gradient norm > t) is
	// estimated.
	Thresholds []float64
	// Each, if not nil, is given every sample, numbered from 0 in ascending order,
	// from the goroutine that runs Network. A sample is valid during the call.
	Each func(i int, s *network.Sample)
	// Progress, if not nil, is told how many samples are done, in ascending order
	// from the goroutine that runs Network.
	Progress func(done, total int)
}

// Validate reports everything that is wrong with the specification.
func (s NetworkSpec) Validate() error {
	errs := append([]error{s.Model.Validate()}, checkSampling(s.Samples, s.Jobs, s.Thresholds)...)
	if errs[0] != nil {
		return errors.Join(errs...) // the layers are not known
	}
	if _, err := network.New(s.Engine, s.Model); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, checkAt(s.At, len(s.Model.Layers())-1, "layers")...)...)
}

// Layer is what is kept of the samples at one layer.
type Layer struct {
	Layer       int          // 0 is the input
	Width       int          // number of units
	Inputs      int          // number of inputs B
	LogSquare   *tally.Tally // of log(Σ_i‖x_i^l‖²/(B·n_l))
	LogGradNorm *tally.Tally // of log √Σ_i‖∂out/∂h_i^l‖², out = Σ_i u_i·x_i^L, of a residual network of log √Σ_i‖∂out/∂x_i^l‖²
	Correlation Moments      // of the cosine of the angle between x_1^l and x_2^l, where there is one
	Dead        int64        // units with φ′ = 0, of B·n_l a sample, over all samples
	Saturated   int64        // saturated units, dead ones included, over all samples
}

// Moments is a number of values, with their mean and variance (Welford 1962).
type Moments struct {
	count    int64
	mean, m2 float64 // m2 is Σ (x − mean)²
}

// Count returns the number of values.
func (m *Moments) Count() int64 { return m.count }

// Mean returns the mean, NaN of no values.
func (m *Moments) Mean() float64 {
	if m.count == 0 {
		return math.NaN()
	}
	return m.mean
}

// Variance returns the unbiased sample variance, NaN for fewer than two values.
func (m *Moments) Variance() float64 {
	if m.count < 2 {
		return math.NaN()
	}
	return m.m2 / float64(m.count-1)
}

// add counts x, unless it is NaN.
func (m *Moments) add(x float64) {
	if math.IsNaN(x) {
		return
	}
	m.count++
	d := x - m.mean
	m.mean += d / float64(m.count)
	m.m2 += float64(d * (x - m.mean))
}

// add counts the samples of a block.
func (l *Layer) add(block []network.Sample, p *chain.Paths) {
	p.Resize(len(block))
	clear(p.Negative)
	for i := range block {
		p.LogAbs[i] = block[i].LogSquare[l.Layer]
		l.Correlation.add(block[i].Correlation[l.Layer])
		l.Dead += int64(block[i].Dead[l.Layer])
		l.Saturated += int64(block[i].Saturated[l.Layer])
	}
	l.LogSquare.Add(*p)
	for i := range block {
		p.LogAbs[i] = block[i].Gradient(l.Layer)
	}
	l.LogGradNorm.Add(*p)
}

// BlockSamples returns the number of networks in a block: a power of two that depends
// on the model and the engine alone. A block takes the order of a second at most,
// except that it has at least one network, and stores little.
func BlockSamples(k network.Kind, m model.Dense) int {
	const values, stored, most = 1 << 23, 1 << 18, 256
	fit := min(values/network.Cost(k, m), stored/float64(len(m.Layers())), most)
	return max(1<<bits.Len(uint(fit))/2, 1)
}

// Network samples the networks and returns what is kept of the layers At. A
// specification that is not valid gives the error of Validate; a cancelled ctx gives
// its error, soon.
func Network(ctx context.Context, s NetworkSpec) ([]*Layer, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	layers := s.layers()
	var paths chain.Paths
	err := blocks[network.Sample]{
		samples: s.Samples, size: BlockSamples(s.Engine, s.Model), jobs: s.Jobs, bytes: network.Bytes(s.Engine, s.Model),
		key:     stream.Key{Seed: s.Seed, Purpose: "network " + s.Engine.String(), Config: s.Model.Canonical()},
		sampler: func() (sampler[network.Sample], error) { return network.New(s.Engine, s.Model) },
		add: func(block []network.Sample) {
			for _, l := range layers {
				l.add(block, &paths)
			}
		},
		each: s.Each, progress: s.Progress,
	}.run(ctx)
	if err != nil {
		return nil, err
	}
	return layers, nil
}

// layers returns empty layers At.
func (s NetworkSpec) layers() []*Layer {
	widths := s.Model.Layers()
	if len(s.At) == 0 {
		for l := range widths {
			s.At = append(s.At, l)
		}
	}
	depth := len(widths) - 1
	out := make([]*Layer, len(s.At))
	for i, l := range s.At {
		out[i] = &Layer{
			Layer: l, Width: widths[l], Inputs: s.Model.Inputs(), LogSquare: tally.New(depth, nil), LogGradNorm: tally.New(depth, s.Thresholds),
		}
	}
	return out
}
