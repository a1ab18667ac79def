package finite

import "math"

// Offset is how far the mean of a logarithm of a square is off its limit, and what is left
// besides, of the order 1/width² as long as that is small.
type Offset struct{ Off, Rest float64 }

// parts are the gradient of a residual network of one input, ‖g‖² = rest + along·ζ² with ζ
// standard normal: what comes from the part of the output's gradient along the signal, ζ²/n
// of it, grows on its own. For homogeneous φ without biases that is all that g knows of x,
// since g·x = out at every layer.
type parts struct {
	along, rest gradient
	end         signal // x^L
}

// offset is that of log‖g‖² at a layer, where sum is the correction to the first order, x
// the signal, and limit the logarithm in the limit of infinite width. To the spread of the
// rest, and to that of ‖x^L‖²/‖x‖², which the part along the signal grows by, the mean of log
// is lower by half the variance.
func (p parts) offset(sum Correction, x signal, limit float64) Offset {
	along, rest := p.along.logSquare(), p.rest.logSquare()
	log, share := logOfSquare(along - rest)
	spread := (1-share)*sum.Variance + share*math.Abs(p.end.pp-x.pp)
	other := rest - limit // what the rest knows of the signal
	return Offset{rest + log - spread/2 - limit, sum.Layers + 1.5*(1-share)*other*other}
}

// meanLogSquare is E log ζ² = ψ(½) + log 2.
const meanLogSquare = -1.2703628454614781700237442115405789991178347070080

// logOfSquare returns E log(1 + r·ζ²) and E rζ²/(1 + rζ²), ζ standard normal, for log r, to
// about 1e-6.
func logOfSquare(logR float64) (log, share float64) {
	if logR > 60 {
		return logR + meanLogSquare, 1
	}
	r := math.Exp(logR)
	breaks := []float64{0}
	for z := min(0.5, math.Sqrt(1/r)/2); z < farOut; z += z {
		breaks = append(breaks, z)
	}
	each(append(breaks, farOut), func(z, weight float64) {
		x := r * z * z
		log += 2 * weight * math.Log1p(x)
		share += 2 * weight * x / (1 + x)
	})
	return log, share
}
