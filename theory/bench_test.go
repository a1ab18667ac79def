package theory

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"
)

// Every quantity at its example, parameters as text. One evaluation takes less than
// 10 ms.
func BenchmarkEvaluate(b *testing.B) {
	for _, q := range Catalogue() {
		params, err := ParseParams(strings.Fields(q.Example.Query)...)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(q.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := value(q, params); err != nil {
					b.Fatal(err)
				}
			}
			if mean := b.Elapsed().Seconds() / float64(b.N); !(mean < 0.01) {
				b.Errorf("%.3g s per evaluation", mean)
			}
		})
	}
}

func BenchmarkBatch(b *testing.B) {
	table, err := os.ReadFile("testdata/golden.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	queries := bytes.Count(table, []byte("\n"))
	b.ReportAllocs()
	for b.Loop() {
		if err := Batch(context.Background(), bytes.NewReader(table), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(queries)/b.Elapsed().Seconds(), "queries/s")
}
