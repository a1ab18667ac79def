package props

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	theory "gradchain/theory/recurrent"
)

// Powers of a matrix that is not normal, and the slope of one tanh unit.

// jordanAt is the linear recurrence h ← Ah, A = [[ρ, k], [0, ρ]].
type jordanAt struct {
	SpectralRadius float64 `json:"spectral_radius"`
	Coupling       float64 `json:"coupling"`
	Steps          int     `json:"steps"`
}

func (c jordanAt) command() string {
	return fmt.Sprintf("gradchain theory recurrent.jordan_norm spectral_radius=%v coupling=%v steps=%d", c.SpectralRadius, c.Coupling, c.Steps)
}

func drawJordan(t *rapid.T) jordanAt {
	return jordanAt{
		SpectralRadius: gen.Decimals(0.1, 0.99, 0.01).Draw(t, "spectral radius"),
		Coupling:       gen.Decimals(0, 20, 0.1).Draw(t, "coupling"),
		Steps:          gen.Depths(1, 100).Draw(t, "steps"),
	}
}

// logNorms are log‖A^t‖₂, t = 0 … steps, by multiplication.
func (c jordanAt) logNorms(steps int) []float64 {
	a, power := mat.NewDense(2, 2, []float64{c.SpectralRadius, c.Coupling, 0, c.SpectralRadius}), mat.NewDense(2, 2, []float64{1, 0, 0, 1})
	norms, scale := []float64{0}, 0.0
	for range steps {
		var next mat.Dense
		next.Mul(a, power)
		size := mat.Max(&next)
		power.Scale(1/size, &next)
		scale += math.Log(size)
		norms = append(norms, scale+math.Log(singularValues(power)[0]))
	}
	return norms
}

func radiusShrinks() *Claim {
	below := func(bound func(c jordanAt) float64) func(jordanAt) finding {
		return func(c jordanAt) finding {
			norm := c.logNorms(c.Steps)[c.Steps]
			return finding{
				Residual: norm - bound(c), Tolerance: 64 * float64(c.Steps) * ulp,
				Text: fmt.Sprintf("‖A^%d‖ = %.6g, wanted at most %.4g", c.Steps, math.Exp(norm), math.Exp(bound(c))),
			}
		}
	}
	witness, half := jordanAt{0.9, 10, 9}, jordanAt{0.5, 1, 5}
	return &Claim{
		ID: "T3", Family: "recurrent", Kind: Deterministic, Expected: evidence.Refuted, Correction: "T3.corrected",
		Plain:    "Eigenvalues below 1 allow gradients to grow for a while first.",
		Why:      "A matrix that is not normal has powers that rise before they fall.",
		See:      []string{"T3.corrected"},
		Sentence: "With a spectral radius of W below 1 gradients through time only shrink.",
		Source:   Source{Paper: "common reading of the eigenvalue condition, as in Pascanu et al. 2013, section 2.1"}, Assumption: "linear units", Unit: "nats",
		Domain: "A = [[ρ, k], [0, ρ]], 0.8 ≤ ρ ≤ 0.99, 5 ≤ k ≤ 20, 5 to 100 steps",
		Test:   "‖A^T‖₂ ≤ 1",
		trial: &exact[jordanAt]{
			draw: func(t *rapid.T) jordanAt {
				return jordanAt{
					SpectralRadius: gen.Decimals(0.8, 0.99, 0.01).Draw(t, "spectral radius"),
					Coupling:       gen.Decimals(5, 20, 0.5).Draw(t, "coupling"),
					Steps:          gen.Depths(5, 100).Draw(t, "steps"),
				}
			},
			most: 4, always: []jordanAt{witness, {0.99, 1, 99}},
			check: below(func(jordanAt) float64 { return 0 }), command: jordanAt.command,
			mutants: []exactMutant[jordanAt]{
				{"as the spectral radius: ρ^T", below(func(c jordanAt) float64 { return float64(c.Steps) * math.Log(c.SpectralRadius) }), []jordanAt{witness, half}},
				{"as the largest entry: k·ρ^(T−1), without the T of Tk·ρ^(T−1)", below(func(c jordanAt) float64 {
					return math.Log(c.Coupling) + float64(c.Steps-1)*math.Log(c.SpectralRadius)
				}), []jordanAt{witness, half}},
			},
		},
	}
}

// transient checks the norms of all powers up to three times the peak against law, and
// that peak against the largest of them.
func transient(law func(c jordanAt, t int) float64, peak func(c jordanAt) (steps, norm float64)) func(jordanAt) finding {
	return func(c jordanAt) finding {
		at, top := peak(c)
		steps := 3*int(at) + 5
		norms := c.logNorms(steps)
		worst, largest := 0.0, norms[1]
		for t := 1; t <= steps; t++ {
			worst = max(worst, math.Abs(norms[t]-law(c, t)))
			largest = max(largest, norms[t])
			if t > int(at) { // it falls from there on
				worst = max(worst, norms[t]-norms[t-1])
			}
		}
		return finding{
			Residual: max(worst, math.Abs(largest-math.Log(top))), Tolerance: 64 * float64(steps) * ulp,
			Text: fmt.Sprintf("largest ‖A^t‖ = %.6g, claimed %.6g at t = %v", math.Exp(largest), top, at),
		}
	}
}

// shear is log‖A^t‖ = t·log ρ + f(tk/2ρ).
func shear(f func(x float64) float64) func(c jordanAt, t int) float64 {
	return func(c jordanAt, t int) float64 {
		return float64(t)*math.Log(c.SpectralRadius) + f(float64(t)*c.Coupling/(2*c.SpectralRadius))
	}
}

