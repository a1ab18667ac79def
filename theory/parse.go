package theory

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gradchain/theory/activation"
	"gradchain/theory/internal/decimal"
	"gradchain/theory/law"

	"gradchain/theory/nearest"
)

// maxText is the longest text of a parameter, enough for any number or law.
const maxText = 1000

// parse reads a value of the parameter: a float64 for Real, an int for Integer, a
// string for Choice, and so on.
func (p Param) parse(v any) (any, error) {
	text, number := numberText(v)
	if s, ok := v.(string); ok {
		text = s
	} else if !number {
		return nil, fmt.Errorf("%s = %s, want %s", p.Name, oddText(v), p.want())
	} else if !p.numeric() {
		return nil, fmt.Errorf("%s = %s is a number, want %s", p.Name, text, p.want())
	}
	if len(text) > maxText || strings.ContainsFunc(text, unicode.IsControl) {
		return nil, fmt.Errorf("%s = %s is too long or has a control character, want %s", p.Name, nearest.Quote(text), p.want())
	}
	switch p.Kind {
	case Real:
		return p.real(text)
	case Integer:
		return p.integer(text)
	case Activation:
		return activation.Parse(text)
	case Weight:
		return law.Parse(text)
	}
	if !slices.Contains(p.Choices, text) {
		return nil, fmt.Errorf("%s = %s, want %s", p.Name, nearest.Quote(text), p.want())
	}
	return text, nil
}

// oddText is a value that is neither a number nor a text.
func oddText(v any) string {
	if v == nil {
		return "null"
	}
	return nearest.Cut(fmt.Sprint(v))
}

func (p Param) numeric() bool { return p.Kind == Real || p.Kind == Integer }

// numberText returns the decimal text of a number.
func numberText(v any) (text string, number bool) {
	switch x := v.(type) {
	case json.Number:
		return x.String(), true
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64), true
	case int:
		return strconv.Itoa(x), true
	case int64:
		return strconv.FormatInt(x, 10), true
	}
	return "", false
}

// real reads a decimal number. Hexadecimal numbers, infinities and NaN are errors.
func (p Param) real(text string) (float64, error) {
	x, err := decimal.Parse(text)
	if err != nil {
		return 0, fmt.Errorf("%s = %s, want %s as a decimal number up to 1.797e308", p.Name, nearest.Quote(text), p.want())
	}
	return x + 0, nil // −0 becomes 0
}

// integer reads a decimal number whose value is an integer.
func (p Param) integer(text string) (int, error) {
	if _, err := p.real(text); err != nil {
		return 0, err
	}
	f, _, err := big.ParseFloat(text, 10, decimal.Precision, big.ToNearestEven)
	if err == nil && f.IsInt() {
		if n, accuracy := f.Int64(); accuracy == big.Exact && int64(int(n)) == n {
			return int(n), nil
		}
	}
	return 0, fmt.Errorf("%s = %s, want %s, at most 9.2e18", p.Name, nearest.Quote(text), p.want())
}
