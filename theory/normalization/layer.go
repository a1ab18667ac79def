package normalization

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
	"gradchain/theory/quad"
	"gradchain/theory/special"
)

// BatchLayer is a wide layer x = φ(norm(h)) with batch normalization over a batch of B
// inputs: over them every unit of h is Gaussian with covariance a·1 + b·11ᵀ, y = (h −
// mean)/√(variance + ε), and b makes no difference.
type BatchLayer struct {
	activation activation.Activation
	rise       func(z float64) float64 // φ(z) − φ(0)
	batch      int
	marks      []float64
	radii      []float64
}

// BatchMoments are the expectations that take two numbers of a batch through such a layer:
// the signal, and the gradient of independent weights, whose covariance between the inputs
// at one unit is A·1 + C·11ᵀ in front of φ′ and ν(1 − 11ᵀ/B) behind the norm, at h:
//
//	(B−1)(a+ε)ν = A·Alone + C·Common
//
// (Yang et al. 2019, section 4 and appendix; derived anew for any ε).
type BatchMoments struct {
	Mean   float64 // E φ(y₁)
	Square float64 // E φ(y₁)²
	Spread float64 // ½E (φ(y₁) − φ(y₂))² = E φ(y₁)² − E φ(y₁)φ(y₂)
	Alone  float64 // (a+ε)·E tr(J D² J), J = ∂y/∂h and D the diagonal matrix of φ′(y)
	Common float64 // (a+ε)·E|J D 1|²
	// InverseSquare is E s⁻⁴/(E s⁻²)², s² = variance + ε, for a batch of 2, where the Jacobian is
	// ε/s³, E s⁻¹²/(E s⁻⁶)²: at a width n the sum over the units scatters by about
	// √(InverseSquare/n).
	InverseSquare float64
}

// NewBatchLayer returns the layer. It is an error unless batch ≥ 2.
func NewBatchLayer(a activation.Activation, batch int) (*BatchLayer, error) {
	if err := domain.First(
		domain.Check(a.Name() != "", "activation", "the zero value", "from Parse"),
		domain.Integer("batch", batch, 2),
	); err != nil {
		return nil, err
	}
	l := &BatchLayer{activation: a, rise: gauss.Increment(a), batch: batch, marks: marksOf(a)}
	l.radii = crossings(float64(batch-1), l.marks)
	return l, nil
}

// smallestTau is far below where every φ of the catalogue is linear on either side of 0.
const smallestTau = 1e-100

// Moments returns the expectations for τ = a/ε, which is +Inf for ε = 0, relatively accurate
// to 1e-11 for batches up to 1e6 and φ of the catalogue: closed forms where there is only
// r² to average over, and Gauss–Legendre rules over two coordinates of the sphere. It is an
// error unless τ ≥ 1e-100.
//
// Special cases, all of τ = +Inf, are:
//
//	batch 2: Alone and Common are 0, because y is ±1 whatever h
//	batch 3: Alone and Common are +Inf, because E 1/variance is
func (l *BatchLayer) Moments(tau float64) (BatchMoments, error) {
	if err := domain.Check(tau >= smallestTau, "tau", tau, ">= 1e-100"); err != nil {
		return BatchMoments{}, err
	}
	var m BatchMoments
	b := float64(l.batch)
	d := b - 1
	var rise, riseSquare, edge, inverse, hidden float64
	var pairs []pair
	for _, r := range rings(l.batch, b/tau, l.radii) {
		var mean, square, spread, alone, along, both, cross float64
		pairs = circle(pairs[:0], d, r.radius, l.marks)
		for _, p := range pairs {
			x, y := l.rise(p.first), l.rise(p.second)
			u, v := l.activation.DPhi(p.first), l.activation.DPhi(p.second)
			mean += p.weight * (x + y) / 2
			square += p.weight * (x*x + y*y) / 2
			spread += p.weight * (x - y) * (x - y) / 2
			alone += p.weight * (u*u + v*v) / 2
			both += p.weight * u * v
			u, v = u*p.first, v*p.second
			along += p.weight * (u*u + v*v) / 2
			cross += p.weight * u * v
		}
		inverse += r.inverse
		hidden += r.twice - r.inverse
		rise += r.law * mean
		riseSquare += r.law * square
		m.Spread += r.law * spread
		if r.inverse == 0 || math.IsInf(r.inverse, 1) {
			m.Alone, edge = r.inverse, 0
			continue
		}
		m.Alone += r.inverse*d*alone - r.twice*along
		edge += d * (r.inverse*both + r.twice*cross)
	}
	zero := l.activation.Phi(0)
	m.Mean, m.Square = zero+rise, zero*zero+2*zero*rise+riseSquare
	m.Common = (m.Alone - edge) * (1 + 1/tau)
	m.Alone *= 1 + 1/tau
	m.InverseSquare = inverseSquare(d, tau, inverse, hidden)
	return m, nil
}

// inverseTwo returns E s⁻¹²/(E s⁻⁶)² for a batch of 2.
func inverseTwo(tau float64) float64 {
	e := 2 / tau
	moment := func(power float64) float64 { // E (e/(χ²₁+e))^power, χ = √e·t
		value, _ := quad.Integrate(func(t float64) float64 {
			return 2 * math.Sqrt(e) * special.NormPDF(math.Sqrt(e)*t) * math.Pow(1+t*t, -power)
		}, []float64{0, 1, 4, 16, math.Inf(1)}, 1e-8)
		return value
	}
	third := moment(3)
	return moment(6) / (third * third)
}

// inverseSquare returns E s⁻⁴/(E s⁻²)² from E a/s² and E aε/s⁴, or for ε = 0 from the moments
// of χ²_d.
func inverseSquare(d, tau, inverse, hidden float64) float64 {
	switch {
	case d == 1 && tau < 1e-8:
		return 1
	case d == 1 && !math.IsInf(tau, 1):
		return inverseTwo(tau)
	}
	if math.IsInf(tau, 1) {
		if d <= 4 {
			return math.Inf(1)
		}
		return (d - 2) / (d - 4)
	}
	return tau * hidden / (inverse * inverse)
}

// Survival returns P(y > z) for a normalised input y at τ = a/ε, to 1e-11. An atom at z, which
// only a batch of 2 with ε = 0 has, counts half.
func (l *BatchLayer) Survival(tau, z float64) (float64, error) {
	if err := domain.Check(tau >= smallestTau, "tau", tau, ">= 1e-100"); err != nil {
		return 0, err
	}
	d := float64(l.batch - 1)
	beyond := 0.0
	for _, r := range rings(l.batch, (d+1)/tau, []float64{math.Abs(z)}) {
		switch {
		case r.radius < math.Abs(z):
		case r.radius == math.Abs(z):
			beyond += r.law / 4
		case d == 1:
			beyond += r.law / 2
		default:
			beyond += r.law * math.Acos(math.Abs(z)/r.radius) / math.Pi
		}
	}
	if z < 0 {
		beyond = 1 - beyond
	}
	return beyond, nil
}
