package finite

import "math"

// layer is what the way back needs of a layer, in units where E x² of the signal that enters
// is 1. With δ = d∘g, g the gradient behind the layer, d the derivative of the branch, and y =
// Wx, δ·y = g·v, v = w(z) + d·e, where e is what of y is independent of h.
type layer struct {
	in, out, weight float64
	x               signal
	square, mean    float64    // E x⁺², E x⁺ of the signal behind the layer
	slope           float64    // E d²
	shift           float64    // what E d² is off, relatively
	noise           float64    // relative variance of Σd²g²/‖g‖²
	byP             derivative // of E d² with respect to log p
	v, below        probe      // v, and x
	vv, vx          float64    // E v², E vx
	d2xx, d2x       float64    // E d²x⁺², E d²x⁺
	losses          []loss     // of ‖δ‖² by the projections of a norm
}

// probe is a vector whose product with g matters, by its expectations along x⁺ and 1.
type probe struct{ x, one float64 }

// loss is a term times·(g·a)(g·b)/n, E ab = own.
type loss struct {
	times float64
	a, b  probe
	own   float64
}

func (w *walk) layer(l int, x signal) (layer, signal) {
	out := layer{in: float64(w.Widths[l-1]), out: float64(w.Widths[l]), weight: w.WeightVars[l-1], x: x}
	f, m := w.branch(out.weight, x)
	next := w.next(f, m, out.in, out.out, x)
	out.square, out.mean = w.square(f, x), next.m
	w.slopes(&out, f, m)
	w.products(&out, f, m)
	return out, next.scaled(out.square)
}

// slopes sets what there is of E d².
func (w *walk) slopes(out *layer, f forward, m moments) {
	d2 := math.Exp(-f.logR2)
	if w.Residual {
		d2 *= w.Alpha * w.Alpha
	}
	s := d2 * m[s2]
	out.slope = s
	byV := byLogV(d2, m[s2He2], m[s2He4])
	byQ := derivative{
		-f.v*s + f.c*byV.first,
		-f.v*f.c*s - f.v*(-f.v*s+f.c*byV.first) - 2*f.v*f.c*byV.first + f.c*f.c*byV.second,
	}
	shift, noise := w.ofSphere(f, byV), 3*(d2*d2*m[s4]-s*s)
	switch {
	case f.kappa > 0:
		k2 := f.kappa * f.kappa
		byQ = derivative{byV.first - s*f.scale.first, byV.second - 2*byV.first*f.scale.first - s*(f.scale.second-2*f.scale.first*f.scale.first)}
		spread := k2 * k2 * (f.central[4] - f.central[2]*f.central[2])
		with := d2 * k2 * (m[s2f2] - 2*f.center*m[s2f] + f.center*f.center*m[s2] - m[s2]*f.central[2]) // covariance of d² and R²
		shift = s*spread - with
		noise += s*s*spread - 2*s*with
	case w.Norm != None:
		shift = byV.sphere() - byQ.first + byQ.second
		noise += 2 * (byQ.first*byQ.first - byV.first*byV.first)
	case w.Orthogonal:
		noise -= 2 * byV.first * byV.first
	}
	switch { // n − 1 numbers are left of n
	case w.Norm == Layer && w.After:
		shift += f.filled * s
	case w.Norm == Layer:
		shift += f.v * s
		noise -= d2 * d2 * m[s2z] * m[s2z]
	}
	byP := byQ.chain(derivative{f.rho, f.rho * (1 - f.rho)})
	tails := w.Excess * f.rho * f.rho * out.x.fourth / 24 / out.in * d2 * m[s2He4]
	out.byP = byP
	out.shift = (shift/out.out + tails + byP.shift(out.x)) / s
	out.noise = noise/(s*s)/out.out + (byP.first/s)*(byP.first/s)*out.x.pp
}

