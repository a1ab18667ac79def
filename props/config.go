package props

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// canonical is the one text of a configuration: JSON with sorted keys and
// shortest round-trip numbers. It keys the memo of verdicts and the streams.
func canonical(config any) string {
	raw, err := json.Marshal(config)
	if err != nil {
		panic(fmt.Sprintf("props: configuration %T has no JSON form: %v", config, err))
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		panic(fmt.Sprintf("props: configuration %T: %v", config, err))
	}
	sorted, err := json.Marshal(tree) // maps are written with sorted keys
	if err != nil {
		panic(fmt.Sprintf("props: configuration %T: %v", config, err))
	}
	return string(sorted)
}
