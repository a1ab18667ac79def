package reports

import (
	"fmt"
	"math"
	"strings"
)

// Quantity is what the catalogue of the theory says about one quantity, in words.
// Empty fields are left out.
type Quantity struct {
	Name       string
	Params     []string // each with its domain, as "depth: 1 … 10^8"
	Meaning    string
	Formula    string
	Hypotheses string
	Domain     string
	Source     string
	Accuracy   string
	Special    string // special cases
	Example    string // a command and what it gives
}

// Quantities lists quantities by name, parameters and meaning.
func Quantities(list []Quantity) *Report {
	t := NewTable("",
		Column{Key: "quantity", Name: "quantity"},
		Column{Key: "params", Name: "parameters"},
		Column{Key: "meaning", Name: "meaning"},
	)
	data := NewTable("", keyed([]string{
		"quantity", "params", "meaning", "formula", "hypotheses", "domain", "source", "accuracy", "special",
	})...)
	for _, q := range list {
		names := make([]string, len(q.Params))
		for i, p := range q.Params {
			names[i], _, _ = strings.Cut(p, ":")
		}
		t.Add(Label(q.Name), Label(strings.Join(names, ", ")), Label(q.Meaning))
		data.Add(Label(q.Name), Label(strings.Join(q.Params, "; ")), Label(q.Meaning), Label(q.Formula), Label(q.Hypotheses),
			Label(q.Domain), Label(q.Source), Label(q.Accuracy), Label(q.Special))
	}
	return &Report{Title: "Quantities of the theory", Sections: []Section{{Table: t}}, Data: data}
}

// ExplainQuantity says all there is about one quantity.
func ExplainQuantity(q Quantity) *Report {
	fields := []Field{{Label: "meaning", Text: q.Meaning}, {Label: "formula", Text: q.Formula}}
	for i, p := range q.Params {
		label := ""
		if i == 0 {
			label = "parameters"
		}
		fields = append(fields, Field{Label: label, Text: p})
	}
	fields = append(fields, []Field{
		{Label: "hypotheses", Text: q.Hypotheses}, {Label: "domain", Text: q.Domain}, {Label: "special cases", Text: q.Special},
		{Label: "accuracy", Text: q.Accuracy}, {Label: "source", Text: q.Source}, {Label: "example", Text: q.Example},
	}...)
	return described(q.Name, fields)
}

// described is a report of labelled lines; those without a text are left out.
func described(title string, fields []Field) *Report {
	data := NewTable("", keyed([]string{"field", "text"})...)
	var shown []Field
	last := ""
	for _, f := range fields {
		if f.Label != "" {
			last = f.Label
		}
		if f.Text != "" {
			shown = append(shown, f)
			data.Add(Label(last), Label(f.Text))
		}
	}
	return &Report{Title: title, Sections: []Section{{Fields: shown}}, Data: data}
}

// TheoryValue is the value of a quantity at one point.
type TheoryValue struct {
	Params []Cell // Number, shown as the person wrote it, or Label
	Value  float64
	Err    error    // why there is no value
	Notes  []string // what a person who acts on the value should know
}

// TheoryValues is a quantity at one or many points.
type TheoryValues struct {
	Quantity string
	Unit     string
	Params   []string // names
	Values   []TheoryValue
}

// valueDigits is the accuracy of the theory, relative 1e-10, as shown.
const valueDigits = 10

// Theory tabulates a quantity over its parameters, one row a point. It panics unless
// every value has as many parameters as there are names.
func Theory(v TheoryValues) *Report {
	for _, value := range v.Values {
		if len(value.Params) != len(v.Params) {
			panic(fmt.Sprintf("reports: %d parameters for the %d names of %s", len(value.Params), len(v.Params), v.Quantity))
		}
	}
	columns := make([]Column, len(v.Params), len(v.Params)+2)
	for j, name := range v.Params {
		columns[j] = Column{Key: name, Name: name, Align: Right}
		for _, value := range v.Values {
			if value.Params[j].kind != isNumber {
				columns[j].Align = Left
			}
		}
	}
	columns = append(columns, Column{Key: "value", Name: v.Quantity, Unit: v.Unit, Align: Right})
	t := NewTable("", columns...)
	data := NewTable("", append(columns[:len(columns):len(columns)], Column{Key: "error"})...)
	for _, value := range v.Values {
		row := append(make([]Cell, 0, len(columns)+1), value.Params...)
		if value.Err == nil {
			cell := theoryNumber(value.Value)
			for _, note := range value.Notes {
				cell = cell.Marked(t.Note(note))
			}
			row = append(row, cell)
			data.Add(append(row, Label(""))...)
		} else {
			row = append(row, Missing().Marked(t.Note(value.Err.Error())))
			data.Add(append(row, Label(value.Err.Error()))...)
		}
		t.Add(row...)
	}
	object := struct {
		Quantity string `json:"quantity"`
		Unit     string `json:"unit,omitempty"`
		Rows     *Table `json:"rows"`
	}{v.Quantity, v.Unit, data}
	return &Report{Title: v.Quantity, Sections: []Section{{Table: t}}, Data: data, Object: object}
}

// theoryNumber is a cell with a value. An infinite one is inf, as a program reads it.
func theoryNumber(x float64) Cell {
	text := Brief(x, valueDigits)
	if math.IsInf(x, 0) {
		text = shortest(x)
	}
	return Number(x, text)
}
