//go:build !linux

package main

// outputClosed is not known here.
func outputClosed() bool { return false }
