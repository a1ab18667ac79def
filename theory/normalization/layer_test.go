package normalization

import (
	"bufio"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/quad"
	"gradchain/theory/special"
)

var inf = math.Inf(1)

// layerOf returns a layer that exists.
func layerOf(t testing.TB, name string, batch int) *BatchLayer {
	t.Helper()
	l, err := NewBatchLayer(activation.MustParse(name), batch)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func momentsOf(t testing.TB, name string, batch int, tau float64) BatchMoments {
	t.Helper()
	m, err := layerOf(t, name, batch).Moments(tau)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The sphere of B − 1 dimensions in its own coordinates, three integrals nested by tanh-sinh
// rules in numpy (testdata/layer.py): smooth φ and kinked ones, with and without ε.
func TestMoments_reference(t *testing.T) {
	file, err := os.Open("testdata/layer.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	for lines := bufio.NewScanner(file); lines.Scan(); rows++ {
		var r struct {
			Activation, Tau                     string
			Batch                               int
			Mean, Square, Spread, Alone, Common float64
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		tau, err := strconv.ParseFloat(r.Tau, 64)
		if err != nil {
			t.Fatal(err)
		}
		m := momentsOf(t, r.Activation, r.Batch, tau)
		for _, tt := range []struct {
			what            string
			got, want, unit float64
		}{
			{"mean", m.Mean, r.Mean, math.Sqrt(r.Square)}, {"square", m.Square, r.Square, r.Square},
			{"spread", m.Spread, r.Spread, r.Spread}, {"alone", m.Alone, r.Alone, r.Alone}, {"common", m.Common, r.Common, r.Alone},
		} {
			if !(math.Abs(tt.got-tt.want) <= 2e-11*tt.unit) {
				t.Errorf("%s, batch %d, τ = %v: %s %v, want %v, off by %.2g", r.Activation, r.Batch, tau, tt.what, tt.got, tt.want, (tt.got-tt.want)/tt.unit)
			}
		}
	}
	if rows < 80 {
		t.Fatalf("%d rows", rows)
	}
}

// growth is that of E‖∂out/∂h‖² by layer without ε.
func growth(m BatchMoments, batch int) float64 {
	b := float64(batch)
	return (m.Alone - m.Common/b) / (m.Spread * (b - 1))
}

// Without ε the growth of linear and relu is the closed form, for any batch.
func TestMoments_closed(t *testing.T) {
	for _, name := range []string{"linear", "relu"} {
		for _, batch := range []int{4, 5, 6, 8, 17, 100, 4096, 1_000_000} {
			want := value(t)(BatchNormGradientFactor(activation.MustParse(name), batch))
			near(t, name, growth(momentsOf(t, name, batch, inf), batch), want, 1e-12*want)
		}
	}
}

// As the batch grows everything tends to what independent normal inputs have, like 1/B, for
// every activation and ε: y of variance v = τ/(1+τ).
func TestMoments_largeBatch(t *testing.T) {
	for _, a := range activation.All() {
		for _, tau := range []float64{inf, 2} {
			v := 1.0
			if tau == 2 {
				v = 2. / 3
			}
			g := must(gauss.NewMoments(a, v))
			mean, _, err := gauss.Mean(a, v)
			if err != nil {
				t.Fatal(err)
			}
			last := 0.0
			for _, batch := range []int{1000, 4000} {
				b := float64(batch)
				m := momentsOf(t, a.String(), batch, tau)
				worst := max(math.Abs(m.Square/g.Square-1), math.Abs(m.Spread/(g.Square-mean*mean)-1), math.Abs(m.Alone/b/g.SlopeSquare*v-1)/4)
				if tau == 2 {
					worst = max(math.Abs(m.Square/g.Square-1), math.Abs(m.Alone/b/g.SlopeSquare-1)/4)
				}
				if !(worst*b < 8) || batch == 4000 && !(worst < 0.3*last+1e-10) {
					t.Errorf("%v, batch %d, τ = %v: %+v, off by %v, before %v", a, batch, tau, m, worst, last)
				}
				last = worst
			}
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// Two inputs are normalised to ±√ρ; without ε to ±1, and no gradient passes.
func TestMoments_two(t *testing.T) {
	for _, a := range activation.All() {
		up, down := a.Phi(1), a.Phi(-1)
		m := momentsOf(t, a.String(), 2, inf)
		near(t, a.String(), m.Mean, (up+down)/2, 1e-15)
		near(t, a.String(), m.Square, (up*up+down*down)/2, 1e-15)
		near(t, a.String(), m.Spread, (up-down)*(up-down)/2, 1e-15)
		if m.Alone != 0 || m.Common != 0 {
			t.Errorf("%v: gradient %v and %v, want 0", a, m.Alone, m.Common)
		}
		if m := momentsOf(t, a.String(), 3, inf); !math.IsInf(m.Alone, 1) {
			t.Errorf("%v, batch 3: gradient %v, want +Inf", a, m.Alone)
		}
	}
}

// For linear φ E y² = E χ²_d/(χ²_d + e) is an exponential integral, and J 1 = 0, at any ε.
func TestMoments_linear(t *testing.T) {
	for _, batch := range []int{2, 3, 4, 5, 9, 64, 1000} {
		for _, tau := range []float64{1e-90, 1e-8, 0.1, 1, 30, 1e5, 1e12, 1e25} {
			b := float64(batch)
			d, e := b-1, b/tau
			m := momentsOf(t, "linear", batch, tau)
			hidden := e / 2 * special.ExpIntegral(d/2, e/2) // E e/(χ²+e)
			if tau >= 1e-8 {
				near(t, "square", m.Square, 1-hidden, 1e-12*max(m.Square, 1e-3))
			} else {
				near(t, "square", m.Square, d/e, 1e-13*m.Square)
			}
			near(t, "spread", m.Spread, m.Square*b/d, 1e-12*m.Spread)
			near(t, "common", m.Common, 0, 1e-11*m.Alone)
			// tr J² a = E a(d − (2−ρ)ρ)/s² with 1 − ρ = e/(χ²+e): e(d−1+(1−ρ)²)(1−ρ)/τ…
			if hidden > 1e-3 {
				// E(1−ρ)³ = e³/2·d²/dx² of E 1/(χ²+x), by the recurrence of orders
				third := cube(d, e)
				want := (1 + 1/tau) * tau * ((d-1)*hidden + third)
				near(t, "alone", m.Alone, want, 1e-10*want)
			}
		}
	}
}

// cube is E (e/(χ²_d+e))³ by quadrature over log χ².
func cube(d, e float64) float64 {
	half, _ := math.Lgamma(d / 2)
	value, _ := quad.Integrate(func(x float64) float64 {
		r := math.Exp(x)
		return math.Pow(e/(r+e), 3) * math.Exp(d/2*x-r/2-d/2*math.Ln2-half)
	}, []float64{-100, -30, -10, -3, 0, 2, 4, 6, 8}, 1e-13)
	return value
}

// The Jacobian itself: matrices (1/s)(1 − 11ᵀ/B − yyᵀ/B) of drawn h, multiplied out. A wrong
// moment is off by 5 standard errors in one of 2e6 runs; 1 % is found.
func TestMoments_drawn(t *testing.T) {
	for _, tt := range []struct {
		name  string
		batch int
		tau   float64
	}{{"tanh", 8, inf}, {"selu", 6, 2}, {"gelu", 3, 1}, {"hard_tanh", 2, 3}} {
		l := layerOf(t, tt.name, tt.batch)
		m := momentsOf(t, tt.name, tt.batch, tt.tau)
		rng := rand.New(rand.NewPCG(1, 2))
		sums := make([]drawn, 5)
		for range 20_000 {
			for i, x := range drawMoments(l, tt.tau, rng) {
				sums[i].add(x)
			}
		}
		for i, want := range []float64{m.Mean, m.Square, m.Spread, m.Alone, m.Common} {
			mean, sigma := sums[i].mean()
			if !(math.Abs(mean-want) <= 5*sigma+1e-12) {
				t.Errorf("%s, batch %d, τ = %v: moment %d is %v, drawn %v ± %v", tt.name, tt.batch, tt.tau, i, want, mean, sigma)
			}
		}
	}
}

type drawn struct{ n, sum, square float64 }

func (d *drawn) add(x float64) { d.n++; d.sum += x; d.square += x * x }

func (d *drawn) mean() (mean, sigma float64) {
	mean = d.sum / d.n
	return mean, math.Sqrt((d.square/d.n - mean*mean) / d.n)
}

// drawMoments draws h of variance a = 1 and returns what Moments averages.
func drawMoments(l *BatchLayer, tau float64, rng *rand.Rand) [5]float64 {
	b := float64(l.batch)
	y := make([]float64, l.batch)
	mean, square := 0.0, 0.0
	for i := range y {
		y[i] = rng.NormFloat64()
		mean += y[i] / b
	}
	for _, x := range y {
		square += (x - mean) * (x - mean) / b
	}
	s := math.Sqrt(square + 1/tau)
	var out [5]float64
	for i, x := range y {
		y[i] = (x - mean) / s
		f := l.activation.Phi(y[i])
		out[0] += f / b
		out[1] += f * f / b
	}
	out[2] = b / (b - 1) * (out[1] - out[0]*out[0])
	for i := range y {
		row := 0.0
		for j := range y {
			jacobian := -1/b - y[i]*y[j]/b
			if i == j {
				jacobian++
			}
			v := jacobian / s * l.activation.DPhi(y[j])
			out[3] += v * v
			row += v
		}
		out[4] += row * row
	}
	out[3] *= 1 + 1/tau
	out[4] *= 1 + 1/tau
	return out
}

// The law of one input: uniform on ±√3 for a batch of 4, the arcsine law for 3, and in general
// E max(y, 0) is the integral of P(y > z).
func TestSurvival(t *testing.T) {
	for _, z := range []float64{-1.7, -0.3, 0, 0.5, 1.2} {
		near(t, "batch 4", value(t)(layerOf(t, "relu", 4).Survival(inf, z)), 0.5-z/math.Sqrt(12), 1e-13)
		if math.Abs(z) < math.Sqrt2 {
			near(t, "batch 3", value(t)(layerOf(t, "relu", 3).Survival(inf, z)), math.Acos(z/math.Sqrt2)/math.Pi, 1e-15)
		}
	}
	near(t, "all", value(t)(layerOf(t, "relu", 9).Survival(3, -5)), 1, 1e-13)
	near(t, "none", value(t)(layerOf(t, "relu", 9).Survival(3, 5)), 0, 0)
	near(t, "an atom", value(t)(layerOf(t, "relu", 2).Survival(inf, 1)), 0.25, 0)
	for _, batch := range []int{2, 3, 4, 7, 40} {
		for _, tau := range []float64{0.1, 1, 100} {
			l := layerOf(t, "relu", batch)
			breaks := []float64{0, 0.1, 0.5, 0.9, math.Sqrt(float64(batch - 1))}
			area, _ := quad.Integrate(func(z float64) float64 { return value(t)(l.Survival(tau, z)) }, breaks, 1e-9)
			near(t, "mean of relu", area, momentsOf(t, "relu", batch, tau).Mean, 1e-8)
		}
	}
}

// Between the τ that it computes the table interpolates to 1e-10, through all magnitudes.
func TestBatchTable(t *testing.T) {
	for _, tt := range []struct {
		name  string
		batch int
	}{{"hard_tanh", 2}, {"tanh", 3}, {"relu6", 5}, {"selu", 8}, {"sigmoid", 64}} {
		if testing.Short() && tt.batch > 3 {
			continue
		}
		table := must(NewBatchTable(activation.MustParse(tt.name), tt.batch))
		for i := range 120 {
			logTau := -1 + 3*math.Mod(float64(i)*0.6180339887498949, 1)
			if i%24 == 23 {
				logTau = float64(i-60) + 0.5 // far out
			}
			got, logScale, err := table.Moments(logTau)
			if err != nil || logScale != 0 {
				t.Fatal(err, logScale)
			}
			if i%8 != 7 {
				continue
			}
			want := momentsOf(t, tt.name, tt.batch, math.Exp(logTau))
			for _, p := range [][3]float64{
				{got.Mean, want.Mean, math.Sqrt(want.Square)}, {got.Square, want.Square, want.Square}, {got.Spread, want.Spread, want.Spread},
				{got.Alone, want.Alone, want.Alone}, {got.Common, want.Common, want.Alone},
			} {
				if !(math.Abs(p[0]-p[1]) <= 1e-10*p[2]) {
					t.Fatalf("%s, batch %d, log τ = %v: %+v, want %+v", tt.name, tt.batch, logTau, got, want)
				}
			}
		}
	}
}

// Far below all scales of φ the moments scale with τ, and what is wrong is refused.
func TestBatchTable_ends(t *testing.T) {
	table := must(NewBatchTable(activation.MustParse("gelu"), 4))
	m, logScale, err := table.Moments(-1000)
	want := momentsOf(t, "gelu", 4, smallestTau)
	if err != nil || math.Abs(logScale+1000-100*math.Ln10) > 1e-6 || math.Abs(m.Square/want.Square-1) > 1e-8 {
		t.Errorf("log τ = −1000: %+v, scale %v, %v", m, logScale, err)
	}
	if m, _, err := table.Moments(inf); err != nil || m != momentsOf(t, "gelu", 4, inf) {
		t.Errorf("no ε: %+v, %v", m, err)
	}
	for _, err := range []error{
		second(NewBatchLayer(linear, 1)), second(NewBatchTable(activation.Activation{}, 4)),
		second(layerOf(t, "relu", 4).Moments(0)), second(layerOf(t, "relu", 4).Moments(math.NaN())), second(layerOf(t, "relu", 4).Survival(-1, 0)),
	} {
		if err == nil {
			t.Error("no error")
		}
	}
}

func second[T any](_ T, err error) error { return err }

// InverseSquare against drawn χ² numbers, of E s⁻⁴/(E s⁻²)² and for two inputs of s⁻¹² and s⁻⁶; to
// 3 %, of which ten standard errors are less.
func TestMoments_inverseSquare(t *testing.T) {
	for _, tt := range []struct {
		batch int
		tau   float64
	}{{2, 20}, {2, 0.5}, {3, 10}, {6, 1}, {12, inf}} {
		rng := rand.New(rand.NewPCG(5, 6))
		power := 1.0
		if tt.batch == 2 {
			power = 3
		}
		b := float64(tt.batch)
		var first, second float64
		for range 200_000 {
			square := 0.0
			for range tt.batch - 1 {
				x := rng.NormFloat64()
				square += x * x
			}
			w := math.Pow(square/b+1/tt.tau, -power)
			first += w / 200_000
			second += w * w / 200_000
		}
		want := second / (first * first)
		near(t, "inverse square", momentsOf(t, "tanh", tt.batch, tt.tau).InverseSquare, want, 0.03*want)
	}
}
