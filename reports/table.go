package reports

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Align is the side on which the cells of a column are flush.
type Align int

// The alignments. Right puts decimal points below each other.
const (
	Left Align = iota
	Right
)

// Column is a column of a table.
type Column struct {
	Key   string // in CSV and JSON, in snake case; "" leaves the column out there
	Group string // what several columns are about, above their names; may be empty
	Name  string // in the header, for a person
	Unit  string // below the name; empty for none
	Align Align
}

// Cell is text, or a number with the form in which a person sees it.
type Cell struct {
	show string // for a person
	mark string // of footnotes
	data string // for a program: text, or the shortest number that reads back the same
	kind kind
}

type kind int

const (
	isText kind = iota
	isNumber
	isBool
)

// Label is a cell of text.
func Label(text string) Cell { return Cell{show: clean(text), data: text} }

// Paragraphs is a cell of text whose parts begin on lines of their own.
func Paragraphs(parts ...string) Cell {
	shown := make([]string, len(parts))
	for i, p := range parts {
		shown[i] = clean(p)
	}
	return Cell{show: strings.Join(shown, "\n"), data: strings.Join(parts, "\n")}
}

// Number is a cell with the number x, shown as show.
func Number(x float64, show string) Cell {
	return Cell{show: clean(show), data: shortest(x), kind: isNumber}
}

// Value is a cell with x, shown with its significant digits.
func Value(x float64, digits int) Cell { return Number(x, Significant(x, digits)) }

// Count is a cell with a whole number.
func Count(n int64) Cell {
	return Cell{show: Thousands(n), data: strconv.FormatInt(n, 10), kind: isNumber}
}

// Missing is a cell without a number.
func Missing() Cell { return Number(math.NaN(), None) }

// Bool is a cell that says yes or no.
func Bool(b bool) Cell {
	show := "no"
	if b {
		show = "yes"
	}
	return Cell{show: show, data: strconv.FormatBool(b), kind: isBool}
}

// Marked returns the cell with the mark of a footnote, as Table.Note gives it.
func (c Cell) Marked(mark string) Cell {
	c.mark += mark
	return c
}

// text is what a person sees.
func (c Cell) text() string { return c.show + c.mark }

// shortest is x for a program; "" for NaN.
func shortest(x float64) string {
	switch {
	case math.IsNaN(x):
		return ""
	case math.IsInf(x, 1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	}
	text, err := json.Marshal(x)
	if err != nil {
		panic("reports: " + err.Error()) // a finite number always has a JSON form
	}
	return string(text)
}

// clean replaces control characters by blanks: they could move a terminal's cursor or
// turn the direction of the text around.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// Table is columns, rows of cells and footnotes. NewTable makes one.
type Table struct {
	Title   string
	columns []Column
	rows    [][]Cell
	notes   []string // with marks
	remarks []string // without, about the table as a whole
	strips  []Strip  // by row, where there are any
}

// NewTable returns a table without rows.
func NewTable(title string, columns ...Column) *Table {
	return &Table{Title: title, columns: columns}
}

// Add appends a row. It panics unless there is a cell for each column.
func (t *Table) Add(cells ...Cell) {
	if len(cells) != len(t.columns) {
		panic(fmt.Sprintf("reports: row of %d cells in table %q with %d columns", len(cells), t.Title, len(t.columns)))
	}
	t.rows = append(t.rows, slices.Clone(cells))
}

// Note returns the mark of the footnote with the given text, which it adds if it is new.
func (t *Table) Note(text string) (mark string) {
	i := slices.Index(t.notes, text)
	if i < 0 {
		i = len(t.notes)
		t.notes = append(t.notes, text)
	}
	return superscript(i + 1)
}

// Remark adds a line below the table that is about all of it.
func (t *Table) Remark(text string) { t.remarks = append(t.remarks, text) }

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹"

func superscript(n int) string {
	var b strings.Builder
	for _, digit := range strconv.Itoa(n) {
		b.WriteRune([]rune(superscripts)[digit-'0'])
	}
	return b.String()
}
