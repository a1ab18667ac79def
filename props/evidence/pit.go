package evidence

import "math"

// pitSize is the number of thresholds, 2^−10, …, 2^−1, 1−2^−2, …, 1−2^−10.
const pitSize = 19

func pitThresholds() (u [pitSize]float64) {
	for k := range 10 {
		u[k] = math.Ldexp(1, k-10)
		u[pitSize-1-k] = 1 - u[k]
	}
	return u
}

// pit is the battery against "U is uniform on (0, 1)": an equal mixture over
// thresholds u of e-processes against P(U ≤ u) = u (P1). It keeps counts only
// and sees tails that a Kolmogorov distance does not.
type pit struct {
	slack      bool
	thresholds [pitSize]float64
	bins       [pitSize + 1]int
	count      float64
	grids      [pitSize][]grid // with slack: of P(U ≤ u) up to eps from u
}

// newPit is the battery for a law known up to a distance eps, with alternatives
// from delta on; eps 0 needs no alternatives.
func newPit(eps, delta float64) *pit {
	p := &pit{slack: eps > 0, thresholds: pitThresholds()}
	if !p.slack {
		return p
	}
	for k, u := range p.thresholds {
		for _, e := range (Zone{Theta0: u, Eps: eps, Delta: delta}).edges(0, 1) {
			p.grids[k] = append(p.grids[k], newGrid(e))
		}
	}
	return p
}

func (p *pit) update(batch []float64) {
	for _, u := range batch {
		p.bins[pitBin(u)]++
	}
	p.count += float64(len(batch))
}

// pitBin is the number of thresholds below u, in [0, 1], from the exponents of u
// and 1 − u: u exceeds 2^−j if the float before u is not below it.
func pitBin(u float64) int {
	const exponent, bias = 52, 1023
	if u <= 0.5 {
		before := int64(math.Float64bits(u)) - 1 // negative for u = 0
		return max(0, int(before>>exponent)-bias+11)
	}
	return min(pitSize, bias+8-int(math.Float64bits(1-u)>>exponent))
}

// counts are the numbers of U ≤ u at each threshold u.
func (p *pit) counts() (c [pitSize]float64) {
	below := 0
	for k := range c {
		below += p.bins[k]
		c[k] = float64(below)
	}
	return c
}

func (p *pit) logE() float64 {
	var logs [pitSize]float64
	for k, c := range p.counts() {
		logs[k] = p.logEAt(k, c)
	}
	return logMeanExp(logs[:]...)
}

func (p *pit) logEAt(k int, below float64) float64 {
	switch {
	case !p.slack:
		return ktLogE(below, p.count, p.thresholds[k])
	case len(p.grids[k]) == 0: // no violation fits: the e-value stays 1
		return 0
	}
	var sides [2]float64
	for i, g := range p.grids[k] {
		sides[i] = g.logE(below, p.count)
	}
	return logMeanExp(sides[:len(p.grids[k])]...)
}
