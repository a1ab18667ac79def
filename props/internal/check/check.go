// Package check runs rapid properties anywhere: under go test and in a plain
// program. It returns the shrunk counterexample as a value instead of text.
//
// rapid draws and shrinks configurations. It never supplies noise and never a
// seed for it: a property must be a pure function of its draws.
package check

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// Settings are rapid's process-wide settings.
type Settings struct {
	Checks int    // cases to draw for each property
	Seed   uint64 // seed of the configurations; 0 is replaced by 1, because rapid reads 0 as "random"
}

// shrinkTime bounds rapid's minimisation. It is a clock, so it must never be
// reached: claims draw from small discrete spaces and memoise their verdicts,
// which makes every shrink end by itself in well under a second.
const shrinkTime = "10m"

var settings struct {
	sync.RWMutex
	once sync.Once
}

// With applies s while f runs. Checks inside f may run concurrently; two calls
// of With with different settings wait for each other, because rapid keeps its
// settings in process-wide flags.
func With(s Settings, f func()) error {
	settings.once.Do(func() {
		// rapid.Check calls testing.Short, which panics unless the testing
		// flags exist and the command line was parsed.
		testing.Init()
		if !flag.Parsed() {
			_ = flag.CommandLine.Parse(nil)
		}
	})
	settings.Lock()
	defer settings.Unlock()
	if testing.Short() {
		s.Checks *= 5 // rapid divides by 5 under -short; our callers count for themselves
	}
	old := map[string]string{}
	for name, value := range map[string]string{
		"rapid.checks":     strconv.Itoa(s.Checks),
		"rapid.seed":       strconv.FormatUint(max(s.Seed, 1), 10),
		"rapid.shrinktime": shrinkTime,
		"rapid.nofailfile": "true",
		"rapid.failfile":   "",
	} {
		old[name] = flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			return fmt.Errorf("check: %w", err)
		}
	}
	defer func() {
		for name, value := range old {
			_ = flag.Set(name, value)
		}
	}()
	f()
	return nil
}

// Report is what became of one property.
type Report struct {
	Failed bool   // a case falsified the property
	Panic  bool   // the property panicked
	Flaky  bool   // the failing case did not fail again: the property is not a pure function of its draws
	Text   string // rapid's own words
}

// Property falsifies prop if rapid can, and reports how. Like [rapid.Check] it
// runs the minimal failing case last, so a prop that records its case leaves
// the shrunk counterexample in the record. Call it inside [With].
func Property(name string, prop func(*rapid.T)) (Report, error) {
	t := &recorder{name: name}
	done := make(chan any, 1)
	go func() { // its own goroutine: FailNow ends it with Goexit, as package testing does
		defer func() { done <- recover() }()
		rapid.Check(t, prop)
	}()
	if p := <-done; p != nil {
		return Report{}, fmt.Errorf("check: %s: rapid panicked: %v", name, p)
	}
	text := strings.Join(t.lines, "\n")
	r := Report{
		Failed: t.Failed(),
		Panic:  strings.Contains(text, "[rapid] panic"),
		Flaky:  strings.Contains(text, "[rapid] flaky test"),
		Text:   text,
	}
	if r.Failed && strings.Contains(text, "[rapid] only generated") {
		return r, errors.New("check: " + name + ": the generator yields too few valid configurations")
	}
	return r, nil
}

// recorder is a [rapid.TB] that keeps what it is told.
type recorder struct {
	name   string
	mu     sync.Mutex
	lines  []string
	failed bool
}

var _ rapid.TB = (*recorder)(nil)

func (t *recorder) add(failed bool, s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = t.failed || failed
	if s != "" {
		t.lines = append(t.lines, strings.TrimSuffix(s, "\n"))
	}
}

func (t *recorder) Failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

func (t *recorder) Helper()                           {}
func (t *recorder) Name() string                      { return t.name }
func (t *recorder) Logf(format string, args ...any)   { t.add(false, fmt.Sprintf(format, args...)) }
func (t *recorder) Log(args ...any)                   { t.add(false, fmt.Sprintln(args...)) }
func (t *recorder) Errorf(format string, args ...any) { t.add(true, fmt.Sprintf(format, args...)) }
func (t *recorder) Error(args ...any)                 { t.add(true, fmt.Sprintln(args...)) }
func (t *recorder) Fail()                             { t.add(true, "") }
func (t *recorder) SkipNow()                          { runtime.Goexit() }
func (t *recorder) FailNow()                          { t.Fail(); runtime.Goexit() }

func (t *recorder) Skip(args ...any)                  { t.Log(args...); t.SkipNow() }
func (t *recorder) Skipf(format string, args ...any)  { t.Logf(format, args...); t.SkipNow() }
func (t *recorder) Fatal(args ...any)                 { t.Error(args...); runtime.Goexit() }
func (t *recorder) Fatalf(format string, args ...any) { t.Errorf(format, args...); runtime.Goexit() }
