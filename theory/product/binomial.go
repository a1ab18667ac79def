package product

import "math"

// binomial is the law of the number of active units, Bin(n, ½).
type binomial struct{ n float64 }

// reach is how far expect goes from the mean: |2B − n| ≤ reach·√n. What it leaves
// out has probability 2e^(−reach²/2) = 3e-87 at most (Hoeffding 1963).
const reach = 20

// logP returns log P(2B − n = u) by Stirling's formula in the form of Loader (2000),
// accurate to a few ulp of max(1, |log P|).
func (law binomial) logP(u float64) float64 {
	n := law.n
	if math.Abs(u) == n {
		return -n * math.Ln2
	}
	d := u / n
	half := math.Log1p(-d*d) / 2
	rest := stirlingRest(n) - stirlingRest((n+u)/2) - stirlingRest((n-u)/2)
	return math.Log(2/math.Pi/n)/2 - half - n*(d*math.Atanh(d)+half) + rest
}

// expect returns E f(2B − n) over the values of B from the one given.
//
// Large n are summed over every s-th value of B only, s = √n/8 being half of half a
// standard deviation. That is exact to rounding for functions that are mixtures of
// exponentials e^(−tB), as log, ψ, ψ′ and ratios of Γ are: the modulus of the
// characteristic function of a binomial of success p at the aliases ω = 2πj/s is
// (1 − 2p(1−p)(1−cos ω))^(n/2) < e^−300 unless t is so large that E e^(−tB) is.
func (law binomial) expect(from float64, f func(u float64) float64) float64 {
	s := 1.0
	if root := math.Sqrt(law.n); root >= 24 {
		s = 2*math.Floor(root/16) + 1 // odd, so that ±s·j has the parity of n
	}
	sum := 0.0
	end := min(law.n, reach*math.Sqrt(law.n))
	for u := s * math.Mod(law.n, 2); u <= end; u += 2 * s {
		p := s * math.Exp(law.logP(u))
		if law.n+u >= 2*from {
			sum += p * f(u)
		}
		if u > 0 && law.n-u >= 2*from {
			sum += p * f(-u)
		}
	}
	return sum
}
