package recurrent

import (
	"math"

	"gradchain/theory/internal/domain"
	"gradchain/theory/special"
)

// LSTMMemory returns σ(bias)^T, what is left after T steps through a constant forget
// gate (Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015 for
// bias 1). Domain: bias real, steps ≥ 0.
func LSTMMemory(bias float64, steps int) (float64, error) {
	log, err := LSTMLogMemory(bias, steps)
	return math.Exp(log), err
}

// LSTMLogMemory returns T·log σ(bias), finite where LSTMMemory underflows, in the same
// domain.
func LSTMLogMemory(bias float64, steps int) (float64, error) {
	if err := domain.First(domain.Real("bias", bias), domain.Integer("steps", steps, 0)); err != nil {
		return 0, err
	}
	return domain.Result("log memory", 0-float64(steps)*special.SoftPlus(-bias))
}

// LSTMHalfLife returns the number of steps, a real number, after which a constant
// forget gate has halved what it keeps: log 2/softplus(−bias) (elementary). It is an
// error above bias 710.1, where it overflows. Domain: bias real.
func LSTMHalfLife(bias float64) (float64, error) {
	if err := domain.Real("bias", bias); err != nil {
		return 0, err
	}
	life := math.Ln2 / special.SoftPlus(-bias)
	if bias > 40 { // softplus(−bias) = e^−bias to rounding, and underflows before 1/life
		life = math.E * math.Ln2 * math.Exp(bias-1)
	}
	return domain.Result("half-life", life)
}

// ChronoBias returns the forget bias log(T−1) with σ(bias) = 1 − 1/T (Tallec &
// Ollivier 2018). Domain: steps > 1.
func ChronoBias(steps int) (float64, error) {
	if err := domain.Check(steps > 1, "steps", steps, "> 1"); err != nil {
		return 0, err
	}
	return math.Log(float64(steps - 1)), nil
}

// ChronoMemory returns what a forget gate with that bias keeps after T steps,
// (1 − 1/T)^T, which tends to 1/e (elementary). Domain: steps > 1.
func ChronoMemory(steps int) (float64, error) {
	if err := domain.Check(steps > 1, "steps", steps, "> 1"); err != nil {
		return 0, err
	}
	t := float64(steps)
	return math.Exp(t * math.Log1p(-1/t)), nil
}
