package props

import (
	"testing"
	"unicode/utf8"

	"gradchain/theory"
)

// Every claim says in one line what is true of it and in a sentence or two why, and what it
// names to read on exists. Of the sentences of the text the line fits the first screen.
func TestPlain(t *testing.T) {
	textLine := map[string]bool{}
	for _, s := range Text() {
		textLine[s.ID] = true
	}
	for _, c := range Catalogue() {
		n := utf8.RuneCountInString(c.Plain)
		if n == 0 || n > 120 || textLine[c.ID] && n > 81 {
			t.Errorf("%s: plain line of %d characters: %q", c.ID, n, c.Plain)
		}
		if c.Why == "" {
			t.Errorf("%s does not say why", c.ID)
		}
		for _, name := range c.See {
			_, claim := Lookup(name)
			if _, quantity := theory.Lookup(name); claim != nil && quantity != nil {
				t.Errorf("%s names %s, which is neither a claim nor a quantity", c.ID, name)
			}
		}
	}
}
