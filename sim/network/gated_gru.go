package network

// The matrices of a GRU.
const (
	updateGate = iota
	resetGate
	gruCandidate
)

// gru is the gated recurrent unit.
type gru struct {
	gates
	w                 *tied
	z, rest, r, n     []number // values; rest is 1 − z
	dz, dr, dn        []number // slopes of σ, tanh there
	az, ar, an, inner []number // gradients, or tangents, of the pre-activations and of r∘h
}

func newGRU(w *tied, g gates, n int) *gru {
	u := &gru{gates: g, w: w}
	for _, x := range []*[]number{&u.z, &u.rest, &u.r, &u.n, &u.dz, &u.dr, &u.dn, &u.az, &u.ar, &u.an, &u.inner} {
		*x = make([]number, n)
	}
	return u
}

func (u *gru) forward(s, next *gatedStep) {
	u.w.gate(updateGate, s.gate[updateGate], u.az, s.h)
	u.w.gate(resetGate, s.gate[resetGate], u.ar, s.h)
	u.sigmoid(u.r, s.gate[resetGate])
	for j, h := range s.h {
		u.inner[j] = u.r[j].mul(h)
	}
	u.w.candidate(gruCandidate, s.candidate, u.inner)
	u.values(s)
	for j, h := range s.h {
		next.h[j] = u.z[j].mul(h).add(u.rest[j].mul(u.n[j]))
	}
}

func (u *gru) values(s *gatedStep) {
	u.sigmoid(u.z, s.gate[updateGate])
	u.gates.rest(u.rest, s.gate[updateGate])
	u.sigmoid(u.r, s.gate[resetGate])
	u.tanh(u.n, s.candidate)
}

// slopes computes what the derivative of the step from s is made of.
func (u *gru) slopes(s *gatedStep) {
	u.values(s)
	u.sigmoidSlope(u.dz, s.gate[updateGate])
	u.sigmoidSlope(u.dr, s.gate[resetGate])
	u.tanhSlope(u.dn, s.candidate)
}

func (u *gru) backward(s, _ *gatedStep, dh, _ []number) {
	u.slopes(s)
	for j, d := range dh {
		u.az[j] = d.mul(s.h[j].sub(u.n[j])).mul(u.dz[j])
		u.an[j] = d.mul(u.rest[j]).mul(u.dn[j])
		dh[j] = d.mul(u.z[j])
	}
	clear(u.inner)
	u.w.transpose(gruCandidate, u.inner, u.an)
	for j, d := range u.inner {
		u.ar[j] = d.mul(s.h[j]).mul(u.dr[j])
		dh[j] = dh[j].add(d.mul(u.r[j]))
	}
	u.w.transpose(updateGate, dh, u.az)
	u.w.transpose(resetGate, dh, u.ar)
}

func (u *gru) tangent(s, _ *gatedStep, v, _ []number) {
	u.slopes(s)
	u.w.multiply(updateGate, u.az, v)
	u.w.multiply(resetGate, u.ar, v)
	for j, x := range v {
		u.inner[j] = x.mul(u.r[j]).add(u.ar[j].mul(u.dr[j]).mul(s.h[j]))
	}
	u.w.multiply(gruCandidate, u.an, u.inner)
	for j, x := range v {
		kept := x.mul(u.z[j]).add(u.az[j].mul(u.dz[j]).mul(s.h[j].sub(u.n[j])))
		v[j] = kept.add(u.an[j].mul(u.dn[j]).mul(u.rest[j]))
	}
}
