package kernel

import (
	"flag"
	"fmt"
	"math"
	"testing"

	"gradchain/theory/law"
)

// draws is the number of values of each law in the thorough tests, which take minutes:
//
//	go test ./sim/internal/kernel -run Thorough -draws 1e8 -timeout 2h
var draws = flag.Float64("draws", 0, "values of each law in the thorough tests; 0 skips them")

// cells is the number of cells of one variable in a table of two.
const cells = 32

// census counts the values of a law in a stream of groups of 8.
type census struct {
	law   law.Law
	n     float64
	bins  [1 << 16]float64 // by F(x)
	left  [8]float64       // below the quantile 10^−k
	right [8]float64       // above the quantile 1 − 10^−k
	signs [256]float64     // of a group
	pairs [5][cells * cells]float64
	last  [16]int // cells of the last values
}

// lags are the distances of pairs: neighbours, the next but one, values of one normal
// pair, neighbours in a lane, and a lane two groups on.
var lags = [5]int{1, 2, 4, 8, 16}

func (c *census) add(x []float64) {
	lo, hi := c.tails()
	signs := 0
	for i, v := range x {
		u := c.law.CDF(v)
		c.bins[min(int(u*float64(len(c.bins))), len(c.bins)-1)]++
		for k := 1; k < len(lo) && v <= lo[k]; k++ {
			c.left[k]++
		}
		for k := 1; k < len(hi) && v > hi[k]; k++ {
			c.right[k]++
		}
		if u >= 0.5 {
			signs |= 1 << (i % width)
		}
		if i%width == width-1 {
			c.signs[signs]++
			signs = 0
		}
		cell := min(int(u*cells), cells-1)
		for j, lag := range lags {
			if c.n+float64(i) >= float64(lag) {
				c.pairs[j][c.last[(i-lag)&15]*cells+cell]++
			}
		}
		c.last[i&15] = cell
	}
	c.n += float64(len(x))
}

func (c *census) tails() (lo, hi [8]float64) {
	for k := 1; k < len(lo); k++ {
		p := math.Pow(10, -float64(k))
		lo[k], hi[k] = c.law.Quantile(p), c.law.Quantile(1-p)
	}
	return lo, hi
}

// wrong says what is wrong, "" for nothing. With 1e8 values it notices a distribution
// function wrong by 7e-4, a probability 1e-6 wrong by a factor 2, and a cell of the
// tables, of probability 1e-3, wrong by 4 %.
func (c *census) wrong() string {
	for _, check := range []func() string{c.kolmogorov, c.anderson, c.wrongTails, c.wrongTables} {
		if wrong := check(); wrong != "" {
			return wrong
		}
	}
	return ""
}

// kolmogorov is Kolmogorov's test with the constant of Massart (1990).
func (c *census) kolmogorov() string {
	below, bound := 0.0, math.Sqrt(math.Log(2/falseFail)/(2*c.n))
	for i, count := range c.bins {
		below += count
		if u := float64(i+1) / float64(len(c.bins)); !(math.Abs(below/c.n-u) <= bound) {
			return fmt.Sprintf("distribution function %v at the quantile %v", below/c.n, u)
		}
	}
	return ""
}

// anderson is the statistic of Anderson & Darling (1954) by the bins. Its tail is that
// of Σ χ²/(j(j+1)), √3·e^(−z)/√(πz) for large z, which is 3e-12 at 25.
func (c *census) anderson() string {
	below, statistic := 0.0, 0.0
	for i, count := range c.bins[:len(c.bins)-1] {
		below += count
		u := float64(i+1) / float64(len(c.bins))
		d := below/c.n - u
		statistic += c.n * d * d / (u * (1 - u)) / float64(len(c.bins))
	}
	if !(statistic <= 25) {
		return fmt.Sprintf("Anderson–Darling statistic %v", statistic)
	}
	return ""
}

func (c *census) wrongTails() string {
	lo, hi := c.tails()
	for k := 1; k < len(lo); k++ {
		left := c.unlikely(c.left[k], c.law.CDF(lo[k]), 2*len(lo))
		right := c.unlikely(c.right[k], c.law.Survival(hi[k]), 2*len(lo))
		if left != "" || right != "" {
			return fmt.Sprintf("tails at 10^−%d: left %s right %s", k, left, right)
		}
	}
	return ""
}

// unlikely is Chernoff's bound for a count of n, one of several.
func (c *census) unlikely(count, p float64, several int) string {
	if evidence := c.n * divergence(count/c.n, p); !(evidence <= math.Log(2*float64(several)/falseFail)) {
		return fmt.Sprintf("%v of %v, want a fraction %v", count, c.n, p)
	}
	return ""
}

func (c *census) wrongTables() string {
	groups := census{n: c.n / width}
	for s, count := range c.signs {
		if wrong := groups.unlikely(count, 1./256, 256); wrong != "" {
			return fmt.Sprintf("signs %08b of a group: %s", s, wrong)
		}
	}
	for j, table := range c.pairs {
		for i, count := range table {
			if wrong := c.unlikely(count, 1./(cells*cells), len(lags)*cells*cells); wrong != "" {
				return fmt.Sprintf("values at distance %d in cells %d and %d of %d: %s", lags[j], i/cells, i%cells, cells, wrong)
			}
		}
	}
	return ""
}

