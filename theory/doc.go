// Package theory is the index of every quantity that the packages below it compute: by
// name, with meaning, parameters, formula, source and an example, and evaluated from
// parameters given as numbers or as text.
//
// The quantities of one family are data in one file, catalogue_FAMILY.go, each beside
// the call that evaluates it. A new family is one more such file.
//
// Logs are natural, and growth, exponents and rates are per layer. A parameter is the
// real number that its decimal text denotes. Outside its domain a quantity is an error
// of one line, and so are an undefined or infinite result and one above the largest
// float64; a positive result below the smallest is 0.
package theory
