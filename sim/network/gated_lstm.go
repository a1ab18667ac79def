package network

// The matrices of an LSTM.
const (
	forgetGate = iota
	inputGate
	outputGate
	lstmCandidate
)

// lstm is the long short-term memory cell.
type lstm struct {
	gates
	w       *tied
	value   [4][]number // f, i, o, g
	slope   [4][]number // of σ, tanh there
	d       [4][]number // gradients, or tangents, of the pre-activations
	out     []number    // tanh c of the next step
	outDiff []number    // tanh′ c
}

func newLSTM(w *tied, g gates, n int) *lstm {
	l := &lstm{gates: g, w: w, out: make([]number, n), outDiff: make([]number, n)}
	for k := range l.d {
		l.value[k], l.slope[k], l.d[k] = make([]number, n), make([]number, n), make([]number, n)
	}
	return l
}

func (l *lstm) forward(s, next *gatedStep) {
	for k, a := range s.gate {
		l.w.gate(k, a, l.d[k], s.h)
	}
	l.w.candidate(lstmCandidate, s.candidate, s.h)
	l.values(s)
	f, i, o, g := l.value[forgetGate], l.value[inputGate], l.value[outputGate], l.value[lstmCandidate]
	for j, c := range s.c {
		next.c[j] = f[j].mul(c).add(i[j].mul(g[j]))
	}
	l.tanh(l.out, next.c)
	for j, y := range l.out {
		next.h[j] = o[j].mul(y)
	}
}

func (l *lstm) values(s *gatedStep) {
	for k, a := range s.gate {
		l.sigmoid(l.value[k], a)
	}
	l.tanh(l.value[lstmCandidate], s.candidate)
}

// slopes computes what the derivative of the step from s to next is made of.
func (l *lstm) slopes(s, next *gatedStep) {
	l.values(s)
	for k, a := range s.gate {
		l.sigmoidSlope(l.slope[k], a)
	}
	l.tanhSlope(l.slope[lstmCandidate], s.candidate)
	l.tanh(l.out, next.c)
	l.tanhSlope(l.outDiff, next.c)
}

func (l *lstm) backward(s, next *gatedStep, dh, dc []number) {
	l.slopes(s, next)
	f, i, o, g := l.value[forgetGate], l.value[inputGate], l.value[outputGate], l.value[lstmCandidate]
	for j, y := range dh {
		c := dc[j].add(y.mul(o[j]).mul(l.outDiff[j]))
		l.d[forgetGate][j] = c.mul(s.c[j])
		l.d[inputGate][j] = c.mul(g[j])
		l.d[outputGate][j] = y.mul(l.out[j])
		l.d[lstmCandidate][j] = c.mul(i[j])
		dc[j] = c.mul(f[j])
	}
	clear(dh)
	for k, d := range l.d {
		for j, slope := range l.slope[k] {
			d[j] = d[j].mul(slope)
		}
		l.w.transpose(k, dh, d)
	}
}

func (l *lstm) tangent(s, next *gatedStep, vh, vc []number) {
	l.slopes(s, next)
	for k, d := range l.d {
		l.w.multiply(k, d, vh)
		for j, slope := range l.slope[k] {
			d[j] = d[j].mul(slope)
		}
	}
	f, i, o, g := l.value[forgetGate], l.value[inputGate], l.value[outputGate], l.value[lstmCandidate]
	for j, c := range s.c {
		kept := vc[j].mul(f[j]).add(l.d[forgetGate][j].mul(c))
		vc[j] = kept.add(l.d[inputGate][j].mul(g[j])).add(l.d[lstmCandidate][j].mul(i[j]))
		vh[j] = l.d[outputGate][j].mul(l.out[j]).add(vc[j].mul(o[j]).mul(l.outDiff[j]))
	}
}
