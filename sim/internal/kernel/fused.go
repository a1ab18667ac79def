package kernel

import "gradchain/sim/internal/kernel/xoshiro"

// Sigmas are the standard deviations of w and z.
type Sigmas struct{ W, Z float64 }

// Normals multiplies product i by w·φ′(z), in each of n steps, w and z normal with mean 0
// and the given standard deviations, drawn from the next words of s: what Fill,
// NormalPairs, Affine, DPhi and Multiply do in turn, without a visit to memory. It reports
// false, and does nothing, where the level in use has no such function.
func (p *LogAccumulator) Normals(s *xoshiro.Lanes, n int, phi Activation, sigma Sigmas) bool {
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
	if !(n > 0 && scale > 0 && sigma.Z >= 1/tame && float64(most*float64(scale*sigma.Z)) < -lowest*ln2Hi &&
		sigma.W >= 1/tame && sigma.W <= tame && len(p.m) >= 4*width && len(p.m)%width == 0) {
		return false
	}
	return vectorNormals(p, s, n, scale, sigma)
}
