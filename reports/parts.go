package reports

import "slices"

// parts are the tables into which a table of numbers is cut whose words do not fit the
// line otherwise: each has the first column and then as many of the others as fit, cut
// where another group of columns begins if that is possible. Any other table is one part.
func (t *Table) parts(limit int) []*Table {
	if len(t.columns) < 3 || slices.ContainsFunc(t.columns[1:], func(c Column) bool { return c.Align != Right }) {
		return []*Table{t}
	}
	words := t.extents(t.texts()).words
	var parts []*Table
	for from := 1; from < len(words); {
		to, room := from, limit-words[0]-gap
		for to < len(words) && (to == from || words[to]+gap <= room) {
			room -= words[to] + gap
			to++
		}
		if to < len(words) {
			to = t.seam(from, to)
		}
		parts = append(parts, t.pick(from, to))
		from = to
	}
	return parts
}

// seam is the last column up to the given one before which a group of several columns
// begins, or the given one itself.
func (t *Table) seam(from, to int) int {
	for j := to; j > from; j-- {
		group := t.columns[j].Group
		if group != "" && group != t.columns[j-1].Group && j+1 < len(t.columns) && group == t.columns[j+1].Group {
			return j
		}
	}
	return to
}

// pick is the table of the first column and those of a range.
func (t *Table) pick(from, to int) *Table {
	if from == 1 && to == len(t.columns) {
		return t
	}
	out := *t
	out.columns = append([]Column{t.columns[0]}, t.columns[from:to]...)
	out.rows = make([][]Cell, len(t.rows))
	for i, row := range t.rows {
		out.rows[i] = append([]Cell{row[0]}, row[from:to]...)
	}
	return &out
}
