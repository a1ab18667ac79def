package initializer

import (
	"math"

	"gradchain/theory/internal/domain"
)

// Std returns the standard deviation of the weights of a layer,
//
//	lecun   √(1/fanIn)             (LeCun, Bottou, Orr & Müller 1998)
//	glorot  √(2/(fanIn + fanOut))  (Glorot & Bengio 2010)
//	he      √(2/fanIn)             (He, Zhang, Ren & Sun 2015)
//
// Domain: scheme is one of these names, fans ≥ 1.
func Std(scheme string, fanIn, fanOut int) (float64, error) {
	if err := checkFans(fanIn, fanOut); err != nil {
		return 0, err
	}
	in, out := float64(fanIn), float64(fanOut)
	switch scheme {
	case "lecun":
		return math.Sqrt(1 / in), nil
	case "glorot":
		return math.Sqrt(2 / (in + out)), nil
	case "he":
		return math.Sqrt(2 / in), nil
	}
	return 0, domain.Check(false, "scheme", scheme, "lecun, glorot or he")
}

// UniformBound returns the half-width √3·Std of the uniform law with that standard
// deviation, in the same domain.
func UniformBound(scheme string, fanIn, fanOut int) (float64, error) {
	std, err := Std(scheme, fanIn, fanOut)
	return math.Sqrt(3) * std, err
}

// GlorotForwardFactor returns 2·fanIn/(fanIn+fanOut), by which a linear layer of
// Glorot's variance multiplies the variance of its input (derived). Domain: fans ≥ 1.
func GlorotForwardFactor(fanIn, fanOut int) (float64, error) {
	if err := checkFans(fanIn, fanOut); err != nil {
		return 0, err
	}
	in, out := float64(fanIn), float64(fanOut)
	return 2 * (in / (in + out)), nil
}

// GlorotBackwardFactor returns 2·fanOut/(fanIn+fanOut), by which that layer multiplies
// the variance of the gradient (derived). Domain: fans ≥ 1.
func GlorotBackwardFactor(fanIn, fanOut int) (float64, error) {
	if err := checkFans(fanIn, fanOut); err != nil {
		return 0, err
	}
	return GlorotForwardFactor(fanOut, fanIn)
}

// GlorotFactorProduct returns the product of the two factors, at most 1, with equality
// for square layers only (derived). Domain: fans ≥ 1.
func GlorotFactorProduct(fanIn, fanOut int) (float64, error) {
	forward, err := GlorotForwardFactor(fanIn, fanOut)
	if err != nil {
		return 0, err
	}
	backward, err := GlorotBackwardFactor(fanIn, fanOut)
	return min(1, forward*backward), err // where rounding would exceed the bound
}

func checkFans(fanIn, fanOut int) error {
	return domain.First(domain.Integer("fan_in", fanIn, 1), domain.Integer("fan_out", fanOut, 1))
}
