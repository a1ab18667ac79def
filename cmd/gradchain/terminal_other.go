//go:build !unix

package main

// terminalColumns is 0: the width of a terminal is not known here.
func terminalColumns(uintptr) int { return 0 }
