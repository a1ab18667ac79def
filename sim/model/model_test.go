package model

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/theory/activation"
	"gradchain/theory/law"
)

func valid() Chain {
	return Chain{Activation: activation.MustParse("tanh"), Weight: law.MustParse("normal(1)"), Depth: 10}
}

func TestValidate(t *testing.T) {
	normal := law.MustParse("normal(1)")
	tests := []struct {
		reason string
		change func(*Chain)
		want   []string // one for each error, in order
	}{
		{"the shortest valid chain", func(*Chain) {}, nil},
		{"depth one", func(c *Chain) { c.Depth = 1 }, nil},
		{"a million layers", func(c *Chain) { c.Depth = 1_000_000 }, nil},
		{"the deepest chain", func(c *Chain) { c.Depth = MaxDepth }, nil},
		{"depth missing", func(c *Chain) { c.Depth = 0 }, []string{"depth 0: want 1 to 100000000"}},
		{"depth negative", func(c *Chain) { c.Depth = -3 }, []string{"depth -3: want 1 to 100000000"}},
		{"depth 1e9", func(c *Chain) { c.Depth = 1_000_000_000 }, []string{"depth 1000000000: want 1 to 100000000"}},
		{"kind unknown", func(c *Chain) { c.Kind = 7 }, []string{"kind 7: want independent, forward or normalized"}},
		{"zero chain: everything is reported", func(c *Chain) { *c = Chain{} }, []string{
			"activation missing: want a name such as tanh",
			"weight missing: want a law such as normal(sigma=1)",
			"depth 0: want 1 to 100000000",
		}},
		{"fields of other kinds on an independent chain", func(c *Chain) {
			c.Bias, c.Input, c.Batch, c.Epsilon = normal, normal, 4, 1e-5
		}, []string{
			"epsilon 1e-05: only a normalized chain has one, leave it out",
			"bias normal(sigma=1): an independent chain has none, leave it out",
			"input normal(sigma=1): an independent chain has none, leave it out",
			"batch 4: an independent chain has none, leave it out",
		}},
		{"a mixture of weights", func(c *Chain) { c.Weight = law.MustParse("mixture(0.9,normal(1),0.1,constant(0))") }, nil},
		{"a mixture outside float64", func(c *Chain) {
			c.Weight = law.MustParse("mixture(0.5,normal(1),0.4,lognormal(800,1),0.1,constant(0))")
		},
			[]string{"weight mixture(0.5,normal(sigma=1),0.4,lognormal(mu=800,tau=1),0.1,constant(value=0)): it is outside the range of float64, " +
				"2.2e-308 to 1.8e308, with probability 0.4; want a law inside"}},
		{"a mixture of pre-activations", func(c *Chain) { c.PreActivation = law.MustParse("mixture(0.5,normal(1),0.5,normal(2))") },
			[]string{"preactivation mixture(0.5,normal(sigma=1),0.5,normal(sigma=2)): want one law such as normal(sigma=1), a mixture is for the weights"}},
		{"a mixture of biases and inputs", func(c *Chain) {
			c.Kind, c.Bias, c.Input = Forward, law.MustParse("mixture(0.5,normal(1),0.5,constant(0))"), law.MustParse("mixture(0.5,normal(1),0.5,constant(1))")
		}, []string{
			"bias mixture(0.5,normal(sigma=1),0.5,constant(value=0)): want one law such as normal(sigma=1), a mixture is for the weights",
			"input mixture(0.5,normal(sigma=1),0.5,constant(value=1)): want one law such as normal(sigma=1), a mixture is for the weights",
		}},
		{"a batch that a weight of 0 makes equal", func(c *Chain) {
			c.Kind, c.Batch, c.Weight = Normalized, 4, law.MustParse("mixture(0.9,normal(1),0.1,constant(0))")
		}, []string{"weight mixture(0.9,normal(sigma=1),0.1,constant(value=0)): w = 0 makes all inputs of a batch equal, which can't be normalised; want a law without an atom at 0"}},
		{"forward with its fields", func(c *Chain) { c.Kind, c.Bias, c.Input, c.Batch = Forward, normal, normal, 2 }, nil},
		{"forward with a pre-activation", func(c *Chain) { c.Kind, c.PreActivation = Forward, normal },
			[]string{"preactivation normal(sigma=1): a forward chain computes its own, leave it out"}},
		{"a batch of one", func(c *Chain) { c.Kind, c.Batch = Forward, 1 }, []string{"batch 1: want at least 2, or 0 for one input"}},
		{"a negative batch", func(c *Chain) { c.Kind, c.Batch = Normalized, -1 }, []string{"batch -1: want at least 0"}},
		{"normalized", func(c *Chain) { c.Kind, c.Batch, c.Epsilon = Normalized, 2, 1e-5 }, nil},
		{"normalized without a batch", func(c *Chain) { c.Kind = Normalized }, []string{"batch 0: a normalized chain needs at least 2"}},
		{"epsilon negative", func(c *Chain) { c.Kind, c.Batch, c.Epsilon = Normalized, 2, -1 },
			[]string{"epsilon -1: want a finite number that is at least 0"}},
		{"epsilon NaN", func(c *Chain) { c.Kind, c.Batch, c.Epsilon = Normalized, 2, math.NaN() },
			[]string{"epsilon NaN: want a finite number that is at least 0"}},
		{"epsilon infinite", func(c *Chain) { c.Kind, c.Batch, c.Epsilon = Normalized, 2, math.Inf(1) },
			[]string{"epsilon +Inf: want a finite number that is at least 0"}},
		{"as much as is stored", func(c *Chain) { c.Kind, c.Batch, c.Depth = Normalized, 4, MaxStored/4 }, nil},
		{"more than is stored", func(c *Chain) { c.Kind, c.Batch, c.Depth = Normalized, 4, MaxStored/4+1 },
			[]string{"depth 1048577 times batch 4: want at most 4194304"}},
		{"a batch that would overflow a product", func(c *Chain) { c.Kind, c.Batch, c.Depth = Normalized, math.MaxInt, 4 },
			[]string{"batch 9223372036854775807: want at most 4194304"}},
		{"a large batch left unnormalised", func(c *Chain) { c.Kind, c.Batch, c.Depth = Forward, MaxStored, MaxDepth }, nil},
	}
	for _, tt := range tests {
		c := valid()
		tt.change(&c)
		got := ""
		if err := c.Validate(); err != nil {
			got = err.Error()
		}
		if want := strings.Join(tt.want, "\n"); got != want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, want)
		}
	}
}

