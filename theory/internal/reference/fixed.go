package reference

import (
	"encoding/binary"
	"strconv"
	"testing"
)

// Fixed runs a property at inputs that are the same in every run: of each a property that was
// made a fuzz target draws whatever it needs. They are three times as many as rapid draws.
func Fixed(t *testing.T, target func(t *testing.T, input []byte)) {
	t.Helper()
	inputs := 300
	if testing.Short() {
		inputs = 60
	}
	const words = 512 // more than any property draws
	for i := range inputs {
		input := make([]byte, 0, 8*words)
		for j := range words {
			input = binary.LittleEndian.AppendUint64(input, mix(uint64(i*words+j)))
		}
		t.Run(strconv.Itoa(i), func(t *testing.T) { target(t, input) })
	}
}

// mix scatters numbers (SplitMix64, Steele, Lea & Flood 2014).
func mix(x uint64) uint64 {
	x = (x + 1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
