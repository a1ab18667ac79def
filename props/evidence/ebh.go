package evidence

import (
	"cmp"
	"math"
	"slices"
)

// EBH lists, in ascending order, the indices of the hypotheses that e-BH
// rejects at false discovery rate q, from their log e-values: Wang and Ramdas
// (2022). It is valid however the e-values depend on each other.
func EBH(q float64, logE ...float64) []int {
	order := ordered(len(logE), func(i, j int) int { return cmp.Compare(logE[j], logE[i]) })
	most := 0
	for k := 1; k <= len(order); k++ {
		if logE[order[k-1]] >= math.Log(float64(len(logE))/(q*float64(k))) {
			most = k
		}
	}
	return slices.Sorted(slices.Values(order[:most]))
}

// Holm lists, in ascending order, the indices of the hypotheses that Holm's
// procedure (1979) rejects at familywise error rate level, from their p-values.
func Holm(level float64, p ...float64) []int {
	order := ordered(len(p), func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	most := 0
	for most < len(order) && p[order[most]] <= level/float64(len(p)-most) {
		most++
	}
	return slices.Sorted(slices.Values(order[:most]))
}

// ordered is 0 … n−1 sorted by compare, ties in order.
func ordered(n int, compare func(i, j int) int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, compare)
	return order
}
