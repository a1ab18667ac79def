package reports

import (
	"fmt"
	"slices"
	"strings"
)

// Format is how a report is written.
type Format int

// The formats. The zero Format is Text.
const (
	Text     Format = iota // for a terminal, 100 columns wide if nothing else is said
	Markdown               // pipe tables
	HTML                   // one page that needs nothing else
	CSV                    // the numbers, one table
	JSON                   // the numbers, one object
)

var formatNames = []string{"text", "markdown", "html", "csv", "json"}

// Formats returns the names that ParseFormat knows.
func Formats() []string { return slices.Clone(formatNames) }

func (f Format) String() string {
	if f < 0 || int(f) >= len(formatNames) {
		return fmt.Sprintf("format(%d)", int(f))
	}
	return formatNames[f]
}

// ParseFormat returns the format of the given name.
func ParseFormat(name string) (Format, error) {
	i := slices.Index(formatNames, name)
	if i < 0 {
		return 0, fmt.Errorf("unknown format %q; known: %s", name, strings.Join(formatNames, ", "))
	}
	return Format(i), nil
}
