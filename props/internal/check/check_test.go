package check

import (
	"testing"

	"pgregory.net/rapid"
)

// atLeast records the values of a property that fails from limit on.
func atLeast(limit int) (prop func(*rapid.T), last, calls *int) {
	last, calls = new(int), new(int)
	return func(t *rapid.T) {
		n := rapid.IntRange(0, 1000).Draw(t, "n")
		*calls++
		if n >= limit {
			*last = n
			t.Fatalf("n = %d", n)
		}
	}, last, calls
}

func TestProperty(t *testing.T) {
	for _, tt := range []struct {
		reason string
		prop   func(*rapid.T)
		want   Report
	}{
		{"nothing to falsify", func(t *rapid.T) { rapid.Int().Draw(t, "i") }, Report{}},
		{"a panic is a failure of its own kind", func(t *rapid.T) {
			if rapid.IntRange(0, 9).Draw(t, "i") > 5 {
				panic("boom")
			}
		}, Report{Failed: true, Panic: true}},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			err := With(Settings{Checks: 100, Seed: 7}, func() {
				got, err := Property("p", tt.prop)
				if err != nil {
					t.Error(err)
				}
				if got.Failed != tt.want.Failed || got.Panic != tt.want.Panic || got.Flaky != tt.want.Flaky {
					t.Errorf("got %+v, want %+v", got, tt.want)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// The last call of the property is the minimal case, and the same seed shrinks
// in the same number of calls.
func TestPropertyShrinks(t *testing.T) {
	var allCalls []int
	for range 2 {
		prop, last, calls := atLeast(37)
		err := With(Settings{Checks: 100, Seed: 7}, func() {
			report, err := Property("shrinks", prop)
			if err != nil || !report.Failed {
				t.Errorf("report %+v, error %v; want a failure", report, err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if *last != 37 {
			t.Errorf("shrunk to %d, want 37", *last)
		}
		allCalls = append(allCalls, *calls)
	}
	if allCalls[0] != allCalls[1] {
		t.Errorf("same seed, %d and %d calls", allCalls[0], allCalls[1])
	}
}

// A generator that never yields is an error, not a silent pass.
func TestPropertyWithoutCases(t *testing.T) {
	err := With(Settings{Checks: 10, Seed: 1}, func() {
		_, err := Property("empty", func(t *rapid.T) {
			rapid.Int().Filter(func(int) bool { return false }).Draw(t, "never")
		})
		if err == nil {
			t.Error("no error for a generator that yields nothing")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
