package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gradchain/theory/nearest"
)

// checked is a writer that keeps its first error.
type checked struct {
	io.Writer
	err error
}

func (c *checked) Write(data []byte) (n int, err error) {
	n, err = c.Writer.Write(data)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// parsing is what package strconv says before it says what is wrong.
var parsing = regexp.MustCompile(`strconv\.Parse\w+: parsing "(\\.|[^"\\])*": `)

// longestError is the length to which an error is cut, in bytes.
const longestError = 1500

// errorLine is an error as a person can read it: one line, without control characters, in
// which long arguments of the command line are cut.
func errorLine(err error, args []string) string {
	text := parsing.ReplaceAllString(err.Error(), "")
	for _, whole := range args {
		_, value, _ := strings.Cut(whole, "=")
		for _, arg := range []string{whole, strings.TrimLeft(whole, "-"), value} {
			if nearest.Cut(arg) != arg {
				text = strings.ReplaceAll(text, strconv.Quote(arg), nearest.Quote(arg))
				text = strings.ReplaceAll(text, arg, nearest.Cut(arg))
			}
		}
	}
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	words := strings.SplitAfter(printable(strings.Join(lines, "; ")), " ")
	for i, word := range words { // of a file or of the environment
		if len(word) > 4*len(nearest.Cut(word)) {
			words[i] = nearest.Cut(word)
		}
	}
	text = strings.Join(words, "")
	if len(text) <= longestError {
		return text
	}
	return strings.ToValidUTF8(text[:longestError], "") + "…"
}

// printable writes what does not print, such as the escapes that move a cursor, in the
// escapes of Go.
func printable(text string) string {
	if !slices.ContainsFunc([]rune(text), hidden) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if hidden(r) {
			fmt.Fprint(&b, strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hidden says whether a rune is no letter, mark, number, sign or blank.
func hidden(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }
