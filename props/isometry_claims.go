package props

// isometryClaims are the claims about the singular values of the Jacobian.
func isometryClaims() []*Claim {
	return []*Claim{orthogonalLinear(), anyIsometry(), spectralSpread(), gaussianSpread(), smallSignals()}
}
