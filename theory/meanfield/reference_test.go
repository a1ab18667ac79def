package meanfield

import (
	"math"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/reference"
)

// network reads a network; both of the alternatives are given as a test of an error.
func network(p reference.Params) (Network, error) {
	a, err := activation.Parse(p.Text("activation"))
	n := Network{a, p.Float("weight_var"), p.Float("bias_var")}
	if p.Has("weight_std") {
		n.WeightVar = p.Float("weight_std") * p.Float("weight_std")
	}
	if p.Has("bias_std") {
		n.BiasVar = p.Float("bias_std") * p.Float("bias_std")
	}
	if p.Has("weight_std") && p.Has("weight_var") {
		n.WeightVar = math.NaN()
	}
	return n, err
}

func ofNetwork(f func(n Network, p reference.Params) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		n, err := network(p)
		if err != nil {
			return 0, err
		}
		return f(n, p)
	}
}

// atVariance is at q, or at q* if that is not given.
func atVariance(f func(n Network, q float64) (float64, error)) reference.Function {
	return ofNetwork(func(n Network, p reference.Params) (float64, error) {
		q, err := p.Float("q"), error(nil)
		if !p.Has("q") {
			q, err = n.FixedPoint()
		}
		if err != nil {
			return 0, err
		}
		return f(n, q)
	})
}

// ofCourse is of the course from q, or from the first variance if that is not given.
func ofCourse(f func(c Course) (float64, error)) reference.Function {
	return ofNetwork(func(n Network, p reference.Params) (float64, error) {
		c, err := n.Course(p.FloatOr("q", n.FirstVariance()))
		if err != nil {
			return 0, err
		}
		return f(c)
	})
}

func ofCorrelation(f func(m *Correlation, p reference.Params) (float64, error)) reference.Function {
	return ofNetwork(func(n Network, p reference.Params) (float64, error) {
		m, err := n.Correlation()
		if p.Has("q") {
			m, err = n.CorrelationAt(p.Float("q"))
		}
		if err != nil {
			return 0, err
		}
		return f(m, p)
	})
}

func ofCritical(f func(p Critical) float64) reference.Function {
	return ofNetwork(func(n Network, _ reference.Params) (float64, error) {
		p, err := CriticalPoint(n.Activation, n.BiasVar)
		if err == nil && math.IsNaN(f(p)) {
			return 0, errEvery
		}
		return f(p), err
	})
}

type testError string

func (e testError) Error() string { return string(e) }

const errEvery = testError("every q is one")

func ofHalfStable(f func(q float64, n Network) float64) reference.Function {
	return ofNetwork(func(n Network, _ reference.Params) (float64, error) {
		q, n, err := HalfStable(n.Activation)
		return f(q, n), err
	})
}

func ofKernel(pick func(value, slope float64) float64) reference.Function {
	return ofNetwork(func(n Network, p reference.Params) (float64, error) {
		k, err := gauss.NewKernel(n.Activation, p.Float("q"))
		if err != nil {
			return 0, err
		}
		return pick(k.Both(p.Float("c"))), nil
	})
}

var functions = map[string]reference.Function{
	"meanfield.variance_map": ofNetwork(func(n Network, p reference.Params) (float64, error) { return n.VarianceMap(p.Float("q")) }),
	"meanfield.fixed_point":  ofNetwork(func(n Network, _ reference.Params) (float64, error) { return n.FixedPoint() }),
	"meanfield.variance_at_depth": ofNetwork(func(n Network, p reference.Params) (float64, error) {
		return n.VarianceAtDepth(p.Float("q"), p.Int("depth"))
	}),
	"meanfield.chi_1":                   atVariance(Network.Chi1),
	"meanfield.chi_q":                   atVariance(Network.ChiQ),
	"meanfield.xi_q":                    ofCourse(Course.XiQ),
	"meanfield.kernel":                  ofKernel(func(value, _ float64) float64 { return value }),
	"meanfield.derivative_kernel":       ofKernel(func(_, slope float64) float64 { return slope }),
	"meanfield.correlation_map":         ofCorrelation(func(m *Correlation, p reference.Params) (float64, error) { return m.Map(p.Float("c")) }),
	"meanfield.correlation_map.slope":   ofCorrelation(func(m *Correlation, p reference.Params) (float64, error) { return m.Slope(p.Float("c")) }),
	"meanfield.correlation_fixed_point": ofCorrelation(func(m *Correlation, _ reference.Params) (float64, error) { return m.FixedPoint(), nil }),
	"meanfield.chi_c":                   ofCorrelation(func(m *Correlation, _ reference.Params) (float64, error) { return m.Chi(m.FixedPoint()), nil }),
	"meanfield.xi_c":                    ofCorrelation(func(m *Correlation, _ reference.Params) (float64, error) { return m.Xi(m.FixedPoint()), nil }),
	"meanfield.correlation_at_depth": ofCorrelation(func(m *Correlation, p reference.Params) (float64, error) {
		return m.AtDepth(p.Float("c"), p.Int("depth"))
	}),
	"meanfield.relu_correlation_rate": func(p reference.Params) (float64, error) { return ReLUCorrelationRate(p.Int("depth")) },
	"meanfield.critical.weight_std":   ofCritical(func(p Critical) float64 { return math.Sqrt(p.WeightVar) }),
	"meanfield.critical.variance":     ofCritical(func(p Critical) float64 { return p.Variance }),
	"meanfield.critical.chi_q":        ofCritical(func(p Critical) float64 { return p.ChiQ }),
	"meanfield.critical.min_weight_std": ofNetwork(func(n Network, _ reference.Params) (float64, error) {
		return MinCriticalWeightStd(n.Activation)
	}),
	"meanfield.critical_at_variance.weight_var": ofNetwork(func(n Network, p reference.Params) (float64, error) {
		return CriticalWeightVar(n.Activation, p.Float("q"))
	}),
	"meanfield.critical_at_variance.bias_var": ofNetwork(func(n Network, p reference.Params) (float64, error) {
		return CriticalBiasVar(n.Activation, p.Float("q"))
	}),
	"meanfield.half_stable.variance":   ofHalfStable(func(q float64, _ Network) float64 { return q }),
	"meanfield.half_stable.weight_var": ofHalfStable(func(_ float64, n Network) float64 { return n.WeightVar }),
	"meanfield.half_stable.bias_var":   ofHalfStable(func(_ float64, n Network) float64 { return n.BiasVar }),
	"meanfield.squared_gradient_ratio": func(p reference.Params) (float64, error) {
		return SquaredGradientRatio(p.Float("chi_1"), p.Int("depth"))
	},
}

// The values of other sources, at their own tolerances.
func TestGolden(t *testing.T) {
	reference.Check(t, "testdata/golden.jsonl", 0, functions)
}

// Our own values, mpmath 1.3 at 30 digits (testdata/reference.py), to 1e-10.
func TestReference(t *testing.T) {
	reference.Check(t, "testdata/reference.jsonl", 1e-10, functions)
}
