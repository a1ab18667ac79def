package theory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gradchain/theory/nearest"
)

// batchQuery is what a line of a batch asks.
type batchQuery struct {
	quantity string
	params   jsonParams
}

// readQuery reads a JSON object with the keys quantity and params, each once, and no other.
func readQuery(line []byte) (query batchQuery, err error) {
	tokens := json.NewDecoder(bytes.NewReader(line))
	tokens.UseNumber()
	start, err := tokens.Token()
	if err != nil {
		return query, plainly(err)
	}
	if start != json.Delim('{') {
		return query, fmt.Errorf("the line is %s", kindOf(start))
	}
	given := map[string]bool{}
	for tokens.More() {
		token, err := tokens.Token()
		if err != nil {
			return query, plainly(err)
		}
		key := token.(string)
		if given[key] {
			return query, fmt.Errorf("key %s is given twice", nearest.Quote(key))
		}
		given[key] = true
		if err := query.read(key, tokens); err != nil {
			return query, plainly(err)
		}
	}
	if _, err := tokens.Token(); err != nil { // the brace
		return query, plainly(err)
	}
	if _, err := tokens.Token(); err != io.EOF {
		return query, errors.New("there is more behind the object")
	}
	if !given["quantity"] {
		return query, errors.New("quantity is missing")
	}
	return query, nil
}

// read reads the value of a key.
func (query *batchQuery) read(key string, tokens *json.Decoder) error {
	switch key {
	case "quantity":
		value, err := tokens.Token()
		if err != nil {
			return err
		}
		var text bool
		if query.quantity, text = value.(string); !text {
			return fmt.Errorf("quantity is %s", kindOf(value))
		}
		return nil
	case "params":
		return tokens.Decode(&query.params)
	}
	return fmt.Errorf("unknown key %s", nearest.Quote(key))
}

// plainly is an error of package json without its name.
func plainly(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the line ends in the middle")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// kindOf names the kind of a JSON value by its first token.
func kindOf(token any) string {
	switch token {
	case nil:
		return "null"
	case true, false:
		return fmt.Sprint(token)
	case json.Delim('['):
		return "a list"
	case json.Delim('{'):
		return "an object"
	}
	if _, text := token.(string); text {
		return "a text"
	}
	return "a number"
}

// jsonParams reads a JSON object of numbers and texts, in which no name comes twice.
type jsonParams map[string]any

// UnmarshalJSON implements json.Unmarshaler.
func (p *jsonParams) UnmarshalJSON(data []byte) error {
	tokens := json.NewDecoder(bytes.NewReader(data))
	tokens.UseNumber()
	start, err := tokens.Token()
	if err != nil {
		return err
	}
	if start != json.Delim('{') {
		return fmt.Errorf("params is %s", kindOf(start))
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
			return fmt.Errorf("parameter %s is %s", nearest.Quote(name), kindOf(value))
		}
		(*p)[name] = value
	}
	return nil
}
