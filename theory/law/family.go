package law

// family is one parametric family with its parameters. The methods whose names
// start with abs, and the moments, are those of |w|.
type family interface {
	spec() spec
	// params returns the canonical parameters: their names and values.
	params() (names []string, args []float64)

	// orders returns the open interval of orders with E|w|^order < ∞.
	orders() (lo, hi float64)
	// cumulant returns Λ(order) = log E|w|^order for an order inside orders.
	cumulant(order float64) float64
	// slope and curvature return Λ′(order) and Λ″(order): mean and variance of
	// log|w| under the law tilted by |w|^order.
	slope(order float64) float64
	curvature(order float64) float64
	// characteristic returns log E|w|^(theta+it) − Λ(theta), continuous in t.
	characteristic(theta, t float64) complex128
	// envelope returns a nonincreasing function of t ≥ 0 that bounds
	// |E|w|^(theta+it)|/E|w|^theta.
	envelope(theta, t float64) float64

	// mean and variance are those of w: NaN if undefined, +Inf if infinite.
	mean() float64
	variance() float64

	absSup() float64
	absPDF(x float64) float64
	absCDF(x float64) float64
	absSurvival(x float64) float64
	// absQuantile returns x with absCDF(x) = c and absSurvival(x) = s, c + s = 1,
	// from the smaller of the two.
	absQuantile(c, s float64) float64
}

// signed is implemented by the families that are not symmetric about 0. For the
// others the law of w follows from the law of |w|.
type signed interface {
	support() (lo, hi float64)
	pdf(x float64) float64
	cdf(x float64) float64
	survival(x float64) float64
	quantile(p float64) float64
}

// spec is what Parse needs to know about a family.
type spec struct {
	name  string
	forms [][]param         // accepted parameter lists, told apart by length
	also  map[string]string // what else the parameters are called, in small letters
	build func(args []float64) family
}

// param is one parameter of a family.
type param struct {
	name    string
	domain  string
	allowed func(x float64) bool // called with finite values only
}

func positive(name string) param {
	return param{name, name + " > 0", func(x float64) bool { return x > 0 }}
}

func finite(name string) param {
	return param{name, name + " finite", func(float64) bool { return true }}
}

func nonzero(name string) param {
	return param{name, name + " != 0", func(x float64) bool { return x != 0 }}
}

// specs lists the families in the order of the catalogue.
func specs() []spec {
	return []spec{
		normal{}.spec(), uniform{}.spec(), laplace{}.spec(), rademacher{}.spec(), lognormal{}.spec(),
		student{}.spec(), cauchy{}.spec(), truncated{}.spec(), constant{}.spec(),
	}
}
