// Package nearest finds the names that are likeliest meant by a mistyped one.
package nearest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Names returns the three names nearest to what was typed, the nearest first, or all if
// there are no more.
func Names(typed string, names []string) []string {
	near := Order(typed, names)
	return near[:min(len(near), 3)]
}

// Order returns all names, the nearest first.
func Order(typed string, names []string) []string {
	near := slices.Clone(names)
	typed = typed[:min(len(typed), 100)]
	slices.SortStableFunc(near, func(a, b string) int { return distance(typed, a) - distance(typed, b) })
	return near
}

// distance is the number of single-letter edits between a typed name and a known one
// (Levenshtein 1966), less the length of their common prefix. A part of a name counts
// as if all of it were a prefix and no letter were missing.
func distance(typed, name string) int {
	if typed != "" && strings.Contains(name, typed) {
		return -len(typed)
	}
	row := make([]int, len(name)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(typed) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(name) {
			cost := diagonal
			if typed[i] != name[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	prefix := 0
	for prefix < min(len(typed), len(name)) && typed[prefix] == name[prefix] {
		prefix++
	}
	return row[len(name)] - prefix
}

// mostShown is how many bytes of what a person typed an error shows.
const mostShown = 60

// Quote quotes what a person typed, cut to a length that fits an error of one line.
func Quote(text string) string {
	if short := Cut(text); short != text {
		return strconv.Quote(strings.TrimSuffix(short, "…")) + "…"
	}
	return strconv.Quote(text)
}

// Cut cuts what a person typed to a length that fits an error of one line.
func Cut(text string) string {
	if len(text) <= mostShown {
		return text
	}
	end := mostShown
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
