package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// wideAndNarrow are commands whose text must fit a terminal of 80 columns.
var wideAndNarrow = [][]string{
	{"claims"},
	{"explain", "S4"},
	{"explain", "P6"},
	{"verify", "S8", "--quick", "--seed", "1"},
	{"theory", "--list"},
	{"theory", "--explain", "chain.lyapunov"},
	{"theory", "meanfield.critical.weight_std", "activation=tanh", "bias_var=0.01,0.1"},
	{"simulate", "chain", "--paths", "500", "--depth", "20", "--seed", "1", "--details"},
	{"simulate", "dense", "--samples", "20", "--width", "16", "--depth", "5", "--seed", "1", "--details"},
	{"simulate", "dense", "--samples", "20", "--width", "16", "--depth", "5", "--seed", "1", "--correlation", "0.5", "--details"},
	{"simulate", "recurrent", "--samples", "20", "--width", "16", "--depth", "5", "--seed", "1", "--lyapunov", "2"},
	{"simulate", "normalized", "--samples", "20", "--width", "16", "--depth", "5", "--seed", "1", "--details"},
	{"simulate", "residual", "--samples", "20", "--width", "16", "--depth", "5", "--seed", "1", "--details"},
	{"simulate", "recurrent", "--samples", "20", "--width", "16", "--depth", "5", "--seed", "1", "--details"},
	{"simulate", "lstm", "--samples", "20", "--width", "16", "--depth", "5", "--seed", "1", "--details"},
}

// longWords are what must not be cut: words of letters.
var longWords = regexp.MustCompile(`\pL{4,}`)

// TestColumns: at 80 columns no line is longer, and no word is cut that is whole in a wide
// terminal.
func TestColumns(t *testing.T) {
	for _, args := range wideAndNarrow {
		t.Setenv(columnsVariable, "240")
		_, wide, _ := call(args...)
		whole := map[string]bool{}
		for _, w := range longWords.FindAllString(wide, -1) {
			whole[w] = true
		}
		t.Setenv(columnsVariable, "80")
		status, narrow, errOut := call(args...)
		if status != asExpected {
			t.Fatalf("%v: status %d, %s", args, status, errOut)
		}
		for line := range strings.Lines(narrow) {
			line = strings.TrimRight(line, "\n")
			if n := utf8.RuneCountInString(line); n > 80 && !strings.Contains(line, "'") {
				t.Errorf("%v: a line of %d columns: %s", args, n, line)
			}
			for _, w := range longWords.FindAllString(line, -1) {
				if !whole[w] {
					t.Errorf("%v: %q is a part of a word in %s", args, w, line)
				}
			}
		}
	}
}

func TestColumns_choice(t *testing.T) {
	for _, tt := range []struct {
		reason, variable string
		want             int
	}{
		{"no terminal", "", 0},
		{"of the environment", "80", 80},
		{"too narrow to be of use", "3", leastColumns},
		{"too wide to read", "100000", mostColumns},
		{"nonsense", "wide", 0},
		{"negative", "-80", 0},
	} {
		t.Setenv(columnsVariable, tt.variable)
		if got := columns(new(bytes.Buffer)); got != tt.want {
			t.Errorf("%s: %d columns, want %d", tt.reason, got, tt.want)
		}
		file, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		if got := columns(file); got != tt.want {
			t.Errorf("%s: %d columns for a file, want %d", tt.reason, got, tt.want)
		}
		file.Close()
	}
}

// TestColumns_file: a file is no terminal.
func TestColumns_file(t *testing.T) {
	name := t.TempDir() + "/claims.txt"
	t.Setenv(columnsVariable, "")
	_, plain, _ := call("claims", "S*")
	t.Setenv(columnsVariable, "60")
	if status, _, errOut := call("claims", "S*", "-o", name); status != asExpected {
		t.Fatal(errOut)
	}
	written, err := os.ReadFile(name)
	if err != nil || string(written) != plain {
		t.Errorf("%v: the file depends on the terminal", err)
	}
	if _, narrow, _ := call("claims", "S*"); narrow == plain {
		t.Error("standard output does not depend on the terminal")
	}
}
