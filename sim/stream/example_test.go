package stream_test

import (
	"fmt"

	"gradchain/sim/stream"
)

func ExampleKey_Source() {
	key := stream.Key{Seed: 1, Purpose: "example", Config: `{"depth":10}`}
	words := make([]uint64, 2)
	key.Source(stream.Xoshiro).Fill(words)
	key.Block++
	other := make([]uint64, 2)
	key.Source(stream.Xoshiro).Fill(other)
	fmt.Println("two blocks differ:", words[0] != other[0])
	key.Block--
	key.Source(stream.Xoshiro).Fill(other)
	fmt.Println("one block repeats:", words[0] == other[0] && words[1] == other[1])
	// Output:
	// two blocks differ: true
	// one block repeats: true
}