func TestCanonical(t *testing.T) {
	tests := []struct {
		reason string
		change func(*Chain)
		want   string
	}{
		{"the default pre-activation is spelled out", func(*Chain) {},
			`{"activation":"tanh","depth":10,"kind":"independent","preactivation":"normal(sigma=1)","weight":"normal(sigma=1)"}`},
		{"a linear chain has no pre-activations to draw", func(c *Chain) {
			c.Activation, c.PreActivation = activation.MustParse("linear"), law.MustParse("cauchy(3)")
		}, `{"activation":"linear","depth":10,"kind":"independent","weight":"normal(sigma=1)"}`},
		{"one input is 1 by default", func(c *Chain) { c.Kind = Forward },
			`{"activation":"tanh","depth":10,"input":"constant(value=1)","kind":"forward","weight":"normal(sigma=1)"}`},
		{"all fields", func(c *Chain) {
			c.Kind, c.Batch, c.Epsilon, c.Bias = Normalized, 8, 1e-5, law.MustParse("uniform(0.1)")
			c.Activation, c.Weight = activation.MustParse("elu"), law.MustParse("normal(1,0.5)")
		}, `{"activation":"elu(1)","batch":8,"bias":"uniform(a=0.1)","depth":10,"epsilon":0.00001,` +
			`"input":"normal(sigma=1)","kind":"normalized","weight":"normal(mu=1,sigma=0.5)"}`},
	}
	for _, tt := range tests {
		c := valid()
		tt.change(&c)
		if got := c.Canonical(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.reason, got, tt.want)
		}
	}
}

