package machine

// recorded collects operations instead of appending them, where it is not nil.
var recorded *[]func()

// emit appends an operation, which must not depend on what is appended before it but
// by its operands.
func emit(op func()) {
	if recorded == nil {
		op()
		return
	}
	*recorded = append(*recorded, op)
}

// Interleave appends the operations of independent parts in turn, in proportion to
// their lengths: a processor looks ahead only so far for work that does not wait.
func Interleave(parts ...func()) {
	outer := recorded
	ops := make([][]func(), len(parts))
	for i, part := range parts {
		recorded = &ops[i]
		part()
	}
	recorded = outer
	done := make([]int, len(parts))
	for {
		next := -1
		for i := range ops {
			if done[i] < len(ops[i]) && (next < 0 || done[i]*len(ops[next]) < done[next]*len(ops[i])) {
				next = i
			}
		}
		if next < 0 {
			return
		}
		emit(ops[next][done[next]])
		done[next]++
	}
}