// products sets the expectations with v and those that tell E d² along x⁺ and 1.
func (w *walk) products(out *layer, f forward, m moments) {
	d := math.Exp(-f.logR2 / 2)
	if w.Residual {
		d *= w.Alpha
	}
	skip, mean := w.skip(), out.x.m
	k, kappa := f.center, f.kappa
	z := math.Sqrt(f.rho*out.weight) * f.c * d // of z·s in w: ρ√q, q = σ_w²/ρ
	along, alone := z*kappa*(m[zsf]-k*m[zs]), 0.0
	if w.After && w.Norm == Layer {
		alone = z * m[zs]
	}
	out.v.one = z*m[zs] - along*kappa*f.central[1] - alone
	psi := f.a * (z*(m[zsf]-k*m[zs]) - along*kappa*f.central[2] - alone*f.central[1])
	out.v.x = skip*mean*out.v.one + psi
	out.vv = z*z*m[zs2] - 2*z*along*kappa*(m[zsf]-k*m[zs]) - 2*z*alone*m[zs] +
		along*along*kappa*kappa*f.central[2] + 2*along*alone*kappa*f.central[1] + alone*alone +
		out.weight*(1-f.rho)*out.slope
	out.vx = mean * out.v.one
	out.below = probe{skip + mean*f.a*f.central[1], mean}
	d2psi, d2psi2 := f.a*d*d*(m[s2f]-k*m[s2]), f.a*f.a*d*d*(m[s2f2]-2*k*m[s2f]+k*k*m[s2])
	out.d2xx = skip*out.slope + 2*skip*mean*d2psi + d2psi2
	out.d2x = skip*mean*out.slope + d2psi
	w.projections(out, f, m, d)
}

// projections sets what a norm takes out of δ.
func (w *walk) projections(out *layer, f forward, m moments, d float64) {
	if w.Norm == None {
		return
	}
	base := w.skip() * out.x.m
	k, one := f.center, probe{out.mean, 1}
	if !w.After {
		root := math.Sqrt(f.v) * d
		z := probe{root * (base*m[zs] + f.a*(m[zsf]-k*m[zs])), root * m[zs]}
		out.losses = append(out.losses, loss{2 - f.v, z, z, root * root * m[zs2]})
		if w.Norm == Layer {
			alone := probe{d * (base*m[s1] + f.a*(m[sf]-k*m[s1])), d * m[s1]}
			out.losses = append(out.losses, loss{1, alone, alone, out.slope})
		}
		return
	}
	d2 := d * d * f.kappa
	cross, both := d2*(m[s2f]-k*m[s2]), d2*(m[s2f2]-2*k*m[s2f]+k*k*m[s2])
	psi := probe{base*f.kappa*f.central[1] + f.a*f.kappa*f.central[2], f.kappa * f.central[1]}
	out.losses = append(out.losses, loss{2, probe{base*cross + f.a*both, cross}, psi, f.kappa * both}, loss{-f.kappa * both, psi, psi, f.filled})
	if w.Norm == Layer {
		out.losses = append(out.losses, loss{2, probe{out.d2x, out.slope}, one, out.slope}, loss{-out.slope, one, one, 1})
	}
}

// gradient is what is known of g = ∂out/∂x^l, or of a part of it, over a scale: ‖g‖², and n
// times the second moments of g·x and g·1 over the lengths of x and 1, the same where g does
// not know of x.
type gradient struct {
	square     float64
	dd, de, ee float64
	log        float64 // of the scale
}

// logSquare is log‖g‖².
func (g gradient) logSquare() float64 { return g.log + math.Log(g.square) }

