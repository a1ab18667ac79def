package law

import "math"

// PDF returns the density of w at x. Atoms have density +Inf.
func (l Law) PDF(x float64) float64 {
	if f, ok := l.family.(signed); ok {
		return f.pdf(x)
	}
	return l.family.absPDF(math.Abs(x)) / 2
}

// CDF returns P(w ≤ x), relatively accurate in the left tail.
func (l Law) CDF(x float64) float64 {
	f, ok := l.family.(signed)
	switch {
	case ok:
		return f.cdf(x)
	case l.Degenerate():
		return l.atomsUpTo(x)
	case x < 0:
		return l.family.absSurvival(-x) / 2
	case x < l.family.absQuantile(0.5, 0.5):
		return 0.5 + l.family.absCDF(x)/2
	}
	return 1 - l.family.absSurvival(x)/2
}

// Survival returns P(w > x), relatively accurate in the right tail.
func (l Law) Survival(x float64) float64 {
	f, ok := l.family.(signed)
	switch {
	case ok:
		return f.survival(x)
	case l.Degenerate():
		return 1 - l.atomsUpTo(x)
	}
	return l.CDF(-x)
}

func (l Law) atomsUpTo(x float64) float64 {
	sum := 0.0
	for _, a := range l.Atoms() {
		if a.At <= x {
			sum += a.Mass
		}
	}
	return sum
}

// Quantile returns the smallest x with P(w ≤ x) ≥ p. It is relatively accurate in the
// left tail, and NaN unless 0 ≤ p ≤ 1.
func (l Law) Quantile(p float64) float64 {
	if !(0 <= p && p <= 1) {
		return math.NaN()
	}
	if f, ok := l.family.(signed); ok {
		return f.quantile(p)
	}
	x := l.family.absQuantile(math.Abs(2*p-1), 2*min(p, 1-p))
	if p <= 0.5 {
		return -x
	}
	return x
}

// AbsPDF returns the density of |w| at x, 0 for x < 0. Atoms have density +Inf.
func (l Law) AbsPDF(x float64) float64 {
	if x < 0 {
		return 0
	}
	return l.family.absPDF(x)
}

// AbsCDF returns P(|w| ≤ x), relatively accurate for small x.
func (l Law) AbsCDF(x float64) float64 {
	if x < 0 {
		return 0
	}
	return l.family.absCDF(x)
}

// AbsSurvival returns P(|w| > x), relatively accurate for large x.
func (l Law) AbsSurvival(x float64) float64 {
	if x < 0 {
		return 1
	}
	return l.family.absSurvival(x)
}
