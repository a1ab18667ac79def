package reports

import (
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// This file is all that knows of tablewriter. It gets cells that are cut, padded and
// escaped already, and every setting of it that would change a cell is off.

// grid returns an empty grid of n columns with the given renderer.
func grid(w io.Writer, r tw.Renderer, alignment tw.Alignment) *tablewriter.Table {
	return tablewriter.NewTable(w,
		tablewriter.WithRenderer(r),
		tablewriter.WithHeaderAutoFormat(tw.Off), // or fan_in becomes FAN IN
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithTrimLine(tw.Off),
		tablewriter.WithEastAsian(tw.Off), // or the locale changes widths
		tablewriter.WithAlignment(alignment),
	)
}

func (t *Table) alignment() tw.Alignment {
	out := make(tw.Alignment, len(t.columns))
	for j, c := range t.columns {
		out[j] = tw.AlignLeft
		if c.Align == Right {
			out[j] = tw.AlignRight
		}
	}
	return out
}

// writeGrid writes header and rows for a terminal: no lines but one below the header.
// A table of which most rows have several lines has an empty line between rows.
func (t *Table) writeGrid(b *strings.Builder, limit int) error {
	l := t.layOut(limit)
	var out strings.Builder
	g := grid(&out, renderer.NewBlueprint(tw.Rendition{
		Borders: tw.BorderNone,
		Symbols: tw.NewSymbols(tw.StyleLight),
		Settings: tw.Settings{
			Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
			Lines:      tw.Lines{ShowHeaderLine: tw.On, ShowTop: tw.Off, ShowBottom: tw.Off},
		},
	}), t.alignment())
	g.Header(join(l.header))
	for i, row := range l.rows {
		if l.spaced && i > 0 {
			for j := range row {
				row[j] = append([]string{""}, row[j]...)
			}
		}
		if err := g.Append(join(row)); err != nil {
			return err
		}
	}
	if err := g.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(out.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return nil
}

// join makes the lines of each cell one string.
func join(cells [][]string) []string {
	out := make([]string, len(cells))
	for j, lines := range cells {
		out[j] = strings.Join(lines, "\n")
	}
	return out
}
