package correction

import (
	"math"
	"math/big"

	"gradchain/theory/activation"
	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
)

// GainWindow returns the length of Nielsen's window {a : |w φ′(wa + b)| ≥ 1}, in which
// a factor of the gradient does not shrink it (Nielsen 2015, ch. 5). As φ′ falls from
// its maximum at 0 on both sides, the window is an interval; with z ≥ 0 the point where
// φ′(z) = 1/|w| its length is 2z/|w|, whatever the bias b:
//
//	sigmoid   z = 2 arsinh √(|w|/4 − 1)
//	tanh      z = arsinh √(|w| − 1)
//	arctan    z = √(|w| − 1)
//	erf       z = √log(2|w|/√π)
//	softsign  z = √|w| − 1
//
// For sigmoid that is Nielsen's (2/|w|) log(|w|(1 + √(1 − 4/|w|))/2 − 1). Domain: these
// activations, |w| sup φ′ ≥ 1.
//
// Special cases are:
//
//	GainWindow(φ, ±1/sup φ′) = 0, a single point
func GainWindow(a activation.Activation, w float64) (float64, error) {
	p, err := windowed(a)
	if err != nil {
		return 0, err
	}
	if err := domain.Real("w", w); err != nil {
		return 0, err
	}
	w = math.Abs(w)
	z := p.reach(w)
	if err := domain.Check(z >= 0, "|w|", w, ">= 1/sup φ′, below which the window is empty"); err != nil {
		return 0, err
	}
	return 2 * (z / w), nil
}

// GainWindowMaximum returns the largest GainWindow over w: as its length at
// |w| = 1/φ′(z) is 2z φ′(z), twice the ZeroBiasCeiling (derived). Domain: the
// activations of GainWindow.
func GainWindowMaximum(a activation.Activation) (float64, error) {
	if _, err := windowed(a); err != nil {
		return 0, err
	}
	ceiling, err := ZeroBiasCeiling(a)
	return 2 * ceiling, err
}

// GainWindowArgmax returns the |w| with the largest GainWindow, 1/φ′(u) for the u of
// ZeroBiasArgmax (derived). Domain: the activations of GainWindow.
func GainWindowArgmax(a activation.Activation) (float64, error) {
	p, err := windowed(a)
	if err != nil {
		return 0, err
	}
	return 1 / a.DPhi(p.at), nil
}

func windowed(a activation.Activation) (peak, error) {
	p := peaked[a.Name()]
	return p, domain.Check(p.reach != nil, "activation", a, "sigmoid, tanh, arctan, erf or softsign")
}

func sigmoidReach(w float64) float64 { return 2 * math.Asinh(math.Sqrt(decimal.Minus(w, 4))/2) }

func tanhReach(w float64) float64 { return math.Asinh(math.Sqrt(decimal.Minus(w, 1))) }

func arctanReach(w float64) float64 { return math.Sqrt(decimal.Minus(w, 1)) }

func softsignReach(w float64) float64 {
	above := decimal.Minus(w, 1)
	if above < 0 {
		return math.NaN()
	}
	return above / (math.Sqrt(w) + 1)
}

// twoOverSqrtPi is 2/√π to 60 digits.
const twoOverSqrtPi = "1.12837916709551257389615890312154517168810125865799771368817"

func erfReach(w float64) float64 {
	if w > 2 {
		return math.Sqrt(math.Log(w) + math.Log(2/math.SqrtPi))
	}
	slope, _, err := big.ParseFloat(twoOverSqrtPi, 10, decimal.Precision, big.ToNearestEven)
	if err != nil {
		panic("correction: " + err.Error())
	}
	// the excess of 2w/√π over 1, which the rounding of w would blur
	excess, _ := slope.Mul(slope, decimal.Value(w)).Sub(slope, big.NewFloat(1)).Float64()
	return math.Sqrt(math.Log1p(excess))
}
