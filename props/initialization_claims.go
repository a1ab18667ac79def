package props

// initializationClaims are the claims about the gains of initialisation.
func initializationClaims() []*Claim {
	return []*Claim{
		torchGain(), torchGainCorrected(), torchGainSeparates(),
		seluNever(), seluGrows(),
		glorotKeeps(), glorotFactors(), glorotBackward(),
		heForward(), heBackward(),
	}
}
