package level

import "testing"

func TestChoose(t *testing.T) {
	for _, tt := range []struct {
		reason, value string
		want          Level
	}{
		{"no value is the best", "", Best()},
		{"every machine has it", "generic", Generic},
		{"a level, or the best below it", "avx2", min(AVX2, Best())},
		{"a level, or the best below it", "avx512", min(AVX512, Best())},
	} {
		if got, err := Choose(tt.value); got != tt.want || err != nil {
			t.Errorf("%s: %q gives %v, %v, want %v", tt.reason, tt.value, got, err, tt.want)
		}
	}
	for _, value := range []string{"AVX2", "sse", "generic ", "2"} {
		if _, err := Choose(value); err == nil {
			t.Errorf("%q is no level, and gives no error", value)
		}
	}
}