func radiusTransient() *Claim {
	peak := func(c jordanAt) (float64, float64) {
		steps, err := theory.JordanPeakSteps(c.SpectralRadius, c.Coupling)
		if err != nil {
			panic("props: " + err.Error())
		}
		norm, err := theory.JordanPeakNorm(c.SpectralRadius, c.Coupling)
		if err != nil {
			panic("props: " + err.Error())
		}
		return steps, norm
	}
	first := func(c jordanAt) (float64, float64) {
		return 1, math.Exp(shear(math.Asinh)(c, 1))
	}
	nine := jordanAt{SpectralRadius: 0.9, Coupling: 10}
	return &Claim{
		ID: "T3.corrected", Family: "recurrent", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "Eigenvalues decide in the end only; before, a coupling can raise gradients 39-fold.",
		Why:      "The norm of a power of [[ρ, k], [0, ρ]] in closed form: ρ^t exp arsinh(tk/2ρ).",
		See:      []string{"T3"},
		Sentence: "With a spectral radius ρ below 1 gradients shrink in the end; before, a coupling k lets them rise: ‖A^t‖ = ρ^t exp arsinh(tk/2ρ), to 38.7 at t = 9 for ρ = 0.9 and k = 10.",
		Source:   Source{Paper: "elementary; Trefethen & Embree 2005, Spectra and Pseudospectra", Eq: "on transients of non-normal matrices"}, Assumption: "linear units", Unit: "nats",
		Domain: "A = [[ρ, k], [0, ρ]], 0.1 ≤ ρ ≤ 0.99, 0 ≤ k ≤ 20, all t up to three times the peak's",
		Test:   "log‖A^t‖₂ by multiplication equals the formula, its largest value is the peak's, and it falls from there on",
		trial: &exact[jordanAt]{
			draw: func(t *rapid.T) jordanAt {
				c := drawJordan(t)
				c.Steps = 0 // all of them
				return c
			},
			most: 4, always: []jordanAt{nine, {SpectralRadius: 0.99, Coupling: 1}, {SpectralRadius: 0.5}},
			check: transient(shear(math.Asinh), peak),
			mutants: []exactMutant[jordanAt]{
				{"ρ^t alone", transient(shear(func(float64) float64 { return 0 }), peak), []jordanAt{nine}},
				{"log(1 + x) for arsinh x", transient(shear(math.Log1p), peak), []jordanAt{nine}},
				{"the peak at the first step", transient(shear(math.Asinh), first), []jordanAt{nine}},
			},
		},
	}
}

// unitAt is the recurrence h ← tanh(wh) of one unit.
type unitAt struct {
	Weight float64 `json:"w"`
}

func (c unitAt) command() string {
	return fmt.Sprintf("gradchain theory recurrent.tanh_fixed_point_slope w=%v", c.Weight)
}

// stableSlope checks a slope w(1 − h²), whose h must be a fixed point, against a bound,
// and that it falls for larger w beyond 1.
func stableSlope(slope func(w float64) float64, bound float64) func(unitAt) finding {
	return func(c unitAt) finding {
		w, s := c.Weight, slope(c.Weight)
		h := math.Sqrt(max(0, 1-s/w))
		off := math.Abs(math.Tanh(w*h) - h)
		worst := max((s-bound)/(4*ulp*bound), off/(64*ulp*max(1, w)/max(h, 1e-3)))
		if w >= 1 {
			worst = max(worst, (slope(w*1.01)-s)/(16*ulp))
		}
		return finding{Residual: worst, Tolerance: 1, Text: fmt.Sprintf("slope %.6g at h = %.6g, bound %v", s, h, bound)}
	}
}

func saturatedSlope() *Claim {
	stable := func(w float64) float64 {
		s, err := theory.TanhFixedPointSlope(w)
		if err != nil {
			panic("props: " + err.Error())
		}
		return s
	}
	return &Claim{
		ID: "T4", Family: "recurrent", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "In a single tanh unit large weights make gradients vanish, by saturation.",
		Why:      "At the stable fixed point the slope w(1 − h²) is at most 1, and h nears 1 as w grows.",
		Sentence: "In one tanh unit h = tanh(wh) large weights vanish by saturation: the slope at the stable fixed point is at most 1 for every w > 0, and falls as w grows beyond 1.",
		Source:   Source{Paper: "derived"}, Assumption: "none", Unit: "multiples of rounding",
		Domain: "w from 0.01 to 50, with 1 and its neighbours always tried",
		Test:   "tanh(wh) = h and w(1 − h²) ≤ 1, less at 1.01·w where w ≥ 1",
		trial: &exact[unitAt]{
			draw:   func(t *rapid.T) unitAt { return unitAt{gen.Decimals(0.01, 50, 0.01).Draw(t, "w")} },
			always: []unitAt{{1}, {math.Nextafter(1, 0)}, {math.Nextafter(1, 2)}, {1.000001}, {2}, {4}, {50}},
			check:  stableSlope(stable, 1), command: unitAt.command,
			mutants: []exactMutant[unitAt]{
				{"at the fixed point 0: slope w", stableSlope(func(w float64) float64 { return w }, 1), []unitAt{{2}}},
				{"at most 1/2", stableSlope(stable, 0.5), []unitAt{{1}}},
				{"1/w: saturation without the fixed point", stableSlope(func(w float64) float64 { return 1 / w }, 1), []unitAt{{2}}},
			},
		},
	}
}
