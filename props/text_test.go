package props

import "testing"

// Every sentence of the text is tested by the claim of its name, or says that it is not.
func TestText(t *testing.T) {
	for _, s := range Text() {
		if _, err := Lookup(s.ID); (err == nil) != (s.Said == "") {
			t.Errorf("%s: said %q, claim: %v", s.ID, s.Said, err)
		}
	}
}
