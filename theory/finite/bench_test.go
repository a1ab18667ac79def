package finite

import (
	"context"
	"testing"
)

func BenchmarkOf(b *testing.B) {
	n := square("tanh", 1.2, 128, 50)
	for b.Loop() {
		if _, err := Of(context.Background(), n); err != nil {
			b.Fatal(err)
		}
	}
}
