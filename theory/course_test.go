package theory

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
)

// answerTo evaluates a query as it is typed.
func answerTo(t *testing.T, query string) (Answer, error) {
	t.Helper()
	words := strings.Fields(query)
	q, err := Lookup(words[0])
	if err != nil {
		t.Fatal(err)
	}
	params, err := ParseParams(words[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return q.Evaluate(context.Background(), params)
}

// On the line χ₁ = 1 of homogeneous φ every quantity but q* has its value, at any spelling of
// the gain.
func TestCourse_homogeneousLine(t *testing.T) {
	inf := math.Inf(1)
	want := map[string]float64{
		"chi_1": 1, "chi_q": 1, "chi_c": 1, "correlation_fixed_point": 1, "xi_c": inf, "xi_q": inf,
	}
	gains := map[string][]string{
		"relu": {
			"weight_var=2", "weight_var=2.0000000000000004", "weight_var=1.9999999999999998", "weight_std=1.4142135623730951",
			"weight_std=1.414213562373095", "weight_std=1.41421356", "weight_std=1.41421356237", "weight_std=1.4142135", "weight_std=1.414214", "weight_std=1.41421",
		},
		"linear":          {"weight_std=1", "weight_var=1", "weight_var=1.0000000000000002", "weight_var=0.9999999999999999"},
		"leaky_relu(0.1)": {"weight_std=1.4071950894605838", "weight_std=1.407195", "weight_var=1.9801980198019802", "weight_var=1.980198"},
		"leaky_relu(-1)":  {"weight_std=1"},
	}
	for phi, spelled := range gains {
		for _, gain := range spelled {
			for name, value := range want {
				for _, from := range []string{"", " from=1e-3", " from=700"} {
					query := fmt.Sprintf("meanfield.%s activation=%s %s%s", name, phi, gain, from)
					got, err := answerTo(t, query)
					if err != nil || !(math.Abs(got.Value-value) <= 4e-16) && got.Value != value || !strings.Contains(strings.Join(got.Notes, "\n"), "every q is a fixed point") {
						t.Errorf("%s = %v, %v, want %v", query, got, err, value)
					}
				}
			}
			if _, err := answerTo(t, "meanfield.fixed_point activation="+phi+" "+gain); err == nil || !strings.Contains(err.Error(), "every q is a fixed point") || !strings.Contains(err.Error(), "from=q") {
				t.Errorf("fixed_point of %s with %s: error %v", phi, gain, err)
			}
			if got, err := answerTo(t, "meanfield.fixed_point activation="+phi+" from=3 "+gain); got.Value != 3 || err != nil {
				t.Errorf("fixed_point of %s with %s from 3: %v, %v", phi, gain, got, err)
			}
		}
	}
}

// Next to a line the depth scales are large and finite; on the lines of other φ without biases
// they are infinite.
func TestCourse_nearLine(t *testing.T) {
	for _, tc := range []struct {
		query     string
		want, tol float64 // relative
		reason    string
	}{
		{"meanfield.xi_q activation=relu weight_var=1.999999", 1999999.5, 1e-9, "−1/log(1 − 5e-7)"},
		{"meanfield.xi_q activation=relu weight_var=1.999999999999", 2e12, 1e-9, "−1/log(1 − 5e-13): the digits of σ_w²"},
		{"meanfield.xi_q activation=relu weight_std=1.4142", 52137.14338, 1e-8, "−1/log(0.99998082): five digits are no spelling"},
		{"meanfield.xi_q activation=linear weight_std=0.999999", 499999.5 + 0.25, 1e-6, "−1/log χ"},
		{"meanfield.xi_q activation=tanh weight_std=1", math.Inf(1), 0, "q falls like 1/(2l)"},
		{"meanfield.xi_c activation=tanh weight_std=1", math.Inf(1), 0, "the limit of the map is the identity"},
		{"meanfield.xi_q activation=erf weight_std=0.886226925452758", math.Inf(1), 0, "√π/2"},
		{"meanfield.xi_q activation=erf weight_std=0.886227", math.Inf(1), 0, "√π/2 to six digits"},
		{"meanfield.chi_1 activation=erf weight_std=0.886227", 1, 1e-15, "√π/2 to six digits"},
		{"meanfield.xi_q activation=hard_tanh weight_std=1", math.Inf(1), 0, "1 at 0"},
		{"meanfield.chi_c activation=selu weight_std=0.690486", 1, 1e-15, "kinked: c* = 1"},
		{"meanfield.xi_c activation=tanh weight_std=1.122539004769576 bias_std=0.05", math.Inf(1), 0, "on the critical line to 16 digits"},
		{"meanfield.correlation_fixed_point activation=tanh weight_std=1.122539004769576 bias_std=0.05", 1, 0, "on the line"},
		{"meanfield.chi_1 activation=relu weight_var=4", 2, 1e-15, "the same at every q"},
		{"meanfield.chi_1 activation=relu weight_var=2 bias_std=0.1", 1, 1e-15, "the same at every q"},
		{"meanfield.fixed_point activation=gelu weight_std=1.5335 from=0.9", 0, 0, "below the unstable point"},
		{"meanfield.chi_1 activation=gelu weight_std=1.547009470416229 bias_std=0.2 from=0.5", 0.7755209943525338, 1e-9, "below the unstable point"},
		{"meanfield.fixed_point activation=silu weight_std=1.456947424352636 bias_std=0.5", 1.046924415073987, 1e-9, "from above, below the unstable point"},
		{"meanfield.fixed_point activation=gelu weight_std=1.399868216405820 bias_std=0.5", 6.434102486686253, 1e-9, "stable"},
		{"meanfield.fixed_point activation=tanh weight_std=1 bias_var=1e-40", 7.0710678e-21, 1e-6, "q = q + σ_b² − 2q²"},
		{"meanfield.fixed_point activation=tanh weight_std=0.5 bias_var=1e-300", 4. / 3 * 1e-300, 1e-12, "σ_b²/(1 − χ₁)"},
	} {
		got, err := answerTo(t, tc.query)
		if err != nil || !(math.Abs(got.Value-tc.want) <= tc.tol*math.Abs(tc.want)) && got.Value != tc.want || len(got.Notes) == 0 {
			t.Errorf("%s: %s = %v, %v, want %v and notes", tc.reason, tc.query, got, err, tc.want)
		}
	}
}

// A variance that runs away is said to, with what becomes of gradients.
func TestCourse_diverges(t *testing.T) {
	for _, name := range []string{"chi_1", "chi_q", "chi_c", "xi_c", "xi_q", "fixed_point", "correlation_fixed_point", "correlation_map", "correlation_map.slope", "correlation_at_depth"} {
		for _, network := range []string{
			"activation=gelu weight_std=1.5335", "activation=silu weight_std=1.6", "activation=gelu weight_std=1.547 bias_std=0.2",
			"activation=gelu weight_std=1.5335 from=1.1", "activation=softplus weight_std=2", "activation=elu weight_std=1.6",
		} {
			query := "meanfield." + name + " " + network
			if strings.HasPrefix(name, "correlation_map") || name == "correlation_at_depth" {
				query += " c=0.5"
			}
			if name == "correlation_at_depth" {
				query += " depth=3"
			}
			_, err := answerTo(t, query)
			if err == nil || !strings.Contains(err.Error(), "diverges from q = ") || !strings.Contains(err.Error(), "gradients explode, log norms grow by 0.") {
				t.Errorf("%s: error %v", query, err)
			}
		}
	}
	_, err := answerTo(t, "meanfield.chi_1 activation=gelu weight_std=1.5335")
	for _, text := range []string{"by the factor 1.176", "grow by 0.081 nats", "q = 0 (stable with χ_q = 0.5879)", "q = 1 (unstable with χ_q = 1.144)"} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("no %q in %v", text, err)
		}
	}
	for _, query := range []string{"meanfield.xi_c activation=relu weight_var=4", "meanfield.xi_q activation=relu weight_var=4", "meanfield.fixed_point activation=linear weight_std=1.1"} {
		if _, err := answerTo(t, query); err == nil || !strings.Contains(err.Error(), "diverges") {
			t.Errorf("%s: error %v", query, err)
		}
	}
	got, err := answerTo(t, "meanfield.chi_1 activation=relu weight_var=4")
	if err != nil || !strings.Contains(strings.Join(got.Notes, "\n"), "diverges") {
		t.Errorf("relu at 4: %v, %v", got, err)
	}
}

