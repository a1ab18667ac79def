package run

import (
	"fmt"
	"math"
)

// share is the part of the free memory that workers may take together.
const share = 0.8

// fitting returns how many of the workers have room in the memory that is free, each with so
// many bytes. It is an error if not even one has.
func fitting(jobs int, bytes float64) (int, error) {
	free, known := FreeMemory()
	if !known || bytes <= 0 {
		return jobs, nil
	}
	fit := math.Floor(share * free / bytes)
	if fit < 1 {
		return 0, fmt.Errorf("one sample needs about %.2g GB of memory, too much for the %.2g GB that are free; want a smaller width, depth or batch", bytes/1e9, free/1e9)
	}
	return int(min(float64(jobs), fit)), nil
}
