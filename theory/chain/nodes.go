package chain

import (
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
)

// nodes is a finite law that stands for that of D given alive in sums: exactly if D takes
// finitely many values, else by quadrature.
type nodes struct {
	log, mass []float64 // log − center; masses sum to 1
	center    float64   // the mean
	// slope bounds the quadrature error of E e^(itD), centred, over t.
	slope float64
	// lost is the probability of the tails of z that are left out.
	lost float64
}

const (
	lostMass   = 1e-22 // of each tail of z
	panelNodes = 16
	maxNodes   = 1 << 17
)

// rule is the Gauss–Legendre rule on [−1, 1].
var rule = func() (r struct{ x, w [panelNodes]float64 }) {
	quad.Legendre{}.FixedLocations(r.x[:], r.w[:], -1, 1)
	return r
}()

// nodes returns a law for sums over functions that vary no faster than e^(i·top·D), with
// panels that are good to tol relative to the spread of D.
func (d derivative) nodes(top, tol float64) nodes {
	n := nodes{}
	if d.values != nil {
		for _, v := range d.values {
			n.log = append(n.log, v.log)
			n.mass = append(n.mass, v.mass)
		}
		n.normalize()
		return n
	}
	b := builder{d: d, c: d.coordinate(), top: top, out: &n}
	ends := d.finite(b.c.breaks)
	b.center, b.spread = d.spread()
	b.tol = tol * min(b.spread, 2/top)
	for i, lo := range ends[:len(ends)-1] {
		b.refine(b.panel(lo, ends[i+1]), 0)
	}
	n.lost = 2 * lostMass
	n.normalize()
	return n
}

// normalize makes the masses sum to 1 and centers the logs.
func (n *nodes) normalize() {
	total := 0.0
	for _, m := range n.mass {
		total += m
	}
	first := n.log[0]
	for i := range n.mass {
		n.mass[i] /= total
		n.center += n.mass[i] * (n.log[i] - first)
	}
	n.center += first
	for i := range n.log {
		n.log[i] -= n.center
	}
}

// finite cuts infinite ends of the breaks where the tails of z have lostMass, and splits
// long tails geometrically.
func (d derivative) finite(breaks []float64) []float64 {
	c := d.coordinate()
	var ends []float64
	first, last := breaks[0], breaks[len(breaks)-1]
	if math.IsInf(first, -1) {
		var tail []float64
		for v := breaks[1]; ; v = min(2*v, v-10) {
			if tail = append(tail, v); d.z.CDF(c.point(v)) <= lostMass {
				break
			}
		}
		for i := len(tail) - 1; i > 0; i-- {
			ends = append(ends, tail[i])
		}
		breaks = breaks[1:]
	}
	if !math.IsInf(last, 1) {
		return append(ends, breaks...)
	}
	ends = append(ends, breaks[:len(breaks)-1]...)
	for v := ends[len(ends)-1]; d.z.Survival(c.point(v)) > lostMass; {
		v = max(2*v, v+10)
		ends = append(ends, v)
	}
	return ends
}

// spread returns a center and a scale of D, from quantiles of z.
func (d derivative) spread() (center, scale float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range []float64{0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95} {
		if log := d.phi.LogAbsDPhi(d.z.Quantile(p)); !math.IsInf(log, -1) {
			lo, hi = min(lo, log), max(hi, log)
		}
	}
	if !(hi > lo) {
		return 0, 1
	}
	return lo/2 + hi/2, hi - lo
}

// builder collects panels by bisection until the integrals of (e^(itD) − 1)/t, the part
// of a characteristic function that counts, agree between a panel and its halves.
type builder struct {
	d              derivative
	c              coordinate
	top, tol       float64
	center, spread float64
	out            *nodes
}

// nodePanel is one panel: masses and logs at the nodes and the test integrals.
type nodePanel struct {
	lo, hi    float64
	log, mass [panelNodes]float64
	test      [testOrders]complex128
	rounding  float64 // of the tests
}

// testOrders is the number of t at which panels are compared: top, top/4, ….
const testOrders = 3

