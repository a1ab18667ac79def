package props

// recurrentClaims are the claims about tied weights and gates.
func recurrentClaims() []*Claim {
	return []*Claim{
		singularBound(), singularExplodes(), singularNecessary(),
		radiusShrinks(), radiusTransient(), radiusOne(), gaussianPower(),
		saturatedSlope(),
		carouselConstant(), carouselVanishes(), carouselSteps(),
		gatesPreventExplosion(), loudGates(),
	}
}
