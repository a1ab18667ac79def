package expression

import (
	"errors"
	"math/big"

	"gradchain/theory/internal/decimal"
)

// Real returns the float64 nearest to the value of a text without variables.
func Real(text string) (float64, error) {
	if x, err := decimal.Parse(text); err == nil { // nearly always
		return x + 0, nil
	}
	v, err := evaluate(text, false)
	if err != nil {
		return 0, err
	}
	return v.Float64()
}

// ErrWhole is the error for a number that is no int.
var ErrWhole = errors.New("want a whole number, such as 1000 or 1e3")

// Whole returns the value of a text without variables, which is a whole number.
func Whole(text string) (int, error) {
	v, err := evaluate(text, true)
	if err != nil {
		return 0, err
	}
	n, ok := v.Int()
	if !ok {
		return 0, ErrWhole
	}
	return n, nil
}

// Unsigned is Whole for numbers from 0 to 2^64 − 1.
func Unsigned(text string) (uint64, error) {
	v, err := evaluate(text, true)
	if err != nil {
		return 0, err
	}
	n := v.integer()
	if n == nil || !n.IsUint64() {
		return 0, errors.New("want a whole number from 0 to 18446744073709551615")
	}
	return n.Uint64(), nil
}

func evaluate(text string, thousands bool) (Value, error) {
	e, err := parse(text, nil, thousands)
	if err != nil {
		return Value{}, err
	}
	return e.Value()
}

// Exact returns the number as a fraction, nil if it is not known to be one.
func (v Value) Exact() *big.Rat {
	if v.exact == nil {
		return nil
	}
	return new(big.Rat).Set(v.exact)
}
