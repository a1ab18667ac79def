package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"gradchain/reports"
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

	begun time.Time
	told  bool         // the estimate
	bytes func() int64 // what --raw has taken so far; nil without
}

// After surveyed an estimate of the rest is told, once, if that is worth it.
const (
	surveyed = 1500 * time.Millisecond
	worth    = 30 * time.Second
)

func newProgress(errOut io.Writer, what string) *progress {
	p := &progress{what: what, err: errOut, begun: time.Now(), next: time.Now().Add(plainEvery)}
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
	p.estimate(done, total, time.Since(p.begun))
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

// estimate tells what a long job will take, when some of it is done.
func (p *progress) estimate(done, total int, took time.Duration) {
	if p.told || took < surveyed || done < 1 {
		return
	}
	p.told = true
	ratio := float64(total) / float64(done)
	rest := float64(took) * (ratio - 1)
	if rest < float64(worth) {
		return
	}
	text := fmt.Sprintf("%s: %d of %d, about %s left", p.what, done, total, roughTime(rest))
	if p.bytes != nil {
		text += ", raw about " + roughBytes(float64(p.bytes())*ratio)
	}
	out := p.err
	if p.bars != nil {
		out = p.bars // above the bar
	}
	fmt.Fprintln(out, text)
}

// roughTime is a time in nanoseconds to one unit or two digits.
func roughTime(ns float64) string {
	seconds := ns / 1e9
	for _, unit := range []struct {
		seconds float64
		name    string
	}{{365.25 * 86400, "years"}, {86400, "days"}, {3600, "h"}, {60, "min"}} {
		if seconds >= 2*unit.seconds {
			return reports.Brief(seconds/unit.seconds, 2) + " " + unit.name
		}
	}
	return reports.Brief(seconds, 2) + " s"
}

// roughBytes is a size of a file to two digits.
func roughBytes(n float64) string {
	for _, unit := range []struct {
		bytes float64
		name  string
	}{{1e18, "EB"}, {1e15, "PB"}, {1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}} {
		if n >= unit.bytes {
			return reports.Brief(n/unit.bytes, 2) + " " + unit.name
		}
	}
	return reports.Brief(n/1e3, 2) + " kB"
}

// end removes the bar, also from an unfinished job.
func (p *progress) end() {
	if p.bars == nil {
		return
	}
	p.bar.Abort(true)
	p.bars.Wait()
}
