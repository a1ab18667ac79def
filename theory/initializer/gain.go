package initializer

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
)

// HeWeightVar returns 2/(1+slope²), the weight_var that keeps the second moment of
// leaky_relu(slope) (He, Zhang, Ren & Sun 2015). torch.nn.Linear has slope √5 by
// default, so ⅓. Domain: slope real.
func HeWeightVar(slope float64) (float64, error) {
	if err := domain.Real("slope", slope); err != nil {
		return 0, err
	}
	if math.Abs(slope) > 1e100 { // where slope² may overflow
		return 2 / slope / slope, nil
	}
	return 2 / (1 + slope*slope), nil
}

// TorchGain returns torch.nn.init.calculate_gain (PyTorch): 1 for linear and sigmoid,
// 5/3 for tanh, √2 for relu, √(2/(1+slope²)) for leaky_relu(slope) and 3/4 for selu.
// Domain: these activations.
func TorchGain(a activation.Activation) (float64, error) {
	switch a.Name() {
	case "linear", "sigmoid":
		return 1, nil
	case "tanh":
		return 5. / 3, nil
	case "relu":
		return math.Sqrt2, nil
	case "leaky_relu":
		return math.Sqrt2 / math.Hypot(1, a.Args()[0]), nil
	case "selu":
		return 0.75, nil
	}
	return 0, domain.Check(false, "activation", a, "linear, sigmoid, tanh, relu, leaky_relu or selu")
}

// TruncatedNormalStd returns the standard deviation of N(0, σ²) cut at ±kσ,
//
//	σ √(1 − 2k φ(k)/(2Φ(k) − 1)),
//
// about σk/√3 for small k (elementary). Domain: sigma > 0, k > 0.
func TruncatedNormalStd(sigma, k float64) (float64, error) {
	if err := domain.First(domain.Positive("sigma", sigma), domain.Positive("k", k)); err != nil {
		return 0, err
	}
	if k > 1 {
		density := math.Exp(-k*k/2) * math.Sqrt(2/math.Pi)
		return sigma * math.Sqrt(1-k*density/math.Erf(k/math.Sqrt2)), nil
	}
	// ∫ e^(−z²/2) and ∫ z² e^(−z²/2) from 0 to k are k e^(−k²/2) times S = Σ T_n,
	// n ≥ 0, and times S − 1, where T_n = k^(2n)/(1·3·5…(2n+1)).
	sum, term := 0.0, 1./3 // of T_n/k², n ≥ 1
	for n := 5.0; term > 1e-17; n += 2 {
		sum += term
		term *= k * k / n
	}
	return sigma * (k * math.Sqrt(sum/(1+k*k*sum))), nil
}

// SecondMomentGain returns 1/√(E φ(z)²) for z ~ N(0,q), the gain that keeps the second
// moment of the activations from one layer to the next (definition). Domain: q > 0.
func SecondMomentGain(a activation.Activation, q float64) (float64, error) {
	square, _, err := gauss.MeanSquare(a, q)
	return inverseRoot(square, err)
}

// VarianceGain returns 1/√(Var φ(z)) for z ~ N(0,q), the gain that keeps the variance;
// at q = 1 it is the γ of NFNets (Brock, De, Smith & Simonyan 2021). Domain: q > 0.
func VarianceGain(a activation.Activation, q float64) (float64, error) {
	variance, _, err := gauss.Variance(a, q)
	return inverseRoot(variance, err)
}

func inverseRoot(x float64, err error) (float64, error) {
	if err != nil {
		return 0, err
	}
	return domain.Result("gain", 1/math.Sqrt(x))
}
