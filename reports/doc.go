// Package reports turns results into tables: the verify report, the catalogue of
// claims, simulated beside predicted, values of the theory.
//
// A [Report] is made of values first and rendered afterwards, in one of five
// formats. Text, Markdown and HTML are for a person: numbers carry the digits their
// errors allow, units stand in the headers, text fits the columns of the terminal, 100
// elsewhere. CSV and JSON are for a program: full precision, no display strings.
//
// Reports are deterministic: the same values give the same bytes. None reads a clock.
package reports
