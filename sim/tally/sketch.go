package tally

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/DataDog/sketches-go/ddsketch/mapping"
	"github.com/DataDog/sketches-go/ddsketch/store"

	"gradchain/sim/internal/kernel"
)

// bins is the index mapping of a DDSketch (Masson, Rim & Lee 2019): value v > 0
// falls into bin ⌊2^k·log v⌋. The library's own mappings use math.Log and products
// that some compilers fuse, so their bins differ between machines at the edges.
type bins struct {
	*mapping.LogarithmicMapping         // the range, and the form on the wire
	perNat                      float64 // 2^k bins for each factor of e
}

// newBins returns the bins for log|G| at the given depth. log|G| is about λL ± σ√L,
// so a fixed relative accuracy would lose the spread at large depth: it is made
// finer as √L, in powers of two. Bin width over spread is then below 2^−8·|λ|/σ.
func newBins(depth int) bins {
	half := (bits.Len(uint(max(depth, 1))) - 1) / 2 // ⌊log₂√L⌋
	perNat := math.Ldexp(1, 9+min(half, 8))
	m, err := mapping.NewLogarithmicMappingWithGamma(kernel.Exp(1/perNat), 0)
	if err != nil {
		panic("tally: " + err.Error())
	}
	return bins{m, perNat}
}

// Index returns the bin of a value in the indexable range.
func (b bins) Index(value float64) int {
	return int(math.Floor(b.perNat * kernel.Log(value)))
}

// LowerBound returns the lower edge of a bin.
func (b bins) LowerBound(index int) float64 { return kernel.Exp(float64(index) / b.perNat) }

// Value returns the point of a bin that is within RelativeAccuracy of all its values.
func (b bins) Value(index int) float64 {
	return b.LowerBound(index) * (1 + b.RelativeAccuracy())
}

// RelativeAccuracy is α = (γ − 1)/(γ + 1) with γ = exp(2^−k) the ratio of bin edges.
func (b bins) RelativeAccuracy() float64 {
	x := 0.5 / b.perNat // tanh x to the last bit: x ≤ 2^−8
	x2 := float64(x * x)
	return float64(x * (1 - float64(x2*(1-float64(x2*0.4))/3)))
}

// Equals reports whether two mappings have the same bins.
func (b bins) Equals(other mapping.IndexMapping) bool {
	o, ok := other.(bins)
	return ok && o.perNat == b.perNat
}

// sketch counts the finite values of log|G| in bins.
type sketch struct {
	*ddsketch.DDSketch
}

func newSketch(depth int) sketch {
	return sketch{ddsketch.NewDDSketch(newBins(depth), store.DefaultProvider(), store.DefaultProvider())}
}

func (s sketch) add(x float64) {
	limit := s.MaxIndexableValue() // about 1e308
	if err := s.Add(max(-limit, min(x, limit))); err != nil {
		panic(fmt.Sprintf("tally: log|G| = %v: %v", x, err))
	}
}

func (s sketch) merge(o sketch) {
	if err := s.MergeWith(o.DDSketch); err != nil {
		panic("tally: " + err.Error())
	}
}

// at returns an approximation of the order statistic of the given rank, 0 for the
// smallest, and a bound of its error.
func (s sketch) at(rank float64) (value, bound float64) {
	negative, zero := s.GetNegativeValueStore(), s.GetZeroCount()
	below := negative.TotalCount()
	switch {
	case rank < below:
		value = -s.Value(negative.KeyAtRank(below - 1 - rank))
	case rank < below+zero:
		return 0, s.MinIndexableValue()
	default:
		value = s.Value(s.GetPositiveValueStore().KeyAtRank(rank - below - zero))
	}
	// v in [l, γl] is reported as l(1+α): the error is at most α/(1−α) of that. The
	// last factor covers the rounding of the bin edges: 2^k·log v ≤ 1e8 with k ≤ 17
	// is good to 1e-8 of a bin.
	alpha := s.RelativeAccuracy()
	return value, math.Abs(value) * alpha / (1 - alpha) * (1 + 1e-7)
}
