package finite

import "math"

// signal is what is known of x^l: its mean m in units of its root mean square, and, as
// relative numbers, what fluctuates with the network, p = ‖x‖²/n and the mean, by biases and
// covariances.
type signal struct {
	logP, m      float64
	biasP, biasM float64
	pp, pm, mm   float64
	fourth       float64 // E x⁴/(E x²)²
	layers       float64 // see Correction
}

// scaled returns the signal in units in which p is 1, where it has been square and the mean m.
func (s signal) scaled(square float64) signal {
	root := math.Sqrt(square)
	return signal{
		logP: s.logP + math.Log(square), m: s.m / root, biasP: s.biasP / square, biasM: s.biasM / root,
		pp: s.pp / square / square, pm: s.pm / square / root, mm: s.mm / square, fourth: s.fourth, layers: s.layers,
	}
}

// derivative are the first and the second of an expectation.
type derivative struct{ first, second float64 }

// byLogV are those of a·E f and with respect to log v, by E f He₂ and E f He₄.
func byLogV(a, he2, he4 float64) derivative { return derivative{a * he2 / 2, a * (he4/4 + he2/2)} }

// chain is the derivative with respect to y of a function of x, x a function of y.
func (d derivative) chain(x derivative) derivative {
	return derivative{d.first * x.first, d.second*x.first*x.first + d.first*x.second}
}

// curvature is the second derivative of the logarithm of a function that is value there.
func (d derivative) curvature(value float64) float64 {
	return d.second/value - (d.first/value)*(d.first/value)
}

// second estimates a term of the order 1/width² by the relative variance that a layer adds,
// a quarter of its square as in products of Gaussian matrices, by the curvature of a map of
// log p, and by the excess of the weights over the fan-in: 0.6 of its square as in sparse ones.
func (w *walk) second(variance, curvature, in float64, x signal) float64 {
	excess := w.Excess / in
	return variance*variance/4 + math.Abs(curvature)*x.pp*x.pp/2 + 0.6*excess*excess
}

// times is c times the derivative.
func (d derivative) times(c float64) derivative { return derivative{c * d.first, c * d.second} }

// shift is what the mean of a function of log p is off for a p of relative bias and variance.
func (d derivative) shift(x signal) float64 { return d.first*(x.biasP-x.pp/2) + d.second*x.pp/2 }

// sphere is n times what the mean is off where z is uniform on a sphere and its length, which
// a normal one varies, does not.
func (d derivative) sphere() float64 { return d.first - d.second }

// forward is the branch ψ = a·(f − center) of a layer, α included, in units where E x² is 1.
type forward struct {
	a, center     float64
	central       [5]float64 // E (f − center)^k
	v, c          float64    // log v grows by c = 1 − v for 1 of log q behind a norm; else 0 and 1
	rho           float64    // share of the weights in q
	mean, square  derivative // of E ψ, E ψ² by log v
	scale         derivative // of log R² by log q, behind a norm after φ
	kappa, filled float64    // √v/R and E ψ₀² there, ψ₀ = ψ/α the normalised φ
	logR2         float64    // of the norm in front of φ, or after it; else 0
}

// branch is the forward part of a layer of weights σ_w² = weight.
func (w *walk) branch(weight float64, x signal) (forward, moments) {
	logQ := logSum(math.Log(weight)+x.logP, math.Log(w.BiasVar))
	f := forward{c: 1, rho: math.Exp(math.Log(weight) + x.logP - logQ)}
	logV := logQ
	if w.Norm != None && !w.After {
		f.logR2 = logSum(logQ, math.Log(w.Epsilon))
		logV -= f.logR2
		f.v = math.Exp(logV)
		f.c = -math.Expm1(logV)
	}
	m, scale := w.table.at(logV)
	if w.After && w.Norm == Layer {
		f.center = m[f1]
	}
	k := f.center
	f.central = [5]float64{1, m[f1] - k, m[f2] - 2*k*m[f1] + k*k, m[f3] - 3*k*m[f2] + 3*k*k*m[f1] - k*k*k,
		m[f4] - 4*k*m[f3] + 6*k*k*m[f2] - 4*k*k*k*m[f1] + k*k*k*k}
	alpha := 1.0
	if w.Residual {
		alpha = w.Alpha
	}
	f.a = alpha * math.Exp((scale-x.logP)/2)
	squareHe2, squareHe4 := m[f2He2]-2*k*m[f1He2], m[f2He4]-2*k*m[f1He4]
	if w.After && w.Norm != None {
		f.logR2 = logSum(scale+math.Log(f.central[2]), math.Log(w.Epsilon))
		f.kappa = math.Exp((scale - f.logR2) / 2)
		f.filled = f.kappa * f.kappa * f.central[2]
		f.scale = byLogV(f.kappa*f.kappa, squareHe2, squareHe4)
		f.a = alpha * f.kappa * math.Exp(-x.logP/2)
	}
	f.mean = byLogV(f.a, m[f1He2], m[f1He4])
	f.square = byLogV(f.a*f.a, squareHe2, squareHe4)
	if f.kappa > 0 { // what the norm takes out
		f.mean = derivative{f.mean.first - f.a*f.central[1]*f.scale.first/2, 0}
		if w.Norm == Layer {
			f.mean = derivative{}
		}
		f.square = f.square.times(1 - f.filled)
	}
	return f, m
}

