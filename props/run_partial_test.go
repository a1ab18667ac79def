package props

import (
	"context"
	"errors"
	"testing"
)

// An interrupted run returns what was finished, with the bits of a whole run.
func TestRun_interrupted(t *testing.T) {
	claims, err := Match("S6", "S8", "S7", "S1")
	if err != nil {
		t.Fatal(err)
	}
	env := Env{Seed: 1, Tier: Quick, Jobs: 1}
	whole, err := Run(context.Background(), claims, env, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	part, err := Run(ctx, claims, env, func(done int, _ Result) {
		if done == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(part) != 2 {
		t.Fatalf("%d results, %v, want 2 and the cancellation", len(part), err)
	}
	for i := range part {
		if part[i].ID != whole[i].ID || part[i].Verdict != whole[i].Verdict || part[i].Samples != whole[i].Samples {
			t.Errorf("%s: %v with %d samples, in a whole run %s: %v with %d", part[i].ID, part[i].Verdict, part[i].Samples, whole[i].ID, whole[i].Verdict, whole[i].Samples)
		}
	}
}
