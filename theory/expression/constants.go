package expression

import (
	"math/big"
	"sync"
)

// The constants to 170 digits, by mpmath 1.3; the tests compute them again.
const (
	piDigits    = "3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679821480865132823066470938446095505822317253594081284811174502841027019385"
	eulerDigits = "2.7182818284590452353602874713526624977572470936999595749669676277240766303535475945713821785251664274274663919320030599218174135966290435729003342952605956307381323286279435"
)

var (
	pi    = sync.OnceValue(func() Value { return digitsOf(piDigits) })
	euler = sync.OnceValue(func() Value { return digitsOf(eulerDigits) })
)

func digitsOf(text string) Value {
	x, _, err := big.ParseFloat(text, 10, precision, big.ToNearestEven)
	if err != nil {
		panic("expression: " + err.Error())
	}
	return Value{near: x}
}