// byLogP is the derivative of log v by log p.
func (f forward) byLogP() derivative {
	return derivative{f.rho * f.c, f.rho*(1-f.rho)*f.c - f.rho*f.rho*f.v*f.c}
}

// ofSphere is n times what the mean of a function of z = h/√q is off where a norm, or orthogonal
// weights, fix a length that varies without them.
func (w *walk) ofSphere(f forward, d derivative) float64 {
	switch {
	case w.Norm != None && !w.After:
		return d.sphere() - f.c*(1+f.v)*d.first + f.c*f.c*d.second
	case w.Orthogonal && !w.After:
		return d.sphere()
	}
	return 0
}

// fixed is the share of the variance of ‖z‖² that is not there.
func (w *walk) fixed(f forward) float64 {
	switch {
	case w.Norm != None && !w.After:
		return 1 - f.c*f.c
	case w.Orthogonal:
		return 1
	}
	return 0
}

// next returns x^l, of as many units as n, from the signal below, of as many as in, in the
// units of that: its square is not 1.
func (w *walk) next(f forward, m moments, in, n float64, x signal) signal {
	skip := w.skip()
	a := f.a
	mean, square := a*f.central[1], a*a*f.central[2]
	variance, cross, fourth := square-mean*mean, a*a*a*f.central[3]-mean*square, a*a*a*a*f.central[4]-square*square
	behind := 0.0 // n times what E ψ² is off, of E R² and of its curvature
	if f.kappa > 0 {
		cross, fourth = cross*(1-f.filled), fourth*(1-f.filled)*(1-f.filled)
		behind = -square * (1 - f.filled) * f.filled * (f.central[4]/(f.central[2]*f.central[2]) - 1)
		if w.Norm == Layer {
			behind -= square * (1 - f.filled)
		}
	}
	byP1, byP2 := f.mean.chain(f.byLogP()), f.square.chain(f.byLogP())
	fixed := w.fixed(f)
	both := 2*skip*x.m*f.mean.first + f.square.first
	odd1, odd2 := 0.0, 0.0 // along 1, where the mean of h is fixed
	switch {
	case w.Norm == Layer && w.After:
		odd1 = math.Sqrt(variance) // the sum of ψ is 0
	case w.Norm == Layer:
		odd1, odd2 = a*m[f1z], a*a*m[f2z]
	}
	odd := 2*skip*x.m*odd1 + odd2
	tails := w.Excess * f.rho * f.rho * x.fourth / 24 / in
	shift1 := w.ofSphere(f, f.mean)/n + tails*a*m[f1He4]
	shift2 := (w.ofSphere(f, f.square)+behind)/n + tails*a*a*(m[f2He4]-2*f.center*m[f1He4])
	jpp, jpm, jmp := skip+byP2.first+2*skip*x.m*byP1.first, 2*skip*mean, byP1.first
	added := (4*skip*variance + 4*skip*x.m*cross + fourth - 2*fixed*both*both - odd*odd) / n
	whole := derivative{jpp, skip + byP2.second + 2*skip*x.m*byP1.second}
	total := w.square(f, x)
	out := signal{
		logP: x.logP, m: skip*x.m + mean, fourth: 3,
		layers: x.layers + w.second(added/(total*total), whole.curvature(total), in, x),
		biasP:  skip*x.biasP + byP2.shift(x) + 2*skip*x.m*byP1.shift(x) + jpm*x.biasM + 2*skip*byP1.first*x.pm + shift2 + 2*skip*x.m*shift1,
		biasM:  skip*x.biasM + byP1.shift(x) + shift1,
		pp:     jpp*jpp*x.pp + 2*jpp*jpm*x.pm + jpm*jpm*x.mm + added,
		pm: jpp*jmp*x.pp + (jpp*skip+jpm*jmp)*x.pm + jpm*skip*x.mm +
			(2*skip*x.m*variance+cross-2*fixed*both*f.mean.first-odd*odd1)/n,
		mm: jmp*jmp*x.pp + 2*jmp*skip*x.pm + skip*x.mm + (variance-2*fixed*f.mean.first*f.mean.first-odd1*odd1)/n,
	}
	if skip == 0 && square > 0 {
		out.fourth = a * a * a * a * f.central[4] / (square * square)
	}
	return out
}

// square is E x² of the signal behind the layer, in the same units.
func (w *walk) square(f forward, x signal) float64 {
	skip := w.skip()
	return skip + 2*skip*x.m*f.a*f.central[1] + f.a*f.a*f.central[2]
}

// skip is 1 in a residual network.
func (w *walk) skip() float64 {
	if w.Residual {
		return 1
	}
	return 0
}

// logSum is log(e^a + e^b).
func logSum(a, b float64) float64 {
	hi, lo := max(a, b), min(a, b)
	if math.IsInf(lo, -1) {
		return hi
	}
	return hi + math.Log1p(math.Exp(lo-hi))
}
