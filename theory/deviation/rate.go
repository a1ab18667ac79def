package deviation

import (
	"fmt"
	"math"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
	"gradchain/theory/special"
)

// Rate returns Cramér's rate function I(x) = sup_q (qx − Λ(q)), x the log growth per layer:
// P(|P_L| ≥ e^(Lx)) falls like e^(−L·I(x)) for x above the Lyapunov exponent (Cramér 1938;
// Dembo & Zeitouni 1998, theorem 2.2.3). Domain: w is not truncated_normal, nor normal of
// mean ≠ 0, and for uniform x < log a; x finite.
//
// Special cases are:
//
//	uniform(a):         y − 1 − log y with y = log a − x
//	lognormal(mu, tau): (x−mu)²/(2tau²)
//	cauchy(s):          t·atan t − ½ log(1+t²) with t = 2(x − log s)/π
//	|w| = c:            0 at x = log c, +Inf elsewhere
//	mixture with constant(0): −log P(w ≠ 0) up to the mean growth of the paths alive, above
//	                          it plus the rate of the law given w ≠ 0
func Rate(w law.Law, x float64) (float64, error) {
	if w.Name() == mixtureName {
		return mixtureRate(w, x)
	}
	if at, constant := constantLog(w); constant && finite(x) {
		if same(x, at) {
			return 0, nil
		}
		return math.Inf(1), nil
	}
	s, err := newSaddle(w, x)
	if err != nil {
		return 0, err
	}
	return domain.Result("rate", s.rate)
}

// Tilt returns the order at which the supremum of Rate is attained: Λ′(order) = x. It has
// the sign of x − λ, λ the Lyapunov exponent. Domain as Rate, |w| not constant.
func Tilt(w law.Law, x float64) (float64, error) {
	if w.Name() == mixtureName {
		return mixtureTilt(w, x)
	}
	s, err := newSaddle(w, x)
	if err != nil {
		return 0, err
	}
	return domain.Result("tilt", s.order)
}

// BahadurRao returns the approximation e^(−L·I(x))/(θ√(2πLΛ″(θ))) of P(|P_L| ≥ e^(Lx)) with
// θ = Tilt(w, x) (Bahadur & Ranga Rao 1960; Dembo & Zeitouni 1998, theorem 3.7.4). Its
// relative error falls like 1/L. Domain as Tilt, x above the Lyapunov exponent, depth ≥ 1.
func BahadurRao(w law.Law, depth int, x float64) (float64, error) {
	if w.Name() == mixtureName {
		return mixtureBahadurRao(w, depth, x)
	}
	s, err := newSaddle(w, x)
	if err = domain.First(err, domain.Integer("depth", depth, 1)); err != nil {
		return 0, err
	}
	if err := domain.Check(s.order > 0, "x", x, fmt.Sprintf("> %v, the Lyapunov exponent", w.LogMean())); err != nil {
		return 0, err
	}
	return domain.Result("approximation", math.Exp(s.logBahadurRao(depth)))
}

// saddle is the place where qx − Λ(q) is largest, for a law of scale 1.
type saddle struct {
	unit     law.Law
	y        float64 // x less the log scale
	order    float64
	rate     float64
	deviates float64 // order·√Λ″(order)
}

func (s saddle) logBahadurRao(depth int) float64 {
	L := float64(depth)
	return -L*s.rate - math.Log(math.Abs(s.deviates)*math.Sqrt(2*math.Pi)*math.Sqrt(L))
}

func newSaddle(w law.Law, x float64) (saddle, error) {
	name := w.Name()
	_, constant := constantLog(w)
	known := name != "" && name != "truncated_normal" && name != mixtureName && (name != "normal" || w.Symmetric()) && !constant
	if err := domain.First(
		domain.Check(known, "weight", w, "normal(sigma), uniform, laplace, lognormal, student_t or cauchy"),
		domain.Real("x", x),
	); err != nil {
		return saddle{}, err
	}
	unit, logScale := standard(w)
	s := saddle{unit: unit, y: x - logScale + decimal.Rest(x)}
	switch name {
	case "lognormal":
		tau := w.Args()[1]
		s.y = decimal.Minus(x, logScale)
		s.deviates = s.y / tau
		s.order, s.rate = s.deviates/tau, s.deviates*s.deviates/2
	case "uniform":
		if err := domain.Check(s.y < 0, "x", x, fmt.Sprintf("< %v, the log of a", logScale)); err != nil {
			return saddle{}, err
		}
		s.uniform(-s.y)
	case "normal":
		s.logGamma(0.5, 0.5)
	case "cauchy":
		s.cauchy()
	case "student_t":
		if err := s.student(w.Args()[0]); err != nil {
			return saddle{}, err
		}
	default:
		s.logGamma(1, 1)
	}
	return s, nil
}

