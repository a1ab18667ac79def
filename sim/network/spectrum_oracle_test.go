package network

import (
	"cmp"
	"math"
	"math/big"
	"slices"
)

const precision = 1500

func newBig(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

func bigDot(x, y []*big.Float) *big.Float {
	sum := newBig(0)
	for i := range x {
		sum.Add(sum, newBig(0).Mul(x[i], y[i]))
	}
	return sum
}

// bigProduct returns the rows of the product.
func bigProduct(m factors) [][]*big.Float {
	var p [][]*big.Float
	for l, rows := range m {
		next := make([][]*big.Float, len(rows))
		for i, row := range rows {
			next[i] = make([]*big.Float, len(m[0][0]))
			for k := range next[i] {
				next[i][k] = newBig(0)
				for j, w := range row {
					if l > 0 {
						next[i][k].Add(next[i][k], newBig(0).Mul(newBig(w), p[j][k]))
					} else if j == k {
						next[i][k] = newBig(w)
					}
				}
			}
		}
		p = next
	}
	return p
}

// bigSingularValues returns the logarithms of the singular values of a product, by
// rotations of the rows of the whole matrix in 1,500 bits until the cosines are below
// 2^−100.
func bigSingularValues(m factors) []float64 {
	a := bigProduct(m)
	for rotated := true; rotated; {
		rotated = false
		for p := range a {
			for q := range p {
				rotated = bigRotate(a[p], a[q]) || rotated
			}
		}
	}
	logs := make([]float64, len(a))
	for i, row := range a {
		mantissa := new(big.Float)
		square := bigDot(row, row)
		e := square.MantExp(mantissa)
		x, _ := mantissa.Float64()
		logs[i] = (math.Log(x) + float64(e)*math.Ln2) / 2
		if square.Cmp(bigZero) < 0 {
			logs[i] = math.Inf(-1)
		}
	}
	slices.SortFunc(logs, func(x, y float64) int { return cmp.Compare(y, x) })
	return logs
}

// bigZero is the squared norm of a row of rounding errors.
var bigZero = newBig(0).SetMantExp(newBig(1), -2500)

func bigRotate(x, y []*big.Float) bool {
	xx, xy, yy := bigDot(x, x), bigDot(x, y), bigDot(y, y)
	if xx.Cmp(bigZero) < 0 || yy.Cmp(bigZero) < 0 {
		return false
	}
	small := newBig(0).Mul(newBig(0).Mul(xx, yy), newBig(0x1p-200))
	if newBig(0).Mul(xy, xy).Cmp(small) <= 0 {
		return false
	}
	z := newBig(0).Quo(newBig(0).Sub(yy, xx), newBig(0).Mul(newBig(2), xy))
	root := newBig(0).Sqrt(newBig(0).Add(newBig(0).Mul(z, z), newBig(1)))
	t := newBig(0).Quo(newBig(1), newBig(0).Add(newBig(0).Abs(z), root))
	if z.Sign() < 0 {
		t.Neg(t)
	}
	c := newBig(0).Quo(newBig(1), newBig(0).Sqrt(newBig(0).Add(newBig(0).Mul(t, t), newBig(1))))
	s := newBig(0).Mul(c, t)
	for i := range x {
		u, v := x[i], y[i]
		x[i] = newBig(0).Sub(newBig(0).Mul(c, u), newBig(0).Mul(s, v))
		y[i] = newBig(0).Add(newBig(0).Mul(s, u), newBig(0).Mul(c, v))
	}
	return true
}
