//go:build !amd64 || purego

package level

// Best returns the highest level of this machine and build.
func Best() Level { return Generic }
