package props

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/activation"
)

// What singular values of one recurrent matrix say of gradients through time.

var pascanu = Source{Paper: "Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks", Eq: "section 2.1"}

// recurrenceAt is a recurrent network h ← φ(Wh + b) with explicit weights.
type recurrenceAt struct {
	Activation string      `json:"activation"`
	Weights    [][]float64 `json:"weights"`
	Biases     []float64   `json:"biases"`
	State      []float64   `json:"state"`
	Steps      int         `json:"steps"`
}

// resting is a recurrence without biases from the state 0, where tanh′ is 1.
func resting(steps int, weights ...[]float64) recurrenceAt {
	return recurrenceAt{"tanh", weights, make([]float64, len(weights)), make([]float64, len(weights)), steps}
}

// saturatedAtTwo is h = tanh(2h) near its stable fixed point, where the slope is 0.166.
var saturatedAtTwo = recurrenceAt{"tanh", [][]float64{{2}}, []float64{0}, []float64{0.9575}, 10}

func drawRecurrence(t *rapid.T) recurrenceAt {
	n := rapid.IntRange(1, 3).Draw(t, "width")
	numbers := func(bound float64, name string) []float64 {
		return rapid.SliceOfN(gen.Decimals(-bound, bound, 0.1), n, n).Draw(t, name)
	}
	c := recurrenceAt{
		Activation: gen.Activations("tanh", "sigmoid").Draw(t, "activation").String(),
		Biases:     make([]float64, n), State: make([]float64, n),
		Steps: gen.Depths(1, 50).Draw(t, "steps"),
	}
	for range n {
		c.Weights = append(c.Weights, numbers(4, "weights"))
	}
	if rapid.Bool().Draw(t, "driven") {
		c.Biases, c.State = numbers(1, "biases"), numbers(1, "state")
	}
	return c
}

func (c recurrenceAt) matrix() *mat.Dense {
	return mat.NewDense(len(c.Weights), len(c.Weights), slices.Concat(c.Weights...))
}

// lipschitz is γ = sup φ′.
func (c recurrenceAt) lipschitz() float64 { return activation.MustParse(c.Activation).Sup().Value }

// singularValues are those of a matrix, the largest first.
func singularValues(m mat.Matrix) []float64 {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDNone) {
		panic("props: singular values do not converge")
	}
	return svd.Values(nil)
}

func largestSingular(c recurrenceAt) float64 { return singularValues(c.matrix())[0] }

func smallestSingular(c recurrenceAt) float64 { return slices.Min(singularValues(c.matrix())) }

// spectralRadius is the largest modulus of an eigenvalue.
func spectralRadius(c recurrenceAt) float64 {
	var eigen mat.Eigen
	if !eigen.Factorize(c.matrix(), mat.EigenNone) {
		panic("props: eigenvalues do not converge")
	}
	radius := 0.0
	for _, v := range eigen.Values(nil) {
		radius = max(radius, cmplx.Abs(v))
	}
	return radius
}

// logNorm is log‖∂h_T/∂h_0‖₂, from the product of diag(φ′)·W along the path.
func (c recurrenceAt) logNorm() float64 {
	phi, w, n := activation.MustParse(c.Activation), c.matrix(), len(c.Weights)
	h, product, scale := mat.NewVecDense(n, slices.Clone(c.State)), mat.NewDense(n, n, nil), 0.0
	for i := range n {
		product.Set(i, i, 1)
	}
	for range c.Steps {
		var z mat.VecDense
		z.MulVec(w, h)
		z.AddVec(&z, mat.NewVecDense(n, c.Biases))
		var next mat.Dense
		next.Mul(w, product)
		for i := range n {
			h.SetVec(i, phi.Phi(z.AtVec(i)))
			row := next.RawRowView(i)
			for j := range row {
				row[j] *= phi.DPhi(z.AtVec(i))
			}
		}
		size := max(mat.Max(&next), -mat.Min(&next))
		if size == 0 {
			return math.Inf(-1)
		}
		product.Scale(1/size, &next)
		scale += math.Log(size)
	}
	return scale + math.Log(singularValues(product)[0])
}

// rounding bounds the error of logNorm relative to the product of the norms of its
// factors, and that of the bounds it is compared with.
func (c recurrenceAt) rounding() float64 { return 64 * float64(c.Steps*len(c.Weights)) * ulp }

