package model

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/theory/activation"
)

func TestDense_Validate(t *testing.T) {
	tests := []struct {
		reason string
		change func(*Dense)
		want   []string // one for each error, in order
	}{
		{"the plainest network", func(*Dense) {}, nil},
		{"widths instead", func(d *Dense) { d.Width, d.Depth, d.Widths = 0, 0, []int{3, 1, MaxWidth} }, nil},
		{"the largest", func(d *Dense) { d.Width, d.Depth = MaxWidth, MaxLayers }, nil},
		{"the ends of the standard deviations", func(d *Dense) { d.WeightStd, d.BiasStd = MinStd, MaxStd }, nil},
		{"orthogonal with more units out than in", func(d *Dense) {
			d.Width, d.Depth, d.Widths, d.Weights = 0, 0, []int{2, 3}, OrthogonalWeights
		}, nil},
		{"an input of extreme numbers", func(d *Dense) { d.Input = []float64{0, -math.MaxFloat64, 5e-324, 1} }, nil},
		{"zero network: everything is reported", func(d *Dense) { *d = Dense{} }, []string{
			"activation missing: want a name such as tanh",
			"weight std 0: want 1e-30 to 1e+30, in units of 1/√fan-in",
			"width 0: want 1 to 16777216",
			"depth 0: want 1 to 1000000",
		}},
		{"negative numbers", func(d *Dense) { d.Weights, d.WeightStd, d.BiasStd, d.Width, d.Depth = -1, -1, -2, -3, -4 }, []string{
			"weights -1: want gaussian, uniform, rademacher, orthogonal, sparse, orthogonal_scaled",
			"weight std -1: want 1e-30 to 1e+30, in units of 1/√fan-in",
			"bias std -2: want 0 for no biases, or 1e-30 to 1e+30, not in units of 1/√fan-in",
			"width -3: want 1 to 16777216",
			"depth -4: want 1 to 1000000",
		}},
		{"not finite", func(d *Dense) {
			d.WeightStd, d.BiasStd, d.Input = math.NaN(), math.Inf(1), []float64{1, math.NaN(), 2, math.Inf(-1)}
		}, []string{
			"weight std NaN: want 1e-30 to 1e+30, in units of 1/√fan-in",
			"bias std +Inf: want 0 for no biases, or 1e-30 to 1e+30, not in units of 1/√fan-in",
			"input[1] = NaN: want a finite number",
			"input[3] = -Inf: want a finite number",
		}},
		{"a NaN bias", func(d *Dense) { d.BiasStd = math.NaN() }, []string{"bias std NaN: want 0 for no biases, or 1e-30 to 1e+30, not in units of 1/√fan-in"}},
		{"widths besides width and depth", func(d *Dense) { d.Widths = []int{4, 0} }, []string{
			"width 4: widths has them, leave it out",
			"depth 3: widths says it, leave it out",
			"widths[1] = 0: want 1 to 16777216",
		}},
		{"an input layer only", func(d *Dense) { d.Width, d.Depth, d.Widths = 0, 0, []int{4} },
			[]string{"1 widths: want n_0 … n_L, 2 to 1000001"}},
		{"an input of another length", func(d *Dense) { d.Input = []float64{1} }, []string{"input of 1 numbers: want 4, the width of layer 0 for each of 1 inputs"}},
		{"a batch and its inputs", func(d *Dense) { d.Batch, d.Input = 2, make([]float64, 8) }, nil},
		{"the largest batch", func(d *Dense) { d.Batch = MaxBatch }, nil},
		{"an angle", func(d *Dense) { d.Batch, d.Angle = 2, math.Pi }, nil},
		{"input scale", func(d *Dense) { d.InputScale = 1e30 }, nil},
		{"input scale out of range", func(d *Dense) { d.InputScale = math.Inf(1) }, []string{"input scale +Inf: want 1e-30 to 1e+30"}},
		{"input scale negative", func(d *Dense) { d.InputScale = -1 }, []string{"input scale -1: want 1e-30 to 1e+30"}},
		{"input scale of a given input", func(d *Dense) { d.InputScale, d.Input = 2, []float64{1, 2, 3, 4} }, []string{"input scale 2 with an input: want one of the two"}},
		{"sparse", func(d *Dense) { d.Weights, d.Density = SparseWeights, 1 }, nil},
		{"normalised, residual and recurrent", func(d *Dense) {
			d.Norm, d.NormAfter, d.Epsilon, d.Batch, d.Skip, d.Alpha, d.Tied = BatchNorm, true, 1e-5, 2, true, 0.5, true
		}, nil},
		{"a branch of 0, widths that are equal", func(d *Dense) { d.Width, d.Depth, d.Widths, d.Skip = 0, 0, []int{3, 3}, true }, nil},
		{"the ends of ε and α", func(d *Dense) { d.Norm, d.Epsilon, d.Skip, d.Alpha = RMSNorm, MaxStd, true, MinStd }, nil},
		{"batches out of range", func(d *Dense) { d.Batch, d.Input = MaxBatch+1, []float64{1} }, []string{
			"input of 1 numbers: want 16384, the width of layer 0 for each of 4096 inputs",
			"batch 4097: want 1 to 4096",
		}},
		{"a negative batch", func(d *Dense) { d.Batch = -1 }, []string{"batch -1: want 1 to 4096"}},
		{"angles out of range", func(d *Dense) { d.Batch, d.Angle = 2, math.Nextafter(math.Pi, 4) },
			[]string{"angle 3.1415926535897936: want above 0 and at most π"}},
		{"angle NaN, of one input that is given", func(d *Dense) { d.Angle, d.Input = math.NaN(), make([]float64, 4) }, []string{
			"angle NaN: want above 0 and at most π",
			"angle with batch 1: it is between the inputs of a batch of 2",
			"angle with an input: want one of the two",
		}},
		{"an angle on a line", func(d *Dense) { d.Width, d.Batch, d.Angle = 1, 2, 1 }, []string{"angle 1 with one unit: there are only 0 and π"}},
		{"sparse without a density", func(d *Dense) { d.Weights = SparseWeights }, []string{"density 0: want above 0 and at most 1"}},
		{"sparse beyond all", func(d *Dense) { d.Weights, d.Density = SparseWeights, math.NaN() }, []string{"density NaN: want above 0 and at most 1"}},
		{"a density of others", func(d *Dense) { d.Density = 0.5 }, []string{"density 0.5: weights are gaussian, not sparse"}},
		{"a normalisation that is none", func(d *Dense) { d.Norm = 9 }, []string{"norm 9: want none, batch, layer, rms"}},
		{"batch normalisation of one input", func(d *Dense) { d.Norm = BatchNorm }, []string{"batch 1: batch normalisation wants at least 2 inputs"}},
		{"details of no normalisation", func(d *Dense) { d.NormAfter, d.Epsilon = true, 1 }, []string{
			"norm after the activation: no norm is given",
			"epsilon 1: no norm is given",
		}},
		{"epsilon not a number", func(d *Dense) { d.Norm, d.Epsilon = RMSNorm, math.NaN() }, []string{"epsilon NaN: want 0 to 1e+30"}},
		{"epsilon below 0", func(d *Dense) { d.Norm, d.Epsilon = RMSNorm, -1 }, []string{"epsilon -1: want 0 to 1e+30"}},
		{"alpha out of range", func(d *Dense) { d.Skip, d.Alpha = true, -1 }, []string{"alpha -1: want 0, or 1e-30 to 1e+30"}},
		{"alpha NaN", func(d *Dense) { d.Skip, d.Alpha = true, math.NaN() }, []string{"alpha NaN: want 0, or 1e-30 to 1e+30"}},
		{"alpha of no branch", func(d *Dense) { d.Alpha = 1 }, []string{"alpha 1: the network is not residual"}},
		{"widths that differ", func(d *Dense) { d.Width, d.Depth, d.Widths, d.Skip, d.Tied = 0, 0, []int{3, 4}, true, true }, []string{
			"widths [3 4]: a residual network has equal ones",
			"widths [3 4]: a recurrent network has equal ones",
		}},
	}
	for _, tt := range tests {
		d := Dense{Activation: activation.MustParse("tanh"), WeightStd: 1, Width: 4, Depth: 3}
		tt.change(&d)
		got := ""
		if err := d.Validate(); err != nil {
			got = err.Error()
		}
		if want := strings.Join(tt.want, "\n"); got != want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, want)
		}
	}
}

