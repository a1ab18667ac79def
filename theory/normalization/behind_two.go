package normalization

import (
	"math"
	"slices"

	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
	"gradchain/theory/quad"
	"gradchain/theory/special"
)

// two is the integral for a batch of 2 itself: h = μ ± g, g ~ N(0, a/2), where with 1 − ρ = ε/s²
// the Jacobian is (1−ρ)/s times the projection across 1, so that
//
//	Diagonal = ½E φ′(h₁)²(1−ρ)²/s²,  Off = −½E φ′(h₁)φ′(h₂)(1−ρ)²/s²
func (s *behind) two() (BehindMoments, error) {
	if s.epsilon == 0 {
		return BehindMoments{Share: 1 - s.constantTwo()}, nil
	}
	m := BehindMoments{Bound: behindFloor}
	spread, common := math.Sqrt(s.a/2), math.Sqrt(s.mean)
	for i, to := range []*float64{&m.Share, &m.Diagonal, &m.Off} {
		*to, _ = quad.Integrate(func(g float64) float64 {
			return 2 * special.NormPDF(g) * s.overMean(spread*g, common, i)
		}, s.breaks(spread, 0), 1e-11)
	}
	_, err := domain.Result("a moment of the batch", m.Share+m.Diagonal)
	return m, err
}

// overMean is the mean over μ of one of the three at half the difference of h.
func (s *behind) overMean(g, common float64, which int) float64 {
	at := func(mu float64) float64 {
		half := (s.activation.Phi(mu+g) - s.activation.Phi(mu-g)) / 2
		s2 := half*half + s.epsilon
		hidden := s.epsilon / s2
		u, v := s.activation.DPhi(mu+g), s.activation.DPhi(mu-g)
		switch which {
		case 0:
			return half * half / s2
		case 1:
			return (u*u + v*v) / 4 * hidden * hidden / s2
		}
		return -u * v / 2 * hidden * hidden / s2
	}
	if common == 0 {
		return at(0)
	}
	value, _ := quad.Integrate(func(x float64) float64 { return special.NormPDF(x) * at(common*x) }, s.breaks(common, g), 1e-12)
	return value
}

// breaks are those of an integral over a normal number times a scale: 0, its end, and where a
// mark is at a distance; for the distance 0 those of one sign.
func (s *behind) breaks(scale, distance float64) []float64 {
	const far = 8.5
	out := []float64{-far, -3, -1, 0, 1, 3, far}
	if distance == 0 {
		out = out[3:]
		for u := max(1e-12, math.Sqrt(s.epsilon)/s.lipschitz/scale/4); u < far; u *= 4 {
			out = append(out, u)
		}
	}
	for _, z := range s.marks {
		for _, w := range [2]float64{(z - distance) / scale, (z + distance) / scale} {
			if w > out[0] && w < far {
				out = append(out, w)
			}
		}
		for _, w := range s.marks { // two marks at once
			if x := (z - w) / 2 / scale; distance == 0 && 0 < x && x < far {
				out = append(out, x)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// constantTwo is constant for a batch of 2: μ + |g| below an end, or μ − |g| above one.
func (s *behind) constantTwo() float64 {
	if s.mean == 0 {
		return 0
	}
	total := 0.0
	for _, sign := range [2]int{-1, 1} {
		if s.activation.Tail(sign).Kind != activation.Zero {
			continue
		}
		kinks := s.activation.Kinks()
		z := -kinks[len(kinks)-1]
		if sign < 0 {
			z = kinks[0]
		}
		spread, common := math.Sqrt(s.a/2), math.Sqrt(s.mean)
		part, _ := quad.Integrate(func(g float64) float64 {
			return 2 * special.NormPDF(g) * special.NormCDF((z-spread*g)/common)
		}, s.breaks(spread, 0), 1e-12)
		total += part
	}
	return total
}