// constantLog is log c of a law with |w| = c.
func constantLog(w law.Law) (float64, bool) {
	if w.Name() == "" || !w.Degenerate() {
		return 0, false
	}
	return decimal.Log(math.Abs(w.Atoms()[0].At)), true
}

// same says whether two logarithms are equal up to the rounding of what was typed.
func same(x, y float64) bool { return math.Abs(x-y) <= 1e-12*max(1, math.Abs(y)) }

func finite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }

// cauchy sets the saddle from Λ(q) = −log cos(πq/2): Λ′(q) = (π/2) tan(πq/2).
func (s *saddle) cauchy() {
	t := s.y / (math.Pi / 2)
	s.order = 2 / math.Pi * math.Atan(t)
	s.deviates = s.order * math.Pi / 2 * math.Hypot(1, t)
	if math.Abs(s.order) < 0.3 {
		s.rate = legendre(s.unit, s.order)
		return
	}
	s.rate = t*math.Atan(t) - math.Log(math.Hypot(1, t))
}

// student sets the saddle where Λ′ has the value y: it rises from −∞ at −1 to +∞ at nu. It
// is an error where the order is not to be told from an end in float64.
func (s *saddle) student(nu float64) error {
	lo, hi := -1.0, nu
	for range 2000 { // bisection to the last digit: Λ′ is steep at both ends
		middle := lo + (hi-lo)/2
		if middle <= lo || middle >= hi {
			break
		}
		if slope(s.unit, middle) < s.y {
			lo = middle
		} else {
			hi = middle
		}
	}
	if err := domain.Check(lo > -1 && hi < nu, "x", s.y, "nearer to the Lyapunov exponent"); err != nil {
		return err
	}
	s.order = lo
	s.rate, s.deviates = legendre(s.unit, s.order), s.order*math.Sqrt(curvature(s.unit, s.order))
	if math.Abs(s.order) > 0.3*min(1, nu) { // the slope at the order differs from y by rounding
		s.rate = s.order*s.y - cumulant(s.unit, s.order)
	}
	return nil
}

// uniform sets the saddle for y = log a − x > 0: −log(|w|/a) is exponential of rate 1.
func (s *saddle) uniform(y float64) {
	s.order, s.deviates = (1-y)/y, 1-y
	if math.Abs(s.order) < 0.3 {
		s.rate = legendre(s.unit, s.order)
		return
	}
	s.rate = y - 1 - decimal.Log(y) // right for subnormal y
}

// logGamma sets the saddle for log|w| = c·log(G·scale), G of the gamma law of shape k:
// Λ(q) = log Γ(k+cq)/Γ(k) + q·log scale, so that ψ(k+c·order) is known.
func (s *saddle) logGamma(k, c float64) {
	logScale := slope(s.unit, 0) - c*special.Digamma(k)
	target := max((s.y-logScale)/c, -math.MaxFloat64)
	a := inverseDigamma(target)
	s.order, s.deviates = (a-k)/c, (a-k)*math.Sqrt(special.Trigamma(a))
	switch {
	case a > 1e20: // the next term is log a
		s.rate, s.deviates = a, math.Sqrt(a)
	case a < k/2: // where k + c·order has lost digits
		gamma, _ := math.Lgamma(a)
		base, _ := math.Lgamma(k)
		s.rate = s.order*(s.y-logScale) - gamma + base
	default:
		s.rate = legendre(s.unit, s.order)
	}
}

// eulerGamma is −ψ(1).
const eulerGamma = 0.57721566490153286060651209008240243104215933593992

// inverseDigamma returns the a > 0 with ψ(a) = y, relatively accurate. Brackets follow from
// log(a−½) < ψ(a) < log a and from ψ(a) = ψ(1+a) − 1/a with −γ < ψ(1+a) < ½ for 0 < a ≤ 1;
// above 17, a = e^y + ½ up to e^(−y)/24.
func inverseDigamma(y float64) float64 {
	switch {
	case y > 17:
		return math.Exp(y) + 0.5
	case y < -1e17:
		return -1 / y
	}
	lo, hi := math.Exp(y)*0.999, (math.Exp(y)+0.5)*1.001
	if y < -1 {
		lo, hi = max(lo, 0.999/(0.5-y)), min(hi, 1.001/(-eulerGamma-y))
	}
	a, err := special.Brent(func(a float64) float64 { return special.Digamma(a) - y }, lo, hi)
	if err != nil {
		panic("deviation: " + err.Error())
	}
	return a
}