func TestDense_Canonical(t *testing.T) {
	for _, tt := range []struct {
		reason string
		d      Dense
		want   string
	}{
		{"zero values are left out", Dense{Activation: activation.MustParse("elu"), WeightStd: 1, Width: 4, Depth: 3},
			`{"activation":"elu(1)","depth":3,"kind":"dense","weight_std":1,"weights":"gaussian","width":4}`},
		{"equal widths are width and depth", Dense{Activation: activation.MustParse("elu"), WeightStd: 1, Widths: []int{4, 4, 4, 4}},
			`{"activation":"elu(1)","depth":3,"kind":"dense","weight_std":1,"weights":"gaussian","width":4}`},
		{"all fields", Dense{
			Activation: activation.MustParse("tanh"), Weights: OrthogonalWeights, WeightStd: 1.5, BiasStd: 1e-5,
			Widths: []int{2, 3}, Input: []float64{0.1, -1},
		}, `{"activation":"tanh","bias_std":0.00001,"input":[0.1,-1],"kind":"dense","weight_std":1.5,"weights":"orthogonal","widths":[2,3]}`},
		{"every field of an architecture", Dense{
			Activation: activation.MustParse("tanh"), Weights: SparseWeights, Density: 0.25, WeightStd: 1, Width: 2, Depth: 3, Batch: 2, Angle: 0.5,
			Norm: LayerNorm, NormAfter: true, Epsilon: 0.1, Skip: true, Alpha: 0.7, Tied: true,
		}, `{"activation":"tanh","alpha":0.7,"angle":0.5,"batch":2,"density":0.25,"depth":3,"epsilon":0.1,"kind":"dense",` +
			`"norm":"layer","norm_after":true,"tied":true,"weight_std":1,"weights":"sparse","width":2}`},
		{"an input of another scale", Dense{Activation: activation.MustParse("elu"), WeightStd: 1, Width: 4, Depth: 3, InputScale: 0.5},
			`{"activation":"elu(1)","depth":3,"input_scale":0.5,"kind":"dense","weight_std":1,"weights":"gaussian","width":4}`},
		{"an input of scale 1 is the default", Dense{Activation: activation.MustParse("elu"), WeightStd: 1, Width: 4, Depth: 3, InputScale: 1},
			`{"activation":"elu(1)","depth":3,"kind":"dense","weight_std":1,"weights":"gaussian","width":4}`},
		{"scaled orthogonal weights", Dense{Activation: activation.MustParse("tanh"), Weights: ScaledOrthogonalWeights, WeightStd: 1, Widths: []int{3, 2, 4}},
			`{"activation":"tanh","kind":"dense","weight_std":1,"weights":"orthogonal_scaled","widths":[3,2,4]}`},
		{"are orthogonal where no layer expands", Dense{Activation: activation.MustParse("tanh"), Weights: ScaledOrthogonalWeights, WeightStd: 1, Widths: []int{4, 3, 3}},
			`{"activation":"tanh","kind":"dense","weight_std":1,"weights":"orthogonal","widths":[4,3,3]}`},
		{"a branch of 0 is told from none; a batch of 1 is none", Dense{
			Activation: activation.MustParse("tanh"), WeightStd: 1, Width: 2, Depth: 3, Batch: 1, Skip: true,
		}, `{"activation":"tanh","alpha":0,"depth":3,"kind":"dense","weight_std":1,"weights":"gaussian","width":2}`},
	} {
		if got := tt.d.Canonical(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.reason, got, tt.want)
		}
	}
	defer func() {
		if p, _ := recover().(string); !strings.HasPrefix(p, "model: ") {
			t.Errorf("got panic %q, want one of the package", p)
		}
	}()
	Dense{}.Canonical()
}

