package normalization

import "gradchain/theory/internal/domain"

// LayerNormJacobianSquare returns ‖std·J‖_F² = width − 2 for the Jacobian J of layer
// normalization with ε = 0: std·J is the projection orthogonal to 1 and to the normalized
// vector (derived). Domain: width ≥ 3.
func LayerNormJacobianSquare(width int) (float64, error) {
	if err := domain.Integer("width", width, 3); err != nil {
		return 0, err
	}
	return float64(width - 2), nil
}

// RMSNormJacobianSquare returns ‖rms·J‖_F² = width − 1 for the Jacobian J of RMS
// normalization with ε = 0: rms·J is the projection orthogonal to the input (derived).
// Domain: width ≥ 2.
func RMSNormJacobianSquare(width int) (float64, error) {
	if err := domain.Integer("width", width, 2); err != nil {
		return 0, err
	}
	return float64(width - 1), nil
}
