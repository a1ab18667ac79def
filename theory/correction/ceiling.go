package correction

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
	"gradchain/theory/special"
)

// peaked lists the activations of this package; a gain window is asked of the first five.
var peaked = map[string]peak{
	"sigmoid":    {sigmoidPeak, sigmoidReach},
	"tanh":       {sigmoidPeak / 2, tanhReach},
	"arctan":     {1, arctanReach},
	"erf":        {1 / math.Sqrt2, erfReach},
	"softsign":   {1, softsignReach},
	"lecun_tanh": {3 * sigmoidPeak / 4, nil},
}

// peak is what is known of one activation.
type peak struct {
	at float64 // maximises u φ′(u)
	// reach returns the z ≥ 0 with φ′(z) = 1/w, for w φ′(0) ≥ 1 and NaN below.
	reach func(w float64) float64
}

// sigmoidPeak maximises u σ′(u) = u/(4 cosh² u/2), so u tanh(u/2) = 1.
var sigmoidPeak = func() float64 {
	u, err := special.Brent(func(u float64) float64 { return u*math.Tanh(u/2) - 1 }, 1, 2)
	if err != nil {
		panic("correction: " + err.Error())
	}
	return u
}()

// ZeroBiasCeiling returns C = max u φ′(u) over u (derived). With zero bias no weight
// makes a factor large at an input away from 0:
//
//	|w φ′(wa)| ≤ C/|a|  for every w.
//
// Domain: sigmoid, tanh, lecun_tanh, arctan, erf, softsign.
func ZeroBiasCeiling(a activation.Activation) (float64, error) {
	u, err := ZeroBiasArgmax(a)
	if err != nil {
		return 0, err
	}
	return u * a.DPhi(u), nil
}

// ZeroBiasArgmax returns the u > 0 at which u φ′(u) is largest, the zero of
// φ′(u) + u φ″(u): u tanh(u/2) = 1 for sigmoid, half of that for tanh and three
// quarters for lecun_tanh, 1 for arctan and softsign, 1/√2 for erf (derived). Domain:
// as ZeroBiasCeiling.
func ZeroBiasArgmax(a activation.Activation) (float64, error) {
	p, ok := peaked[a.Name()]
	if err := domain.Check(ok, "activation", a, "sigmoid, tanh, lecun_tanh, arctan, erf or softsign"); err != nil {
		return 0, err
	}
	return p.at, nil
}
