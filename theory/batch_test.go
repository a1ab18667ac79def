package theory

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
)

// batch answers the queries, and fails unless there is one answer a line.
func batch(t *testing.T, queries string) []batchAnswer {
	t.Helper()
	var out bytes.Buffer
	if err := Batch(context.Background(), strings.NewReader(queries), &out); err != nil {
		t.Fatal(err)
	}
	var answers []batchAnswer
	for line := range strings.Lines(out.String()) {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &fields); err != nil || fields["value"] == nil || fields["error"] == nil {
			t.Fatalf("answer %q: %v", line, err)
		}
		if _, noted := fields["notes"]; noted && len(fields) != 3 || !noted && len(fields) != 2 {
			t.Fatalf("answer %q has other fields than value, error and notes", line)
		}
		var a batchAnswer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("answer %q: %v", line, err)
		}
		if (a.Value == nil) != (a.Error != "") || strings.ContainsAny(a.Error, "\n\r") {
			t.Fatalf("answer %q has not one of value and error", line)
		}
		answers = append(answers, a)
	}
	return answers
}

// UnmarshalJSON implements json.Unmarshaler.
func (x *jsonNumber) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	*x = jsonNumber(v)
	return err
}

// The answers are those of Evaluate, bit for bit and in order.
func TestBatch_golden(t *testing.T) {
	table, err := os.ReadFile("testdata/golden.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(asQueries(t, table)))
	answers := batch(t, string(asQueries(t, table)))
	row := 0
	for ; lines.Scan() && row < len(answers); row++ {
		var query struct {
			Quantity string
			Params   map[string]any
		}
		if err := json.Unmarshal(lines.Bytes(), &query); err != nil {
			t.Fatal(err)
		}
		q, err := Lookup(query.Quantity)
		if err != nil {
			t.Fatal(err)
		}
		want, err := value(q, query.Params)
		got := answers[row]
		if err != nil && got.Error != err.Error() || err == nil && (got.Value == nil || float64(*got.Value) != want) {
			t.Errorf("%s: %+v, want %v, %v", lines.Text(), got, want, err)
		}
	}
	if row != len(answers) || row < 400 {
		t.Errorf("%d answers to %d queries", len(answers), row)
	}
}

// asQueries leaves of the rows of a table what a query has.
func asQueries(t *testing.T, table []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(table) {
		var query struct {
			Quantity string          `json:"quantity"`
			Params   json.RawMessage `json:"params"`
		}
		if err := json.Unmarshal(line, &query); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(query)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(text, '\n'))
	}
	return out.Bytes()
}

// No answer names a type of Go, and an answer stays short whatever was asked.
func TestBatch_plain(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for _, line := range []string{
		`[]`, `null`, `1`, `true`, `{"quantity": []}`, `{"quantity": {}}`, `{"quantity": true}`, `{"quantity": "chain.lyapunov", "params": 1}`,
		`{"quantity": "chain.lyapunov", "params": {"weight": null}}`, `{"quantity": "chain.lyapunov", "params": {"weight": false}}`,
		`{"quantity": "` + long + `"}`, `{"` + long + `": 1}`, `{"quantity": "chain.lyapunov", "params": {"` + long + `": 1}}`,
		`{"quantity": "chain.lyapunov", "params": {"weight": "` + long + `"}}`, `{"quantity": "chain.lyapunov", "params": {"weight": "normal(` + long + `)"}}`,
		`{"quantity": "chain.lyapunov", "params": {"weight": "normal(1)", "activation": "` + long + `"}}`,
		`{"quantity": "recurrent.chrono.bias", "params": {"steps": 1` + strings.Repeat("0", 100_000) + `}}`, strings.Repeat("[", 100_000),
	} {
		answers := batch(t, line)
		if len(answers) != 1 || answers[0].Error == "" || len(answers[0].Error) > 400 {
			t.Fatalf("%.60s: %.500v", line, answers)
		}
		for _, bad := range []string{"json", "Go ", "struct", "type", "interface", "%!", "nil", "unmarshal"} {
			if strings.Contains(answers[0].Error, bad) {
				t.Errorf("%.60s: %s in %s", line, bad, answers[0].Error)
			}
		}
	}
}

