package props

// residualClaims are the claims about residual networks.
func residualClaims() []*Claim {
	return []*Claim{
		skipKeeps(), skipGrowth(), skipTypical(), skipTanh(), skipTanhLimit(),
	}
}
