package xoshiro

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/internal/kernel/level"
)

// TestFill_levels: every level has the words and the state of the generic code, for
// all lengths and alignments, and touches nothing else.
func TestFill_levels(t *testing.T) {
	for l := level.AVX2; l <= level.AVX512; l++ {
		t.Run(l.String(), func(t *testing.T) {
			if l > level.Best() {
				t.Skipf("this machine or build has no %v", l)
			}
			defer func(old level.Level) { level.Now = old }(level.Now)
			level.Now = l
			rapid.Check(t, checkFill)
		})
	}
}

func checkFill(t *rapid.T) {
	const guard = 0x5ca1ab1e5ca1ab1e
	groups := rapid.OneOf(rapid.IntRange(0, 4), rapid.IntRange(0, 128)).Draw(t, "groups")
	offset := rapid.IntRange(0, 7).Draw(t, "offset")
	var s Lanes
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	for k := range s {
		for j := range s[k] {
			s[k][j] = r.Uint64()
		}
	}
	generic, n := s, Width*groups
	words, want := make([]uint64, offset+n+Width), make([]uint64, n)
	for i := range words {
		words[i] = guard
	}
	for range 2 { // the second call starts from the state of the first
		s.Fill(words[offset : offset+n])
		generic.generic(want)
		if !slices.Equal(words[offset:offset+n], want) || s != generic {
			t.Fatalf("%d groups at offset %d: words or state differ", groups, offset)
		}
	}
	for i, w := range words {
		if (i < offset || i >= offset+n) && w != guard {
			t.Fatalf("%d groups at offset %d: word %d touched", groups, offset, i-offset)
		}
	}
}

func TestFill_misuse(t *testing.T) {
	defer func() {
		if p, _ := recover().(string); p != "xoshiro: words are no multiple of 8" {
			t.Errorf("got panic %q", p)
		}
	}()
	new(Lanes).Fill(make([]uint64, 9))
}
