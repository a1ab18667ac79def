package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/renderer"
)

// markdownEscapes keeps what a cell says from being read as markup. A line feed is
// gone before: clean has made it a blank.
var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, `|`, `\|`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `&lt;`, `>`, `&gt;`, `&`, `&amp;`, `~`, `\~`, `#`, `\#`, `$`, `\$`,
)

func escapeMarkdown(text string) string { return markdownEscapes.Replace(clean(text)) }

func (r *Report) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	if r.Title != "" {
		fmt.Fprintf(&b, "# %s\n", escapeMarkdown(r.Title))
	}
	for _, s := range r.Sections {
		if s.Title != "" {
			fmt.Fprintf(&b, "\n## %s\n", escapeMarkdown(s.Title))
		}
		for _, p := range s.Text {
			fmt.Fprintf(&b, "\n%s\n", escapeMarkdown(p))
		}
		if s.Table != nil {
			if err := s.Table.writeMarkdown(&b); err != nil {
				return err
			}
		}
		writeFieldsMarkdown(&b, s.Fields)
	}
	_, err := io.WriteString(w, strings.TrimPrefix(b.String(), "\n"))
	return err
}

func writeFieldsMarkdown(b *strings.Builder, fields []Field) {
	for i, f := range fields {
		if i == 0 {
			b.WriteByte('\n')
		}
		label, text := "", escapeMarkdown(f.Text)
		if f.Label != "" {
			label = "**" + escapeMarkdown(f.Label) + "**: "
		}
		if f.Command {
			text = codeSpan(clean(f.Text))
		}
		fmt.Fprintf(b, "- %s%s\n", label, text)
	}
}

// codeSpan quotes text with more backticks than it has in a row.
func codeSpan(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		text = " " + text + " "
	}
	return fence + text + fence
}

func (t *Table) writeMarkdown(b *strings.Builder) error {
	if t.Title != "" {
		fmt.Fprintf(b, "\n**%s**\n", escapeMarkdown(t.Title))
	}
	b.WriteByte('\n')
	g := grid(b, renderer.NewMarkdown(), t.alignment())
	header := make([]string, len(t.columns))
	for j := range t.columns {
		header[j] = t.heading(j, "<br>", escapeMarkdown)
	}
	g.Header(header)
	for _, row := range t.rows {
		cells := make([]string, len(row))
		for j, c := range row {
			lines := strings.Split(c.text(), "\n")
			for k := range lines {
				lines[k] = escapeMarkdown(lines[k])
			}
			cells[j] = strings.Join(lines, "<br>")
		}
		if err := g.Append(cells); err != nil {
			return err
		}
	}
	if err := g.Render(); err != nil {
		return err
	}
	for i, note := range t.notes {
		fmt.Fprintf(b, "\n%s %s\n", superscript(i+1), escapeMarkdown(note))
	}
	for _, remark := range t.remarks {
		fmt.Fprintf(b, "\n%s\n", escapeMarkdown(remark))
	}
	return nil
}

// heading is the escaped header of column j without its empty lines.
func (t *Table) heading(j int, separator string, escape func(string) string) string {
	var lines []string
	for _, h := range t.headings(j) {
		if h != "" {
			lines = append(lines, escape(h))
		}
	}
	return strings.Join(lines, separator)
}
