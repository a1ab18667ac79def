package theory

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
// texts, where there are any. Numbers must be JSON numbers, texts JSON strings. A line that is no
// query, or longer than 1 MiB, has an error as its answer; blank lines have none. The
// error of Batch is that of r or w.
func Batch(ctx context.Context, r io.Reader, w io.Writer) error {
	in, out := bufio.NewReader(r), bufio.NewWriter(w)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for {
		line, readErr := readLine(in)
		if readErr != nil && readErr != io.EOF {
			return errors.Join(fmt.Errorf("batch: %w", readErr), out.Flush())
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if err := answers.Encode(reply(ctx, line)); err != nil {
				return fmt.Errorf("batch: %w", err)
			}
		}
		if readErr == nil && in.Buffered() > 0 {
			continue // more queries are there, answer those first
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("batch: %w", err)
		}
		if readErr == io.EOF {
			return nil
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
	var query struct {
		Quantity string
		Params   jsonParams
	}
	if err := json.Unmarshal(line, &query); err != nil {
		return Answer{}, fmt.Errorf(`%w; want {"quantity": "...", "params": {...}}`, err)
	}
	q, err := Lookup(query.Quantity)
	if err != nil {
		return Answer{}, err
	}
	for _, p := range q.Params {
		if text, ok := query.Params[p.Name].(string); ok && p.numeric() {
			return Answer{}, fmt.Errorf("%s: %s = %s is a text, want %s", q.Name, p.Name, nearest.Quote(text), p.want())
		}
	}
	return q.Evaluate(ctx, query.Params)
}

// jsonParams reads a JSON object of numbers and texts, in which no name comes twice.
type jsonParams map[string]any

// UnmarshalJSON implements json.Unmarshaler.
func (p *jsonParams) UnmarshalJSON(data []byte) error {
	tokens := json.NewDecoder(bytes.NewReader(data))
	tokens.UseNumber()
	if start, err := tokens.Token(); err != nil || start != json.Delim('{') {
		return errors.New("params is not an object")
	}
	*p = jsonParams{}
	for tokens.More() {
		key, err := tokens.Token()
		if err != nil {
			return err
		}
		name := key.(string)
		if _, twice := (*p)[name]; twice {
			return errTwice(name)
		}
		value, err := tokens.Token()
		if err != nil {
			return err
		}
		if _, nested := value.(json.Delim); nested {
			return fmt.Errorf("parameter %s is an object or a list", nearest.Quote(name))
		}
		(*p)[name] = value
	}
	return nil
}
