package expression

import (
	"math"
	"math/big"
	"sync"
)

// working is the number of bits with which logarithms and exponentials are computed.
const working = 704

// power is v^w. A whole power of a rational number is exact unless it is too long, a power
// with denominator 2 is one of the square root, and any other is exp(w·log v).
func (v Value) power(w Value) (Value, error) {
	n := w.integer()
	switch {
	case n != nil && n.Sign() == 0:
		return whole(1), nil
	case v.Sign() == 0 && w.Sign() < 0:
		return Value{}, errDivision
	case v.Sign() == 0:
		return whole(0), nil
	case n != nil && v.exact != nil && short(v.exact, n):
		return rational(integerPower(v.exact, n)), nil
	case n != nil && v.Sign() < 0:
		power, err := v.negative().power(w)
		if err == nil && n.Bit(0) == 1 {
			power = power.negative()
		}
		return power, err
	case v.Sign() < 0:
		return Value{}, errPower
	}
	if twice, err := w.plus(w); n == nil && err == nil && twice.integer() != nil {
		root, err := v.root()
		if err != nil {
			return Value{}, err
		}
		return root.power(twice)
	}
	return exponential(product(w.approximate(), logarithm(v.approximate())))
}

// short says that x^n has at most mostBits.
func short(x *big.Rat, n *big.Int) bool {
	bits := int64(x.Num().BitLen() + x.Denom().BitLen())
	return n.IsInt64() && n.Int64() > -mostBits && n.Int64() < mostBits && bits*max(n.Int64(), -n.Int64()) <= mostBits
}

func integerPower(x *big.Rat, n *big.Int) *big.Rat {
	size := new(big.Int).Abs(n)
	above, below := new(big.Int).Exp(x.Num(), size, nil), new(big.Int).Exp(x.Denom(), size, nil)
	if n.Sign() < 0 {
		above, below = below, above
	}
	return new(big.Rat).SetFrac(above, below)
}

func wide() *big.Float { return new(big.Float).SetPrec(working) }

func product(x, y *big.Float) *big.Float { return wide().Mul(x, y) }

// logarithm is log x for x > 0: with x = m·2^k and m between ½√2 and √2,
// k·log 2 + 2 artanh((m−1)/(m+1)).
func logarithm(x *big.Float) *big.Float {
	m := wide()
	k := x.MantExp(m)
	if m.Cmp(wide().SetFloat64(math.Sqrt2/2)) < 0 {
		k--
		m.SetMantExp(m, 1)
	}
	one := wide().SetInt64(1)
	z := wide().Quo(wide().Sub(m, one), wide().Add(m, one))
	log := product(wide().SetInt64(2), artanh(z))
	if k == 0 {
		return log
	}
	return log.Add(log, product(wide().SetInt64(int64(k)), logTwo()))
}

// logTwo is log 2 = 2 artanh(1/3).
var logTwo = sync.OnceValue(func() *big.Float {
	third := wide().Quo(wide().SetInt64(1), wide().SetInt64(3))
	return product(wide().SetInt64(2), artanh(third))
})

// artanh sums z + z³/3 + z⁵/5 + … for |z| ≤ 1/3.
func artanh(z *big.Float) *big.Float {
	sum, term, square := wide().Set(z), wide().Set(z), product(z, z)
	for k := int64(3); term.Sign() != 0 && term.MantExp(nil) > sum.MantExp(nil)-working; k += 2 {
		term = product(term, square)
		sum.Add(sum, wide().Quo(term, wide().SetInt64(k)))
	}
	return sum
}

// halvings is how often the argument of the exponential series is halved.
const halvings = 24

// exponential is exp y: with y = k·log 2 + r, the series at r/2^24, squared 24 times.
func exponential(y *big.Float) (Value, error) {
	if y.MantExp(nil) > 25 { // |y| ≥ 2^24, far beyond mostPower
		if y.Sign() < 0 {
			return whole(0), nil
		}
		return Value{}, errLarge
	}
	turns, _ := wide().Quo(y, logTwo()).Int64()
	r := wide().Sub(y, product(wide().SetInt64(turns), logTwo()))
	if r.Sign() != 0 {
		r.SetMantExp(r, -halvings)
	}
	sum, term := wide().SetInt64(1), wide().SetInt64(1)
	for k := int64(1); term.Sign() != 0 && term.MantExp(nil) > -working; k++ {
		term = wide().Quo(product(term, r), wide().SetInt64(k))
		sum.Add(sum, term)
	}
	for range halvings {
		sum = product(sum, sum)
	}
	return result(Value{near: number().SetMantExp(sum, int(turns))})
}
