package deviation

import (
	"fmt"
	"math"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
	"gradchain/theory/special"
)

// RelativeVariance returns Var|P_L|/(E|P_L|)² = (E w²/(E|w|)²)^L − 1, the relative variance
// per sample of a plain mean of |P_L|. Domain: E w² finite, depth ≥ 1.
//
// Special cases are:
//
//	RelativeVariance(w, depth) = 0 for constant |w|
//	RelativeVariance(lognormal(mu, tau), depth) = e^(L·tau²) − 1
func RelativeVariance(w law.Law, depth int) (float64, error) {
	if err := domain.Check(w.Name() != "", "weight", w, "a law"); err != nil {
		return 0, err
	}
	_, most := w.Orders()
	if err := domain.First(
		domain.Integer("depth", depth, 1),
		domain.Check(most > 2, "weight", w, "with E w² finite"),
	); err != nil {
		return 0, err
	}
	return domain.Result("relative variance", math.Expm1(float64(depth)*logSpread(w)))
}

// logSpread returns log E w²/(E|w|)², relatively accurate where it is small.
func logSpread(w law.Law) float64 {
	switch {
	case w.Name() == mixtureName:
		return mixtureSpread(w)
	case w.Name() == "lognormal":
		tau := w.Args()[1]
		return tau * tau
	case w.Name() == "normal" && !w.Symmetric():
		return foldedSpread(math.Abs(w.Args()[0]) / w.Args()[1])
	}
	unit, _ := standard(w)
	return max(0, cumulant(unit, 2)-2*cumulant(unit, 1))
}

// foldedSpread is logSpread of N(m, 1), where E|w| = √(2/π)e^(−m²/2) + m·erf(m/√2).
func foldedSpread(m float64) float64 {
	wing := 2 * special.NormPDF(m)
	if m < 1 {
		return math.Log1p(m*m) - 2*math.Log(wing+m*math.Erf(m/math.Sqrt2))
	}
	return math.Log1p(1/m/m) - 2*math.Log1p(wing/m-2*special.NormCDF(-m))
}

// CondensationSamples returns e^(L·n_c), n_c = CriticalLogSamples(w, order): the number of
// samples below which the plain mean of |P_L|^order is typically low (derived). Domain as
// CriticalLogSamples, depth ≥ 1.
func CondensationSamples(w law.Law, depth int, order float64) (float64, error) {
	critical, err := CriticalLogSamples(w, order)
	if err = domain.First(err, domain.Integer("depth", depth, 1)); err != nil {
		return 0, err
	}
	return domain.Result("number of samples", math.Exp(float64(depth)*critical))
}

// GrowthSeen returns the leading order of the typical (1/L) log of a plain mean of |P_L| over
// that many samples, which is low: x_n − n with n = log(samples)/L and x_n the largest growth
// that occurs among them, I(x_n) = n (derived; Derrida 1981 for the random-energy model).
// Domain: as CriticalLogSamples of order 1, depth ≥ 1, samples > 1, n < n_c. From n_c on the
// mean is typically right, and its growth is Λ(1).
func GrowthSeen(w law.Law, depth int, samples float64) (float64, error) {
	critical, err := CriticalLogSamples(w, 1)
	if err = domain.First(
		err,
		domain.Check(w.Zero() == 0, "weight", w, "without an atom at 0: a sample that is all dead shows no growth"),
		domain.Integer("depth", depth, 1),
		domain.Check(samples > 1 && !math.IsInf(samples, 1), "samples", samples, "> 1"),
	); err != nil {
		return 0, err
	}
	n := decimal.Log(samples) / float64(depth)
	if !(n < critical) {
		return 0, fmt.Errorf("samples = %g, want samples below CondensationSamples: log(samples)/depth = %.6g < %.6g", samples, n, critical)
	}
	unit, _ := standard(w)
	order, err := special.Brent(func(q float64) float64 { return legendre(unit, q) - n }, 0, 1)
	if err != nil {
		return 0, err
	}
	return slope(w, order) - n, nil
}

// TiltedRelativeVariance returns the relative variance per sample of the estimator of
// P(|P_L| ≥ e^(Lx)) that samples the law tilted to growth x: with v = √L(x−mu)/tau and the
// Mills ratio R,
//
//	e^(v²)Φ(−2v)/Φ(−v)² − 1 = √(2π)R(2v)/R(v)² − 1
//
// (derived; Siegmund 1976 for the method). It grows like √L only. Domain: w is lognormal,
// x > mu, depth ≥ 1.
func TiltedRelativeVariance(w law.Law, depth int, x float64) (float64, error) {
	if err := domain.First(
		domain.Check(w.Name() == "lognormal", "weight", w, "lognormal"),
		domain.Integer("depth", depth, 1),
	); err != nil {
		return 0, err
	}
	s, err := newSaddle(w, x)
	if err = domain.First(err, domain.Check(s.y > 0, "x", x, "> mu")); err != nil {
		return 0, err
	}
	v := math.Sqrt(float64(depth)) * s.deviates
	if err := domain.Check(v < 1e300, "x", x, "less than 1e300 standard deviations above mu"); err != nil {
		return 0, err
	}
	ratio := special.Mills(v)
	return math.Sqrt(2*math.Pi)*special.Mills(2*v)/ratio/ratio - 1, nil
}