func (b *builder) panel(lo, hi float64) *nodePanel {
	p := &nodePanel{lo: lo, hi: hi}
	center, half := lo/2+hi/2, hi/2-lo/2
	for i, x := range rule.x {
		v := center + half*x
		log := b.d.phi.LogAbsDPhi(b.c.point(v))
		mass := b.c.density(v) * half * rule.w[i]
		if math.IsInf(log, -1) || mass == 0 {
			continue
		}
		p.log[i], p.mass[i] = log, mass
		for k, t := 0, b.top; k < testOrders; k, t = k+1, t/4 {
			p.test[k] += complex(mass, 0) * expi1(t*(log-b.center)) / complex(t, 0)
		}
		p.rounding += 0x1p-50 * mass * (math.Abs(log) + math.Abs(b.center))
	}
	return p
}

// expi1 returns e^(ix) − 1, relatively accurate for small x.
func expi1(x float64) complex128 {
	sin, cos := math.Sincos(x / 2)
	return complex(-2*sin*sin, 2*sin*cos)
}

// maxLevel is the number of bisections at which a panel is accepted anyway.
const maxLevel = 60

func (b *builder) refine(p *nodePanel, level int) {
	middle := p.lo/2 + p.hi/2
	left, right := b.panel(p.lo, middle), b.panel(middle, p.hi)
	difference := 0.0
	for k, test := range p.test {
		difference = max(difference, cmplx.Abs(test-left.test[k]-right.test[k]))
	}
	if difference <= b.tol+p.rounding || level == maxLevel || len(b.out.log) > maxNodes {
		b.out.slope += 2 * difference
		for i, mass := range p.mass {
			if mass != 0 {
				b.out.log = append(b.out.log, p.log[i])
				b.out.mass = append(b.out.mass, mass)
			}
		}
		return
	}
	b.refine(left, level+1)
	b.refine(right, level+1)
}

// logMoment returns log E e^(θD).
func (n nodes) logMoment(theta float64) float64 {
	sum := 0.0
	for i, log := range n.log {
		sum += n.mass[i] * math.Expm1(theta*log)
	}
	return math.Log1p(sum) + theta*n.center
}

// tilted returns the law tilted by e^(θD), and growth how much that magnifies a mass.
func (n nodes) tilted(theta float64) nodes {
	tilted := nodes{slope: n.slope * n.growth(theta), lost: n.lost}
	for i, log := range n.log {
		tilted.log = append(tilted.log, log+n.center)
		tilted.mass = append(tilted.mass, n.mass[i]*math.Exp(theta*log))
	}
	tilted.normalize()
	return tilted
}

func (n nodes) growth(theta float64) float64 {
	return math.Exp(theta*(slices.Max(n.log)+n.center) - n.logMoment(theta))
}

// variance returns Var D.
func (n nodes) variance() float64 {
	sum := 0.0
	for i, log := range n.log {
		sum += n.mass[i] * log * log
	}
	return sum
}

// logCharacteristics returns log E e^(it(D − center)) at t = (k+½)step, k < len(dst).
func (n nodes) logCharacteristics(dst []complex128, step float64) {
	for i, log := range n.log {
		n.addTerm(dst, step*log, n.mass[i])
	}
	for k, sum := range dst {
		x, y := real(sum), imag(sum)
		dst[k] = complex(math.Log1p(x*(2+x)+y*y)/2, math.Atan2(y, 1+x))
	}
}

// restart is the number of steps after which a rotation starts from the angle again.
const restart = 32

// addTerm adds mass·(e^(i(k+½)angle) − 1) to dst[k]. Where few terms are wanted, as at
// great depth, each is computed relatively accurate; else by rotation.
func (n nodes) addTerm(dst []complex128, angle, mass float64) {
	if len(dst) <= directTerms {
		for k := range dst {
			e := expi1((float64(k) + 0.5) * angle)
			dst[k] += complex(mass*real(e), mass*imag(e))
		}
		return
	}
	sin, cos := math.Sincos(angle)
	for from := 0; from < len(dst); from += restart {
		y, x := math.Sincos((float64(from) + 0.5) * angle)
		x, y = mass*x, mass*y
		block := dst[from:min(from+restart, len(dst))]
		for k := range block {
			block[k] += complex(x-mass, y)
			x, y = x*cos-y*sin, x*sin+y*cos
		}
	}
}

const directTerms = 128
