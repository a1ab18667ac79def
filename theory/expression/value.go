package expression

import (
	"errors"
	"math"
	"math/big"
	"strconv"
)

// Value is a real number: exact if it is known to be rational, else to 512 bits.
type Value struct {
	exact *big.Rat
	near  *big.Float // if exact is nil
}

const (
	precision = 512     // bits of near
	mostBits  = 1 << 13 // of an exact number; beyond them it is near
	mostPower = 1 << 20 // the largest and least binary exponent
	sameBits  = 400     // numbers are the same that share so many
)

var (
	errLarge    = errors.New("a number above 1.797e308")
	errDivision = errors.New("division by 0")
	errRoot     = errors.New("square root of a negative number")
	errPower    = errors.New("a power of a negative number that is not whole")
)

func rational(x *big.Rat) Value { return Value{exact: x} }

// whole is the exact number n.
func whole(n int64) Value { return rational(new(big.Rat).SetInt64(n)) }

// approximate returns the number to 512 bits.
func (v Value) approximate() *big.Float {
	if v.exact == nil {
		return v.near
	}
	return number().SetRat(v.exact)
}

func number() *big.Float { return new(big.Float).SetPrec(precision) }

// result bounds the size of a number, so that no calculation takes long.
func result(v Value) (Value, error) {
	if v.exact != nil {
		if bits := v.exact.Num().BitLen() + v.exact.Denom().BitLen(); bits <= mostBits {
			return v, nil
		}
		v = Value{near: v.approximate()}
	}
	switch exponent := v.near.MantExp(nil); {
	case v.near.IsInf() || exponent > mostPower:
		return Value{}, errLarge
	case v.near.Sign() == 0 || exponent < -mostPower:
		return whole(0), nil
	}
	return v, nil
}

// Sign returns −1, 0 or 1.
func (v Value) Sign() int {
	if v.exact != nil {
		return v.exact.Sign()
	}
	return v.near.Sign()
}

func (v Value) negative() Value {
	if v.exact != nil {
		return rational(new(big.Rat).Neg(v.exact))
	}
	return Value{near: number().Neg(v.near)}
}

// plus is the sum. What is left of a difference of numbers that are the same is 0.
func (v Value) plus(w Value) (Value, error) {
	if v.exact != nil && w.exact != nil {
		return result(rational(new(big.Rat).Add(v.exact, w.exact)))
	}
	x, y := v.approximate(), w.approximate()
	sum := number().Add(x, y)
	if sum.MantExp(nil) < max(x.MantExp(nil), y.MantExp(nil))-sameBits {
		return whole(0), nil
	}
	return result(Value{near: sum})
}

func (v Value) minus(w Value) (Value, error) { return v.plus(w.negative()) }

func (v Value) times(w Value) (Value, error) {
	if v.exact != nil && w.exact != nil {
		return result(rational(new(big.Rat).Mul(v.exact, w.exact)))
	}
	return result(Value{near: number().Mul(v.approximate(), w.approximate())})
}

func (v Value) over(w Value) (Value, error) {
	switch {
	case w.Sign() == 0:
		return Value{}, errDivision
	case v.exact != nil && w.exact != nil:
		return result(rational(new(big.Rat).Quo(v.exact, w.exact)))
	}
	return result(Value{near: number().Quo(v.approximate(), w.approximate())})
}

// root is the square root, exact if it is rational.
func (v Value) root() (Value, error) {
	if v.Sign() < 0 {
		return Value{}, errRoot
	}
	if v.exact != nil {
		above, whole := perfect(v.exact.Num())
		below, too := perfect(v.exact.Denom())
		if whole && too {
			return rational(new(big.Rat).SetFrac(above, below)), nil
		}
	}
	return Value{near: number().Sqrt(v.approximate())}, nil
}

// perfect returns the root of a square.
func perfect(n *big.Int) (root *big.Int, square bool) {
	root = new(big.Int).Sqrt(n)
	return root, new(big.Int).Mul(root, root).Cmp(n) == 0
}

// compare is the sign of v − w, 0 if they are the same.
func (v Value) compare(w Value) int {
	difference, err := v.minus(w)
	if err != nil { // both are bounded, so they are far apart
		return v.approximate().Cmp(w.approximate())
	}
	return difference.Sign()
}

// Float64 returns the nearest float64. A number above the largest is an error, one that is
// too small is 0.
func (v Value) Float64() (float64, error) {
	var x float64
	if v.exact != nil {
		x, _ = v.exact.Float64()
	} else {
		x, _ = v.near.Float64()
	}
	if math.IsInf(x, 0) {
		return 0, errLarge
	}
	return x + 0, nil // −0 becomes 0
}

// integer returns the whole number that v is, nil if it is none.
func (v Value) integer() *big.Int {
	switch {
	case v.exact != nil && v.exact.IsInt():
		return v.exact.Num()
	case v.exact != nil || v.near.MantExp(nil) > sameBits:
		return nil
	}
	half := number().SetFloat64(math.Copysign(0.5, float64(v.Sign())))
	n, _ := number().Add(v.near, half).Int(nil)
	if v.compare(rational(new(big.Rat).SetInt(n))) != 0 {
		return nil
	}
	return n
}

// Int returns the number as an int, and whether it is one.
func (v Value) Int() (n int, ok bool) {
	i := v.integer()
	if i == nil || !i.IsInt64() || int64(int(i.Int64())) != i.Int64() {
		return 0, false
	}
	return int(i.Int64()), true
}

// String returns a decimal text: of a whole number up to 2^63 all digits, else the shortest
// that gives the same float64.
func (v Value) String() string {
	if n, ok := v.Int(); ok {
		return strconv.Itoa(n)
	}
	x, err := v.Float64()
	if err != nil {
		return v.approximate().Text('g', 17)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
