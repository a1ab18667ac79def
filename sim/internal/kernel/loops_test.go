package kernel

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestBoxMuller_plain: the loops of boxMuller have the bits of minusLog, turn and swap,
// one element after the other.
func TestBoxMuller_plain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got, want [2]vector
		bits := drawWords(t, 2*width)
		boxMuller(&got[0], &got[1], (*words)(bits), (*words)(bits[width:]))
		for j := range width {
			w := bits[width+j]
			log, angle := minusLog(bits[j]), turn(w)
			r, square := math.Sqrt(2*log), float64(angle*angle)
			cos, sin := float64(r*cosQuarter(square)), float64(r*sinQuarter(angle, square))
			if w&1 != 0 {
				cos = -cos
			}
			swapped := swap(w) & 1
			want[swapped][j], want[1-swapped][j] = cos, sin
		}
		sameBits(t, "first of the pair", got[0][:], want[0][:])
		sameBits(t, "second of the pair", got[1][:], want[1][:])
	})
}

// TestBell_plain: the loops of bell have the bits of decay, at every argument.
func TestBell_plain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := lengths(t)
		z, mant, exp := make([]float64, n), make([]float64, n), make([]float64, n)
		wantMant, wantExp := make([]float64, n), make([]float64, n)
		fillValues(t, z)
		scale := rapid.SampledFrom([]float64{1, 2}).Draw(t, "scale")
		for i, x := range z {
			e := decay(-math.Abs(scale*x), 0)
			a, b := e.c+e.r, e.c-e.r
			q := b + float64(down(e.k)*a)
			wantMant[i], wantExp[i] = settle(float64(3*float64(a*b))/float64(q*q), e.k)
		}
		bell(mant, exp, z, scale, 3)
		sameBits(t, "mantissa", mant, wantMant)
		sameBits(t, "exponent", exp, wantExp)
		bell(z, exp, z, scale, 3)
		sameBits(t, "mantissa in place", z, wantMant)
	})
}
