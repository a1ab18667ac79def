package network

import (
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/stream"
)

// chunk is the number of values drawn at a time, few enough for the first-level
// cache.
const chunk = 1024

// normals draws standard normal values. A call takes whole groups of words.
type normals struct {
	bits  [chunk]uint64
	spare [chunk / 2]float64
}

func (d *normals) fill(src stream.Source, dst []float64) {
	for len(dst) > 0 {
		n := min(len(dst), chunk)
		half := (n + 1) / 2
		bits := d.bits[:2*((half+lanes-1)&^(lanes-1))]
		src.Fill(bits)
		if n%2 == 0 {
			kernel.NormalPairs(dst[:half], dst[half:n], bits)
		} else {
			kernel.NormalPairs(dst[:half], d.spare[:half], bits)
			copy(dst[half:n], d.spare[:])
		}
		dst = dst[n:]
	}
}

// sphere sets x to a uniform point of the sphere ‖x‖ = radius.
func (d *normals) sphere(src stream.Source, x []float64, radius float64) {
	d.fill(src, x)
	scale(x, radius/math.Sqrt(kernel.Dot(x, x)))
}
