package expression

import (
	"fmt"
	"math"
	"math/big"
	"strings"
)

// Item is one number of a list: its text, as typed or, for a point of a range, as it would
// be, and its value.
type Item struct {
	Text  string
	Value Value
}

// Limits say what a list may be.
type Limits struct {
	Items int  // at most
	Whole bool // all are whole numbers, which may have 1_000
}

// List reads expressions with commas between. One may be a range from:to:step, or
// from:to:*factor for steps that grow. Ranges are counted before they are made: one of too
// many items is an error at once.
func List(text string, limits Limits) ([]Item, error) {
	var out []Item
	for _, part := range Split(text, ',') {
		items, err := span(part, limits, limits.Items-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
	}
	return out, nil
}

// Wholes is List for whole numbers.
func Wholes(text string, most int) ([]int, error) {
	items, err := List(text, Limits{Items: most, Whole: true})
	if err != nil {
		return nil, err
	}
	out := make([]int, len(items))
	for i, item := range items {
		var ok bool
		if out[i], ok = item.Value.Int(); !ok {
			return nil, fmt.Errorf("%.40q: %w", item.Text, ErrWhole)
		}
	}
	return out, nil
}

// Split cuts a text at the separators that are not inside parentheses.
func Split(text string, separator rune) []string {
	var out []string
	depth, start := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == separator && depth <= 0:
			out = append(out, text[start:i])
			start = i + len(string(r))
		}
	}
	return append(out, text[start:])
}

// Balanced reports whether every parenthesis of a text is closed and none is closed that is
// not open.
func Balanced(text string) bool {
	depth := 0
	for _, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// span reads one number or one range.
func span(text string, limits Limits, room int) ([]Item, error) {
	ends := Split(text, ':')
	if len(ends) != 1 && len(ends) != 3 {
		return nil, fmt.Errorf("%.60q is no range, want from:to:step such as 0.5:3:0.25", text)
	}
	factor := false
	if len(ends) == 3 {
		ends[2], factor = strings.CutPrefix(ends[2], "*")
	}
	values := make([]Value, len(ends))
	for i, end := range ends {
		v, err := evaluate(end, limits.Whole)
		if err == nil {
			_, err = v.Float64()
		}
		if err != nil {
			return nil, fmt.Errorf("%.60q: %w", end, err)
		}
		values[i] = v
	}
	r := ladder{text: text, room: room}
	if len(ends) == 1 {
		return []Item{{text, values[0]}}, r.holds(big.NewInt(1))
	}
	r.from, r.to, r.step = values[0], values[1], values[2]
	if factor {
		return r.geometric()
	}
	return r.arithmetic()
}

// ladder is a range.
type ladder struct {
	from, to, step Value
	text           string
	room           int // the most items
}

// holds is an error if there are more than that, nil standing for more than can be counted.
func (r ladder) holds(n *big.Int) error {
	if n == nil || n.Cmp(big.NewInt(int64(r.room))) > 0 {
		return fmt.Errorf("%.60s makes the list too long, there is room for %d numbers", r.text, max(r.room, 0))
	}
	return nil
}

func (r ladder) astray() error {
	return fmt.Errorf("range %.60s does not arrive: want a step from the first number towards the second", r.text)
}

// arithmetic lists from, from + step, … up to to, which is there if a step meets it.
func (r ladder) arithmetic() ([]Item, error) {
	length, err := r.to.minus(r.from)
	if err != nil {
		return nil, err
	}
	if r.step.Sign() == 0 || length.Sign() != 0 && length.Sign() != r.step.Sign() {
		return nil, r.astray()
	}
	steps, err := length.over(r.step)
	if err != nil {
		return nil, r.holds(nil)
	}
	n := steps.floor()
	if n != nil {
		n = new(big.Int).Add(n, big.NewInt(1))
	}
	if err := r.holds(n); err != nil {
		return nil, err
	}
	out := make([]Item, n.Int64())
	for i := range out {
		far, err := r.step.times(whole(int64(i)))
		if err != nil {
			return nil, err
		}
		v, err := r.from.plus(far)
		if err != nil {
			return nil, err
		}
		out[i] = Item{v.String(), v}
	}
	return out, nil
}

// geometric lists from, from·step, … up to to.
func (r ladder) geometric() ([]Item, error) {
	one := whole(1)
	if r.from.Sign() == 0 || r.from.Sign() != r.to.Sign() || r.step.Sign() <= 0 || r.step.compare(one) == 0 {
		return nil, r.astray()
	}
	ratio, err := r.to.over(r.from)
	if err != nil {
		return nil, err
	}
	up := r.step.compare(one) > 0
	if side := ratio.compare(one); side != 0 && (side > 0) != up {
		return nil, r.astray()
	}
	// the logarithms have 200 digits, so that only whether the last point is met is open
	length, _ := new(big.Float).Quo(logarithm(ratio.approximate()), logarithm(r.step.approximate())).Float64()
	if !(length < math.MaxInt32) {
		return nil, r.holds(nil)
	}
	if err := r.holds(big.NewInt(int64(length) + 1)); err != nil {
		return nil, err
	}
	rising := up == (r.from.Sign() > 0)
	var out []Item
	for v := r.from; ; {
		if side := v.compare(r.to); side != 0 && (side > 0) == rising {
			return out, nil
		}
		out = append(out, Item{v.String(), v})
		if v, err = v.times(r.step); err != nil {
			return nil, err
		}
	}
}

// floor is the largest whole number up to v ≥ 0, nil if it is too large to count to.
func (v Value) floor() *big.Int {
	if n := v.integer(); n != nil {
		return n
	}
	x := v.approximate()
	if x.MantExp(nil) > 64 {
		return nil
	}
	n, _ := x.Int(nil)
	return n
}
