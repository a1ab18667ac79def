package quad

import "math"

// panel is the integral over one interval. gain is how much its bound could still
// improve: 0 where rounding dominates or the interval cannot be halved.
type panel struct {
	f                  func(x float64) float64
	lo, hi             float64
	value, bound, gain float64
}

// newPanel applies the two rules to [lo, hi].
func newPanel(f func(x float64) float64, lo, hi float64) panel {
	center, half := lo/2+hi/2, hi/2-lo/2
	fc := f(center)
	kronrod, gauss, abs := kronrodWeights[0]*fc, 0.0, kronrodWeights[0]*math.Abs(fc)
	null := nullWeights[0] * fc
	for i := 1; i < len(nodes); i++ {
		dx := half * nodes[i]
		f1, f2 := f(center-dx), f(center+dx)
		kronrod += kronrodWeights[i] * (f1 + f2)
		gauss += gaussWeights[i] * (f1 + f2)
		null += nullWeights[i] * (f1 + f2)
		abs += kronrodWeights[i] * (math.Abs(f1) + math.Abs(f2))
	}
	difference := max(math.Abs(kronrod-gauss), math.Abs(null)) * half
	if difference > 0 { // QUADPACK's factor, where above 1
		difference *= min(max(1, 2828*math.Sqrt(difference/(abs*half))), caution)
	}
	floor := rounding * abs * half
	p := panel{f: f, lo: lo, hi: hi, value: kronrod * half, bound: difference + floor}
	if difference > floor && wide(lo, hi) {
		p.gain = difference
	}
	return p
}

// wide reports whether the nodes of both halves of [lo, hi] are distinct numbers.
func wide(lo, hi float64) bool {
	return hi-lo > 0x1p-42*max(math.Abs(lo), math.Abs(hi)) && hi-lo > 0x1p-960
}

func (p panel) halves() (left, right panel) {
	middle := p.lo/2 + p.hi/2
	return newPanel(p.f, p.lo, middle), newPanel(p.f, middle, p.hi)
}

// panelHeap has the panel of largest gain first.
type panelHeap []panel

func (h panelHeap) Len() int           { return len(h) }
func (h panelHeap) Less(i, j int) bool { return h[i].gain > h[j].gain }
func (h panelHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *panelHeap) Push(x any)        { *h = append(*h, x.(panel)) }

func (h *panelHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// total adds the panels.
func (h panelHeap) total() (value, bound, gain float64) {
	for _, p := range h {
		value += p.value
		bound += p.bound
		gain += p.gain
	}
	return value, bound, gain
}
