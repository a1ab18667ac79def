package reports

import (
	"fmt"
	"io"
)

// Report is what one command found out. Sections are for a person, Data and Object
// for a program.
type Report struct {
	Title    string
	Sections []Section
	Data     *Table // what CSV holds
	Object   any    // what JSON holds; nil means the title, the rows of Data and its footnotes
	Columns  int    // the width of a table in text form; 0 means 100, and prose is never wider

	// Screen, if not nil, is what text shows instead of the title and the sections: lines
	// of at most the given width.
	Screen func(width int) []string
}

// Section is a part of a report: any of a heading, paragraphs, a table and labelled
// lines, shown in this order.
type Section struct {
	Title  string
	Text   []string
	Table  *Table
	Fields []Field
}

// Field is a labelled line.
type Field struct {
	Label string
	Text  string
	// Command says that Text is for a shell. Where it must wrap, it does so between
	// arguments with a backslash; an argument longer than a line stays in one piece.
	Command bool
}

// Write writes the report.
func (r *Report) Write(w io.Writer, f Format) error {
	switch f {
	case Text:
		return r.writeText(w)
	case Markdown:
		return r.writeMarkdown(w)
	case HTML:
		return r.writeHTML(w)
	case CSV:
		return r.writeCSV(w)
	case JSON:
		return r.writeJSON(w)
	}
	panic(fmt.Sprintf("reports: unknown %v", f))
}
