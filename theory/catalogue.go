package theory

import (
	"fmt"
	"slices"
	"strings"

	"gradchain/theory/nearest"
)

// Quantity is one number that the theory knows. Its text is plain, mathematics in
// Unicode. Values are made by this package; treat them as read-only.
type Quantity struct {
	Name       string   // family.quantity[.variant]
	Meaning    string   // what the number is
	Formula    string   // how it is defined or computed
	Hypotheses string   // what the formula assumes, "" for none
	Domain     string   // where it is defined
	Special    []string // cases worth knowing
	Source     string   // author, year, equation
	Accuracy   string   // of the value; parameters count as exact
	Params     []Param  // in the order of the signature
	Example    Example

	evaluate func(a args) (float64, error)
}

// Example is one evaluation of a quantity, Query being text for ParseParams. Where
// Value comes from is said in the tests.
type Example struct {
	Query string
	Value float64
}

// Family returns the part of the name before the first dot.
func (q Quantity) Family() string {
	family, _, _ := strings.Cut(q.Name, ".")
	return family
}

// Signature returns the name with the parameters: "a | b" takes exactly one of the two
// (at most one in brackets), "[, x]" is optional and "[, x=1]" has a default.
func (q Quantity) Signature() string {
	text, separator := q.Name, " "
	for i, p := range q.Params {
		name := p.Name
		switch {
		case p.Or != "" && i > 0 && q.Params[i-1].Name == p.Or:
			continue // written with the first of the two
		case p.Or != "":
			name += " | " + p.Or
		case p.Default != "":
			name += "=" + p.Default
		}
		if p.Optional {
			text += "[" + separator + name + "]"
		} else {
			text += separator + name
		}
		separator = ", "
	}
	return text
}

// Param is one parameter of a quantity.
type Param struct {
	Name     string
	Kind     Kind
	Meaning  string   // with the unit
	Domain   string   // of this parameter alone, as in "> 0"
	Choices  []string // the texts of a Choice
	Or       string   // the parameter that may be given instead, never both
	Optional bool
	Default  string // text that stands for a missing optional parameter, if any
}

// Kind is the type of a parameter.
type Kind int

// The kinds of parameter. Reals and integers are numbers; the others are texts.
const (
	Real       Kind = iota
	Integer         // 3 or 3.0 or 3e0
	Activation      // text of package activation, such as leaky_relu(0.1)
	Weight          // text of package law, such as normal(sigma=1.5)
	Choice          // one of Choices
)

// String returns the kind in lower case.
func (k Kind) String() string {
	names := [...]string{"real", "integer", "activation", "weight law", "choice"}
	if k < 0 || int(k) >= len(names) {
		panic("theory: unknown kind of parameter")
	}
	return names[k]
}

// catalogue holds the registered quantities, sorted by name.
var catalogue []Quantity

// register adds the quantities of a family. It panics if one is there already.
func register(family ...Quantity) {
	for _, q := range family {
		at, found := slices.BinarySearchFunc(catalogue, q.Name, byName)
		if found {
			panic("theory: " + q.Name + " is registered twice")
		}
		catalogue = slices.Insert(catalogue, at, q)
	}
}

func byName(q Quantity, name string) int { return strings.Compare(q.Name, name) }

// Catalogue returns every quantity, sorted by name.
func Catalogue() []Quantity { return slices.Clone(catalogue) }

// Lookup returns the quantity of that name. The error for an unknown one has the
// nearest names.
func Lookup(name string) (Quantity, error) {
	if at, found := slices.BinarySearchFunc(catalogue, name, byName); found {
		return catalogue[at], nil
	}
	names := make([]string, len(catalogue))
	for i, q := range catalogue {
		names[i] = q.Name
	}
	return Quantity{}, fmt.Errorf("unknown quantity %s, nearest are %s", nearest.Quote(name), strings.Join(nearest.Names(name, names), ", "))
}
