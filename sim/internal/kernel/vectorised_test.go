package kernel

import "gradchain/sim/internal/kernel/level"

// vectorised reports whether an activation has a vector version of φ or φ′ at the level
// in use.
func vectorised(phi Activation) bool {
	switch f := phi.(type) {
	case softplus:
		return softplusSlopes[level.Now] != nil
	case logSigmoid:
		return logSigmoidSlopes[level.Now] != nil
	case gated:
		return !f.cubic && siluSlopes[level.Now] != nil
	case lecunTanh:
		return lecunSlopes[level.Now] != nil
	case erf:
		return gaussianSlopes[level.Now] != nil
	case sigmoid:
		return sigmoidSlopes[level.Now] != nil && sigmoidValues[level.Now] != nil
	case tanh:
		return tanhSlopes[level.Now] != nil && tanhValues[level.Now] != nil
	case leaky, ramp:
		return stepSlopes[level.Now] != nil
	}
	return false
}

// vectorisedSampler is the same for a sampler.
func vectorisedSampler(s Sampler) bool {
	switch s.(type) {
	case uniform:
		return signeds[level.Now] != nil
	case laplace:
		return exponentials[level.Now] != nil
	case cauchy:
		return tangents[level.Now] != nil
	case normal:
		return normals[level.Now] != nil
	case lognormal:
		return lognormals[level.Now] != nil
	}
	return false
}
