package activation

import "gradchain/theory/special"

// softplus is sign·log(1 + e^(sign·z)); sign −1 gives log σ(z).
type softplus struct{ sign float64 }

func (f softplus) phi(z float64) float64    { return f.sign * special.SoftPlus(f.sign*z) }
func (f softplus) dphi(z float64) float64   { return special.Sigmoid(f.sign * z) }
func (f softplus) logAbs(z float64) float64 { return -special.SoftPlus(-f.sign * z) }

func (f softplus) traits() traits {
	t := traits{
		sup: limit(1, f.sign*inf), inf: limit(0, -f.sign*inf),
		min: limit(0, -inf), max: inf,
		left: exponentialTail(1, 0, 1), right: constantTail(1),
	}
	if f.sign < 0 {
		t.left, t.right = t.right, t.left
		t.min, t.max = limit(-inf, -inf), 0
	}
	return t
}
