//go:build !purego

package level

import "golang.org/x/sys/cpu"

// Best returns the highest level of this machine and build.
func Best() Level {
	switch x := &cpu.X86; {
	case !x.HasAVX2 || !x.HasFMA:
		return Generic
	case !x.HasAVX512F || !x.HasAVX512DQ || !x.HasAVX512BW || !x.HasAVX512VL:
		return AVX2
	}
	return AVX512
}
