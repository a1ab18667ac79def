package main

import (
	"io"
	"os"
	"strconv"
)

// columnsVariable says how wide text is, above what the terminal says.
const columnsVariable = "COLUMNS"

// The widths of text that are of use. Off a terminal the width is that of the report.
const leastColumns, mostColumns = 40, 240

// columns is the width for text that goes to out: of COLUMNS, else of the terminal, 0 if
// out is none.
func columns(out io.Writer) int {
	n, err := strconv.Atoi(os.Getenv(columnsVariable))
	if err != nil || n < 1 {
		if c, ok := out.(*checked); ok {
			out = c.Writer
		}
		f, ok := out.(*os.File)
		if !ok {
			return 0
		}
		n = terminalColumns(f.Fd())
	}
	if n < 1 {
		return 0
	}
	return min(max(n, leastColumns), mostColumns)
}
