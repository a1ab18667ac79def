package theory

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"gradchain/theory/nearest"
)

// maxLine is the longest query in bytes, the newline included.
const maxLine = 1 << 20

// Batch answers queries, one JSON object a line,
//
//	{"quantity": "chain.lyapunov", "params": {"weight": "normal(1.5)"}}
//
// by one JSON object a line, in order: {"value": number, "error": ""}, with the number
// in its shortest text that reads back as the same float64 and the texts "inf" and "-inf"
// for infinite values, or {"value": null, "error": "what is wrong"}, and "notes", a list of
// texts, where there are any. Numbers must be JSON numbers, texts JSON strings. A line that is
// no query, has another key or one twice, or is longer than 1 MiB, has an error as its
// answer; blank lines have none. The error of Batch is that of r, of w, or of a ctx that is
// done, for which it does not wait for r.
func Batch(ctx context.Context, r io.Reader, w io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lines, out := make(chan batchLine), bufio.NewWriter(w)
	go readLines(ctx, r, lines)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for {
		var line batchLine
		select {
		case line = <-lines:
		case <-ctx.Done():
			return cmp.Or(out.Flush(), ctx.Err())
		}
		if line.err != nil && line.err != io.EOF {
			return cmp.Or(out.Flush(), fmt.Errorf("batch: %w", line.err))
		}
		if len(bytes.TrimSpace(line.text)) > 0 {
			answer := reply(ctx, line.text)
			if ctx.Err() != nil {
				continue // it is none
			}
			if err := answers.Encode(answer); err != nil {
				return fmt.Errorf("batch: %w", err)
			}
		}
		if line.more {
			continue // answer those queries first
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("batch: %w", err)
		}
		if line.err == io.EOF {
			return nil
		}
	}
}

// batchLine is one line of input.
type batchLine struct {
	text []byte
	more bool // more queries are there already
	err  error
}

// readLines hands the lines on until the end or until ctx is done.
func readLines(ctx context.Context, r io.Reader, lines chan<- batchLine) {
	for in := bufio.NewReader(r); ; {
		text, err := readLine(in)
		select {
		case lines <- batchLine{text, err == nil && in.Buffered() > 0, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// readLine reads up to a newline or the end. Of a line that is too long it returns
// more than maxLine bytes, not all.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if len(line) <= maxLine {
			line = append(line, part...)
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

// batchAnswer is one line of output.
type batchAnswer struct {
	Value *jsonNumber `json:"value"`
	Error string      `json:"error"`
	Notes []string    `json:"notes,omitempty"`
}

func reply(ctx context.Context, line []byte) batchAnswer {
	answer, err := ask(ctx, line)
	if err != nil {
		return batchAnswer{Error: err.Error()}
	}
	return batchAnswer{Value: (*jsonNumber)(&answer.Value), Notes: answer.Notes}
}

// jsonNumber has the JSON text of its value, which for an infinite one is a string.
type jsonNumber float64

// MarshalJSON implements json.Marshaler.
func (x jsonNumber) MarshalJSON() ([]byte, error) {
	switch v := float64(x); {
	case math.IsInf(v, 1):
		return []byte(`"inf"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-inf"`), nil
	default:
		return json.Marshal(v)
	}
}

// ask evaluates the query of one line.
func ask(ctx context.Context, line []byte) (Answer, error) {
	if len(line) > maxLine {
		return Answer{}, fmt.Errorf("query longer than %d bytes", maxLine)
	}
	query, err := readQuery(line)
	if err != nil {
		return Answer{}, fmt.Errorf(`%w; want {"quantity": "...", "params": {...}}`, err)
	}
	q, err := Lookup(query.quantity)
	if err != nil {
		return Answer{}, err
	}
	for _, p := range q.Params {
		if text, ok := query.params[p.Name].(string); ok && p.numeric() {
			return Answer{}, fmt.Errorf("%s: %s = %s is a text, want %s", q.Name, p.Name, nearest.Quote(text), p.want())
		}
	}
	return q.Evaluate(ctx, query.params)
}
