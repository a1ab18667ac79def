package reports

import (
	"fmt"
	"io"
	"strings"
)

// standard is the width of a report in text form where nothing else is said, and the most
// that a line of prose has.
const standard = 100

// columns is the width of the lines of text.
func (r *Report) columns() int {
	if r.Columns > 0 {
		return r.Columns
	}
	return standard
}

// prose is the width of prose, which is hard to read in longer lines.
func prose(columns int) int { return min(columns, standard) }

// writeText writes the report for a terminal.
func (r *Report) writeText(w io.Writer) error {
	var b strings.Builder
	limit := r.columns()
	if r.Screen != nil {
		_, err := io.WriteString(w, strings.Join(r.Screen(prose(limit)), "\n")+"\n")
		return err
	}
	if r.Title != "" {
		lines := wrap(clean(r.Title), prose(limit))
		most := 0
		for _, line := range lines {
			most = max(most, width(line))
		}
		fmt.Fprintf(&b, "%s\n%s\n", strings.Join(lines, "\n"), strings.Repeat("═", most))
	}
	for _, s := range r.Sections {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if err := s.writeText(&b, limit); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Section) writeText(b *strings.Builder, limit int) error {
	if s.Title != "" {
		fmt.Fprintf(b, "%s\n", strings.Join(wrap(clean(s.Title), prose(limit)), "\n"))
	}
	for i, p := range s.Text {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "%s\n", strings.Join(wrap(clean(p), prose(limit)), "\n"))
	}
	if s.Table != nil {
		if len(s.Text) > 0 {
			b.WriteByte('\n')
		}
		if err := s.Table.writeText(b, limit); err != nil {
			return err
		}
	}
	if len(s.Fields) > 0 && (len(s.Text) > 0 || s.Table != nil) {
		b.WriteByte('\n')
	}
	writeFields(b, s.Fields, prose(limit))
	return nil
}

// writeFields writes labelled lines, the texts flush with each other.
func writeFields(b *strings.Builder, fields []Field, limit int) {
	label := 0
	for _, f := range fields {
		label = max(label, width(clean(f.Label)))
	}
	indent := 2 + label + 2
	for _, f := range fields {
		lines := wrap(clean(f.Text), limit-indent)
		if f.Command {
			lines = wrapCommand(clean(f.Text), limit-indent)
		}
		for i, line := range lines {
			head := ""
			if i == 0 {
				head = clean(f.Label)
			}
			b.WriteString(strings.TrimRight("  "+pad(head, label)+"  "+line, " ") + "\n")
		}
	}
}

// writeText writes the table with its title and footnotes.
func (t *Table) writeText(b *strings.Builder, limit int) error {
	if t.Title != "" {
		fmt.Fprintf(b, "%s\n", strings.Join(wrap(clean(t.Title), prose(limit)), "\n"))
	}
	if len(t.rows) == 0 {
		b.WriteString("  none\n")
		return nil
	}
	t = t.drawn(limit)
	for i, part := range t.parts(limit) {
		if i > 0 {
			b.WriteByte('\n')
		}
		if err := part.writeGrid(b, limit); err != nil {
			return err
		}
	}
	for i, note := range t.notes {
		mark := superscript(i + 1)
		for k, line := range wrap(clean(note), prose(limit)-4) {
			if k > 0 {
				mark = ""
			}
			fmt.Fprintf(b, "  %s %s\n", pad(mark, width(superscript(len(t.notes)))), line)
		}
	}
	for _, remark := range t.remarks {
		for _, line := range wrap(clean(remark), prose(limit)-2) {
			fmt.Fprintf(b, "  %s\n", line)
		}
	}
	return nil
}
