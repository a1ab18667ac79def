//go:build !linux

package run

// FreeMemory is not known here.
func FreeMemory() (free float64, known bool) { return 0, false }
