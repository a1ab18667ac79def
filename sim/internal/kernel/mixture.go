package kernel

import (
	"math"

	"gradchain/theory/law"
)

// mixture draws which law a value comes from with a word of its own, and then the value by the
// sampler of that law from the words that follow. All laws see the same words, of which only
// the chosen one makes use, so that the values are independent of the choice.
//
// In a group of 8 values the first 8 words choose; the others are laid out as for the law.
type mixture struct {
	parts []mixturePart
	words int
	bits  []uint64
	value []float64
}

// mixturePart is one law. It is chosen by the words below upTo, that the parts before it
// leave.
type mixturePart struct {
	sampler Sampler
	upTo    uint64
}

// mixtureBlock is the number of values that are drawn at a time.
const mixtureBlock = 32 * width

func newMixture(l law.Law) (Sampler, error) {
	m := &mixture{value: make([]float64, mixtureBlock)}
	cumulative := 0.0
	for _, p := range l.Parts() {
		s, err := partSampler(p.Law)
		if err != nil {
			return nil, err
		}
		cumulative += p.Weight
		m.parts = append(m.parts, mixturePart{s, threshold(cumulative)})
		m.words = max(m.words, s.Words())
	}
	m.bits = make([]uint64, m.words*mixtureBlock)
	m.words++ // the choice
	m.parts[len(m.parts)-1].upTo = math.MaxUint64
	return m, nil
}

// partSampler also knows constant(0), which has no sampler of its own.
func partSampler(l law.Law) (Sampler, error) {
	if l.Name() == "constant" {
		return constant{l.Args()[0]}, nil
	}
	return NewSampler(l)
}

// threshold returns p·2^64, at most 2^64 − 1.
func threshold(p float64) uint64 {
	if p >= 1 {
		return math.MaxUint64
	}
	return uint64(math.Ldexp(p, 64))
}

func (m *mixture) Words() int { return m.words }

func (m *mixture) Sample(dst []float64, bits []uint64) {
	check(len(dst), bits, m.words)
	for len(dst) > 0 {
		n := min(len(dst), mixtureBlock)
		words := m.words * lanes(n)
		m.block(dst[:n], bits[:words])
		dst, bits = dst[n:], bits[words:]
	}
}

func (m *mixture) block(dst []float64, bits []uint64) {
	below := uint64(0)
	for _, p := range m.parts {
		words := p.sampler.Words()
		for g := 0; g < lanes(len(dst)); g += width {
			own := bits[g*m.words+width:]
			copy(m.bits[g*words:], own[:words*width])
		}
		value := m.value[:len(dst)]
		p.sampler.Sample(value, m.bits[:words*lanes(len(dst))])
		for i, x := range value {
			choice := bits[i/width*width*m.words+i%width]
			if choice >= below && (choice < p.upTo || p.upTo == math.MaxUint64) {
				dst[i] = x
			}
		}
		below = p.upTo
	}
}
