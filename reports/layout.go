package reports

import "strings"

// gap is what the renderer adds to a column: a blank on either side.
const gap = 2

// layout is a table cut into lines for a terminal: every cell a block of lines of the
// width of its column.
type layout struct {
	header [][]string   // by column
	rows   [][][]string // by row and column
	spaced bool         // most rows have more than one line
}

// layOut gives every column the width of its widest cell, then takes from the widest
// columns of text what is too much for a line of that limit, and wraps those.
func (t *Table) layOut(limit int) layout {
	texts := t.texts()
	widths := t.widths(texts, limit)
	l := layout{header: make([][]string, len(t.columns)), rows: make([][][]string, len(t.rows))}
	t.header(l.header, widths)
	tall := 0
	for i := range texts {
		lines := 1
		l.rows[i] = make([][]string, len(t.columns))
		for j, text := range texts[i] {
			l.rows[i][j] = t.block(j, widths[j], strings.Split(text, "\n"))
			lines = max(lines, len(l.rows[i][j]))
		}
		if lines > 1 {
			tall++
		}
	}
	l.spaced = 2*tall > len(texts)
	return l
}

// texts are the cells by row and column, with decimal points below each other.
func (t *Table) texts() [][]string {
	texts := make([][]string, len(t.rows))
	for i, row := range t.rows {
		texts[i] = make([]string, len(row))
		for j, cell := range row {
			texts[i][j] = cell.text()
		}
	}
	for j, c := range t.columns {
		if c.Align == Right {
			alignPoints(texts, j)
		}
	}
	return texts
}

// header fills dst with the headers of the columns. What is a group, a name or a unit
// stands beside the other groups, names and units, even where one of them wraps.
func (t *Table) header(dst [][]string, widths []int) {
	for band := range t.headings(0) {
		tallest := 0
		blocks := make([][]string, len(t.columns))
		for j := range t.columns {
			blocks[j] = t.block(j, widths[j], t.headings(j)[band:band+1])
			tallest = max(tallest, len(blocks[j]))
		}
		for j, block := range blocks {
			for range tallest - len(block) {
				dst[j] = append(dst[j], pad("", widths[j]))
			}
			dst[j] = append(dst[j], block...)
		}
	}
}

// headings are the lines above column j. Groups and units take a line in all columns
// if they do in one.
func (t *Table) headings(j int) []string {
	var groups, units bool
	for _, c := range t.columns {
		groups, units = groups || c.Group != "", units || c.Unit != ""
	}
	c := t.columns[j]
	var out []string
	if groups {
		out = append(out, clean(c.Group))
	}
	out = append(out, clean(c.Name))
	if units {
		out = append(out, clean(c.Unit))
	}
	return out
}

// widths are the widths of the columns. What is too much for the line is taken from
// the widest columns first, down to their longest words; where that is not enough, words
// are cut too, behind punctuation as long as that suffices. Numbers never are: if they
// alone are wider than the line, so is the table.
func (t *Table) widths(texts [][]string, limit int) []int {
	e := t.extents(texts)
	for _, down := range [][]int{e.words, e.pieces, e.least} {
		narrow(e.full, down, limit)
	}
	return e.full
}

// extents are widths by column: that of the widest line, of the longest word, of the
// longest part of a word up to punctuation, and the least that is of use. Numbers have one
// width only.
type extents struct{ full, words, pieces, least []int }

func (t *Table) extents(texts [][]string) extents {
	n := len(t.columns)
	e := extents{make([]int, n), make([]int, n), make([]int, n), make([]int, n)}
	for j, c := range t.columns {
		for _, h := range t.headings(j) {
			e.full[j], e.words[j], e.pieces[j] = max(e.full[j], width(h)), max(e.words[j], longestWord(h)), max(e.pieces[j], longestPiece(h))
		}
		e.least[j] = shortWord
		for i := range texts {
			w := 0
			for _, p := range strings.Split(texts[i][j], "\n") {
				w = max(w, width(p))
			}
			e.full[j] = max(e.full[j], w)
			if c.Align == Right {
				e.words[j], e.pieces[j], e.least[j] = max(e.words[j], w), max(e.pieces[j], w), max(e.least[j], w)
			} else {
				e.words[j] = max(e.words[j], min(longestWord(texts[i][j]), longWord))
				e.pieces[j] = max(e.pieces[j], min(longestPiece(texts[i][j]), longWord))
			}
		}
	}
	return e
}

// narrow takes from the widest of the widths that are above their least, until the
// columns fit the line or none is.
func narrow(widths, least []int, limit int) {
	total := gap * len(widths)
	for _, w := range widths {
		total += w
	}
	for ; total > limit; total-- {
		widest := -1
		for j, w := range widths {
			if w > least[j] && (widest < 0 || w > widths[widest]) {
				widest = j
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

// Words up to longWord are cut only if the table would not fit otherwise, and not below
// shortWord.
const longWord, shortWord = 48, 6

func longestWord(text string) int {
	most := 0
	for _, word := range strings.Fields(text) {
		most = max(most, width(word))
	}
	return most
}

// longestPiece is the longest part of a word that is broken only behind punctuation.
func longestPiece(text string) int {
	most := 0
	for _, word := range strings.Fields(text) {
		start := 0
		for i, r := range word {
			if end := i + len(string(r)); breaks(word, i, r) || end == len(word) {
				most = max(most, width(word[start:end]))
				start = end
			}
		}
	}
	return most
}

// block wraps and pads the paragraphs of a cell to the width of column j.
func (t *Table) block(j, to int, paragraphs []string) []string {
	var lines []string
	right := t.columns[j].Align == Right
	for _, p := range paragraphs {
		if width(p) <= to {
			lines = append(lines, p) // as it is: blanks align numbers
		} else {
			lines = append(lines, wrap(p, to)...)
		}
	}
	for i := range lines {
		if right {
			lines[i] = pad(lines[i], -to)
		} else {
			lines[i] = pad(lines[i], to)
		}
	}
	return lines
}

// alignPoints pads the cells of column j on the right so that their decimal points are
// below each other.
func alignPoints(texts [][]string, j int) {
	most := 0
	for _, row := range texts {
		most = max(most, behindPoint(row[j]))
	}
	for _, row := range texts {
		if !flush(row[j]) {
			row[j] += strings.Repeat(" ", most-behindPoint(row[j]))
		}
	}
}

// behindPoint is the width of what follows the integer part of a number: fraction, unit,
// footnotes. Where there is no digit (–, ∞) only footnotes follow.
func behindPoint(text string) int {
	if flush(text) {
		return 0
	}
	first := strings.IndexAny(text, digits)
	if first < 0 {
		return width(text) - width(strings.TrimRight(text, superscripts))
	}
	return width(strings.TrimLeft(text[first:], digits+","))
}

const digits = "0123456789"

// flush says whether a cell has no place among decimal points: a word, or a number with
// an exponent.
func flush(text string) bool {
	before, _, found := strings.Cut(text, "e")
	return strings.Contains(text, "^") || found && strings.ContainsAny(before, digits) ||
		!strings.ContainsAny(text, digits+"–∞")
}
