package stream

import (
	"encoding/binary"
	"math/rand/v2"
)

// pcg is the PCG-DXSM generator of math/rand/v2 (O'Neill 2014, 2019), seeded with the
// first 16 bytes of the hash. It shares neither structure nor seeding with xoshiro: a
// 128-bit linear congruential generator with multiplications in state and output.
type pcg struct{ rand.PCG }

func newPCG(hash [32]byte) *pcg {
	p := new(pcg)
	p.Seed(binary.BigEndian.Uint64(hash[:8]), binary.BigEndian.Uint64(hash[8:16]))
	return p
}

// Fill implements Source.
func (p *pcg) Fill(dst []uint64) {
	for i := range dst {
		dst[i] = p.Uint64()
	}
}
