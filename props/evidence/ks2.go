package evidence

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// TwoSample tests that two samplers draw from the same law, by the exact
// two-sample test of Kolmogorov and Smirnov at equal sizes 1000·2^k. A batch is
// the samples of the one in its first half and of the other in its second, see
// Both; Count, Budget and MDE count both. The claim is violated when the laws
// are delta or more apart in Kolmogorov's distance. Ties make it conservative.
func TwoSample(delta float64, l Levels) (Test, error) {
	if err := errors.Join((Zone{Delta: delta}).Validate(), l.Validate()); err != nil {
		return nil, err
	}
	if !(delta < 1) {
		return nil, fmt.Errorf("delta is %g; a distance of laws is below 1", delta)
	}
	t := &twoSample{delta: delta, levels: l.filled()}
	var err error
	t.epochs, err = newEpochs(func(looks int) float64 { return t.cost(delta, looks) })
	return t, err
}

// Both fills the first half of a batch from a and the second from b.
func Both(a, b Sampler) Sampler {
	return func(batch int, dst []float64) error {
		half := len(dst) / 2
		return errors.Join(a(batch, dst[:half]), b(batch, dst[half:]))
	}
}

type twoSample struct {
	delta  float64
	levels Levels
	epochs epochs
	x, y   []float64 // up to the last look
	count  int       // of each

	distance                 float64 // at the last look
	logP, logBound, logPPass float64 // the least over looks, times the number of looks
}

func (t *twoSample) Update(batch []float64) error {
	if len(batch)%2 != 0 {
		return fmt.Errorf("a batch of %d samples does not halve", len(batch))
	}
	if i := slices.IndexFunc(batch, math.IsNaN); i >= 0 {
		return fmt.Errorf("sample %d of the batch is NaN", i)
	}
	half := len(batch) / 2
	t.count += half
	for i := 0; i < half && !t.epochs.over(); i++ {
		t.x, t.y = append(t.x, batch[i]), append(t.y, batch[half+i])
		if len(t.x) == t.epochs.next() {
			t.look()
		}
	}
	return nil
}

func (t *twoSample) look() {
	n, looks := len(t.x), math.Log(float64(t.epochs.looks))
	k := steps(t.x, t.y)
	t.distance = float64(k) / float64(n)
	t.logP = min(t.logP, looks+twoSampleLogP(n, k))
	t.logBound = min(t.logBound, looks+twoSampleLogBound(n, k))
	// D + 2 r(n, α/2) < δ solved for α: each empirical law is r from its own.
	t.logPPass = min(t.logPPass, looks+math.Ln2+dkwLogP(n, (t.delta-t.distance)/2))
	t.epochs.done++
}

func (t *twoSample) LogERefute() float64 { return calibrate(t.logP) }
func (t *twoSample) LogPFixed() float64  { return min(0, t.logP) }
func (t *twoSample) LogEUpper() float64  { return calibrate(t.logPPass) }
func (t *twoSample) LogELower() float64  { return math.Inf(1) }
func (t *twoSample) Refutes() bool       { return t.logBound <= -t.levels.refuteAt() }
func (t *twoSample) Excludes() (upper, lower bool) {
	return t.logPPass < -t.levels.excludeAt(), true
}

func (t *twoSample) Count() int  { return 2 * t.count }
func (t *twoSample) Budget() int { return 2 * t.epochs.budget() }

func (t *twoSample) MDE(n int) float64 {
	return math.Sqrt(t.cost(1, t.epochs.looks) / (float64(n) / 2))
}

// cost is the number of samples of each that decides (K3):
// 2(√ln(4K/α) + √ln(4/β))²/δ².
func (t *twoSample) cost(delta float64, looks int) float64 {
	alpha := math.Log(float64(2*looks)) + max(t.levels.refuteAt(), t.levels.excludeAt())
	return 4 * dkwCost(delta, alpha, t.levels.decideAt()+math.Ln2)
}

func (t *twoSample) Estimate() float64 {
	switch {
	case t.epochs.done > 0:
		return t.distance
	case t.count == 0:
		return math.NaN()
	}
	return TwoSampleDistance(t.x, t.y)
}

// Interval comes from the last look; before the first it is [0, 1].
func (t *twoSample) Interval(level float64) (lo, hi float64) {
	if t.epochs.done == 0 {
		return 0, 1
	}
	n := firstLook << (t.epochs.done - 1)
	r := 2 * DKWRadius(n, miss(level)/float64(2*t.epochs.looks))
	return max(0, t.distance-r), min(1, t.distance+r)
}

// steps is n·D for two samples of equal size n, which it sorts.
func steps(x, y []float64) int {
	slices.Sort(x)
	slices.Sort(y)
	most := 0
	walk(x, y, func(i, j int) { most = max(most, i-j, j-i) })
	return most
}

// TwoSampleDistance is the Kolmogorov distance of two empirical distributions,
// of any sizes, ties included; NaN if a sample is NaN, 0 if one is empty.
func TwoSampleDistance(x, y []float64) float64 {
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	n, m, distance := float64(len(x)), float64(len(y)), 0.0
	if n > 0 && math.IsNaN(x[0]) || m > 0 && math.IsNaN(y[0]) {
		return math.NaN()
	}
	walk(x, y, func(i, j int) { distance = max(distance, math.Abs(float64(i)/n-float64(j)/m)) })
	return distance
}

// walk visits the numbers of values ≤ v in sorted x and y, without NaN, at each
// distinct v, until one of them is used up.
func walk(x, y []float64, visit func(i, j int)) {
	for i, j := 0, 0; i < len(x) && j < len(y); {
		v := min(x[i], y[j])
		for i < len(x) && x[i] == v {
			i++
		}
		for j < len(y) && y[j] == v {
			j++
		}
		visit(i, j)
	}
}

// TwoSamplePValue is P(n·D ≥ k) for two samples of size n from one continuous
// law, exactly (K1), Gnedenko and Korolyuk (1951); 1 for k ≤ 0. Rounding costs a
// relative error of about 1e-14·n ln n.
func TwoSamplePValue(n, k int) float64 { return math.Exp(twoSampleLogP(n, k)) }

func twoSampleLogP(n, k int) float64 {
	if k <= 0 {
		return 0
	}
	first := reflections(n, k)
	sum := 0.0
	for j, sign := 1, 1.0; j*k <= n; j, sign = j+1, -sign {
		term := math.Exp(reflections(n, j*k) - first)
		if sum += sign * term; term < 1e-20 { // the terms fall ever faster
			break
		}
	}
	return min(0, math.Ln2+first+math.Log(sum))
}

// twoSampleLogBound is the first term of the alternating sum, an upper bound
// (K2).
func twoSampleLogBound(n, k int) float64 {
	if k <= 0 {
		return 0
	}
	return math.Ln2 + reflections(n, k)
}

// reflections is ln C(2n, n−k)/C(2n, n), −Inf for k > n.
func reflections(n, k int) float64 {
	if k > n {
		return math.Inf(-1)
	}
	a, b := float64(n), float64(k)
	return 2*lgamma(a+1) - lgamma(a-b+1) - lgamma(a+b+1)
}
