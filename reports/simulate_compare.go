package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// CompareNetworks reports simulations of networks that differ in their activation only,
// beside each other: what becomes of the gradient with each, and its size by layer. It
// panics unless there is a name for each of at least one simulation.
func CompareNetworks(names []string, list []NetworkSimulation) *Report {
	if len(names) != len(list) || len(list) == 0 {
		panic(fmt.Sprintf("reports: %d names of %d simulations", len(names), len(list)))
	}
	fates := make([]string, len(list))
	objects := make([]any, len(list))
	for i, s := range list {
		fates[i] = names[i] + " " + s.Reach.Fate().word()
		objects[i] = SimulateNetwork(s).Object
	}
	r := &Report{Title: "Gradients: " + strings.Join(fates, ", ") + ".", Data: comparedData(names, list)}
	first := list[0]
	r.Sections = []Section{
		{Text: []string{first.Reach.bounds()}},
		{Fields: []Field{
			{Label: "samples", Text: fmt.Sprintf("%s %s of each", Thousands(first.Samples), first.Reach.Noun)}, {Label: "seed", Text: fmt.Sprint(first.Seed)},
		}},
		{Table: comparedFates(names, list)}, {Table: comparedSizes(names, list)},
	}
	for i, s := range list {
		if len(s.Keep.Fields) > 0 {
			r.Sections = append(r.Sections, Section{Title: names[i] + ": " + lowerFirst(s.Keep.Title), Fields: s.Keep.Fields})
		}
	}
	r.Object = struct {
		Title       string `json:"title"`
		Simulations []any  `json:"simulations"`
	}{r.Title, objects}
	return r
}

// word is the fate as a verb.
func (f Fate) word() string {
	return [...]string{"undecided", "vanish", "explode", "stable"}[f]
}

func lowerFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToLower(text[:1]) + text[1:]
}

// comparedFates is the table of what becomes of the gradients, one row an activation.
func comparedFates(names []string, list []NetworkSimulation) *Table {
	unit := list[0].Reach.Unit
	t := NewTable("", Column{Name: "activation"}, Column{Name: "gradients"},
		Column{Group: "× a " + unit, Name: "simulated", Align: Right}, Column{Group: "× a " + unit, Name: "95 %", Align: Right},
		Column{Group: "× a " + unit, Name: "theory", Align: Right}, Column{Group: "of the last " + unit + "'s", Name: "at " + unit + " 1", Align: Right})
	for i, s := range list {
		r := s.Reach
		lo, hi := r.interval()
		row := []Cell{Label(names[i]), Label(r.Fate().word()), Label(r.times(r.Log.Mean)), Missing(), Missing(), Label(r.ratio(r.Log.Mean))}
		if r.Log.Count == 0 {
			row[2], row[5] = Missing(), Label("0")
		}
		if !math.IsNaN(lo) {
			row[3] = Label(r.times(lo) + " to " + r.times(hi))
		}
		if !math.IsNaN(r.Theory) {
			row[4] = Label(r.times(r.Theory))
		}
		t.Add(row...)
	}
	return t
}

// comparedSizes is the table of the gradients by layer, one column an activation.
func comparedSizes(names []string, list []NetworkSimulation) *Table {
	unit := list[0].Reach.Unit
	t := NewTable("Gradient, of the last "+unit+"'s", Column{Name: unit, Align: Right})
	for _, name := range names {
		t.columns = append(t.columns, Column{Name: name, Align: Right})
	}
	for i, l := range list[0].Layers {
		row := []Cell{Count(int64(l.Layer))}
		for _, s := range list {
			relative := s.Layers[i].Relative
			row = append(row, typical(t, relative.Mean, relative.StdErr, relative.Count, s.Samples, overGradient))
		}
		t.Add(row...)
	}
	t.Remark(unitNote)
	return t
}

// comparedData are the rows of all simulations, with the activation in front. A quantity
// that one of them does not have is empty there.
func comparedData(names []string, list []NetworkSimulation) *Table {
	var keys []string
	tables := make([]*Table, len(list))
	for i, s := range list {
		tables[i] = s.data()
		for _, c := range tables[i].columns {
			if !slices.Contains(keys, c.Key) {
				keys = append(keys, c.Key)
			}
		}
	}
	out := NewTable("", keyed(append([]string{"activation"}, keys...))...)
	for i, t := range tables {
		for _, from := range t.rows {
			row := []Cell{Label(names[i])}
			for _, key := range keys {
				cell := Missing()
				if j := slices.IndexFunc(t.columns, func(c Column) bool { return c.Key == key }); j >= 0 {
					cell = from[j]
				}
				row = append(row, cell)
			}
			out.Add(row...)
		}
	}
	return out
}