// withinPower checks ‖∂h_T/∂h_0‖ ≤ (γ·value)^steps.
func withinPower(value func(recurrenceAt) float64, lipschitz func(recurrenceAt) float64, more int) func(recurrenceAt) finding {
	return func(c recurrenceAt) finding {
		s := value(c)
		norm, bound := c.logNorm(), float64(c.Steps+more)*math.Log(lipschitz(c)*s)
		f := finding{Residual: norm - bound, Tolerance: c.rounding(), Text: fmt.Sprintf("log‖∂h_T/∂h_0‖ = %.6g, T·log(γ·%.6g) = %.6g", norm, s, bound)}
		if math.IsInf(norm, -1) { // no gradient is within any bound
			f.Residual = norm
		}
		return f
	}
}

func singularBound() *Claim {
	scalar, jordan := resting(10, []float64{0.9}), resting(9, []float64{0.9, 10}, []float64{0, 0.9})
	half := recurrenceAt{"sigmoid", [][]float64{{3}}, []float64{-1.5}, []float64{0.5}, 20} // φ′ = ¼ at all steps
	quarter := func(recurrenceAt) float64 { return 0.25 }
	return &Claim{
		ID: "T1", Family: "recurrent", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "If the recurrent matrix is small enough, gradients through time must vanish.",
		Why:      "The norm of a product is at most the product of the norms, γ·σ_max at every step.",
		See:      []string{"T2.corrected"},
		Sentence: "Gradients through time vanish if the largest singular value of W is below 1/γ: ‖∂h_T/∂h_0‖ ≤ (γ·σ_max)^T with γ = sup φ′, 1 for tanh and 1/4 for the sigmoid.",
		Source:   pascanu, Assumption: "none", Unit: "nats",
		Domain: "h ← φ(Wh + b), tanh and sigmoid, width 1 to 3, |w| ≤ 4, |b| ≤ 1, |h_0| ≤ 1, 1 to 50 steps",
		Test:   "log‖∂h_T/∂h_0‖₂ ≤ T·log(γ·σ_max), with rounding of 64 units a step and unit",
		trial: &exact[recurrenceAt]{
			draw: drawRecurrence, most: 4,
			always: []recurrenceAt{scalar, jordan, half, saturatedAtTwo},
			check:  withinPower(largestSingular, recurrenceAt.lipschitz, 0),
			mutants: []exactMutant[recurrenceAt]{
				{"the spectral radius for σ_max", withinPower(spectralRadius, recurrenceAt.lipschitz, 0), []recurrenceAt{jordan}},
				{"γ = 1/4 for tanh", withinPower(largestSingular, quarter, 0), []recurrenceAt{scalar}},
				{"T + 1 steps", withinPower(largestSingular, recurrenceAt.lipschitz, 1), []recurrenceAt{scalar, half}},
			},
		},
	}
}

// needs checks that ‖∂h_T/∂h_0‖ > 1 only where γ·value > 1.
func needs(value func(recurrenceAt) float64) func(recurrenceAt) finding {
	return func(c recurrenceAt) finding {
		s := value(c)
		norm, excess := c.logNorm(), math.Log(c.lipschitz()*s)
		return finding{Residual: min(norm, -excess), Tolerance: c.rounding(), Text: fmt.Sprintf("log‖∂h_T/∂h_0‖ = %.6g with log(γ·%.6g) = %.6g", norm, s, excess)}
	}
}

func singularNecessary() *Claim {
	jordan, two := resting(9, []float64{0.9, 10}, []float64{0, 0.9}), resting(5, []float64{3, 0}, []float64{0, 0.5})
	return &Claim{
		ID: "T2.corrected", Family: "recurrent", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "A largest singular value above 1/γ is needed for explosion, not enough for it.",
		Why:      "It is the converse of the bound that makes gradients vanish.",
		See:      []string{"T1"},
		Sentence: "A largest singular value of W above 1/γ is necessary for gradients through time to exceed 1, not sufficient.",
		Source:   pascanu, Assumption: "none", Unit: "nats",
		Domain: "h ← φ(Wh + b), tanh and sigmoid, width 1 to 3, |w| ≤ 4, |b| ≤ 1, |h_0| ≤ 1, 1 to 50 steps",
		Test:   "‖∂h_T/∂h_0‖₂ > 1 implies γ·σ_max > 1",
		trial: &exact[recurrenceAt]{
			draw: drawRecurrence, most: 4,
			always: []recurrenceAt{jordan, two, saturatedAtTwo},
			check:  needs(largestSingular),
			mutants: []exactMutant[recurrenceAt]{
				{"a spectral radius above 1/γ", needs(spectralRadius), []recurrenceAt{jordan}},
				{"all singular values above 1/γ", needs(smallestSingular), []recurrenceAt{two}},
			},
		},
	}
}
