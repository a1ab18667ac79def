// Package alias finds the name of a catalogue that is meant by what someone typed: in another
// case, with other joints, in British spelling, or by another name for the same.
package alias

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gradchain/theory/nearest"
)

// Fold returns the form in which names are compared: in lower case, without blanks, hyphens
// and underscores, and with z in normalize and its kin.
func Fold(name string) string {
	folded := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(name))
	for _, ending := range []string{"isation", "iser", "ised", "ise"} {
		american := "iz" + ending[2:]
		if i := strings.Index(folded, ending); i > 0 && (ending == "isation" || i+len(ending) == len(folded) || folded[i+len(ending)] == '.') {
			return folded[:i] + american + folded[i+len(ending):]
		}
	}
	return folded
}

// Table is a list of names with aliases. It does not change once it is made.
type Table struct {
	what  string
	names []string
	to    map[string]string // folded name or alias → name
	more  map[string]string // alias → name
}

// New makes a table of names, what being what one of them is, and of aliases for some. It
// panics if two of all of them fold to the same or an alias is for no name.
func New(what string, names []string, aliases map[string]string) *Table {
	t := &Table{what: what, names: slices.Clone(names), to: map[string]string{}, more: maps.Clone(aliases)}
	for _, name := range names {
		t.add(name, name)
	}
	for _, other := range slices.Sorted(maps.Keys(aliases)) {
		if !slices.Contains(names, aliases[other]) {
			panic(fmt.Sprintf("alias: %s is for %s, which is no %s", other, aliases[other], what))
		}
		t.add(other, aliases[other])
	}
	return t
}

func (t *Table) add(from, to string) {
	folded := Fold(from)
	if taken, twice := t.to[folded]; twice {
		panic(fmt.Sprintf("alias: %s %s is taken by %s", t.what, from, taken))
	}
	t.to[folded] = to
}

// mostName is the longest name that is looked for.
const mostName = 100

// Find returns the name that is meant.
func (t *Table) Find(typed string) (name string, found bool) {
	if len(typed) > mostName {
		return "", false
	}
	name, found = t.to[Fold(typed)]
	return name, found
}

// Names returns the names, without the aliases.
func (t *Table) Names() []string { return slices.Clone(t.names) }

// Unknown is the error for what is no name, with the nearest ones.
func (t *Table) Unknown(typed string) error {
	return fmt.Errorf("unknown %s %s, nearest are %s", t.what, nearest.Quote(typed), strings.Join(t.Nearest(typed), ", "))
}

// Nearest returns the three names nearest to what was typed, by themselves or by an alias.
func (t *Table) Nearest(typed string) []string {
	known := slices.Concat(t.names, slices.Sorted(maps.Keys(t.more)))
	folded := make([]string, len(known))
	back := map[string]string{}
	for i, name := range known {
		folded[i] = Fold(name)
		back[folded[i]] = t.to[folded[i]]
	}
	var out []string
	for _, f := range nearest.Order(Fold(typed), folded) {
		if name := back[f]; !slices.Contains(out, name) {
			out = append(out, name)
		}
		if len(out) == 3 {
			break
		}
	}
	return out
}

// Also lists the aliases in words, "swish is silu", sorted; "" for none.
func (t *Table) Also() string {
	var out []string
	for _, other := range slices.Sorted(maps.Keys(t.more)) {
		out = append(out, other+" is "+t.more[other])
	}
	return strings.Join(out, ", ")
}
