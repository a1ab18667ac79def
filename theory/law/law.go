// Package law has the laws of one weight w: text form, moments of |w| of every
// real order, the mean and variance of log|w|, the Mellin transform E|w|^s, and
// density, distribution function and quantiles with relatively accurate tails.
//
// A width-1 chain multiplies such weights, so everything here is exact to
// rounding at extreme arguments too: a scale enters as its logarithm, a moment as
// the logarithm Λ(order) = log E|w|^order, and a small Λ is never computed as a
// difference of two large numbers.
//
// The laws, with their parameters:
//
//	normal(mu, sigma)          N(mu, sigma²); normal(sigma) means mu = 0
//	uniform(a)                 uniform on (−a, a)
//	laplace(b)                 density e^(−|w|/b)/(2b)
//	rademacher(s)              ±s with probability ½ each
//	lognormal(mu, tau)         exp N(mu, tau²)
//	student_t(nu)              Student's t, nu degrees of freedom
//	cauchy(s)                  density s/(π(s² + w²))
//	truncated_normal(sigma, k) N(0, sigma²) given |w| < k·sigma, not rescaled
//	constant(value)            all weights equal
//	mixture(p, law, p', law', …) w of the first law with probability p, of the second with
//	                           probability p', and so on, up to 8; p + p' + … = 1. Here, and
//	                           only here, a law may be constant(0): weights that are 0
package law

import (
	"slices"
	"strconv"
	"strings"
)

// Law is the law of one weight. It is a comparable value: two laws are equal
// exactly when their texts are. The zero Law is invalid: its name is empty, and
// its other methods panic.
type Law struct {
	family family
}

// Name returns the name of the family, "" for the zero Law.
func (l Law) Name() string {
	if l.family == nil {
		return ""
	}
	return l.family.spec().name
}

// Args returns the parameters, in the order of the canonical text. A mixture has Parts.
func (l Law) Args() []float64 {
	_, args := l.family.params()
	return args
}

// String returns the canonical text, which Parse maps back to the same Law:
// parameters by name, numbers in their shortest form. The zero Law gives "".
func (l Law) String() string {
	if l.family == nil {
		return ""
	}
	if m, ok := l.family.(mixed); ok {
		return m.text()
	}
	var b strings.Builder
	b.WriteString(l.Name())
	names, args := l.family.params()
	sep := "("
	for i, name := range names {
		b.WriteString(sep + name + "=" + strconv.FormatFloat(args[i], 'g', -1, 64))
		sep = ","
	}
	return b.String() + ")"
}

// Symmetric reports whether w and −w have the same law.
func (l Law) Symmetric() bool {
	if m, ok := l.family.(mixed); ok {
		return m.symmetric()
	}
	_, signed := l.family.(signed)
	return !signed
}

// Degenerate reports whether |w| is almost surely constant.
func (l Law) Degenerate() bool {
	if m, ok := l.family.(mixed); ok {
		return m.degenerate()
	}
	return len(l.Atoms()) > 0
}

// Atom is a point of positive probability.
type Atom struct {
	At, Mass float64
}

// Atoms returns the atoms in ascending order. A law is either purely atomic
// (rademacher, constant) or has none, but a mixture may have both parts.
func (l Law) Atoms() []Atom {
	switch f := l.family.(type) {
	case rademacher:
		return []Atom{{-f.x0, 0.5}, {f.x0, 0.5}}
	case constant:
		return []Atom{{f.value, 1}}
	case mixed:
		return f.atoms()
	}
	return nil
}

// Support returns the ends of the smallest closed interval of probability 1.
func (l Law) Support() (lo, hi float64) {
	if f, ok := l.family.(signed); ok {
		return f.support()
	}
	hi = l.family.absSup()
	return -hi, hi
}

// Breaks returns, in ascending order, the ends of the support and the points
// inside it where the density is not smooth or a quadrature should split.
func (l Law) Breaks() []float64 {
	lo, hi := l.Support()
	breaks := []float64{lo}
	for _, x := range []float64{0, l.center()} {
		if lo < x && x < hi {
			breaks = append(breaks, x)
		}
	}
	breaks = append(breaks, hi)
	slices.Sort(breaks)
	return slices.Compact(breaks)
}

// center returns the median, around which the mass lies.
func (l Law) center() float64 {
	if f, ok := l.family.(signed); ok {
		return f.quantile(0.5)
	}
	return 0
}
