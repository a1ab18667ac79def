package activation

import (
	"math"

	"gradchain/theory/special"
)

// gated is zσ(v(z)) with the odd function v(z) = k(z + cz³): silu (Elfwing, Uchibe,
// Doya 2017) for k = 1, c = 0, and gelu_tanh, because (1 + tanh u)/2 = σ(2u), for
// k = 2√(2/π), c = 0.044715. φ′(z) + φ′(−z) = 1.
//
// v is computed to twice the precision: e^−v magnifies its error by v.
type gated struct{ k, c double }

// double is the unevaluated sum hi + lo of two float64, |lo| ≤ ulp(hi)/2.
type double struct{ hi, lo float64 }

// The constants of gelu_tanh, 2√(2/π) to 45 digits and 0.044715, as the float64
// nearest to each and the rest.
var (
	gateScale = double{7186705221432913. / (1 << 52),
		1.59576912160573071175978423973752747390343452 - 7186705221432913./(1<<52)}
	gateCubic = double{6444110634811895. / (1 << 57), 0.044715 - 6444110634811895./(1<<57)}
)

func (a double) times(b double) double {
	p := a.hi * b.hi
	return normalized(p, math.FMA(a.hi, b.hi, -p)+(a.hi*b.lo+a.lo*b.hi))
}

// normalized returns hi + lo for |lo| well below |hi|.
func normalized(hi, lo float64) double {
	sum := hi + lo
	return double{sum, lo - (sum - hi)}
}

// far is where e^−v(z) is 0 in float64, for both activations.
const far = 800

// normal is the least normal number. A gate below it has lost digits that its
// product with z must have.
const normal = 0x1p-1022

// gate returns e = e^−v and v′ at x, 0 ≤ x ≤ far.
func (f gated) gate(x float64) (e, slope float64) {
	v := double{hi: x}
	if f.c.hi != 0 {
		cubic := f.c.times(v).times(v)
		v = v.times(f.k)
		slope = f.k.hi * (1 + 3*cubic.hi)
		term := v.times(cubic)
		v = normalized(v.hi, v.lo+term.lo).plus(term.hi)
	} else {
		slope = 1
	}
	e = math.Exp(-v.hi)
	return e - e*v.lo, slope
}

// plus adds b ≥ 0 to a ≥ 0 (Knuth's two-sum).
func (a double) plus(b float64) double {
	sum := a.hi + b
	t := sum - a.hi
	return normalized(sum, (a.hi-(sum-t))+(b-t)+a.lo)
}

// left returns φ′(−x) = σ(−v)(1 − x v′σ(v)) for x ≥ 0.
func (f gated) left(x float64) float64 {
	if x > far {
		return math.Copysign(0, -1)
	}
	e, slope := f.gate(x)
	if e < normal {
		return -math.Exp(f.logAbs(-x))
	}
	return e / (1 + e) * (1 - x*slope/(1+e))
}

func (f gated) phi(z float64) float64 {
	x := math.Abs(z)
	if x > far {
		return max(z, math.Copysign(0, -1))
	}
	e, _ := f.gate(x)
	switch {
	case z >= 0:
		return z / (1 + e)
	case e < normal:
		return -math.Exp(math.Log(x) - f.k.hi*x*(1+f.c.hi*x*x))
	}
	return z * e / (1 + e)
}

func (f gated) dphi(z float64) float64 {
	if z < 0 {
		return f.left(-z)
	}
	return 1 - f.left(z)
}

func (f gated) logAbs(z float64) float64 {
	switch {
	case z >= 0:
		return math.Log1p(-f.left(z))
	case z == -inf:
		return z
	}
	x := -z
	cubic := f.c.hi * x * x
	v := f.k.hi * x * (1 + cubic)
	if x < 1 || v < 1 {
		return math.Log(math.Abs(f.left(x)))
	}
	// log σ(−v) + log(x v′σ(v) − 1), in parts that do not overflow before v does
	slope := f.k.hi * (1 + 3*cubic)
	if math.IsInf(v, 1) {
		return -inf
	}
	if v > far {
		return -v + math.Log(x) + math.Log(slope) + math.Log1p(-1/x/slope)
	}
	return -special.SoftPlus(v) + math.Log(math.Abs(x*slope*special.Sigmoid(v)-1))
}

// curvature has the sign of φ″(z): φ″ = σ(v)σ(−v)(2v′ + zv″ − zv′² tanh(v/2)).
func (f gated) curvature(z float64) float64 {
	k, c := f.k.hi, f.c.hi
	v, v1, v2 := k*z*(1+c*z*z), k*(1+3*c*z*z), 6*k*c*z
	return 2*v1 + z*v2 - z*v1*v1*math.Tanh(v/2)
}

// inflections holds the positive zero of φ″ and the minimum of φ.
type inflections struct {
	at      float64
	minimum Extremum
}

func (f gated) inflections() inflections {
	at := zero(f.curvature, 0.5, 5)
	return inflections{at, minimum(f, -at, 0)}
}

var (
	siluInflections     = gated{k: double{hi: 1}}.inflections()
	geluTanhInflections = gated{gateScale, gateCubic}.inflections()
)

func (f gated) traits() traits {
	points := siluInflections
	left := exponentialTail(-1, 1, 1)
	if k, c := f.k.hi, f.c.hi; c != 0 {
		points = geluTanhInflections
		left = Tail{Cubic, -3 * k * c, 3, [3]float64{k, 0, k * c}}
	}
	return traits{
		sup: unique(f.dphi(points.at), points.at), inf: unique(f.dphi(-points.at), -points.at),
		min: points.minimum, max: inf, left: left, right: constantTail(1),
	}
}
