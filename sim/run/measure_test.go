package run

import (
	"context"
	"errors"
	"testing"
	"time"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/model"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

func TestMeasure(t *testing.T) {
	m := model.Chain{Activation: activation.MustParse("sigmoid"), Weight: law.MustParse("normal(1)"), Depth: 10}
	before := level.Now
	for _, kernel := range Kernels() {
		s, err := Measure(context.Background(), m, kernel, 2, time.Millisecond)
		if err != nil || s.Steps <= 0 || s.Steps%10 != 0 || !(s.Seconds >= 0.001) || !(s.PerStep() > 0) {
			t.Errorf("%s: %+v, %v", kernel, s, err)
		}
	}
	if _, err := Measure(context.Background(), m, "avx9", 1, time.Millisecond); err == nil {
		t.Error("no error for an unknown kernel")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Measure(ctx, m, "generic", 1, time.Millisecond); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := Measure(context.Background(), model.Chain{}, "generic", 1, time.Millisecond); err == nil {
		t.Error("no error for an invalid model")
	}
	if level.Now != before {
		t.Errorf("the kernel is left at %v", level.Now)
	}
}
