package chain

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// simulations are runs with the first 8 bytes of the SHA-256 of their bits. They are
// the same at every level of the kernels, in every build and on every machine; a change
// of one changes every result of every seed.
var simulations = []struct {
	kind               model.Kind
	phi, weight, other string // other is the law of the pre-activation or the bias
	batch              int
	family             stream.Family
	digest             string
}{
	{model.Independent, "sigmoid", "normal(1)", "normal(1)", 0, stream.Xoshiro, "16547af54135e207"},
	{model.Independent, "sigmoid", "normal(1)", "normal(1)", 0, stream.PCG, "b7607ad8ee354a02"},
	{model.Independent, "sigmoid", "normal(0.5,2)", "normal(1)", 0, stream.Xoshiro, "5ce85e748e2e52ad"},
	{model.Independent, "tanh", "normal(3)", "normal(0.7)", 0, stream.Xoshiro, "74334c8fdfd42895"},
	{model.Independent, "sigmoid", "normal(1)", "normal(200)", 0, stream.Xoshiro, "ed1268acaa26a1c5"},
	{model.Independent, "relu", "normal(1)", "normal(1)", 0, stream.Xoshiro, "a4aada6c66a75a56"},
	{model.Independent, "leaky_relu(0.1)", "uniform(2)", "normal(1)", 0, stream.Xoshiro, "5ba49dba9658d3c1"},
	{model.Independent, "linear", "laplace(1)", "", 0, stream.Xoshiro, "ae544c3cf3d27a16"},
	{model.Independent, "sigmoid", "cauchy(1)", "student_t(3)", 0, stream.Xoshiro, "7d21197b5beae6fd"},
	{model.Independent, "gelu", "rademacher(1)", "truncated_normal(1,2)", 0, stream.Xoshiro, "0b09721177bbb9b0"},
	{model.Independent, "softplus", "lognormal(0,1)", "normal(1)", 0, stream.Xoshiro, "eff5f22ae635463c"},
	{model.Forward, "sigmoid", "normal(1)", "normal(0.1)", 0, stream.Xoshiro, "82e85b4341695200"},
	{model.Forward, "tanh", "normal(1)", "", 0, stream.Xoshiro, "4b341939f35c86a4"},
	{model.Forward, "tanh", "normal(1)", "", 16, stream.Xoshiro, "2ee121362690ce13"},
	{model.Normalized, "tanh", "normal(1)", "", 16, stream.Xoshiro, "4061b084b0112190"},
}

// TestSimulation_levels runs each simulation at every level of the machine and build.
func TestSimulation_levels(t *testing.T) {
	defer func(old level.Level) { level.Now = old }(level.Now)
	for l := level.Generic; l <= level.AVX512; l++ {
		t.Run(l.String(), func(t *testing.T) {
			if l > level.Best() {
				t.Skipf("this machine or build has no %v", l)
			}
			level.Now = l
			for _, s := range simulations {
				m := chainOf(s.kind, s.phi, s.weight, s.other, 400)
				m.Batch = s.batch
				if got := simulate(t, m, s.family); got != s.digest {
					t.Errorf("%v %s, weight %s, other %q, batch %d, %v: digest %q, want %q",
						s.kind, s.phi, s.weight, s.other, s.batch, s.family, got, s.digest)
				}
			}
		})
	}
}

// simulate runs blocks of several sizes, one after another, and looks at several depths.
func simulate(t *testing.T, m model.Chain, f stream.Family) string {
	e, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	src := stream.Key{Seed: 3, Purpose: "levels", Config: m.Canonical()}.Source(f)
	var bits []byte
	for _, paths := range []int{64, 37, 8, 48} {
		err := e.Walk(t.Context(), src, paths, []int{1, 17, 400}, func(_ int, p Paths) {
			for i, x := range p.LogAbs {
				bits = binary.LittleEndian.AppendUint64(bits, math.Float64bits(x))
				if p.Negative[i] {
					bits = append(bits, '-')
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	hash := sha256.Sum256(bits)
	return hex.EncodeToString(hash[:8])
}
