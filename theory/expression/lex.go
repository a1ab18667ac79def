package expression

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind int

const (
	end kind = iota
	digits
	word
	symbol
)

// lexer cuts a text into tokens. The last one cut is token.
type lexer struct {
	text      string
	thousands bool // 1_000 is allowed
	at        int  // bytes behind the token
	read      int  // characters behind the token
	kind      kind
	token     string
	column    int // of the token, in characters from 1
}

// decimalNumber is a number as it begins a text; underscores are checked later.
var decimalNumber = regexp.MustCompile(`^([0-9][0-9_]*\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?`)

// grouped are digits in groups of three.
var grouped = regexp.MustCompile(`^[0-9]{1,3}(_[0-9]{3})+$`)

// spellings of operators.
var spellings = map[rune]string{'−': "-", '·': "*", '×': "*"}

func (l *lexer) is(s string) bool { return l.kind == symbol && l.token == s }

func (l *lexer) errorf(format string, args ...any) error {
	return fmt.Errorf("column %d: %s", l.column, fmt.Sprintf(format, args...))
}

// unexpected says what would be right in place of the token.
func (l *lexer) unexpected(want string) error {
	if l.kind == end {
		return l.errorf("the text ends, want %s", want)
	}
	return l.errorf("%.40q, want %s", l.token, want)
}

// next reads the next token.
func (l *lexer) next() error {
	rest := strings.TrimLeft(l.text[l.at:], " ")
	l.read += len(l.text) - l.at - len(rest)
	l.column, l.kind, l.token = l.read+1, end, ""
	if rest == "" {
		l.at = len(l.text)
		return nil
	}
	first, size := utf8.DecodeRuneInString(rest)
	switch {
	case decimalNumber.MatchString(rest):
		l.kind, l.token = digits, decimalNumber.FindString(rest)
		if err := l.underscores(); err != nil {
			return err
		}
	case unicode.IsLetter(first):
		l.kind = word
		size = strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
		if size < 0 {
			size = len(rest)
		}
		l.token = rest[:size]
	case strings.HasPrefix(rest, "**"):
		l.kind, l.token, size = symbol, "^", 2
	default:
		l.kind, l.token = symbol, rest[:size]
		if s, ok := spellings[first]; ok {
			l.token = s
		}
	}
	if l.kind == digits {
		size = len(l.token)
	}
	l.at = len(l.text) - len(rest) + size
	l.read += utf8.RuneCountInString(rest[:size])
	return nil
}

// underscores checks those of a number.
func (l *lexer) underscores() error {
	switch {
	case !strings.Contains(l.token, "_"):
		return nil
	case !l.thousands:
		return l.errorf("%.40s has an underscore, want one in whole numbers only", l.token)
	case !grouped.MatchString(l.token):
		return l.errorf("%.40s, want underscores between groups of three digits, such as 1_000_000", l.token)
	}
	return nil
}
