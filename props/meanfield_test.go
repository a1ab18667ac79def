package props

import (
	"math"
	"slices"
	"testing"

	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/gauss"
)

// The grid of S against S itself, between the points and beyond the ends.
func TestSquares(t *testing.T) {
	for _, name := range []string{"tanh", "erf", "sigmoid", "elu", "selu"} {
		table := newSquares(activation.MustParse(name))
		for log := -8.0; log < 11; log += 0.3137 {
			q := math.Exp(log)
			near(t, name, table.at(q), table.exactly(q), 1e-8)
		}
	}
}

// S on a grid of six decades: its second difference is negative, or nothing but rounding, where
// V is called concave, and positive somewhere where it is not.
func TestConcave(t *testing.T) {
	for _, name := range slices.Concat(concavePhi, []string{"softplus"}, bumpedPhi) {
		a, largest := activation.MustParse(name), math.Inf(-1)
		s := func(q float64) float64 {
			value, _, err := gauss.MeanSquare(a, q)
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
		for decade := -30; decade <= 30; decade++ {
			q := math.Pow(10, float64(decade)/10)
			largest = max(largest, (s(1.02*q)-2*s(q)+s(0.98*q))/(0.02*0.02*s(q)))
		}
		if concave := slices.Contains(concavePhi, name); concave != (largest < 1e-8) || !concave && !(largest > 0.02) {
			t.Errorf("%s: largest second difference %.3g", name, largest)
		}
	}
}

// What steady observes has the mean of ‖x^L‖²/n, and less than a tenth of its variance. 20,000
// samples; the difference of the means is off by five standard errors with probability 6e-7, and
// of 0.002 would be seen. The seed is fixed.
func TestSteady_mean(t *testing.T) {
	const samples = 20_000
	c := biased(dense("tanh", 1.5, 8, 3), 0.3)
	open, err := openNetwork(c)
	if err != nil {
		t.Fatal(err)
	}
	var drawn nets
	if err := open.draw(t.Context(), stream.Key{Seed: 1, Purpose: "steady"}.Source(stream.Xoshiro), samples, &drawn); err != nil {
		t.Fatal(err)
	}
	number := steady(c)
	var raw, calm, difference moments
	for i := range drawn {
		x, y := lastMoment(c, &drawn[i]), number(&drawn[i])
		raw.add(x)
		calm.add(y)
		difference.add(x - y)
	}
	if off := difference.mean() / math.Sqrt(difference.variance()/samples); !(math.Abs(off) < 5) {
		t.Errorf("the means %.6g and %.6g are %.3g standard errors apart", raw.mean(), calm.mean(), off)
	}
	if !(calm.variance() < raw.variance()/10) {
		t.Errorf("variance %.3g of %.3g", calm.variance(), raw.variance())
	}
	w, err := wideSquare(c)
	if err != nil {
		t.Fatal(err)
	}
	if bias := (calm.mean() - w.Limit) / (w.Bias / float64(c.Width)); !(0.5 < bias && bias < 1.5) {
		t.Errorf("%.3g of the bias of theory", bias)
	}
}

// moments are the sums of samples and of their squares.
type moments struct{ count, sum, squares float64 }

func (m *moments) add(x float64)     { m.count, m.sum, m.squares = m.count+1, m.sum+x, m.squares+x*x }
func (m *moments) mean() float64     { return m.sum / m.count }
func (m *moments) variance() float64 { return m.squares/m.count - m.mean()*m.mean() }

// The factor of a batch against the closed forms of linear and ReLU.
func TestBatchFactor(t *testing.T) {
	for _, batch := range []int{5, 6, 8, 16, 64} {
		b := float64(batch)
		linear, err := batchFactor(dense("linear", 1, 8, 1).normalized("batch", batch))
		if err != nil {
			t.Fatal(err)
		}
		near(t, "linear", linear, math.Log((b-2)/(b-3)), 1e-9)
		relu, err := batchFactor(dense("relu", 1, 8, 1).normalized("batch", batch))
		if err != nil {
			t.Fatal(err)
		}
		if lo := math.Log(reluLimit); !(lo < relu && relu < math.Log(reluLimit+2/(b-3))) {
			t.Errorf("relu at batch %d: %v", batch, relu)
		}
		for _, phi := range anyPhi { // BN.any: batches of few inputs make it worse
			c := dense(phi, 1, 8, 1).normalized("batch", batch)
			few, err := batchFactor(c)
			if err != nil {
				t.Fatal(err)
			}
			many, err := largeBatchFactor(c)
			if err != nil || !(few > many) {
				t.Errorf("%s at batch %d: %v, large batches %v, %v", phi, batch, few, many, err)
			}
		}
	}
}

// The spreads of networks of any widths: by the second moments of one layer after the other, and
// for one layer by hand.
func TestShapedAt(t *testing.T) {
	linear, relu := linearGlorot(4, 6), reluHe(4, 6)
	near(t, "glorot forward", linear.forwardSpread().Mean, 2*4./10, 1e-12)
	near(t, "glorot backward", linear.backwardSpread().Mean, 2*6./10, 1e-12)
	near(t, "forward variance", linear.forwardSpread().Variance, 0.64*2/6, 1e-12)
	near(t, "backward variance", linear.backwardSpread().Variance, 1.44*2/4, 1e-12)
	near(t, "he forward", relu.forwardSpread().Mean, 1, 1e-12)
	near(t, "he backward", relu.backwardSpread().Mean, 1.5, 1e-12)
	near(t, "relu forward variance", relu.forwardSpread().Variance, 5./6, 1e-12)
	near(t, "relu backward variance", relu.backwardSpread().Variance, 1.5*1.5*(11./8*6/4-1), 1e-12)
	chain := reluHe(8, 2, 5, 16)
	near(t, "a chain backward", chain.backwardSpread().Mean, 2, 1e-12)
	near(t, "its variance", chain.backwardSpread().Variance, 4*((1+2./8)*(1+5./2)*(1+5./5)*21/18-1), 1e-12)
	near(t, "σ_w of He", chain.std(), math.Sqrt2, 1e-11)
}
