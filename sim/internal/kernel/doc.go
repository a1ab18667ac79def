// Package kernel has the arithmetic of the sampled path: elementary functions,
// activations, samplers of weight laws and products of many factors, with the same
// bits on every machine.
//
// Everything is built from IEEE additions, multiplications, divisions, square roots,
// fused multiply-adds and integer operations in a fixed order, so a compiler has
// nothing to choose, and neither package math's assembly nor its choice of algorithm
// gets in. Polynomials are minimax (testdata/minimax.py) and are evaluated in pairs
// of terms (Estrin 1960), which is what keeps a processor busy.
//
// Work is done on arrays, and every element is a function of its own operands alone:
// where an element needs another formula, that is a selection between two results, or
// a rare case that a vector unit leaves to the scalar code. Words of a stream come
// from 8 interleaved lanes, and the words of one value from one lane, or from lanes
// j and j+4.
//
// The scalar code is the definition. Generated assembly for AVX2 and AVX-512 does the
// same operations on each lane and so has the same bits; package level chooses, and the
// folder _asm has the generators. It has the generator of words, pairs of normal values,
// all laws but constant, Affine, Multiply, Scale and Logs, φ and φ′ of all activations,
// Dot, Axpy, Gram and Combine, and, for AVX-512, a whole step of a chain. For all else,
// such as Exp and Log, the scalar code runs at every level.
//
// NaN gives NaN. Numbers at the ends of float64 are handled as each function says.
package kernel
