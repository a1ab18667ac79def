package isometry

import (
	"fmt"
	"math"
	"testing"

	"gradchain/theory/activation"
)

func edgeOf(t *testing.T, text string, e Ensemble, depth int) float64 {
	t.Helper()
	value, err := MaxSquaredSingularValue(Network{Activation: activation.MustParse(text), Ensemble: e, Depth: depth})
	if err != nil {
		t.Fatalf("%s, depth %d: %v", text, depth, err)
	}
	return value
}

// The ends of the slope are the closed forms of linear and ReLU networks.
func TestLeakyEdge_ends(t *testing.T) {
	for _, e := range []Ensemble{Gaussian, Orthogonal} {
		for _, depth := range []int{1, 2, 3, 10, 100, 10_000, 1_000_000} {
			for slope, other := range map[string]string{"1e-9": "relu", "0.999999999": "linear"} {
				got, want := edgeOf(t, "leaky_relu("+slope+")", e, depth), edgeOf(t, other, e, depth)
				// Slopes 1e-9 from an end change the logarithm by less than 1e-8 a layer of ReLU.
				if diff := math.Abs(got/want - 1); !(diff <= 1e-9*math.Sqrt(float64(depth))*10) {
					t.Errorf("ensemble %v, depth %d: slope %s gives %v, %s %v, off by %.2g", e, depth, slope, got, other, want, diff)
				}
			}
		}
	}
}

// Values of a numerical free convolution: the edge is where the derivative of z → G⁻¹ is 0,
// with the S-transform from the quadratic equation of the two-point law, by mpmath 1.3 at 40
// digits (testdata/leaky.py).
func TestLeakyEdge_reference(t *testing.T) {
	for _, tt := range leakyReference {
		if got := edgeOf(t, fmt.Sprintf("leaky_relu(%v)", tt.slope), tt.ensemble, tt.depth); !(math.Abs(got/tt.want-1) <= 1e-11) {
			t.Errorf("slope %v, %v, depth %d: %v, want %v", tt.slope, tt.ensemble, tt.depth, got, tt.want)
		}
	}
}

var leakyReference = []struct {
	slope    float64
	ensemble Ensemble
	depth    int
	want     float64
}{
	{0.01, Gaussian, 1, 5.8279443361707806},
	{0.01, Gaussian, 2, 11.088799326191011},
	{0.01, Gaussian, 5, 27.268302529393043},
	{0.01, Gaussian, 20, 108.73322873106687},
	{0.01, Orthogonal, 5, 12.203125749886328},
	{0.01, Orthogonal, 20, 52.980550289304672},
	{0.01, Orthogonal, 100, 270.3608197423446},
	{0.1, Gaussian, 1, 5.7806792558921757},
	{0.1, Gaussian, 2, 10.955092442965161},
	{0.1, Gaussian, 5, 26.833489532629576},
	{0.1, Gaussian, 20, 106.72460592818855},
	{0.1, Orthogonal, 5, 11.823794063754943},
	{0.1, Orthogonal, 20, 51.026244321128411},
	{0.1, Orthogonal, 100, 259.96839295627378},
	{0.5, Gaussian, 1, 4.8969949879355668},
	{0.5, Gaussian, 2, 8.6395178064042745},
	{0.5, Gaussian, 5, 19.774073263247677},
	{0.5, Gaussian, 20, 75.256402275300759},
	{0.5, Orthogonal, 20, 20.713298302807086},
	{0.5, Orthogonal, 100, 99.084638597794936},
	{-0.3, Gaussian, 1, 5.4343442406420859},
	{-0.3, Gaussian, 2, 10.00474645708203},
	{-0.3, Gaussian, 5, 23.822511985594828},
	{-0.3, Gaussian, 20, 93.009637392512991},
	{-0.3, Orthogonal, 20, 37.736182840146084},
	{-0.3, Orthogonal, 100, 189.3326109539913},
	{3, Gaussian, 1, 5.3525444112642741},
	{3, Gaussian, 2, 9.7880529459315737},
	{3, Gaussian, 5, 23.156703685144867},
	{3, Gaussian, 20, 90.028911037906889},
	{3, Orthogonal, 20, 34.862249098859128},
	{3, Orthogonal, 100, 174.07045657992656},
}
