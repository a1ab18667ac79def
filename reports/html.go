package reports

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// The view of a report that page.html shows. html/template escapes every text.
type (
	pageView struct {
		Title    string
		Sections []sectionView
	}
	sectionView struct {
		Title  string
		Text   []string
		Table  *tableView
		Fields []Field
	}
	tableView struct {
		Title   string
		Columns []columnView
		Rows    [][]cellView
		Notes   []noteView
	}
	columnView struct {
		Lines []string
		Right bool
	}
	cellView struct {
		Lines []string
		Right bool
	}
	noteView struct{ Mark, Text string }
)

func (r *Report) writeHTML(w io.Writer) error {
	view := pageView{Title: clean(r.Title)}
	for _, s := range r.Sections {
		v := sectionView{Title: clean(s.Title), Table: s.Table.view()}
		for _, p := range s.Text {
			v.Text = append(v.Text, clean(p))
		}
		for _, f := range s.Fields {
			v.Fields = append(v.Fields, Field{clean(f.Label), clean(f.Text), f.Command})
		}
		view.Sections = append(view.Sections, v)
	}
	return page.Execute(w, view)
}

func (t *Table) view() *tableView {
	if t == nil {
		return nil
	}
	v := &tableView{Title: clean(t.Title)}
	for j, c := range t.columns {
		column := columnView{Right: c.Align == Right}
		for _, line := range t.headings(j) {
			if line != "" {
				column.Lines = append(column.Lines, line)
			}
		}
		v.Columns = append(v.Columns, column)
	}
	for _, row := range t.rows {
		cells := make([]cellView, len(row))
		for j, c := range row {
			cells[j] = cellView{strings.Split(c.text(), "\n"), t.columns[j].Align == Right}
		}
		v.Rows = append(v.Rows, cells)
	}
	for i, note := range t.notes {
		v.Notes = append(v.Notes, noteView{superscript(i + 1), clean(note)})
	}
	for _, remark := range t.remarks {
		v.Notes = append(v.Notes, noteView{"", clean(remark)})
	}
	return v
}
