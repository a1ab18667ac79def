package props

import (
	"encoding/hex"
	"fmt"

	"gradchain/props/evidence"
	"gradchain/sim/stream"
)

// maxRounds bounds how often a batch is topped up when an observer leaves
// samples out.
const maxRounds = 10_000

// drawing says for what samples are drawn.
type drawing struct {
	phase  string // "explore" or "confirm"
	family stream.Family
}

// The drawings of a claim. The second confirms refutations by noise of another
// construction, the third by another engine as well.
var (
	explore = drawing{"explore", stream.Xoshiro}
	confirm = drawing{"confirm", stream.PCG}
	other   = drawing{"other engine", stream.PCG}
)

// sampler draws batches for a configuration: of the claim's experiment, and in the
// second half of every batch of the one it is held against, if there is one.
func (s *sampledSession[C]) sampler(j *judged[C], d drawing, against experiment) evidence.Sampler {
	e, err := s.sample(j.config)
	if err != nil {
		return func(int, []float64) error { return err }
	}
	own := s.column(j, d, e, 0)
	if against == nil {
		return own
	}
	return evidence.Both(own, s.column(j, d, against, 1))
}

// column draws batches of one experiment: batch b comes from the streams of its own
// keys, so batches are independent and order does not matter.
func (s *sampledSession[C]) column(j *judged[C], d drawing, e experiment, column int) evidence.Sampler {
	var observed []float64
	from := make([]stream.Source, e.streams())
	return func(batch int, dst []float64) error {
		for i := range from {
			from[i] = s.key(j, d.phase, place{column, i, batch}).Source(d.family)
		}
		for filled, round := 0, 0; filled < len(dst); round++ {
			if round == maxRounds {
				return fmt.Errorf("no valid sample in %d draws: the condition almost never holds", maxRounds*len(dst))
			}
			var err error
			if observed, err = e.run(s.ctx, from, len(dst), observed[:0]); err != nil {
				return err
			}
			j.factors += int64(len(dst)) * e.values()
			filled += copy(dst[filled:], observed)
		}
		return nil
	}
}

// place is where in the samples of a configuration a stream is used.
type place struct{ column, subject, batch int }

// key of the stream of a batch of one subject. A second column, and the subject's index
// from the second on, follow the claim's ID.
func (s *sampledSession[C]) key(j *judged[C], phase string, p place) stream.Key {
	purpose := s.claim.ID
	if p.column > 0 {
		purpose += "#against"
	}
	if p.subject > 0 {
		purpose = fmt.Sprintf("%s#%d", purpose, p.subject)
	}
	return stream.Key{Seed: s.env.Seed, Purpose: purpose, Config: j.text, Phase: phase, Block: uint64(p.batch)}
}

func (s *sampledSession[C]) streamKey(j *judged[C]) string {
	hash := s.key(j, explore.phase, place{}).Hash()
	return hex.EncodeToString(hash[:])
}