// step is one layer back, ‖g‖² left as it is. It returns what is of the order 1/n in it: from
// what g knows of the signal behind the layer and a norm takes out, in E d², relatively, and from
// what the weights know.
func (w *walk) step(l layer, g gradient) (back gradient, known, overlap float64) {
	root := math.Sqrt(l.square)
	dd, de, ee := g.dd*l.square, g.de*root, g.ee // in the units of the layer
	skip := w.skip()
	// R⁻¹ of the Gram matrix of x⁺ and 1; in a plain network 1 is as any other direction.
	r11, r12, r22 := 1/l.square, 0.0, 0.0
	if det := l.square - l.mean*l.mean; w.Residual && det > 1e-12*l.square {
		r11, r12, r22 = 1/det, -l.mean/det, l.square/det
	}
	// E (g·a)(g·b)/n, from the projections on g·x⁺ and g·1 and what is independent of them.
	moment := func(a1, a2, b1, b2 float64) float64 { return a1*b1*dd + (a1*b2+a2*b1)*de + a2*b2*ee }
	along := func(p probe) (a1, a2 float64) { return r11*p.x + r12*p.one, r12*p.x + r22*p.one }
	cov := func(p, q probe, own float64) float64 {
		a1, a2 := along(p)
		b1, b2 := along(q)
		return moment(a1, a2, b1, b2) + g.square*(own-(a1*b1*l.square+(a1*b2+a2*b1)*l.mean+a2*b2))
	}
	xx, xv, vv := cov(l.below, l.below, 1), cov(l.below, l.v, l.vx), cov(l.v, l.v, l.vv)
	x1, x2 := along(l.below)
	v1, v2 := along(l.v)
	xe, ve := x1*de+x2*ee, v1*de+v2*ee
	// R⁻¹TR⁻¹ − R⁻¹, and its trace with what E d² is along x⁺ and 1 less E d².
	q11, q12 := moment(r11, r12, r11, r12)-g.square*r11, moment(r11, r12, r12, r22)-g.square*r12
	known = q11*(l.d2xx-l.slope*l.square) + 2*q12*(l.d2x-l.slope*l.mean)
	for _, t := range l.losses {
		known -= t.times * cov(t.a, t.b, t.own)
	}
	known /= l.out * l.slope
	overlap = (2*skip*xv + (vv-g.square*l.weight*l.slope)*(1+w.Excess/2)) / l.in
	if w.Orthogonal && !w.Residual {
		overlap = 0
	}
	m := l.x.m
	back = gradient{
		square: g.square, dd: skip*xx + 2*skip*xv + vv, de: skip*xe + skip*ve + skip*m*xv + m*vv,
		ee: skip*ee + 2*skip*m*ve + m*m*vv + g.square*l.weight*l.slope*(1-m*m), log: g.log,
	}
	return back, known, overlap
}

// divided returns the gradient over a scale that is larger by a factor.
func (g gradient) divided(factor float64) gradient {
	return gradient{g.square / factor, g.dd / factor, g.de / factor, g.ee / factor, g.log + math.Log(factor)}
}

// whole is one layer back with all of ‖g‖².
func (w *walk) whole(l layer, g gradient) gradient {
	back, seen, overlap := w.step(l, g)
	branch := l.weight * l.slope
	back.square = g.square*(w.skip()+branch*(1+l.shift)) + branch*seen + overlap
	// Rounding must not stand for what g knows of x where that is nothing, and grow.
	back.dd, back.ee = max(back.dd, 0), max(back.ee, 0)
	back.square = max(back.square, 1e-30*back.dd, 1e-300)
	return back.divided(max(back.square, back.dd))
}

// back fills in the gradients.
func (w *walk) back(layers []layer, end signal, out *Corrections) {
	last := len(layers) - 1
	n := float64(w.Widths[last])
	known := gradient{square: 1, dd: 1, de: end.m, ee: 1}
	g := parts{
		along: gradient{square: 1 / n, dd: 1, de: end.m, ee: end.m * end.m},
		rest:  gradient{square: 1 - 1/n, ee: 1 - end.m*end.m},
		end:   end,
	}
	limit := 0.0
	var sum Correction
	for l := last; l >= 0; l-- {
		at := layers[l]
		out.Gradient[l] = sum
		if w.Residual {
			signal := end
			if l < last {
				signal = layers[l+1].x
			}
			out.Stream[l] = g.offset(sum, signal, limit)
		}
		if l == 0 {
			break
		}
		next, seen, overlap := w.step(at, known)
		if !w.Residual {
			out.Gradient[l] = Correction{sum.Mean + at.shift + seen, sum.Variance + at.noise,
				sum.Layers + w.second(at.noise, at.byP.curvature(at.slope), at.in, at.x)}
		}
		chi := w.grow(&sum, at, seen, overlap)
		limit += math.Log(chi)
		next.square = chi
		known = next.divided(chi)
		g.along, g.rest = w.whole(at, g.along), w.whole(at, g.rest)
	}
	out.LogMeanSquare = logSum(g.along.logSquare(), g.rest.logSquare())
}

// grow adds the terms of a layer, and returns by what it multiplies ‖g‖² in the limit.
func (w *walk) grow(sum *Correction, l layer, seen, overlap float64) (chi float64) {
	skip, branch := w.skip(), l.weight*l.slope
	chi = skip + branch
	lengths := 2.0
	if w.Orthogonal {
		lengths = 0
	}
	variance := (4*skip*branch/l.in + branch*branch*(lengths/l.in+l.noise)) / (chi * chi)
	sum.Mean += (branch*(l.shift+seen) + overlap) / chi
	sum.Variance += variance
	sum.Layers += w.second(variance, l.byP.times(l.weight).curvature(chi), l.in, l.x)
	return chi
}
