package kernel

import "gradchain/sim/internal/kernel/xoshiro"

// Normals multiplies product i by w·φ′(z), w and z normal with mean 0 and the given
// standard deviations, drawn from the next words of s: what Fill, NormalPairs, Affine,
// DPhi and Multiply do in turn, without a visit to memory. It reports false, and does
// nothing, where the level in use has no such function.
func (p *LogAccumulator) Normals(s *xoshiro.Lanes, phi Activation, sigmaW, sigmaZ float64) bool {
	const (
		tame = 0x1p400 // no weight within 1/tame … tame makes a factor subnormal
		most = 9.4     // no standard normal value is larger
	)
	scale := 0.0
	switch phi.(type) {
	case sigmoid:
		scale = 1
	case tanh:
		scale = 2
	}
	// |scale·z| < 1000·log 2, so that nothing in bell is far or low
	if !(scale > 0 && sigmaZ >= 1/tame && float64(most*float64(scale*sigmaZ)) < -lowest*ln2Hi &&
		sigmaW >= 1/tame && sigmaW <= tame && len(p.m) >= 3*width && len(p.m)%width == 0) {
		return false
	}
	return vectorNormals(p, s, scale, sigmaW, sigmaZ)
}
