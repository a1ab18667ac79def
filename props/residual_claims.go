package props

// residualClaims are the claims about residual networks.
func residualClaims() []*Claim {
	return []*Claim{
		skipRemovesGrowth(), skipGrowth(), skipTypical(), skipZero(), skipTanh(), skipTanhLimit(),
	}
}
