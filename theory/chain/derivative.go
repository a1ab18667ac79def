package chain

import (
	"fmt"
	"math"
	"slices"

	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// derivative is the law of D = log|φ′(z)|. Where φ′ takes few values, or z does, values
// holds them; otherwise D is continuous and z is integrated over.
type derivative struct {
	phi    activation.Activation
	z      law.Law
	alive  float64 // P(D > −∞)
	dead   float64 // 1 − alive, accurate when tiny
	values []value // ascending, of total mass alive; nil if D is continuous
	// weight has P(w ≠ 0) and P(w = 0), accurate when tiny, on top of what D does.
	weight struct{ alive, dead float64 }
}

// value is one value of D, a z where it is taken, and its probability.
type value struct{ log, at, mass float64 }

var linear = activation.MustParse("linear")

// derivative returns the law of log|φ′(z)|, and is where a Factor is checked.
func (f Factor) derivative() (derivative, error) {
	d := derivative{phi: f.Activation, z: f.PreActivation, alive: 1}
	d.weight.alive, d.weight.dead = 1, 0
	if f.Weight.Name() != "" {
		d.weight.alive, d.weight.dead = f.Weight.Alive(), f.Weight.Zero()
	}
	if f.Activation.Name() == "" {
		d.phi = linear
	}
	name := d.phi.Name()
	switch free := name == "linear" || name == "relu" || name == "leaky_relu"; {
	case f.Weight.Name() == "":
		return d, fmt.Errorf("weight = none, want the law of the weight, such as normal(sigma=1)")
	case f.PreActivation.Name() == "" && !free:
		return d, fmt.Errorf("preactivation = none, want the law of the pre-activation for activation = %v, "+
			"such as normal(sigma=1) (q = 1)", d.phi)
	case f.PreActivation.Name() == "mixture":
		return d, fmt.Errorf("preactivation = %v, want one law such as normal(sigma=1): a mixture is for the weights", d.z)
	case name == "linear":
		d.values = []value{{0, 0, 1}}
	case f.PreActivation.Name() != "" && f.PreActivation.Degenerate():
		for _, a := range f.PreActivation.Atoms() {
			d.add(a.At, a.Mass)
		}
	case piecewiseLinear(name):
		d.addPieces()
	default:
		lo, hi := aliveInterval(d.phi)
		d.dead = between(d.z, math.Inf(-1), lo) + between(d.z, hi, math.Inf(1))
		d.alive = between(d.z, lo, hi)
		return d, nil
	}
	d.alive = 0
	for _, v := range d.values {
		d.alive += v.mass
	}
	if d.alive = min(d.alive, 1); d.dead == 0 {
		d.alive = 1
	}
	if len(d.values) == 0 {
		return d, fmt.Errorf("preactivation = %v is always in the dead zone of activation = %v", d.z, d.phi)
	}
	return d, nil
}

// dies reports whether z is in a dead zone with positive probability, be it one that
// underflows.
func (d derivative) dies() bool {
	if d.dead > 0 || d.z.Name() == "" || !d.phi.HasDeadZone() {
		return d.dead > 0
	}
	lo, hi := aliveInterval(d.phi)
	bottom, top := d.z.Support()
	return bottom < lo || hi < top
}

// piecewiseLinear reports whether φ′ is constant between the kinks.
func piecewiseLinear(name string) bool {
	return slices.Contains([]string{"relu", "leaky_relu", "relu6", "hard_tanh",
		"hard_sigmoid_torch", "hard_sigmoid_keras"}, name)
}

// addPieces adds the values of φ′ between the kinks.
func (d *derivative) addPieces() {
	ends := slices.Concat([]float64{math.Inf(-1)}, d.phi.Kinks(), []float64{math.Inf(1)})
	for i, lo := range ends[:len(ends)-1] {
		hi := ends[i+1]
		inside := lo/2 + hi/2
		switch {
		case math.IsInf(lo, -1) && math.IsInf(hi, 1):
			inside = 0
		case math.IsInf(lo, -1):
			inside = hi - 1
		case math.IsInf(hi, 1):
			inside = lo + 1
		}
		d.add(inside, between(d.z, lo, hi))
	}
}

// add adds a mass at the value of D at z.
func (d *derivative) add(z, mass float64) {
	log := d.phi.LogAbsDPhi(z)
	switch {
	case mass == 0:
		return
	case math.IsInf(log, -1):
		d.dead += mass
		return
	}
	i, found := slices.BinarySearchFunc(d.values, log, func(v value, x float64) int {
		switch {
		case v.log < x:
			return -1
		case v.log > x:
			return 1
		}
		return 0
	})
	if found {
		d.values[i].mass += mass
		return
	}
	d.values = slices.Insert(d.values, i, value{log, z, mass})
}

// aliveInterval returns the ends of the interval outside which φ′ is 0.
func aliveInterval(phi activation.Activation) (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	kinks := phi.Kinks()
	if phi.Tail(-1).Kind == activation.Zero {
		lo = kinks[0]
	}
	if phi.Tail(1).Kind == activation.Zero {
		hi = kinks[len(kinks)-1]
	}
	return lo, hi
}

// between returns P(lo < z < hi) for a law without atoms, lo ≤ 0 ≤ hi or a half-line or
// empty. The zero Law stands for any that is symmetric; lo and hi must then be 0 or infinite.
func between(z law.Law, lo, hi float64) float64 {
	none := z.Name() == ""
	switch left, right := math.IsInf(lo, -1), math.IsInf(hi, 1); {
	case lo == hi:
		return 0
	case left && right:
		return 1
	case none:
		return 0.5
	case left:
		return z.CDF(hi)
	case right:
		return z.Survival(lo)
	case z.Symmetric():
		return (math.Copysign(z.AbsCDF(math.Abs(hi)), hi) - math.Copysign(z.AbsCDF(math.Abs(lo)), lo)) / 2
	case z.CDF(hi) < 0.5:
		return z.CDF(hi) - z.CDF(lo)
	}
	return z.Survival(lo) - z.Survival(hi)
}

// aliveAt returns P(X ≠ 0)^depth and a bound of its relative error.
func (d derivative) aliveAt(depth int) (alive, rounding float64) {
	alive, rounding = power(d.alive, d.dead, depth)
	weight, more := power(d.weight.alive, d.weight.dead, depth)
	return alive * weight, rounding + more
}

// power returns alive^depth, where dead is 1 − alive, and a bound of its relative error.
func power(alive, dead float64, depth int) (p, rounding float64) {
	if dead == 0 {
		return 1, 0
	}
	log := float64(depth) * math.Log1p(-dead)
	if p = math.Exp(log); dead >= 0.5 {
		log = float64(depth) * math.Log(alive)
		p = math.Pow(alive, float64(depth))
	}
	return p, 0x1p-49 * (1 - log)
}

// given returns the product given that no weight is 0, and the law of its D.
func (p Product) given() (Product, derivative, error) {
	d, err := p.Factor.derivative()
	if err == nil {
		p.Factor.Weight = p.Factor.Weight.NonZero()
	}
	return p, d, err
}