// TestDense_property: the text is sorted JSON, and two networks have one text exactly
// when they have the same layers and the same other fields.
func TestDense_property(t *testing.T) {
	draw := func(t *rapid.T) Dense {
		d := Dense{
			Activation: rapid.SampledFrom(activation.All()[:2]).Draw(t, "activation"),
			Weights:    rapid.SampledFrom([]WeightLaw{0, 1, 2, 3, ScaledOrthogonalWeights}).Draw(t, "weights"),
			InputScale: rapid.SampledFrom([]float64{0, 1, 2.5}).Draw(t, "input scale"),
			WeightStd:  rapid.SampledFrom([]float64{1, 2.5}).Draw(t, "std"),
			BiasStd:    rapid.SampledFrom([]float64{0, 1e-30}).Draw(t, "bias"),
		}
		if rapid.Bool().Draw(t, "architecture") {
			d.Batch, d.Norm, d.NormAfter = 2, Norm(rapid.IntRange(1, 3).Draw(t, "norm")), rapid.Bool().Draw(t, "after")
			d.Epsilon = rapid.SampledFrom([]float64{0, 1}).Draw(t, "epsilon")
			d.Skip, d.Tied = rapid.Bool().Draw(t, "skip"), rapid.Bool().Draw(t, "tied")
		}
		if rapid.Bool().Draw(t, "square") || d.Skip || d.Tied {
			d.Width, d.Depth = rapid.IntRange(1, 2).Draw(t, "width"), rapid.IntRange(1, 2).Draw(t, "depth")
		} else {
			d.Widths = rapid.SliceOfN(rapid.IntRange(1, 2), 2, 3).Draw(t, "widths")
		}
		return d
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t), draw(t)
		if err := a.Validate(); err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := json.Unmarshal([]byte(a.Canonical()), &tree); err != nil {
			t.Fatal(err)
		}
		var names []string
		for name := range tree {
			names = append(names, name)
		}
		slices.Sort(names)
		at := 0
		for _, name := range names {
			next := strings.Index(a.Canonical(), `"`+name+`":`)
			if next < at {
				t.Fatalf("keys of %s are not sorted", a.Canonical())
			}
			at = next
		}
		texts := a.Canonical() == b.Canonical()
		same := slices.Equal(a.Layers(), b.Layers())
		for _, d := range []*Dense{&a, &b} { // what is the same random network
			if d.InputScale = d.Scale(); d.Weights == ScaledOrthogonalWeights && !d.expands() {
				d.Weights = OrthogonalWeights
			}
		}
		a.Width, a.Depth, a.Widths = b.Width, b.Depth, b.Widths
		if same = same && reflect.DeepEqual(a, b); same != texts {
			t.Fatalf("%v and %v: the same %v, texts the same %v", a, b, same, texts)
		}
	})
}

