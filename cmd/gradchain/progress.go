package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// plainEvery is the time between two lines of progress where there is no terminal.
const plainEvery = 5 * time.Second

// progress shows how far a long job is: a bar on a terminal, a line every few
// seconds elsewhere.
type progress struct {
	what string
	err  io.Writer
	bars *mpb.Progress
	bar  *mpb.Bar
	next time.Time
	done int
}

func newProgress(errOut io.Writer, what string) *progress {
	p := &progress{what: what, err: errOut, next: time.Now().Add(plainEvery)}
	if f, ok := errOut.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		p.bars = mpb.New(mpb.WithOutput(f), mpb.WithWidth(40))
		p.bar = p.bars.AddBar(0,
			mpb.PrependDecorators(decor.Name(what+" ")),
			mpb.AppendDecorators(decor.CountersNoUnit("%d of %d "), decor.AverageETA(decor.ET_STYLE_MMSS)),
			mpb.BarRemoveOnComplete())
	}
	return p
}

// set says how much of the total is done.
func (p *progress) set(done, total int) {
	p.done = done
	if p.bar != nil {
		p.bar.SetTotal(int64(total), false)
		p.bar.SetCurrent(int64(done))
		return
	}
	if now := time.Now(); done < total && now.After(p.next) {
		p.next = now.Add(plainEvery)
		fmt.Fprintf(p.err, "%s: %d of %d\n", p.what, done, total)
	}
}

// end removes the bar, also from an unfinished job.
func (p *progress) end() {
	if p.bars == nil {
		return
	}
	p.bar.Abort(true)
	p.bars.Wait()
}
