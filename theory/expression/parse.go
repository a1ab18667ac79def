package expression

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"gradchain/theory/internal/decimal"
)

const (
	mostText  = 1000 // bytes of an expression
	mostDepth = 100  // parentheses, signs and roots inside each other
)

// Expression is a text that was understood. It has a value once its variables have one.
type Expression struct {
	names []string
	root  node
}

// node computes a part of an expression from the values of the variables.
type node func(variables []Value) (Value, error)

// Parse reads an expression in which the names may stand. The error, of one line, says at
// which character something is wrong and what would be right.
func Parse(text string, names ...string) (Expression, error) {
	return parse(text, names, false)
}

func parse(text string, names []string, thousands bool) (Expression, error) {
	p := parser{lexer: lexer{text: text, thousands: thousands}, names: names}
	if len(text) > mostText {
		return Expression{}, fmt.Errorf("%d bytes, want at most %d", len(text), mostText)
	}
	if strings.TrimSpace(text) == "" {
		return Expression{}, fmt.Errorf("nothing is there, want a number such as 0.5, 1/3 or sqrt(2)")
	}
	if strings.TrimSpace(text) != text {
		return Expression{}, fmt.Errorf("a blank at an end, want none")
	}
	if err := p.next(); err != nil {
		return Expression{}, err
	}
	root, err := p.sum()
	if err == nil && p.kind != end {
		err = p.unexpected("an operator such as *")
	}
	return Expression{names, root}, err
}

// Value returns the value, the variables having those given in the order of Parse. It
// panics unless there is one for each.
func (e Expression) Value(variables ...float64) (Value, error) {
	if len(variables) != len(e.names) {
		panic(fmt.Sprintf("expression: %d values for %d variables", len(variables), len(e.names)))
	}
	values := make([]Value, len(variables))
	for i, x := range variables {
		exact := new(big.Rat).SetFloat64(x)
		if exact == nil {
			return Value{}, fmt.Errorf("%s = %v, want a finite number", e.names[i], x)
		}
		values[i] = rational(exact)
	}
	return e.root(values)
}

// parser descends into an expression; the lexer holds the token that comes next.
type parser struct {
	lexer
	names []string
	depth int
}

// deeper bounds how deep the parser is called.
func (p *parser) deeper() error {
	if p.depth++; p.depth > mostDepth {
		return p.errorf("more than %d parentheses inside each other", mostDepth)
	}
	return nil
}

func (p *parser) sum() (node, error) {
	return p.chain((*parser).term, map[string]operation{"+": Value.plus, "-": Value.minus})
}

func (p *parser) term() (node, error) {
	return p.chain((*parser).signed, map[string]operation{"*": Value.times, "/": Value.over})
}

type operation func(v, w Value) (Value, error)

// chain reads operands with operators between that are applied from left to right.
func (p *parser) chain(operand func(*parser) (node, error), operations map[string]operation) (node, error) {
	left, err := operand(p)
	for err == nil && p.kind == symbol && operations[p.token] != nil {
		apply, column := operations[p.token], p.column
		if err = p.next(); err != nil {
			break
		}
		var right node
		if right, err = operand(p); err == nil {
			left = binary(apply, column, left, right)
		}
	}
	return left, err
}

func binary(apply operation, column int, left, right node) node {
	return func(variables []Value) (Value, error) {
		v, err := left(variables)
		if err != nil {
			return Value{}, err
		}
		w, err := right(variables)
		if err != nil {
			return Value{}, err
		}
		out, err := apply(v, w)
		return out, at(column, err)
	}
}

func unary(apply func(Value) (Value, error), column int, of node) node {
	return func(variables []Value) (Value, error) {
		v, err := of(variables)
		if err != nil {
			return Value{}, err
		}
		out, err := apply(v)
		return out, at(column, err)
	}
}

// at puts the column in front of an error.
func at(column int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("column %d: %w", column, err)
}

func (p *parser) signed() (node, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	minus := p.is("-")
	if minus || p.is("+") {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	power, err := p.power()
	if err == nil && minus {
		power = unary(func(v Value) (Value, error) { return v.negative(), nil }, 0, power)
	}
	return power, err
}

func (p *parser) power() (node, error) {
	base, err := p.primary()
	if err != nil || !p.is("^") {
		return base, err
	}
	column := p.column
	if err := p.next(); err != nil {
		return nil, err
	}
	exponent, err := p.signed()
	if err != nil {
		return nil, err
	}
	return binary(Value.power, column, base, exponent), nil
}

func (p *parser) primary() (node, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	switch {
	case p.kind == digits:
		return p.literal()
	case p.kind == word:
		return p.name()
	case p.is("("):
		return p.parentheses()
	case p.is("√"):
		column := p.column
		if err := p.next(); err != nil {
			return nil, err
		}
		of, err := p.primary()
		return unary(Value.root, column, of), err
	}
	return nil, p.unexpected("a number, a name or (")
}

func (p *parser) parentheses() (node, error) {
	if !p.is("(") {
		return nil, p.unexpected("(")
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	inner, err := p.sum()
	if err != nil {
		return nil, err
	}
	if !p.is(")") {
		return nil, p.unexpected("an operator or )")
	}
	return inner, p.next()
}

// name reads a variable, a constant or a function. Case is ignored but for variables.
func (p *parser) name() (node, error) {
	name, column := p.token, p.column
	if i := slices.Index(p.names, name); i >= 0 {
		return func(variables []Value) (Value, error) { return variables[i], nil }, p.next()
	}
	switch strings.ToLower(name) {
	case "pi", "π":
		return constant(pi()), p.next()
	case "e":
		return constant(euler()), p.next()
	case "sqrt":
		if err := p.next(); err != nil {
			return nil, err
		}
		of, err := p.parentheses()
		return unary(Value.root, column, of), err
	case "inf", "infinity", "nan":
		return nil, p.errorf("%s is no finite number", name)
	}
	return nil, p.errorf("unknown name %.40q, want %s", name, strings.Join(append([]string{"sqrt", "pi", "e"}, p.names...), ", "))
}

func constant(v Value) node {
	return func([]Value) (Value, error) { return v, nil }
}

// literal reads a decimal number.
func (p *parser) literal() (node, error) {
	text := strings.ReplaceAll(p.token, "_", "")
	x, err := decimal.Parse(text)
	if err != nil {
		return nil, p.errorf("%.40s is above 1.797e308", p.token)
	}
	v := whole(0)
	if x != 0 || tiny(text) {
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			return nil, p.errorf("%.40s is no decimal number", p.token)
		}
		v = rational(exact)
	}
	return constant(v), p.next()
}

// tiny says that the exponent of a number is one that can be written out.
func tiny(text string) bool {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return true
	}
	e, err := strconv.Atoi(text[i+1:])
	return err == nil && e >= -mostText && e <= mostText
}
