package network

import "gradchain/sim/internal/kernel"

// coefficients returns Qᵀ(w, tail), row i that of q_i, in the memory of a.
func (f *basis) coefficients(a []float64, w []vector, tail []float64) []float64 {
	n := len(w)
	a = resize(a, f.rank()*n)
	f.w = values(f.w, w)
	kernel.Gram(a, f.y, f.w)
	for i := range f.y {
		row := a[i*n : (i+1)*n]
		for j := range row {
			if tail != nil {
				row[j] += float64(f.tail[i] * tail[j])
			}
			row[j] /= f.norm[i]
		}
	}
	f.solveTransposed(f.t, a, n)
	return a
}

// span adds Q a to (w, tail), and overwrites a.
func (f *basis) span(w []vector, tail, a []float64) {
	n := len(w)
	f.solve(f.t, a, n)
	for i := range f.y {
		scale(a[i*n:(i+1)*n], 1/f.norm[i])
		if tail != nil {
			kernel.Axpy(f.tail[i], a[i*n:(i+1)*n], tail)
		}
	}
	f.w = values(f.w, w)
	kernel.Combine(f.w, f.y, a)
}

// solve sets the n columns of a to t⁻¹a, for t upper triangular.
func (f *basis) solve(t, a []float64, n int) {
	k := f.most
	for i := f.rank() - 1; i >= 0; i-- {
		row := a[i*n : (i+1)*n]
		for h := i + 1; h < f.rank(); h++ {
			if t[i*k+h] != 0 {
				kernel.Axpy(-t[i*k+h], a[h*n:(h+1)*n], row)
			}
		}
		scale(row, 1/t[i*k+i])
	}
}

// solveTransposed sets the n columns of a to t⁻ᵀa.
func (f *basis) solveTransposed(t, a []float64, n int) {
	k := f.most
	for i := range f.rank() {
		row := a[i*n : (i+1)*n]
		for h := range i {
			if t[h*k+i] != 0 {
				kernel.Axpy(-t[h*k+i], a[h*n:(h+1)*n], row)
			}
		}
		scale(row, 1/t[i*k+i])
	}
}