func TestCanonical_panicsOnInvalid(t *testing.T) {
	defer func() {
		if p, _ := recover().(string); !strings.HasPrefix(p, "model: ") {
			t.Errorf("got panic %q, want one of the package", p)
		}
	}()
	Chain{}.Canonical()
}

func TestParseKind(t *testing.T) {
	for k := Independent; k <= Normalized; k++ {
		if got, err := ParseKind(k.String()); err != nil || got != k {
			t.Errorf("ParseKind(%q) = %v, %v", k, got, err)
		}
	}
	if _, err := ParseKind("dense"); err == nil || err.Error() != `kind "dense": want independent, forward, normalized` {
		t.Errorf("unknown kind: got error %v", err)
	}
	if got := Kind(9).String(); got != "kind(9)" {
		t.Errorf("got %q", got)
	}
}

// chains draws valid chains.
func chains(t *rapid.T) Chain {
	laws := rapid.OneOf(rapid.Just(law.Law{}), rapid.SampledFrom(law.All()))
	c := Chain{
		Kind:       Kind(rapid.IntRange(0, 2).Draw(t, "kind")),
		Activation: rapid.SampledFrom(activation.All()).Draw(t, "activation"),
		Weight:     rapid.SampledFrom(law.All()).Draw(t, "weight"),
		Depth:      rapid.IntRange(1, 1000).Draw(t, "depth"),
	}
	switch c.Kind {
	case Independent:
		c.PreActivation = laws.Draw(t, "preactivation")
		return c
	case Normalized:
		c.Epsilon = rapid.Float64Range(0, 1).Draw(t, "epsilon")
		c.Batch = rapid.IntRange(2, 64).Draw(t, "batch")
	case Forward:
		c.Batch = rapid.SampledFrom([]int{0, 2, 64}).Draw(t, "batch")
	}
	c.Bias, c.Input = laws.Draw(t, "bias"), laws.Draw(t, "input")
	return c
}

// TestCanonical_property: the text is JSON with sorted keys, and two chains have
// one text exactly when they are equal with their defaults.
func TestCanonical_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := chains(t), chains(t)
		for _, c := range []Chain{a, b} {
			if err := c.Validate(); err != nil {
				t.Fatal(err)
			}
			var tree map[string]any
			if err := json.Unmarshal([]byte(c.Canonical()), &tree); err != nil {
				t.Fatal(err)
			}
			sorted, _ := json.Marshal(tree)
			var again map[string]any
			if err := json.Unmarshal(sorted, &again); err != nil || len(again) != len(tree) {
				t.Fatal(err)
			}
			if keys(c.Canonical()) != keys(string(sorted)) {
				t.Fatalf("keys of %s are not sorted", c.Canonical())
			}
		}
		if (a.WithDefaults() == b.WithDefaults()) != (a.Canonical() == b.Canonical()) {
			t.Fatalf("%v and %v: texts %s and %s", a, b, a.Canonical(), b.Canonical())
		}
		if a.WithDefaults().Canonical() != a.Canonical() {
			t.Fatalf("defaults change the text %s", a.Canonical())
		}
	})
}

// keys returns the keys of a flat JSON object in order of appearance.
func keys(text string) string {
	var out []string
	d := json.NewDecoder(strings.NewReader(text))
	for i := 0; ; i++ {
		token, err := d.Token()
		if err != nil {
			return strings.Join(out, " ")
		}
		if i%2 == 1 { // { key value key value … }
			if key, ok := token.(string); ok {
				out = append(out, key)
			}
		}
	}
}