// A batch that waits for its next query ends when the context does, with what it has
// answered.
func TestBatch_cancel(t *testing.T) {
	read, write := io.Pipe()
	defer write.Close()
	ctx, cancel := context.WithCancel(context.Background())
	var out bytes.Buffer
	done := make(chan error)
	go func() { done <- Batch(ctx, read, &out) }()
	if _, err := io.WriteString(write, `{"quantity": "recurrent.chrono.bias", "params": {"steps": 10}}`+"\n"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// A line that is no query has an error for an answer, and the next one is answered.
func TestBatch_malformed(t *testing.T) {
	const good = `{"quantity": "recurrent.chrono.bias", "params": {"steps": 10}}`
	for _, tc := range []struct{ reason, line, want string }{
		{"no JSON", `chrono`, `want {"quantity"`},
		{"half a query", good[:30], `want {"quantity"`},
		{"two queries", good + good, `want {"quantity"`},
		{"a list", `[1]`, `want {"quantity"`},
		{"a text", `"x"`, `the line is a text; want {"quantity"`},
		{"null", `null`, `the line is null; want {"quantity"`},
		{"no quantity", `{"params": {"steps": 10}}`, "quantity is missing"},
		{"an empty object", `{}`, "quantity is missing"},
		{"null for the quantity", `{"quantity": null}`, "quantity is null"},
		{"an empty quantity", `{"quantity": "", "params": {}}`, `unknown quantity ""`},
		{"an unknown key", good[:len(good)-1] + `, "value": 1}`, `unknown key "value"; want {"quantity"`},
		{"a key in capitals", `{"Quantity": "recurrent.chrono.bias", "params": {"steps": 10}}`, `unknown key "Quantity"`},
		{"params in capitals", `{"quantity": "recurrent.chrono.bias", "PARAMS": {"steps": 10}}`, `unknown key "PARAMS"`},
		{"the quantity twice", `{"quantity": "recurrent.chrono.bias", "quantity": "recurrent.chrono.bias", "params": {"steps": 10}}`, `key "quantity" is given twice`},
		{"params twice", good[:len(good)-1] + `, "params": {"steps": 11}}`, `key "params" is given twice`},
		{"a parameter in capitals", `{"quantity": "recurrent.chrono.bias", "params": {"Steps": 10}}`, `unknown parameter "Steps"`},
		{"words behind", good + ` words`, "there is more behind the object"},
		{"a number for the quantity", `{"quantity": 3}`, `want {"quantity"`},
		{"unknown quantity", `{"quantity": "chrono"}`, `unknown quantity "chrono", nearest are recurrent.chrono.bias`},
		{"no params", `{"quantity": "recurrent.chrono.bias"}`, "steps is missing"},
		{"params null", `{"quantity": "recurrent.chrono.bias", "params": null}`, "params is null"},
		{"params a list", `{"quantity": "recurrent.chrono.bias", "params": [10]}`, "params is a list"},
		{"a text for a number", `{"quantity": "recurrent.chrono.bias", "params": {"steps": "10"}}`, `steps = "10" is a text, want integer > 1`},
		{"a number for a text", `{"quantity": "initializer.torch_gain", "params": {"activation": 1}}`, "activation = 1 is a number"},
		{"null", `{"quantity": "recurrent.chrono.bias", "params": {"steps": null}}`, "want integer > 1"},
		{"true", `{"quantity": "recurrent.chrono.bias", "params": {"steps": true}}`, "want integer > 1"},
		{"a list for a number", `{"quantity": "recurrent.chrono.bias", "params": {"steps": [10]}}`, `parameter "steps" is a list`},
		{"a parameter twice", `{"quantity": "recurrent.chrono.bias", "params": {"steps": 10, "steps": 11}}`, `parameter "steps" is given twice`},
		{"NaN", `{"quantity": "recurrent.chrono.bias", "params": {"steps": NaN}}`, `want {"quantity"`},
		{"above float64", `{"quantity": "recurrent.lstm.half_life", "params": {"bias": 1e999}}`, `bias = "1e999"`},
		{"invalid UTF-8", "{\"quantity\": \"\xff\"}", "unknown quantity"},
		{"an overlong line", `{"quantity": "` + strings.Repeat("x", 2*maxLine) + `"}`, "query longer than 1048576 bytes"},
	} {
		answers := batch(t, tc.line+"\n"+good)
		if len(answers) != 2 || !strings.Contains(answers[0].Error, tc.want) || len(answers[0].Error) > 400 {
			t.Errorf("%s: %+v, want an error with %q", tc.reason, answers, tc.want)
			continue
		}
		if last := answers[1]; last.Value == nil || !(math.Abs(float64(*last.Value)-math.Log(9)) <= 1e-15) {
			t.Errorf("%s: the next answer is %+v", tc.reason, last)
		}
	}
}

// Blank lines have no answer, however lines end; a line just short enough has one.
func TestBatch_lines(t *testing.T) {
	const good = `{"quantity": "recurrent.chrono.bias", "params": {"steps": 10}}`
	padded := strings.Repeat(" ", maxLine-len(good)-1) + good + "\n"
	for _, tc := range []struct {
		reason, queries string
		want            int
	}{
		{"nothing", "", 0},
		{"blank lines only", "\n \n\t\r\n", 0},
		{"no newline at the end", good + "\n" + good, 2},
		{"carriage returns and blank lines", good + "\r\n\r\n" + good + "\r\n", 2},
		{"the longest line", padded + padded, 2},
	} {
		answers := batch(t, tc.queries)
		if len(answers) != tc.want {
			t.Errorf("%s: %d answers, want %d", tc.reason, len(answers), tc.want)
		}
		for _, a := range answers {
			if a.Value == nil {
				t.Errorf("%s: %s", tc.reason, a.Error)
			}
		}
	}
}

// Numbers are printed in their shortest exact form, and texts as they are.
func TestBatch_format(t *testing.T) {
	const queries = `{"quantity": "recurrent.lstm.memory", "params": {"bias": 0, "steps": 1}}
{"quantity": "correction.budget.single_layer", "params": {"w": 4e-300}}
{"quantity": "recurrent.lstm.memory", "params": {"bias": 0, "steps": 2000}}
{"quantity": "initializer.he_weight_var", "params": {"slope": 3}}
{"quantity": "recurrent.lstm.memory", "params": {"bias": 0, "steps": -1}}
`
	const want = `{"value":0.5,"error":""}
{"value":1e-300,"error":""}
{"value":0,"error":""}
{"value":0.2,"error":""}
{"value":null,"error":"recurrent.lstm.memory: steps = -1, want steps >= 0"}
`
	var out strings.Builder
	if err := Batch(context.Background(), strings.NewReader(queries), &out); err != nil || out.String() != want {
		t.Errorf("%s%v, want\n%s", out.String(), err, want)
	}
}

// A reader or a writer that fails ends the batch with its error.
func TestBatch_broken(t *testing.T) {
	broken := errors.New("broken")
	if err := Batch(context.Background(), iotest.ErrReader(broken), io.Discard); !errors.Is(err, broken) {
		t.Errorf("reader: error %v", err)
	}
	const good = `{"quantity": "recurrent.chrono.bias", "params": {"steps": 10}}` + "\n"
	_, writer := io.Pipe()
	if err := writer.CloseWithError(broken); err != nil {
		t.Fatal(err)
	}
	if err := Batch(context.Background(), strings.NewReader(strings.Repeat(good, 1000)), writer); err == nil {
		t.Error("writer: no error")
	}
}

// A query is answered before the next one is read.
func TestBatch_streams(t *testing.T) {
	queries, ask := io.Pipe()
	answers, reply := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- Batch(context.Background(), queries, reply) }()
	lines := bufio.NewReader(answers)
	for range 3 {
		if _, err := io.WriteString(ask, `{"quantity": "recurrent.chrono.bias", "params": {"steps": 2}}`+"\n"); err != nil {
			t.Fatal(err)
		}
		if line, err := lines.ReadString('\n'); err != nil || line != `{"value":0,"error":""}`+"\n" {
			t.Fatalf("answer %q, %v", line, err)
		}
	}
	if err := ask.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Any bytes are answered by lines of the right form, one for each line that is not
// blank.
func FuzzBatch(f *testing.F) {
	f.Add(`{"quantity": "recurrent.chrono.bias", "params": {"steps": 1e1}}` + "\n\n" + `{"quantity": 1}`)
	f.Add(`{"quantity": "chain.lyapunov", "params": {"weight": "normal(mu=1,sigma=0.5)", "activation": "elu(2)", "q": 3}}`)
	f.Add(`{"quantity": "product.lyapunov", "params": {"width": 4.0, "weight_var": 1, "index": 5}}`)
	f.Add("{\"quantity\": \"initializer.std\", \"params\": {\"scheme\": \"\x00\", \"fan_in\": -0, \"fan_out\": 1e400}}\r\n[")
	f.Fuzz(func(t *testing.T, queries string) {
		want := 0
		for line := range strings.Lines(queries) {
			if strings.TrimSpace(strings.ToValidUTF8(line, "x")) != "" {
				want++
			}
			if len(line) > 300 || strings.Contains(line, "max_steps") {
				t.Skip("may take long")
			}
		}
		if got := len(batch(t, queries)); got != want {
			t.Fatalf("%d answers to %d queries", got, want)
		}
	})
}
