package props

// meanFieldClaims are the claims about networks of large width: variance, correlation, depth
// scales, phases and the critical line, and what of it holds at any width.
func meanFieldClaims() []*Claim {
	return []*Claim{
		varianceMap(), varianceFixedPoint(), varianceRate(), varianceRateCorrected(), iteratedMap(), iteratedMapWidth(),
		correlationMap(), correlationFixedPoint(), correlationScale(),
		gradientGrowth(), typicalGradient(), typicalWidth(), neverOrdered(), neverOrderedCorrected(), poincare(),
		independentWeights(), dependentWeights(), dependenceScaling(), shortcutEngine(),
		criticalKeeps(), criticalStable(),
	}
}
