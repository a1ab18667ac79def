package main

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gradchain/props"
	"gradchain/props/evidence"
)

// shown is what a command lets a reader see, with its standard error, 0 for what is
// computed.
type shown struct{ value, stderr float64 }

// seen is what the commands behind "see it" print, each with --format json.
type seen []map[string]any

// row is a row of a table by its index: layer, step, depth or rank.
func (s seen) row(t *testing.T, command int, table, index string, at int) map[string]float64 {
	t.Helper()
	rows, _ := s[command][table].([]any)
	for _, r := range rows {
		row := map[string]float64{}
		for key, x := range r.(map[string]any) {
			if number, ok := x.(float64); ok {
				row[key] = number
			}
		}
		if row[index] == float64(at) {
			return row
		}
	}
	t.Fatalf("no row %s %d in %s of %v", index, at, table, s[command]["model"])
	return nil
}

// configOf are the numbers of a counterexample's configuration.
func configOf(t *testing.T, example *props.Counterexample) map[string]float64 {
	var all map[string]any
	if err := json.Unmarshal([]byte(example.Config), &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for key, x := range all {
		if number, ok := x.(float64); ok {
			out[key] = number
		}
	}
	return out
}

// reader reads the number of a claim's test from what its commands print.
type reader func(t *testing.T, s seen, config map[string]float64) shown

// readers has one for every refuted claim.
var readers = map[string]reader{
	"S3": exceeds, "S4": exceeds, "B1": exceeds,
	"S6": answer, "T2": answer, "T3": answer,
	"S9": func(t *testing.T, s seen, c map[string]float64) shown {
		// The share that is exactly 0; of those alive 1 in 1000 at most is below 1e-8. Of the
		// sigmoid's the normal law with mean and variance of the logarithm.
		relu, sigmoid := s.row(t, 0, "depths", "depth", int(c["depth"])), s.row(t, 1, "depths", "depth", int(c["depth"]))
		z := (math.Log(1e-8) - sigmoid["simulated_mean_log"]) / math.Sqrt(sigmoid["simulated_var_log"])
		return shown{1 - relu["simulated_alive"] - math.Erfc(-z/math.Sqrt2)/2, 0.005}
	},
	"S9.wide": func(t *testing.T, s seen, _ map[string]float64) shown { return s.wholeGrowth(t) },
	"MF.odd": func(t *testing.T, s seen, c map[string]float64) shown {
		whole := s.wholeGrowth(t)
		return shown{whole.value / (c["depth"] - 1), whole.stderr / (c["depth"] - 1)}
	},
	"S13.wide.gradient": growth(2), "LN": growth(2),
	"IN.gain": growth(1), "IN.selu": growth(1),
	"MF.rate": func(t *testing.T, s seen, c map[string]float64) shown {
		row := s.row(t, 0, "layers", "layer", int(c["depth"]))
		median := math.Exp(row["simulated_median_log_second_moment"])
		return shown{median, median * medianError * row["stderr_log_second_moment"]}
	},
	"MF.critical": nearerToFixedPoint,
	"ISO": func(t *testing.T, s seen, _ map[string]float64) shown {
		row := s.row(t, 0, "singular_values", "rank", 1)
		return shown{row["simulated_square_trace"], row["stderr_square_trace"]}
	},
	"T9": func(t *testing.T, s seen, _ map[string]float64) shown {
		row := s.row(t, 0, "singular_values", "rank", 1)
		return shown{row["simulated_median_log_singular_value"], medianError * row["stderr_log_singular_value"]}
	},
	"T7": func(t *testing.T, s seen, c map[string]float64) shown {
		row := s.row(t, 0, "layers", "step", 0)
		return shown{row["simulated_log_carousel"] / c["depth"], row["stderr_log_carousel"] / c["depth"]}
	},
	"T8": func(t *testing.T, s seen, _ map[string]float64) shown {
		row := s.row(t, 0, "layers", "step", 0)
		return shown{row["simulated_median_log_gradient_norm"], medianError * row["stderr_log_gradient_norm"]}
	},
	"IN.glorot": func(t *testing.T, s seen, _ map[string]float64) shown {
		last := s[0]["layers"].([]any)
		top := last[len(last)-1].(map[string]any)["layer"].(float64)
		row, first := s.row(t, 0, "layers", "layer", int(top)), s.row(t, 0, "layers", "layer", 0)
		return shown{row["simulated_second_moment"] / first["simulated_second_moment"], row["stderr_second_moment"]}
	},
}

// medianError is the standard error of the median of a normal law in those of the mean.
var medianError = math.Sqrt(math.Pi / 2)

// exceeds is the share of the paths above 1 at the last layer.
func exceeds(t *testing.T, s seen, c map[string]float64) shown {
	row := s.row(t, 0, "depths", "depth", int(c["depth"]))
	p := row["simulated_exceed_1"]
	return shown{p, math.Sqrt(p * (1 - p) / row["paths"])}
}

// answer is the value of a quantity.
func answer(t *testing.T, s seen, _ map[string]float64) shown {
	rows, _ := s[0]["rows"].([]any)
	if len(rows) != 1 {
		t.Fatalf("%d rows in %v, want 1", len(rows), s[0])
	}
	x, ok := rows[0].(map[string]any)["value"].(float64)
	if !ok {
		t.Fatalf("no value in %v", rows[0])
	}
	return shown{x, 0}
}

// wholeGrowth is the mean of log‖∇₁‖ − log‖∇_L‖, which the first sentence is about.
func (s seen) wholeGrowth(t *testing.T) shown {
	t.Helper()
	verdict, _ := s[0]["verdict"].(map[string]any)
	log, ok := verdict["log_ratio"].(float64)
	stderr, ok2 := verdict["log_ratio_stderr"].(float64)
	if !ok || !ok2 {
		t.Fatalf("no log_ratio in %v", verdict)
	}
	return shown{log, stderr}
}

// growth is the growth a layer, times a factor, from the last layer to the row above it. It
// is a mean and the tests are of medians: they are the same to their errors, the logarithm
// being a sum over many units and layers.
func growth(factor float64) reader {
	return func(t *testing.T, s seen, c map[string]float64) shown {
		rows := s[0]["layers"].([]any)
		above := rows[len(rows)-2].(map[string]any)
		row := s.row(t, 0, "layers", "layer", int(above["layer"].(float64)))
		return shown{factor * row["simulated_gradient_growth"], factor * row["stderr_gradient_growth"]}
	}
}

// nearerToFixedPoint is the share of the networks whose variance above the last layer is
// nearer to q* than the first, by the normal law of its logarithm.
func nearerToFixedPoint(t *testing.T, s seen, c map[string]float64) shown {
	row := s.row(t, 0, "layers", "layer", int(c["depth"]))
	first := c["weight_std"]*c["weight_std"] + c["bias_std"]*c["bias_std"] // inputs have ‖x‖² = n
	moment := func(q float64) float64 {
		return math.Log(max(0, q-c["bias_std"]*c["bias_std"]) / (c["weight_std"] * c["weight_std"]))
	}
	other := c["q_star"] * c["q_star"] / first
	sd := row["stderr_log_second_moment"] * math.Sqrt(row["count_log_second_moment"])
	below := func(x float64) float64 { return math.Erfc(-(x-row["simulated_log_second_moment"])/sd/math.Sqrt2) / 2 }
	return shown{below(moment(max(first, other))) - below(moment(min(first, other))), 0.005}
}

var (
	foundText  = regexp.MustCompile(`predicted (at most|at least|equal) (\S+), found (\S+) in \[(\S+), (\S+)\]$`)
	wantedText = regexp.MustCompile(`= (\S+), wanted (at most|at least) (\S+)$`)
)

// stated is what a counterexample says was found, with the interval and what the sentence
// allows.
type stated struct {
	side                    string
	allowed, found, low, up float64
}

func statedBy(t *testing.T, text string) stated {
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	if m := foundText.FindStringSubmatch(text); m != nil {
		return stated{m[1], number(m[2]), number(m[3]), number(m[4]), number(m[5])}
	}
	if m := wantedText.FindStringSubmatch(text); m != nil {
		return stated{m[2], number(m[3]), number(m[1]), number(m[1]), number(m[1])}
	}
	if text == "σ′(0) = 1/4 − (0)², wanted less than 1/4" {
		return stated{"at most", math.Nextafter(0.25, 0), 0.25, 0.25, 0.25}
	}
	t.Fatalf("no numbers in %q", text)
	return stated{}
}

// TestSeeIt: the command of every counterexample prints the number that the claim's test
// measured: within four standard errors of the interval stated with it, or to six digits if
// it is computed; and what it prints is beyond what the sentence allows.
func TestSeeIt(t *testing.T) {
	for _, claim := range props.Catalogue() {
		if claim.Expected != evidence.Refuted {
			continue
		}
		t.Run(claim.ID, func(t *testing.T) {
			example, read := claim.Stored(), readers[claim.ID]
			if example == nil || example.Command == "" || read == nil {
				t.Fatalf("counterexample %+v, reader %t: want a stored one with a command, and how to read it in readers", example, read != nil)
			}
			want := statedBy(t, example.Text)
			got := read(t, runSeen(t, example.Command), configOf(t, example))
			slack := 4*got.stderr + 1e-5*math.Abs(want.found)
			if !(got.value >= want.low-slack && got.value <= want.up+slack) {
				t.Errorf("%s\n%s\nshows %v ± %v", example.Text, example.Command, got.value, got.stderr)
			}
			above, below := got.value-slack > want.allowed, got.value+slack < want.allowed
			if claim.ID == "S6" { // at the bound itself
				above = got.value > want.allowed
			}
			if !(above && want.side != "at least" || below && want.side != "at most") {
				t.Errorf("%s shows %v ± %v, which the sentence allows: %s %v", example.Command, got.value, got.stderr, want.side, want.allowed)
			}
		})
	}
}

// runSeen runs the commands of a line for the shell.
func runSeen(t *testing.T, line string) seen {
	var out seen
	for _, command := range strings.Split(line, " && ") {
		args := strings.Fields(strings.ReplaceAll(command, "'", ""))[1:]
		if args[0] == "simulate" {
			args = append(args, "--seed", "1")
		}
		status, text, errOut := call(append(args, "--format", "json")...)
		var object map[string]any
		if status != asExpected || json.Unmarshal([]byte(text), &object) != nil {
			t.Fatalf("%s: status %d, %s%.200s", command, status, errOut, text)
		}
		out = append(out, object)
	}
	return out
}

// TestSeeIt_stored rewrites the stored counterexamples with -update: those of a quick run
// with seed 1.
func TestSeeIt_stored(t *testing.T) {
	if !*update {
		t.Skip("props checks them")
	}
	var claims []*props.Claim
	for _, c := range props.Catalogue() {
		if c.Expected == evidence.Refuted {
			claims = append(claims, c)
		}
	}
	results, err := props.Run(context.Background(), claims, props.Env{Seed: 1, Tier: props.Quick}, nil)
	if err != nil {
		t.Fatal(err)
	}
	stored := map[string]*props.Counterexample{}
	for _, r := range results {
		stored[r.ID] = r.Counterexample
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(stored); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("../../props/counterexamples.json", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
