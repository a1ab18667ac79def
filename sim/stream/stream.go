// Package stream has the random streams of the simulation, keyed by meaning.
//
// A [Key] says what a stream is for: the seed of the run, the purpose, the canonical
// text of the configuration, the phase and the index of the block. Two keys that
// differ in any of these give independent streams, so no two users share noise, and a
// block gives the same numbers on every machine, whatever ran before it.
//
// Streams are for simulation, not for secrets.
package stream

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Key is the meaning of a stream. The zero Key is valid. The texts must not contain a
// zero byte, which ends them in the hash.
type Key struct {
	Seed    uint64 // of the run, given by a person or drawn afresh
	Purpose string // what the numbers are for, such as the name of a claim
	Config  string // canonical text of the configuration sampled
	Phase   string // such as "explore" or "confirm"; may be empty
	Block   uint64 // index of the block
}

// Hash returns SHA-256("gradchain/v1" 00 seed 00 purpose 00 config 00 phase 00 block),
// seed and block as 8 bytes, most significant first. It panics if a text contains a
// zero byte: two keys could then mean the same stream.
func (k Key) Hash() [32]byte {
	data := append(make([]byte, 0, 256), "gradchain/v1\x00"...)
	data = binary.BigEndian.AppendUint64(data, k.Seed)
	for _, text := range []string{k.Purpose, k.Config, k.Phase} {
		for i := range len(text) {
			if text[i] == 0 {
				panic("stream: zero byte in a key")
			}
		}
		data = append(append(data, 0), text...)
	}
	return sha256.Sum256(binary.BigEndian.AppendUint64(append(data, 0), k.Block))
}

// ChaCha8 returns a ChaCha8 generator seeded with Hash, for the small jobs around a
// simulation. The sampled path uses Source.
func (k Key) ChaCha8() *rand.ChaCha8 { return rand.NewChaCha8(k.Hash()) }

// Family is a family of generators. A result that depends on the family is a fault of
// a generator.
type Family int

// The families.
const (
	Xoshiro Family = iota // 8 lanes of xoshiro256++, for bulk
	PCG                   // PCG-DXSM, a different construction, for confirmation
)

// String returns the name in lower case.
func (f Family) String() string {
	switch f {
	case Xoshiro:
		return "xoshiro"
	case PCG:
		return "pcg"
	}
	panic("stream: unknown family")
}

// Source is a sequence of random words.
type Source interface {
	// Fill writes the next len(dst) words of the sequence to dst. Any way to cut the
	// sequence into calls gives the same words; whole multiples of 8 are fastest.
	Fill(dst []uint64)
}

// Source returns the stream of the key in one family, at its beginning. It panics for
// an unknown family.
func (k Key) Source(f Family) Source {
	switch f {
	case Xoshiro:
		return newXoshiro(k.ChaCha8())
	case PCG:
		return newPCG(k.Hash())
	}
	panic("stream: unknown family")
}
