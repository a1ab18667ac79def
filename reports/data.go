package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// writeCSV writes the data with a line of keys on top. NaN is empty.
func (r *Report) writeCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	data := r.data()
	keys := data.keys()
	line := make([]string, 0, len(keys))
	for _, j := range keys {
		line = append(line, data.columns[j].Key)
	}
	if err := c.Write(line); err != nil {
		return err
	}
	for _, row := range data.rows {
		line = line[:0]
		for _, j := range keys {
			line = append(line, row[j].csv())
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// csv is the cell as a field: without what would move a terminal's cursor, and with an
// apostrophe before a text that a spreadsheet would take for a formula.
func (c Cell) csv() string {
	if c.kind != isText {
		return c.data
	}
	lines := strings.Split(c.data, "\n")
	for i, line := range lines {
		lines[i] = clean(line)
	}
	text := strings.Join(lines, "\n")
	start := strings.TrimLeft(text, " ")
	if _, err := strconv.ParseFloat(text, 64); err == nil || start == "" || !strings.ContainsRune("=+-@", rune(start[0])) {
		return text
	}
	return "'" + text
}

func (r *Report) data() *Table {
	if r.Data == nil {
		panic(fmt.Sprintf("reports: report %q has no data", r.Title))
	}
	return r.Data
}

// keys are the indices of the columns that have a key.
func (t *Table) keys() []int {
	var out []int
	for j, c := range t.columns {
		if c.Key != "" {
			out = append(out, j)
		}
	}
	return out
}

// writeJSON writes the report as one indented object. What is the text of a JSON object,
// such as a model or a configuration, stands there as that object.
func (r *Report) writeJSON(w io.Writer) error {
	object := r.Object
	if object == nil {
		data := r.data()
		object = struct {
			Title string   `json:"title"`
			Rows  *Table   `json:"rows"`
			Notes []string `json:"notes,omitempty"`
		}{r.Title, data, slices.Concat(data.notes, data.remarks)}
	}
	var text, out bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(object); err != nil {
		return err
	}
	if err := json.Indent(&out, unquoted(text.Bytes()), "", "  "); err != nil {
		return err
	}
	_, err := out.WriteTo(w)
	return err
}

// unquoted replaces every string of a JSON text that is the text of an object by the object.
func unquoted(text []byte) []byte {
	var out []byte
	for {
		start := bytes.IndexByte(text, '"')
		if start < 0 {
			return append(out, text...)
		}
		end := start + 1 + closing(text[start+1:])
		quoted := text[start:end]
		out, text = append(out, text[:start]...), text[end:]
		var inner string
		if bytes.HasPrefix(quoted, []byte(`"{`)) && json.Unmarshal(quoted, &inner) == nil && json.Valid([]byte(inner)) {
			quoted = []byte(inner)
		}
		out = append(out, quoted...)
	}
}

// closing is the index behind the quote that closes a string.
func closing(text []byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// MarshalJSON returns the rows as objects by the keys of the columns, in their order.
func (t *Table) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range t.rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(t.object(i))
	}
	b.WriteByte(']')
	return b.Bytes(), nil
}

// object is row i as a JSON object.
func (t *Table) object(i int) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for k, j := range t.keys() {
		if k > 0 {
			b.WriteByte(',')
		}
		b.Write(quote(t.columns[j].Key))
		b.WriteByte(':')
		b.Write(t.rows[i][j].json())
	}
	b.WriteByte('}')
	return b.Bytes()
}

// json is the cell as a JSON value.
func (c Cell) json() []byte {
	switch {
	case c.kind == isText || c.data == "inf" || c.data == "-inf":
		return quote(c.data)
	case c.data == "":
		return []byte("null")
	}
	return []byte(c.data)
}

func quote(text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic("reports: " + err.Error()) // a string always has a JSON form
	}
	return bytes.TrimSpace(b.Bytes())
}
