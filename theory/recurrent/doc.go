// Package recurrent has what is known exactly of gradients through time: bounds and
// norms of powers of one matrix, and the products of forget gates in an LSTM.
//
// Logs are natural and rates are per step. All results are relatively accurate to
// 1e-12 or better unless a comment says otherwise, at any number of steps; parameters
// are read as the decimal numbers they are written as. Arguments outside the domain
// and results above the largest float64 are errors; positive results underflow to 0.
package recurrent
