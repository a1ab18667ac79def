package reports

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// width is how many columns of a terminal a line takes, whatever the locale.
func width(text string) int { return twwidth.WidthWithOptions(text, twwidth.Options{}) }

// Wrap breaks a paragraph at blanks into lines of that many columns.
func Wrap(paragraph string, columns int) []string { return wrap(clean(paragraph), columns) }

// WrapCommand breaks a shell command between arguments into lines of that many columns, with a
// backslash at the end of all but the last.
func WrapCommand(command string, columns int) []string { return wrapCommand(clean(command), columns) }

// wrap breaks text at blanks into lines of at most the given width. A word that is
// wider is broken behind punctuation, or where it must be. There is at least one line.
func wrap(text string, limit int) []string {
	limit = max(limit, 2) // a character may be two columns wide
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line)+1+width(word) <= limit {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for width(word) > limit {
			head := breakAt(word, limit)
			lines = append(lines, word[:head])
			word = word[head:]
		}
		line = word
	}
	return append(lines, line)
}

// breaks says whether a word may be broken behind the character r at i: punctuation, and
// the joints of a name such as meanfield.chi_1, not the point of a number.
func breaks(word string, i int, r rune) bool {
	switch {
	case strings.ContainsRune(",;:/|&=)]}", r):
		return true
	case !strings.ContainsRune("._-", r):
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(word[:i])
	after, _ := utf8.DecodeRuneInString(word[i+1:])
	return unicode.IsLetter(after) && (unicode.IsLetter(before) || unicode.IsDigit(before))
}

// breakAt is the length in bytes of the longest beginning of a wide word that fits and
// ends in punctuation, beyond the first third of the line; else of the longest that fits.
func breakAt(word string, limit int) int {
	fits, good := 0, 0
	for i, r := range word {
		end := i + len(string(r))
		if w := width(word[:end]); w > limit {
			break
		} else if breaks(word, i, r) && 3*w > limit {
			good = end
		}
		fits = end
	}
	if good > 0 {
		return good
	}
	return fits
}

// wrapCommand breaks a shell command between arguments, with a backslash at the end of
// all lines but the last.
func wrapCommand(command string, limit int) []string {
	var lines []string
	line := ""
	for _, word := range arguments(command) {
		switch {
		case line == "":
			line = word
		case width(line)+1+width(word)+2 <= limit:
			line += " " + word
		default:
			lines = append(lines, line+` \`)
			line = "  " + word
		}
	}
	return append(lines, line)
}

// arguments splits a command at the blanks outside quotes; a flag keeps its value.
func arguments(command string) []string {
	var out []string
	quoted, start := false, 0
	for i, r := range command {
		switch {
		case r == '\'':
			quoted = !quoted
		case r == ' ' && !quoted:
			next := command[i+1:]
			if flag := strings.HasPrefix(command[start:], "--"); flag && !strings.Contains(command[start:i], " ") && !strings.HasPrefix(next, "-") {
				continue
			}
			out = append(out, command[start:i])
			start = i + 1
		}
	}
	return append(out, command[start:])
}

// pad fills text with blanks on the right, or on the left for a negative width.
func pad(text string, to int) string {
	blanks := strings.Repeat(" ", max(0, abs(to)-width(text)))
	if to < 0 {
		return blanks + text
	}
	return text + blanks
}

func abs(n int) int { return max(n, -n) }
