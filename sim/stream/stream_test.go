package stream

import (
	"encoding/hex"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// golden is the key of the reference values below: hash computed with Python's hashlib
// from the preimage "gradchain/v1" 00 be64(7) 00 … 00 be64(3).
var golden = Key{Seed: 7, Purpose: "lyap-gauss", Config: `{"L":20,"sigma":1.5}`, Phase: "explore", Block: 3}

func TestHash(t *testing.T) {
	hash := golden.Hash()
	const want = "158af428896ef9053547e537e76faac0242c6362c8ed15dc87c9dad3878a4d42"
	if got := hex.EncodeToString(hash[:]); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
	if got := golden.ChaCha8().Uint64(); got != 11278049852656681917 {
		t.Errorf("first word of ChaCha8 %d, want 11278049852656681917", got)
	}
}

// TestSource_golden pins the first 16 words and word 1000. The xoshiro words were
// computed by testdata/reference.py, an independent implementation in Python integers,
// from the 32 words of ChaCha8 that it lists; do not change them: every result of
// every seed would change with them.
func TestSource_golden(t *testing.T) {
	for _, tt := range []struct {
		family Family
		first  []uint64
		word   uint64 // at index 1000
	}{
		{Xoshiro, xoshiroFirst, xoshiroAt1000},
		{PCG, pcgFirst, pcgAt1000},
	} {
		words := make([]uint64, 1001)
		golden.Source(tt.family).Fill(words)
		if !slices.Equal(words[:len(tt.first)], tt.first) || words[1000] != tt.word {
			t.Errorf("%v: got %#x and %#x, want %#x and %#x",
				tt.family, words[:len(tt.first)], words[1000], tt.first, tt.word)
		}
	}
}

// TestKey_fields: every field of a key matters.
func TestKey_fields(t *testing.T) {
	seen := map[[32]byte]string{golden.Hash(): "the key itself"}
	for name, change := range map[string]func(k *Key){
		"seed":    func(k *Key) { k.Seed++ },
		"purpose": func(k *Key) { k.Purpose += "x" },
		"config":  func(k *Key) { k.Config = "" },
		"phase":   func(k *Key) { k.Phase = "confirm" },
		"block":   func(k *Key) { k.Block++ },
		"shifted": func(k *Key) { k.Purpose, k.Config = k.Purpose+k.Config[:1], k.Config[1:] },
	} {
		k := golden
		change(&k)
		if other, ok := seen[k.Hash()]; ok {
			t.Errorf("%s: same hash as %s", name, other)
		}
		seen[k.Hash()] = name
	}
}

// TestFill_property: any way to cut a sequence into calls gives the same words.
func TestFill_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom([]Family{Xoshiro, PCG}).Draw(t, "family")
		k := Key{Seed: rapid.Uint64().Draw(t, "seed")}
		cuts := rapid.SliceOfN(rapid.IntRange(0, 40), 1, 20).Draw(t, "cuts")
		src, got := k.Source(f), []uint64(nil)
		for _, n := range cuts {
			part := make([]uint64, n)
			src.Fill(part)
			got = append(got, part...)
		}
		want := make([]uint64, len(got))
		k.Source(f).Fill(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%v in calls of %v: got %#x, want %#x", f, cuts, got, want)
		}
	})
}

// TestLanes: every bit of every lane is fair, and so is its exclusive or with the same
// bit of the other lanes and of the word 8 later. A binomial count of n = 2^14 strays
// 52 from n/2·… by Hoeffding's bound 2·exp(−2d²/n); with d = 7.0·√n/2 each of the
// 8·64·9 counts fails with probability below 4.6e-11, the test with 2.2e-7. It notices
// a bit or pair that agrees with probability outside 0.5 ± 0.055.
func TestLanes(t *testing.T) {
	const n = 1 << 14
	words := make([]uint64, lanes*(n+1))
	golden.Source(Xoshiro).Fill(words)
	for j := range lanes {
		for other := range lanes + 1 { // lanes: the next word of the same lane
			var count [64]int
			for i := range n {
				x := words[i*lanes+j]
				if other == lanes {
					x ^= words[(i+1)*lanes+j]
				} else if other != j {
					x ^= words[i*lanes+other]
				}
				for x != 0 {
					count[bits.TrailingZeros64(x)]++
					x &= x - 1
				}
			}
			for bit, c := range count {
				if d := float64(c) - n/2; !(d*d <= 49*n/4) {
					t.Errorf("lane %d against %d, bit %d: %d ones of %d", j, other, bit, c, n)
				}
			}
		}
	}
}

func TestMisuse(t *testing.T) {
	for _, tt := range []struct {
		reason string
		call   func()
	}{
		{"a zero byte would end a text early", func() { Key{Config: "a\x00b"}.Hash() }},
		{"no such family", func() { Key{}.Source(7) }},
		{"no such family", func() { _ = Family(-1).String() }},
	} {
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.HasPrefix(p, "stream: ") {
					t.Errorf("%s: got panic %q, want one of the package", tt.reason, p)
				}
			}()
			tt.call()
		}()
	}
}

func TestFill_allocations(t *testing.T) {
	src, dst := golden.Source(Xoshiro), make([]uint64, 100)
	if got := testing.AllocsPerRun(10, func() { src.Fill(dst) }); got != 0 {
		t.Errorf("%v allocations a call, want 0", got)
	}
}
