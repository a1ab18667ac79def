package reports

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Strip is where a quantity lies on a logarithmic scale that all rows of a column share:
// the typical value, nine samples in ten, and what theory says. Logarithms are natural,
// NaN where there is none; −Inf is 0 and has no place.
type Strip struct{ Low, Middle, High, Theory float64 }

// The widths of a column of strips. Below the least it is left out.
const leastStrip, mostStrip = 22, 56

// Strips is a column of the table that only a terminal shows, where there is room.
func (t *Table) Strips(strips []Strip) { t.strips = strips }

// drawn returns the table with its strips as a column of text for a line of that width.
func (t *Table) drawn(limit int) *Table {
	if len(t.strips) == 0 || len(t.strips) != len(t.rows) {
		return t
	}
	room := limit - gap
	for _, w := range t.widths(t.texts(), limit) {
		room -= w + gap
	}
	s, ok := newScale(t.strips, min(room, mostStrip))
	if !ok {
		return t
	}
	out := *t
	out.columns = append(slices.Clone(t.columns), Column{Name: s.axis()})
	out.rows = make([][]Cell, len(t.rows))
	for i, row := range t.rows {
		out.rows[i] = append(slices.Clone(row), Cell{show: s.draw(t.strips[i])})
	}
	out.remarks = append([]string{stripNote}, t.remarks...)
	return &out
}

const stripNote = "Strip: ● typical, ├─┤ nine samples in ten, ○ theory where it is elsewhere; ┊ is 1."

// stripScale maps natural logarithms to the columns of a strip.
type stripScale struct {
	low, high float64 // whole powers of ten, in log10
	width     int
}

// newScale spans all that the strips have, and 1. It is not ok if there is no room.
func newScale(strips []Strip, width int) (stripScale, bool) {
	low, high := 0.0, 0.0
	for _, s := range strips {
		for _, x := range [...]float64{s.Low, s.Middle, s.High} {
			if !math.IsNaN(x) && !math.IsInf(x, 0) {
				low, high = min(low, x/math.Ln10), max(high, x/math.Ln10)
			}
		}
	}
	low, high = math.Floor(low), math.Ceil(high)
	if low == high {
		low, high = low-1, high+1
	}
	return stripScale{low, high, width}, width >= leastStrip
}

// column is where a logarithm is drawn, −1 for nowhere.
func (s stripScale) column(x float64) int {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return -1
	}
	place := (x/math.Ln10 - s.low) / (s.high - s.low)
	if place < 0 || place > 1 {
		return -1
	}
	return int(math.Round(place * float64(s.width-1)))
}

// draw is the line of one strip.
func (s stripScale) draw(d Strip) string {
	line := []rune(strings.Repeat(" ", s.width))
	line[s.column(0)] = '┊'
	low, middle, high, theory := s.column(d.Low), s.column(d.Middle), s.column(d.High), s.column(d.Theory)
	if low >= 0 && high >= 0 {
		for i := low; i <= high; i++ {
			line[i] = '─'
		}
		if low < high {
			line[low], line[high] = '├', '┤'
		}
	}
	if theory >= 0 && theory != middle {
		line[theory] = '○'
	}
	if middle >= 0 {
		line[middle] = '●'
	}
	return string(line)
}

// axis labels round powers of ten, as many as there is room for.
func (s stripScale) axis() string {
	const room = 7 // of a label with a blank beside it
	step := roundStep((s.high - s.low) * room / float64(s.width))
	line := []rune(strings.Repeat(" ", s.width))
	free := 0
	first := math.Ceil(s.low / step)
	for i := range s.width {
		e := (first + float64(i)) * step
		if e > s.high {
			break
		}
		label := []rune(powerText(e))
		at := min(max(s.column(e*math.Ln10)-len(label)/2, 0), s.width-len(label))
		if at >= free {
			copy(line[at:], label)
			free = at + len(label) + 1
		}
	}
	return string(line)
}

// roundStep is the least of 1, 2, 5, 10, 20, … that is at least x.
func roundStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(max(x, 1))))
	for _, digit := range []float64{1, 2, 5} {
		if digit*power >= x {
			return digit * power
		}
	}
	return 10 * power
}

// powerText is 10^e.
func powerText(e float64) string {
	switch {
	case math.Abs(e) <= 2:
		return strconv.FormatFloat(math.Pow(10, e), 'g', -1, 64)
	case math.Abs(e) < 1e6:
		return "1e" + strconv.FormatFloat(e, 'f', -1, 64)
	}
	return "10^" + scientific(e, 1)
}