func TestParseWeightLaw(t *testing.T) {
	for w := GaussianWeights; w <= ScaledOrthogonalWeights; w++ {
		if got, err := ParseWeightLaw(w.String()); err != nil || got != w {
			t.Errorf("ParseWeightLaw(%q) = %v, %v", w, got, err)
		}
	}
	if _, err := ParseWeightLaw("dense"); err == nil || err.Error() != `weights "dense": want gaussian, uniform, rademacher, orthogonal, sparse, orthogonal_scaled` {
		t.Errorf("unknown law: got error %v", err)
	}
	if got := WeightLaw(9).String(); got != "weights(9)" {
		t.Errorf("got %q", got)
	}
}

func TestParseNorm(t *testing.T) {
	for n := NoNorm; n <= RMSNorm; n++ {
		if got, err := ParseNorm(n.String()); err != nil || got != n {
			t.Errorf("ParseNorm(%q) = %v, %v", n, got, err)
		}
	}
	if _, err := ParseNorm("group"); err == nil || err.Error() != `norm "group": want none, batch, layer, rms` {
		t.Errorf("unknown norm: got error %v", err)
	}
	if got := Norm(9).String(); got != "norm(9)" {
		t.Errorf("got %q", got)
	}
}

func TestDense_Inputs(t *testing.T) {
	for batch, want := range map[int]int{0: 1, 1: 1, 7: 7} {
		if got := (Dense{Batch: batch}).Inputs(); got != want {
			t.Errorf("batch %d: %d inputs, want %d", batch, got, want)
		}
	}
}

// TestDense_WeightVariance: that of the definition, by layer.
func TestDense_WeightVariance(t *testing.T) {
	for _, tt := range []struct {
		weights WeightLaw
		want    [3]float64 // of layers 4 → 2 → 8 → 8
	}{
		{GaussianWeights, [3]float64{9, 9, 9}}, {OrthogonalWeights, [3]float64{9, 2.25, 9}}, {ScaledOrthogonalWeights, [3]float64{9, 9, 9}},
	} {
		d := Dense{Activation: activation.MustParse("tanh"), Weights: tt.weights, WeightStd: 3, Widths: []int{4, 2, 8, 8}}
		for l := 1; l <= 3; l++ {
			if got := d.WeightVariance(l); got != tt.want[l-1] {
				t.Errorf("%v, layer %d: %v, want %v", tt.weights, l, got, tt.want[l-1])
			}
		}
	}
	if got := (Dense{Width: 3, Depth: 2, WeightStd: 3, Weights: OrthogonalWeights}).WeightVariance(2); got != 9 {
		t.Errorf("equal widths: %v, want 9", got)
	}
}
