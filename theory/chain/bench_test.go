package chain

import "testing"

// BenchmarkLaw constructs laws by every route.
func BenchmarkLaw(b *testing.B) {
	for _, tc := range []struct {
		name, weight, phi string
		depth             int
	}{
		{"linear_1", "student_t(3)", "linear", 1}, {"linear_2", "normal(1)", "linear", 2}, {"linear_200", "normal(1)", "linear", 200},
		{"tanh_1", "normal(1)", "tanh", 1}, {"tanh_20", "normal(1)", "tanh", 20}, {"gelu_1", "normal(1)", "gelu", 1},
		{"gelu_20", "normal(1)", "gelu", 20}, {"algebraic_2", "uniform(1)", "tanh", 2}, {"direct", "uniform(1)", "tanh", 1},
	} {
		b.Run(tc.name, func(b *testing.B) {
			p := product(tc.weight, tc.phi, tc.depth)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Law(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCDFs evaluates points all over the window.
func BenchmarkCDFs(b *testing.B) {
	for _, tc := range []struct {
		name, weight, phi string
		depth             int
	}{
		{"table", "normal(1)", "tanh", 20}, {"normal", "lognormal(0,1)", "linear", 20}, {"gamma", "uniform(1)", "linear", 3},
		{"lattice", "rademacher(1)", "leaky_relu(0.5)", 200}, {"adaptive", "uniform(1)", "tanh", 1},
	} {
		b.Run(tc.name, func(b *testing.B) {
			l := mustLaw(b, product(tc.weight, tc.phi, tc.depth))
			xs := grid(l.given, 4096)
			for i := range xs { // out of order
				j := i * 1597 % len(xs)
				xs[i], xs[j] = xs[j], xs[i]
			}
			dst := make([]float64, len(xs))
			b.ReportAllocs()
			for b.Loop() {
				l.CDFs(dst, xs)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(xs)), "ns/point")
		})
	}
}

// BenchmarkExceedance computes one probability by tilting.
func BenchmarkExceedance(b *testing.B) {
	for _, phi := range []string{"linear", "tanh"} {
		b.Run(phi, func(b *testing.B) {
			p := product("normal(1)", phi, 50)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := p.Exceedance(0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
