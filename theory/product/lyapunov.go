package product

import (
	"fmt"
	"math"

	"gradchain/theory/internal/domain"
)

// Lyapunov returns the index-th largest Lyapunov exponent, natural log per layer, of
// products of independent width×width matrices of N(0, σ²) entries,
//
//	λ_i = ½(log 2 + ψ((n−i+1)/2)) + log σ
//
// (Newman 1986, Commun. Math. Phys. 103; Cohen & Newman 1984). Domain: width ≥ 1,
// 1 ≤ index ≤ width, the scale > 0.
func Lyapunov(width, index int, scale Scale) (float64, error) {
	if err := domain.First(
		domain.Integer("width", width, 1),
		domain.Check(1 <= index && index <= width, "index", index, fmt.Sprintf("from 1 to width = %d", width)),
		scale.check(),
	); err != nil {
		return 0, err
	}
	n, m := float64(width), float64(width-index+1)
	return (digammaLessLog(m/2) + scale.logVar(m, n)) / 2, nil
}

// LyapunovSum returns the sum of all Lyapunov exponents, E log|det W|, in the domain
// of Lyapunov. With a = ⌈n/2⌉ odd and b = ⌊n/2⌋ even arguments 2x of ψ(x), it rests on
//
//	Σ_{k<m} ψ(x+k) = (x+m−1) ψ(x+m) − (x−1) ψ(x) − m.
func LyapunovSum(width int, scale Scale) (float64, error) {
	if err := domain.First(domain.Integer("width", width, 1), scale.check()); err != nil {
		return 0, err
	}
	n := float64(width)
	b := math.Floor(n / 2)
	a := n - b
	// Each ψ(x) is taken as log(n/2) + log(2x/n) + (ψ(x) − log x); n of the terms
	// log(n/2) go into the variance.
	odd := (a - 0.5) * (math.Log1p((2*a+1-n)/n) + digammaLessLog(a+0.5))
	even := b * (math.Log1p((2*b+2-n)/n) + digammaLessLog(b+1))
	rest := (digammaLessLog(0.5) - math.Log(n)) / 2
	return (n*(scale.logVar(n, n)-1) + odd + even + rest) / 2, nil
}
