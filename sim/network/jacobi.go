package network

import (
	"cmp"
	"math"
	"slices"

	"gradchain/sim/internal/kernel"
)

// jacobi turns the rows of a matrix into orthogonal ones by rotations of two rows at a
// time (Hestenes 1958). Their norms are the singular values, and come in descending
// order. Every row has its own exponent: the relative accuracy of a singular value is
// that of the matrix of rows of norm 1, however much the sizes of the rows differ
// (Demmel & Veselić 1992).
type jacobi struct {
	x, y [2][]float64 // two rows, and where they are rotated to
	gram [4]float64
}

// sweeps bounds the number of rounds through all pairs of rows, of which some ten do.
const sweeps = 60

func (j *jacobi) orthogonalize(rows []vector) {
	for i := range rows {
		rows[i].level()
	}
	slices.SortStableFunc(rows, func(a, b vector) int { return cmp.Compare(b.logNorm(), a.logNorm()) })
	for range sweeps {
		rotated := false
		for p := range rows {
			for q := p + 1; q < len(rows); q++ {
				rotated = j.rotate(&rows[p], &rows[q]) || rotated
			}
		}
		for i := range rows {
			rows[i].level()
		}
		if !rotated {
			return
		}
	}
}

// rotate makes two rows orthogonal and the first the larger one, and reports whether
// they were not orthogonal to rounding. With the rows x and s·y, s a power of 2 that may
// underflow, and u = t/s for the tangent t of the angle,
//
//	x ← c(x + s²u·y), y ← c(y − u·x), u = sign z/(|z| + √(z² + s²)), z = (‖x‖² − s²‖y‖²)/(2x·y).
func (j *jacobi) rotate(a, b *vector) bool {
	j.x[0], j.x[1] = a.v, b.v
	kernel.Gram(j.gram[:], j.x[:], j.x[:])
	s := ldexp(1, b.exp-a.exp)
	xx, xy, yy := j.gram[0], j.gram[1], j.gram[3]
	if xx < float64(float64(s*s)*yy) {
		*a, *b = *b, *a
		return j.rotate(a, b)
	}
	if !(math.Abs(xy) > float64(0x1p-51*math.Sqrt(float64(float64(xx*yy)*float64(len(a.v)))))) {
		return false
	}
	z := (xx - float64(float64(s*s)*yy)) / float64(2*xy)
	u := math.Copysign(1, z) / (math.Abs(z) + math.Sqrt(float64(z*z)+float64(s*s)))
	su := float64(s * u)
	root := math.Sqrt(1 + float64(su*su))
	cu := u / root
	less := float64(su*su) / (root * (1 + root)) // 1 − c: the rounding of c would add up
	for i, row := range j.x {
		j.y[i] = append(j.y[i][:0], row...)
	}
	j.gram = [4]float64{-less, -cu, float64(float64(s*s) * cu), -less}
	kernel.Combine(j.y[:], j.x[:], j.gram[:])
	a.v, b.v, j.y[0], j.y[1] = j.y[0], j.y[1], a.v, b.v
	return true
}
