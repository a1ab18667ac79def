// Package domain words the errors of the theory: an argument outside its domain, and
// a result that no float64 can hold.
package domain

import (
	"fmt"
	"math"
)

// Integer is an error unless n ≥ least.
func Integer(name string, n, least int) error {
	return Check(n >= least, name, n, fmt.Sprintf(">= %d", least))
}

// Positive is an error unless x is positive and finite.
func Positive(name string, x float64) error {
	return Check(x > 0 && !math.IsInf(x, 1), name, x, "> 0")
}

// NonNegative is an error unless x ≥ 0 and finite.
func NonNegative(name string, x float64) error {
	return Check(x >= 0 && !math.IsInf(x, 1), name, x, ">= 0")
}

// Real is an error if x is infinite or not a number.
func Real(name string, x float64) error {
	return Check(!math.IsInf(x, 0) && !math.IsNaN(x), name, x, "real")
}

// Check is an error that says "name = value, want name want" unless ok.
func Check(ok bool, name string, value any, want string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s = %v, want %s %s", name, value, name, want)
}

// First returns the first of errs that is not nil.
func First(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Result passes a finite value. It is an error if value overflowed.
func Result(what string, value float64) (float64, error) {
	if math.IsInf(value, 0) || math.IsNaN(value) {
		return 0, fmt.Errorf("%s is out of the range of float64, whose largest number is 1.797e308", what)
	}
	return value, nil
}
