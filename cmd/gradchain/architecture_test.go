package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors are the five floors of the house, lowest first. A floor imports only
// itself and floors below it.
var floors = []string{"theory", "sim", "props", "reports", "cmd"}

// quarantine keeps a dependency in its place: import path prefix → the folders
// that may import it, in non-test files.
var quarantine = map[string][]string{
	"pgregory.net/rapid":                {"props"},
	"testing":                           {"props/internal/check", "theory/internal/reference"},
	"github.com/olekukonko/tablewriter": {"reports"},
	"github.com/spf13/cobra":            {"cmd"},
	"github.com/vbauerster/mpb":         {"cmd"},
	"github.com/DataDog/sketches-go":    {"sim/tally"},
	"gonum.org/v1/plot":                 {"reports"},
	"math/rand":                         {"sim/stream"},
}

// topLevel is everything that may stand beside the floors.
var topLevel = []string{".ci", ".git", ".gitignore", "CONTRIBUTING.md", "LICENSE", "README.md", "go.mod", "go.sum"}

type sourceFile struct {
	path    string // from the module root, with slashes
	imports []string
}

func (f sourceFile) test() bool { return strings.HasSuffix(f.path, "_test.go") }

// floor is the index of the floor the path stands on, or −1.
func floor(path string) int {
	first, _, _ := strings.Cut(path, "/")
	return slices.Index(floors, first)
}

func inside(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

func sources(t *testing.T) []sourceFile {
	t.Helper()
	root := filepath.Join("..", "..")
	var files []sourceFile
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f := sourceFile{path: filepath.ToSlash(rel)}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, name)
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no Go files found below the module root")
	}
	return files
}

// violations lists what is wrong with one file's imports.
func violations(f sourceFile) []string {
	var out []string
	here := floor(f.path)
	if here < 0 {
		return []string{f.path + " stands on no floor"}
	}
	for _, path := range f.imports {
		if rest, ours := strings.CutPrefix(path, "gradchain/"); ours && floor(rest) > here {
			out = append(out, f.path+" imports "+path+", a floor above it")
		}
		for prefix, allowed := range quarantine {
			inPlace := slices.ContainsFunc(allowed, func(a string) bool { return inside(f.path, a) })
			if inside(path, prefix) && !inPlace && !f.test() {
				out = append(out, f.path+" imports "+path+", which belongs in "+strings.Join(allowed, ", "))
			}
		}
	}
	return out
}

func TestArchitecture(t *testing.T) {
	for _, f := range sources(t) {
		for _, v := range violations(f) {
			t.Error(v)
		}
	}
}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(floors, e.Name()) && !slices.Contains(topLevel, e.Name()) && e.Name() != "gradchain" {
			t.Errorf("%s stands at the top level; it belongs on a floor", e.Name())
		}
	}
}

// TestViolations shows that the check can fail.
func TestViolations(t *testing.T) {
	for _, tt := range []struct {
		reason string
		file   sourceFile
		want   int
	}{
		{"downward import", sourceFile{"props/a.go", []string{"gradchain/sim/run"}}, 0},
		{"upward import", sourceFile{"theory/a.go", []string{"gradchain/sim/run"}}, 1},
		{"upward import in a test", sourceFile{"sim/a_test.go", []string{"gradchain/props"}}, 1},
		{"rapid below props", sourceFile{"sim/a.go", []string{"pgregory.net/rapid"}}, 1},
		{"rapid in a test", sourceFile{"sim/a_test.go", []string{"pgregory.net/rapid"}}, 0},
		{"tablewriter in cmd", sourceFile{"cmd/gradchain/a.go", []string{"github.com/olekukonko/tablewriter/tw"}}, 1},
		{"a sixth floor", sourceFile{"util/a.go", nil}, 1},
	} {
		if got := violations(tt.file); len(got) != tt.want {
			t.Errorf("%s: got %d violations %v, want %d", tt.reason, len(got), got, tt.want)
		}
	}
}
