package meanfield

import (
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
)

// SignalCosine returns the cosine of the angle between the activations x^L of two inputs,
// L = depth, whose pre-activations at layer 1 have the variance q and the correlation c: a
// layer takes them to V(q) and (σ_w² E φ(u)φ(v) + σ_b²)/V(q) (Poole et al. 2016). Where q is a
// fixed point that correlation is AtDepth. Domain: q > 0, −1 ≤ c ≤ 1, depth ≥ 1.
func (n Network) SignalCosine(q, c float64, depth int) (float64, error) {
	if err := domain.First(n.checkLayer(q, 1), checkCorrelation(c), domain.Integer("depth", depth, 1)); err != nil {
		return 0, err
	}
	for {
		k, err := gauss.NewKernel(n.Activation, q)
		if err != nil {
			return 0, err
		}
		value := k.Value(c)
		if depth--; depth == 0 {
			return domain.Result("the cosine", max(-1, min(value/k.Square, 1)))
		}
		q = n.WeightVar*k.Square + n.BiasVar
		c = max(-1, min((n.WeightVar*value+n.BiasVar)/q, 1))
	}
}
