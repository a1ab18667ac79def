package props

import (
	"math"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/isometry"
	"gradchain/theory/normalization"
	"gradchain/theory/product"
	"gradchain/theory/residual"
)

// near fails unless got is want to a relative error of tol.
func near(t *testing.T, reason string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*math.Abs(want)) {
		t.Errorf("%s: got %.15g, want %.15g", reason, got, want)
	}
}

// wickTrace is (1/n) E tr (JJᵀ)² by a recursion of s = (1/n) E tr (JJᵀ)² and t = (1/n²)
// E (tr JJᵀ)², by Wick's theorem for gaussian weights and by the moments of a point of
// the sphere for orthogonal ones.
func wickTrace(c networkAt) float64 {
	n, s, t := float64(c.Width), 1.0, 1.0
	for range c.Depth {
		if c.Weights == "orthogonal" {
			s, t = s+(n*t+2*s)/(n+2), t+(t+2*s/n)/(n+2)
		} else {
			s, t = (1+3/n)*s+2*t, (1+1/n)*t+4*s/(n*n)
		}
	}
	return s
}

func TestTraceMean(t *testing.T) {
	for _, width := range []int{1, 2, 3, 8, 40} {
		for _, depth := range []int{1, 2, 5} {
			linear, n := criticalNetwork("linear", width, depth), float64(width)
			want, err := product.TraceSecondMoment(width, depth)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "linear gaussian against package product", linear.traceMean(squareTrace)/n, want, 1e-12)
			near(t, "linear orthogonal is an isometry", linear.with("orthogonal").traceMean(squareTraceSquare), n*n, 1e-11)
			for _, weights := range []string{"gaussian", "orthogonal"} {
				relu := criticalNetwork("relu", width, depth).with(weights)
				near(t, "relu "+weights+" against Wick", relu.traceMean(squareTrace)/n, wickTrace(relu), 1e-11)
			}
		}
	}
	// At width 1 J² is a product of squares, 2B z² for ReLU: E z⁴ = 3, E z⁸ = 105.
	near(t, "linear at width 1", criticalNetwork("linear", 1, 2).traceMean(squareTraceSquare), 105*105, 1e-12)
	near(t, "relu gaussian at width 1", criticalNetwork("relu", 1, 2).traceMean(squareTraceSquare), 8*8*105*105, 1e-12)
	near(t, "relu orthogonal at width 1", criticalNetwork("relu", 1, 3).with("orthogonal").traceMean(squareTraceSquare), 8*8*8, 1e-12)
	// One orthogonal ReLU layer: tr (JJᵀ)² = 4k, k ~ Bin(n, ½).
	near(t, "relu orthogonal, one layer", criticalNetwork("relu", 6, 1).with("orthogonal").traceMean(squareTraceSquare), 16*(9+1.5), 1e-12)
}

func TestTraceMeanIsWide(t *testing.T) {
	for _, activationName := range []string{"linear", "relu"} {
		for _, e := range []isometry.Ensemble{isometry.Gaussian, isometry.Orthogonal} {
			v, err := isometry.SpectralVariance(isometry.Network{Activation: activation.MustParse(activationName), Ensemble: e, Depth: 3})
			if err != nil {
				t.Fatal(err)
			}
			c := criticalNetwork(activationName, 1000, 3).with(string(e))
			near(t, activationName+" "+string(e)+" at width 1000", c.traceMean(squareTrace)/1000, 1+v, 0.03)
			near(t, "its limit", limitSpread(c, 0), 1+v, 1e-12)
		}
	}
}

// A coordinate of the sphere in three dimensions is uniform (Archimedes).
func TestBeyond(t *testing.T) {
	for _, threshold := range []float64{0.1, 1, 1.7} {
		near(t, "batch 4", beyond(threshold, 4), 1-threshold/math.Sqrt(3), 1e-12)
	}
	if p := beyond(2, 5); p != 0 {
		t.Errorf("batch 5 cannot have |ĥ| > 2, got %v", p)
	}
	want, _ := normalization.SaturationProbability(2)
	near(t, "large batch", beyond(2, 1_000_001), want, 1e-5)
}

// At width 1 a block is (1 + αz)².
func TestBlockLogVariance(t *testing.T) {
	for _, alpha := range []float64{0.2, 1, 2} {
		log := func(z float64) float64 { return 2 * math.Log(math.Abs(1+alpha*z)) }
		mean, _ := gauss.Expect(log, 1, -1/alpha)
		square, _ := gauss.Expect(func(z float64) float64 { return log(z) * log(z) }, 1, -1/alpha)
		c := skip(alpha, 1, 1, "tangent").networkAt
		near(t, "variance", blockLogVariance(c), square-mean*mean, 1e-9)
		theory, err := residual.LogSquaredNormMean(1, 1, residual.Scale(alpha))
		if err != nil {
			t.Fatal(err)
		}
		near(t, "mean of theory", theory, mean, 1e-9)
	}
	near(t, "small branches: 4α²/n", blockLogVariance(skip(0.1, 64, 1, "tangent").networkAt), 4*0.01/64, 0.03)
}
