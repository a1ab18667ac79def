// Package expression reads the numbers that people write.
//
//	3  -1.5e-3  1_000_000  1/3  sqrt(2)  √5  √(2/3)  1/sqrt(2*L)  2^0.5  pi/4  π  e
//
// In Backus–Naur form, with braces for what may come any number of times:
//
//	expression = term { ("+" | "-") term }
//	term       = signed { ("*" | "/") signed }
//	signed     = [ "+" | "-" ] power
//	power      = primary [ ("^" | "**") signed ]
//	primary    = decimal | name | "sqrt" "(" expression ")" | "√" primary | "(" expression ")"
//
// so that -2^2 is −4, 2^3^2 is 512 and √2/2 is (√2)/2. Names are pi, π, e and the variables
// that the caller has; nothing is multiplied by standing beside each other. Blanks may stand
// between the parts, not around them. Hexadecimal numbers, infinities and NaN are errors, and
// so is a literal above the largest float64. Digits in groups of three with underscores
// between are for whole numbers only.
//
// A value is exact as long as it is rational, and else has 512 bits, so that 0.1+0.2 is 0.3,
// sqrt(2)^2 is 2, and what becomes a float64 or a whole number is rounded once. There is no
// floating-point arithmetic of the machine in it: the bits are the same everywhere.
package expression
