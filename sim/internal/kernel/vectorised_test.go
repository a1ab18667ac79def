package kernel

import (
	"testing"

	"gradchain/sim/internal/kernel/level"
	"gradchain/theory/law"
)

// The tables of vector versions.
var (
	valueTables = []*versions[valueFunc]{&sigmoidValues, &tanhValues, &softplusValues, &logSigmoidValues, &siluValues,
		&geluTanhValues, &geluValues, &mishValues, &lecunValues, &erfValues, &softsignValues, &arctanValues, &sinValues,
		&hardSwishValues}
	slopeTables = []*versions[slopeFunc]{&sigmoidSlopes, &tanhSlopes, &softplusSlopes, &logSigmoidSlopes, &siluSlopes,
		&geluTanhSlopes, &geluSlopes, &mishSlopes, &lecunSlopes, &gaussianSlopes, &softsignSlopes, &arctanSlopes, &sinSlopes,
		&hardSwishSlopes}
	valueOfTables  = []*versions[valueOfFunc]{&eluValues, &celuValues, &leakyValues, &clipValues, &rampValues}
	slopeOfTables  = []*versions[slopeOfFunc]{&eluSlopes, &celuSlopes, &stepsSlopes}
	sampleTables   = []*versions[sampleFunc]{&signeds, &exponentials, &tangents, &normals}
	sampleOfTables = []*versions[sampleOfFunc]{&rademachers, &truncateds, &students}
	logTables      = []*versions[logFunc]{&logs}
)

// spy replaces the versions in use by what watch makes of them, until undone.
func spy[F any](tables []*versions[F], watch func(F) F) (undo func()) {
	var old []versions[F]
	for _, v := range tables {
		old = append(old, *v)
		v[level.Now] = watch(v[level.Now])
	}
	return func() {
		for i, v := range tables {
			*v = old[i]
		}
	}
}

// vectorValues is the number of values that vector units compute while f runs.
func vectorValues(f func()) int {
	sum := 0
	count := func(n int) int { sum += n; return n }
	defer spy(valueTables, func(f valueFunc) valueFunc {
		return func(dst, z *float64, n int) int { return count(f(dst, z, n)) }
	})()
	defer spy(slopeTables, func(f slopeFunc) slopeFunc {
		return func(mant, exp, z *float64, n int) int { return count(f(mant, exp, z, n)) }
	})()
	defer spy(valueOfTables, func(f valueOfFunc) valueOfFunc {
		return func(dst, z *float64, n int, p params) int { return count(f(dst, z, n, p)) }
	})()
	defer spy(slopeOfTables, func(f slopeOfFunc) slopeOfFunc {
		return func(mant, exp, z *float64, n int, p params) int { return count(f(mant, exp, z, n, p)) }
	})()
	defer spy(sampleTables, func(f sampleFunc) sampleFunc {
		return func(dst *float64, bits *uint64, n int) int { return count(f(dst, bits, n)) }
	})()
	defer spy(sampleOfTables, func(f sampleOfFunc) sampleOfFunc {
		return func(dst *float64, bits *uint64, n int, p params) int { return count(f(dst, bits, n, p)) }
	})()
	defer spy(logTables, func(f logFunc) logFunc {
		return func(dst, m, e *float64, n int) int { return count(f(dst, m, e, n)) }
	})()
	f()
	return sum
}

// spyLength is the number of values of each call that is watched.
const spyLength = 64

// spied are the calls that vector units must do all of at moderate arguments, by name.
func spied(t *testing.T) map[string]func() {
	z, dst, exp := make([]float64, spyLength), make([]float64, spyLength), make([]float64, spyLength)
	for i := range z {
		z[i] = float64(i-spyLength/2) / 4
	}
	bits, negative := make([]uint64, 2*spyLength), make([]bool, spyLength)
	source("versions", "").Fill(bits)
	all := map[string]func(){"Logs": func() { NewLogAccumulator(spyLength).Logs(dst, negative) }}
	for _, a := range instances() {
		phi := mustActivation(t, a)
		all["φ of "+a.String()] = func() { phi.Phi(dst, z) }
		all["φ′ of "+a.String()] = func() { phi.DPhi(dst, exp, z) }
	}
	for _, l := range law.All() {
		if s := mustSampler(t, l); l.Name() != "constant" {
			all[l.String()] = func() { s.Sample(dst, bits[:s.Words()*spyLength]) }
		}
	}
	return all
}

// TestVersions: what has vector versions runs in the vector unit, at every level that the
// machine has.
func TestVersions(t *testing.T) {
	for l := level.AVX2; l <= level.AVX512; l++ {
		t.Run(l.String(), func(t *testing.T) {
			if l > level.Best() {
				t.Skipf("this machine or build has no %v", l)
			}
			for name, call := range spied(t) {
				got := 0
				if atLevel(l, func() { got = vectorValues(call) }); got != spyLength {
					t.Errorf("%s: %d values by the vector unit, want %d", name, got, spyLength)
				}
			}
		})
	}
}
