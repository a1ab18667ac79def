package evidence

import "math"

// catoniPhi is Catoni's influence function (2012) in its widest form (C1),
// sign(x) ln(1+|x|+x²/2): e^φ(x) ≤ 1+x+x²/2 for all x, and φ increases.
func catoniPhi(x float64) float64 {
	if a := math.Abs(x); a > 1e100 { // x² overflows; 1+|x| is lost against it
		return math.Copysign(2*math.Log(a)-math.Ln2, x)
	}
	a := math.Abs(x)
	return math.Copysign(math.Log1p(a+a*a/2), x)
}

// offsets are the distances of samples from a number, on either side of it.
type offsets struct{ above, below []float64 }

// set overwrites o with the distances of the samples from m.
func (o *offsets) set(samples []float64, m float64) {
	o.above, o.below = o.above[:0], o.below[:0]
	for _, y := range samples {
		if d := y - m; d < 0 {
			o.below = append(o.below, -d)
		} else {
			o.above = append(o.above, d)
		}
	}
}

// sumPhi is Σ φ(λ(y−m)) over the samples.
func (o *offsets) sumPhi(lambda float64) float64 {
	return sumLog(o.above, lambda) - sumLog(o.below, lambda)
}

// sumLog is Σ ln(1+x+x²/2), x = λ·distance ≥ 0. It multiplies up and takes a
// logarithm when the product gets large.
func sumLog(distances []float64, lambda float64) float64 {
	const far, full = 1e50, 1e200 // far² ≪ ∞/full
	sum, product := 0.0, 1.0
	for _, d := range distances {
		x := lambda * d
		if !(x < far) {
			sum += catoniPhi(x)
			continue
		}
		if product *= 1 + x*(1+x/2); product > full {
			sum += math.Log(product)
			product = 1
		}
	}
	return sum + math.Log(product)
}

// catoni is the e-process against sign·(E[Y] − mean) ≤ 0 for samples of
// variance at most variance, an equal mixture over lambdas (C2):
//
//	logE(λ) = Σ φ(sign·λ(Y_i − mean)) − t λ² variance/2
//
// It is valid because E e^φ(z) ≤ 1 + E z + E z²/2 and φ increases.
type catoni struct {
	mean, sign, variance float64
	lambdas, sums        []float64
	count                float64
	offsets              offsets
}

// newCatoni takes the grid {λ₀, 2λ₀, 4λ₀, …} of the given size, each at most
// most, with λ₀ = gap/(2σ²+gap²) (C3).
func newCatoni(mean, sign, variance, gap, most float64, size int) *catoni {
	c := &catoni{mean: mean, sign: sign, variance: variance, sums: make([]float64, size)}
	for j := range size {
		c.lambdas = append(c.lambdas, min(most, math.Ldexp(catoniLambda(variance, gap), j)))
	}
	return c
}

func catoniLambda(variance, gap float64) float64 { return gap / (2*variance + gap*gap) }

func (c *catoni) update(batch []float64) {
	c.count += float64(len(batch))
	c.offsets.set(batch, c.mean)
	for j, lambda := range c.lambdas {
		c.sums[j] += c.sign * c.offsets.sumPhi(lambda)
	}
}

func (c *catoni) logE() float64 {
	logs := make([]float64, len(c.sums))
	for j, lambda := range c.lambdas {
		logs[j] = c.sums[j] - c.count*lambda*lambda*c.variance/2
	}
	return logMeanExp(logs...)
}

// catoniCost is the number of samples after which the component λ₀ of a
// mixture has crossed a threshold, except with probability β, when the mean
// lies gap beyond the null (C5); effort is ln(mixture size/α) + ln(1/β).
func catoniCost(variance, gap, effort float64) float64 {
	return 2*effort + 4*variance*effort/(gap*gap)
}

// CatoniInterval holds the mean of independent samples of variance at most
// variance with probability 1 − miss, at a number of samples fixed in advance
// (C4). With lambda 0 it takes the best one, √(2 ln(2/miss)/(n·variance)). No
// samples exclude nothing; variance must be positive.
func CatoniInterval(samples []float64, variance, miss, lambda float64) (lo, hi float64) {
	n, cost := float64(len(samples)), math.Log(2/miss)
	if n == 0 {
		return math.Inf(-1), math.Inf(1)
	}
	if lambda == 0 {
		lambda = math.Sqrt(2 * cost / (n * variance))
	}
	slack := n*lambda*lambda*variance/2 + cost
	var o offsets
	excess := func(m float64) float64 { // falls in m
		o.set(samples, m)
		return o.sumPhi(lambda)
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, y := range samples {
		least, most = min(least, y), max(most, y)
	}
	// Beyond the samples by |x| with n φ(λ|x|) > slack everything is excluded.
	reach := math.Sqrt(2*math.Expm1(slack/n)) / lambda
	if math.IsInf(reach, 1) {
		return math.Inf(-1), math.Inf(1)
	}
	lo, _ = solve(least-reach, most+reach, func(m float64) bool { return excess(m) <= slack })
	_, hi = solve(least-reach, most+reach, func(m float64) bool { return excess(m) < -slack })
	return lo, hi
}
