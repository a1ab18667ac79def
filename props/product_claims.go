package props

// productClaims are the claims about products of random matrices: linear and He-ReLU networks
// of any width.
func productClaims() []*Claim {
	return []*Claim{
		normLaw(),
		haninNicaMean(), logMean(), haninNicaVariance(), logVariance(),
		normMoment(), logNormal(), nearNormal(),
		engines(), newmanSpectrum(),
	}
}
