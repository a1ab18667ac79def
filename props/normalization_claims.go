package props

// normalizationClaims are the claims about batch, layer and RMS normalisation in wide networks.
func normalizationClaims() []*Claim {
	return []*Claim{
		batchNormLinear(), batchNormLimit(), batchNormPoincare(), batchNormAny(),
		layerNormVanishes(), layerNormGrowth(),
	}
}
