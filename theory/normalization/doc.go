// Package normalization has what batch, layer and RMS normalization do to the gradients of
// wide networks at initialization: the factor by which a layer multiplies E‖∇‖², and the
// size of the Jacobian of the normalization itself.
//
// Batch normalization makes gradients explode for every nonlinearity (Yang, Pennington, Rao,
// Sohl-Dickstein & Schoenholz 2019): by Poincaré's inequality the factor E φ′²/Var φ at
// q = 1 is above 1 unless φ is affine, and no weight variance changes it.
//
// For a batch of any size BatchLayer (norm in front of φ) and BehindLayer (behind it) have the
// moments that a layer of infinite width takes signals and gradients by, for any φ and ε.
//
// Values are relatively accurate to 1e-12 or better, those of BatchLayer to 1e-11, those of
// BehindLayer to the bound that comes with them. Arguments outside the domain are errors.
package normalization
