package meanfield

import (
	"fmt"
	"math"

	"gradchain/theory/internal/domain"
)

// Wide is what is measured on a network of width n to the first order in 1/n: its mean is
// Limit + Bias/n and its variance Variance/n, both up to O(1/n²).
type Wide struct{ Limit, Bias, Variance float64 }

// At returns mean and variance at a width.
func (w Wide) At(width int) Spread {
	return Spread{w.Limit + w.Bias/float64(width), w.Variance / float64(width)}
}

// layer is one layer of a wide network. The second moment of its input varies with the
// network, and so does the variance of its pre-activations: by bias/n in the mean and
// spread/n in the square.
type layer struct {
	q, bias, spread float64

	square, fourth     float64 // E φ², E φ⁴
	growth, bend       float64 // V′, V″
	slope, slopeFourth float64 // E φ′², E φ′⁴/(E φ′²)²
	rate, rateBend     float64 // (log χ₁)′, (log χ₁)″
	own, mixed         float64 // E z²φ′²/E φ′², E φ²φ′²
}

// at computes the layer at its q. Derivatives with respect to q are expectations with the
// Hermite polynomials z² − 1 and z⁴ − 6z² + 3 (Stein), right with kinks too.
func (n Network) at(l layer) layer {
	four := func(z float64) float64 { return (z*z*(z*z-6) + 3) / (4 * l.q * l.q) }
	l.square = n.mean(l.q, func(_, x, _ float64) float64 { return x * x })
	l.fourth = n.mean(l.q, func(_, x, _ float64) float64 { return x * x * x * x })
	l.growth = n.WeightVar * n.mean(l.q, func(z, x, _ float64) float64 { return x * x * (z*z - 1) / (2 * l.q) })
	l.bend = n.WeightVar * n.mean(l.q, func(z, x, _ float64) float64 { return x * x * four(z) })
	l.slope = n.mean(l.q, func(_, _, d float64) float64 { return d * d })
	l.slopeFourth = n.mean(l.q, func(_, _, d float64) float64 { return d * d * d * d }) / (l.slope * l.slope)
	l.own = n.mean(l.q, func(z, _, d float64) float64 { return z * z * d * d }) / l.slope
	l.rate = (l.own - 1) / (2 * l.q)
	l.rateBend = n.mean(l.q, func(z, _, d float64) float64 { return d * d * four(z) })/l.slope - l.rate*l.rate
	l.mixed = n.mean(l.q, func(_, x, d float64) float64 { return x * x * d * d })
	return l
}

// next returns the q of the layer above, with
//
//	bias′ = V′ bias + ½V″ spread,  spread′ = V′² spread + σ_w⁴ Var φ².
func (n Network) next(l layer) layer {
	return layer{
		q:      n.WeightVar*l.square + n.BiasVar,
		bias:   l.growth*l.bias + l.bend*l.spread/2,
		spread: l.growth*l.growth*l.spread + n.kick(l),
	}
}

// kick is n times the variance that a layer adds to the q above it.
func (n Network) kick(l layer) float64 {
	return n.WeightVar * n.WeightVar * (l.fourth - l.square*l.square)
}

// layers returns the layers 1 … depth and the q above, for pre-activations of variance q at
// layer 1, in some 0.5 ms a layer, less where it is like the one below. It is an error where the
// variance leaves float64.
func (n Network) layers(q float64, depth int) ([]layer, error) {
	if err := domain.First(n.checkLayer(q, 1), domain.Integer("depth", depth, 1)); err != nil {
		return nil, err
	}
	all := []layer{{q: q}}
	for l := range depth {
		if q := all[l].q; !(0 < q && q <= math.MaxFloat64) {
			return nil, fmt.Errorf("the variance is %v at layer %d; want a smaller depth, weight_var or bias_var", q, l+1)
		}
		if l > 0 && within(all[l].q, all[l-1].q) {
			same := all[l-1]
			same.q, same.bias, same.spread = all[l].q, all[l].bias, all[l].spread
			all[l] = same
		} else {
			all[l] = n.at(all[l])
		}
		all = append(all, n.next(all[l]))
	}
	return all, nil
}

func within(a, b float64) bool { return a-b <= 1e-13*b && b-a <= 1e-13*b }

// WideSquare returns that of ‖x^L‖²/n, L = depth, for pre-activations of variance q at
// layer 1 (derived; delta method). The limit is (V^L(q) − σ_b²)/σ_w². Domain: q > 0,
// q ≥ σ_b², depth ≥ 1.
func (n Network) WideSquare(q float64, depth int) (Wide, error) {
	all, err := n.layers(q, depth)
	if err != nil {
		return Wide{}, err
	}
	above := all[depth]
	w := Wide{all[depth-1].square, above.bias / n.WeightVar, above.spread / (n.WeightVar * n.WeightVar)}
	_, err = domain.Result("the mean or the variance", w.Limit+w.Bias+w.Variance)
	return w, err
}

// WideLogGrowth returns that of log‖∇_from‖² − log‖∇_L‖², L = depth, for pre-activations of
// variance q at layer 1 (derived; delta method). The limit is Σ_l log χ₁(q_l), l = from … L−1,
// and n times the bias is at layer l
//
//	(log χ₁)′ bias_l + ½(log χ₁)″ spread_l + (B − 1)σ_w² E φ²φ′²/(q_{l+1} E φ′²) − (3 E φ′⁴/(E φ′²)² − 1)/2
//
// where B = E (h·∇)²/(q‖∇‖²) at layer l+1 is what the weights on the way back know of the
// signal; the last term is that of the logarithm. For relu the sum is −5/2 a layer (Hanin &
// Nica 2020). Domain: as in WideSquare, and 1 ≤ from ≤ depth.
func (n Network) WideLogGrowth(q float64, from, depth int) (Wide, error) {
	all, err := n.layers(q, depth)
	if err != nil {
		return Wide{}, err
	}
	if err := domain.Check(1 <= from && from <= depth, "from", from, "from 1 to depth"); err != nil {
		return Wide{}, err
	}
	var w Wide
	overlap := all[depth-1].own - 1 // B − 1 at the layer above
	pull := 0.0                     // how the number depends on the q above
	for i := depth - 2; i >= from-1; i-- {
		l, above := all[i], all[i+1].q
		known := n.WeightVar * l.mixed / (above * l.slope)
		w.Limit += math.Log(n.WeightVar * l.slope)
		w.Bias += l.rate*l.bias + l.rateBend*l.spread/2 + overlap*known - (3*l.slopeFourth-1)/2
		w.Variance += 3*l.slopeFourth - 1 + pull*pull*n.kick(l) + 2*pull*n.WeightVar*(l.mixed/l.slope-l.square)
		overlap = l.own - 1 + overlap*l.growth*l.growth*l.q/(n.WeightVar*l.slope*above)
		pull = l.rate + l.growth*pull
	}
	w.Variance += pull * pull * all[from-1].spread
	_, err = domain.Result("the mean or the variance", w.Limit+w.Bias+w.Variance)
	return w, err
}
