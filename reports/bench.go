package reports

// BenchRow is the speed of one program on one model.
type BenchRow struct {
	Program string // "gradchain" or a peer
	Model   string
	Kernel  string    // "" for a peer
	Jobs    int       // 0 for a peer
	PerStep []float64 // nanoseconds, one for each run, ascending
}

// Bench tabulates steps per second, medians with the spread of the runs. base is the row
// that the others are compared with.
func Bench(rows []BenchRow, base int) *Report {
	t := NewTable("",
		Column{Name: "program"}, Column{Name: "model"}, Column{Name: "kernel"}, Column{Name: "jobs", Align: Right},
		Column{Name: "step", Unit: "ns, median", Align: Right}, Column{Name: "fastest", Unit: "ns", Align: Right},
		Column{Name: "slowest", Unit: "ns", Align: Right}, Column{Name: "steps/s", Unit: "million", Align: Right},
		Column{Name: "time", Unit: "× base", Align: Right})
	data := NewTable("", keyed([]string{
		"program", "model", "kernel", "jobs", "runs", "ns_per_step", "fastest", "slowest", "steps_per_second", "times_base",
	})...)
	reference := median(rows[base].PerStep)
	for i, r := range rows {
		jobs := Missing()
		if r.Jobs > 0 {
			jobs = Count(int64(r.Jobs))
		}
		step, first, last := median(r.PerStep), r.PerStep[0], r.PerStep[len(r.PerStep)-1]
		ratio := Value(step/reference, 3)
		if i == base {
			ratio = ratio.Marked(t.Note("The base of the comparison."))
		}
		t.Add(Label(r.Program), Label(r.Model), Label(r.Kernel), jobs, Value(step, 3), Value(first, 3), Value(last, 3),
			Value(1e3/step, 3), ratio)
		data.Add(Label(r.Program), Label(r.Model), Label(r.Kernel), jobs, Count(int64(len(r.PerStep))), Value(step, 6),
			Value(first, 6), Value(last, 6), Value(1e9/step, 6), Value(step/reference, 6))
	}
	t.Remark("A step is one factor w·φ′(z) of one path, wall time; with more jobs the machine's, not a worker's. Machines are noisy: compare medians of one run.")
	return &Report{Title: "Speed of the sampling engines", Sections: []Section{{Table: t}}, Data: data}
}

// median of ascending numbers.
func median(x []float64) float64 {
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}