// take draws n values.
func (c *census) take(d drawn, n float64) {
	const block = 1 << 12
	src, x, bits := source("thorough", c.law.String()), make([]float64, block), make([]uint64, d.words*block)
	for c.n < n {
		src.Fill(bits)
		d.Sample(x, bits)
		c.add(x)
	}
}

// thorough are the laws that have a density.
func thorough(t *testing.T) []drawn {
	var all []drawn
	for _, l := range samplerLaws() {
		if s := mustSampler(t, l); l.Name() != "rademacher" && l.Name() != "constant" {
			all = append(all, drawn{l, s.Sample, s.Words()})
		}
	}
	pairs := func(dst []float64, bits []uint64) {
		for ; len(dst) > 0; dst, bits = dst[16:], bits[16:] {
			NormalPairs(dst[:8], dst[8:16], bits[:16])
		}
	}
	return append(all, drawn{law.MustParse("normal(1)"), pairs, 1})
}

// TestThorough_laws: every sampler against its law. The probability that a correct
// sampler fails is 1e-9 for each of 5 checks.
func TestThorough_laws(t *testing.T) {
	if *draws == 0 {
		t.Skip("only with -draws, such as -draws 1e8")
	}
	for _, d := range thorough(t) {
		t.Run(fmt.Sprintf("%v of %d words", d.law, d.words), func(t *testing.T) {
			t.Parallel()
			c := &census{law: d.law}
			c.take(d, *draws)
			if wrong := c.wrong(); wrong != "" {
				t.Error(wrong)
			}
		})
	}
}

// TestThorough_mutants: the census rejects samplers that are slightly wrong, with as few
// values as a default run has time for.
func TestThorough_mutants(t *testing.T) {
	for _, mutant := range []struct {
		name   string
		change func(i int, x []float64) float64
	}{
		{"σ 2 % too large", func(i int, x []float64) float64 { return 1.02 * x[i] }},
		{"tails cut at 3", func(i int, x []float64) float64 { return max(-3, min(x[i], 3)) }},
		{"a pair twice the cosine", func(i int, x []float64) float64 { return x[i&^4] }},
		{"a lane twice", func(i int, x []float64) float64 { return x[i-i%8/7] }},
		{"two groups of one sign", func(i int, x []float64) float64 { return math.Copysign(x[i], x[i&^8]) }},
	} {
		c := &census{law: law.MustParse("normal(1)")}
		c.take(drawn{c.law, changed(mutant.change), 1}, 1<<19)
		if c.wrong() == "" {
			t.Errorf("mutant %q survives", mutant.name)
		}
	}
	c := &census{law: law.MustParse("normal(1)")}
	c.take(drawn{c.law, normal{0, 1}.Sample, 1}, 1<<19)
	if wrong := c.wrong(); wrong != "" {
		t.Errorf("the normal sampler: %s", wrong)
	}
}

// beyond says what is wrong with the values of pairs beyond a number of standard
// deviations. A value x of a pair with radius r is beyond t only if r²/2 ≥ t²/2, that
// is, if the word of the radius begins with t²/(2·log 2) zeros. Drawn with so many zeros,
// it is beyond t with the probability P(|N| > t)·2^zeros, which is exact.
func beyond(pairs func(a, b []float64, bits []uint64), n float64) string {
	const block = 1 << 10
	a, b, bits := make([]float64, block), make([]float64, block), make([]uint64, 2*block)
	for _, sigmas := range []float64{5, 6, 6.5, 7, 7.5, 8} {
		zeros := int(sigmas * sigmas / (2 * math.Ln2))
		c, count := census{}, 0.0
		src := source("beyond", fmt.Sprint(sigmas))
		for c.n < n {
			src.Fill(bits)
			for i := range bits {
				if i/width%2 == 0 {
					bits[i] >>= zeros
				}
			}
			pairs(a, b, bits)
			for i := range a {
				if math.Abs(a[i]) > sigmas {
					count++
				}
			}
			c.n += block
		}
		p := math.Erfc(sigmas/math.Sqrt2) * math.Exp2(float64(zeros))
		if wrong := c.unlikely(count, p, 6); wrong != "" {
			return fmt.Sprintf("beyond %v σ, with %d zeros: %s", sigmas, zeros, wrong)
		}
	}
	return ""
}

// TestThorough_beyond: with 1e8 values it notices a probability wrong by 0.3 %, and with
// the 2^18 of the default run by 6 %, from 5σ to 8σ.
func TestThorough_beyond(t *testing.T) {
	if wrong := beyond(NormalPairs, max(*draws, 1<<18)); wrong != "" {
		t.Error(wrong)
	}
	thinner := func(a, b []float64, bits []uint64) {
		NormalPairs(a, b, bits)
		for i := range a {
			a[i] *= 0.995
		}
	}
	if beyond(thinner, 1<<18) == "" {
		t.Error("mutant with tails 0.5 % too thin survives")
	}
}