// Answers at a fixed point say which, how stable, and which others there are; gains and
// critical points say how stable they are.
func TestCourse_notes(t *testing.T) {
	for _, tc := range []struct {
		query string
		want  []string
	}{
		{"meanfield.chi_1 activation=tanh weight_std=1.5", []string{"at q* = 0.7934, stable with χ_q = 0.5047", "from q = 2.25 (σ_w² + σ_b²", "other fixed points of the variance: q = 0 (unstable with χ_q = 2.25)"}},
		{"meanfield.chi_1 activation=gelu weight_std=1.5335 from=0.5", []string{"at q* = 0, stable with χ_q = 0.5879", "q = 1 (unstable with χ_q = 1.144)"}},
		{"meanfield.xi_c activation=relu weight_std=1.41421356", []string{"taken as 1.41421356237", "relative distance 2e-09"}},
		{"meanfield.xi_c activation=linear weight_std=1", []string{"every correlation is kept"}},
		{"meanfield.critical.weight_std activation=gelu", []string{"q* = 0 is marginal with χ_q = 1", "diverges from q = 4", "begin above bias_std = 0.4158: σ_w = 1.408, q* = 3.562"}},
		{"meanfield.critical.variance activation=silu bias_std=0.5", []string{"unstable with χ_q = 1.046", "goes to q = 1.047", "bias_std = 0.7451: σ_w = 1.41, q* = 14.32"}},
		{"meanfield.critical.chi_q activation=tanh bias_std=0.5", []string{"stable with χ_q = 0.3329, and the variance goes there"}},
		{"meanfield.critical_at_variance.weight_var activation=gelu q=1", []string{"unstable"}},
		{"meanfield.critical_at_variance.bias_var activation=softplus q=1", []string{"σ_b² = -"}},
		{"meanfield.critical.min_weight_std activation=gelu", []string{"stable with χ_q = 0.98"}},
		{"meanfield.half_stable.variance activation=gelu", []string{"χ_q = χ₁ = 1"}},
		{"initializer.second_moment_gain activation=gelu", []string{"q = 1, which is then a fixed point of the variance: unstable with χ_q = 1.144", "the variance diverges from q = 2.352", "gradients explode, log norms grow by 0.081 nats a layer"}},
		{"initializer.second_moment_gain activation=tanh", []string{"q = 1, which is then a fixed point of the variance: stable with χ_q = 0.4", "gradients explode"}},
		{"initializer.second_moment_gain activation=relu", []string{"marginal with χ_q = 1", "gradients keep their size"}},
		{"initializer.variance_gain activation=gelu", []string{"no fixed point", "diverges"}},
		{"initializer.torch_gain activation=tanh", []string{"q* = 1.178, stable with χ_q = 0.4309, where χ₁ = 1.21: gradients explode, log norms grow by 0.0952 nats a layer"}},
		{"initializer.torch_gain activation=sigmoid", []string{"gradients vanish"}},
		{"isometry.spectral_variance activation=gelu ensemble=orthogonal depth=10 q=0.5", []string{"unstable"}},
		{"isometry.variance_for_spread activation=tanh depth=100 spectral_variance=0.25", []string{"q* = 0.01931 is stable"}},
	} {
		got, err := answerTo(t, tc.query)
		notes := strings.Join(got.Notes, "\n")
		for _, text := range tc.want {
			if err != nil || !strings.Contains(notes, text) {
				t.Errorf("%s: no %q in %q, %v", tc.query, text, notes, err)
			}
		}
	}
}

// No error advises a parameter that the quantity does not have.
func TestCourse_advice(t *testing.T) {
	for _, q := range Catalogue() {
		if q.Family() != "meanfield" {
			continue
		}
		for _, phi := range activation.All() {
			for _, std := range []string{"0.5", "1", "1.41421356", "2", "5"} {
				params := map[string]any{"activation": phi.String(), "weight_std": std, "c": 0.5, "depth": 3, "chi_1": 1, "q": 1}
				for name := range params {
					has := false
					for _, p := range q.Params {
						has = has || p.Name == name && (name != "q" || !p.Optional)
					}
					if !has {
						delete(params, name)
					}
				}
				_, err := q.Evaluate(context.Background(), params)
				if err != nil && (strings.Contains(err.Error(), "want q") || strings.Contains(err.Error(), "q given")) {
					t.Errorf("%s %v: %v", q.Name, params, err)
				}
			}
		}
	}
}
