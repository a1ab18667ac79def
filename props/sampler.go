package props

import (
	"encoding/hex"
	"fmt"

	"gradchain/props/evidence"
	"gradchain/sim/chain"
	"gradchain/sim/stream"
)

type paths = chain.Paths

// observer appends one number for each sample to dst; paths[i] are the paths of
// the configuration's i-th chain. It may leave samples out: a conditional claim.
type observer[C any] func(c C, paths []paths, dst []float64) []float64

// maxRounds bounds how often a batch is topped up when an observer leaves
// samples out.
const maxRounds = 10_000

// sampler draws batches for a configuration: batch b of chain i comes from the
// stream of its own key, so batches are independent and order does not matter.
func (s *sampledSession[C]) sampler(j *judged[C], phase string, family stream.Family) evidence.Sampler {
	models := s.chains(j.config)
	engines := make([]*chain.Engine, len(models))
	drawn := make([]paths, len(models))
	sources := make([]stream.Source, len(models))
	var observed []float64
	return func(batch int, dst []float64) error {
		for i, m := range models {
			if engines[i] == nil {
				var err error
				if engines[i], err = chain.New(m.model()); err != nil {
					return err
				}
			}
			drawn[i].Resize(len(dst))
			sources[i] = s.key(j, phase, i, batch).Source(family)
		}
		filled := 0
		for range maxRounds {
			for i, e := range engines {
				e.Sample(sources[i], drawn[i])
				j.factors += int64(len(dst)) * int64(models[i].factors())
			}
			observed = s.observe(j.config, drawn, observed[:0])
			filled += copy(dst[filled:], observed)
			if filled == len(dst) {
				return nil
			}
		}
		return fmt.Errorf("no valid sample in %d draws: the condition almost never holds", maxRounds*len(dst))
	}
}

// key of batch b of the i-th chain. The chain's index follows the claim's ID
// from the second chain on.
func (s *sampledSession[C]) key(j *judged[C], phase string, i, batch int) stream.Key {
	purpose := s.claim.ID
	if i > 0 {
		purpose = fmt.Sprintf("%s#%d", purpose, i)
	}
	return stream.Key{Seed: s.env.Seed, Purpose: purpose, Config: j.text, Phase: phase, Block: uint64(batch)}
}

func (s *sampledSession[C]) streamKey(j *judged[C]) string {
	hash := s.key(j, "explore", 0, 0).Hash()
	return hex.EncodeToString(hash[:])
}
