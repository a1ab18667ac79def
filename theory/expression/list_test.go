package expression

import (
	"slices"
	"strings"
	"testing"
)

func texts(items []Item) string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = item.Text
	}
	return strings.Join(out, " ")
}

func TestList(t *testing.T) {
	for _, tt := range []struct{ text, want, reason string }{
		{"1", "1", "one"},
		{"1,10,1e2", "1 10 1e2", "as typed"},
		{"sqrt(2),1/3", "sqrt(2) 1/3", "expressions"},
		{"0:1:0.25", "0 0.25 0.5 0.75 1", "a range"},
		{"0:1:0.1", "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1", "tenths meet the end"},
		{"1:0:-0.5", "1 0.5 0", "downwards"},
		{"0:1:0.3", "0 0.3 0.6 0.9", "the end is not met"},
		{"2:2:1", "2", "no way to go"},
		{"2:2:-1", "2", "nor backwards"},
		{"1,2:4:1,9", "1 2 3 4 9", "a range among numbers"},
		{"0:pi:pi/4", "0 0.7853981633974483 1.5707963267948966 2.356194490192345 3.141592653589793", "a range of π"},
		{"0:pi:pi/3", "0 1.0471975511965979 2.0943951023931957 3.141592653589793", "thirds meet it too"},
		{"0:sqrt(2):sqrt(2)/7", "0 0.20203050891044216 0.4040610178208843 0.6060915267313265 0.8081220356417687 1.0101525445522108 1.212183053462653 1.4142135623730951", "and sevenths of a root"},
		{"1/3:1:1/3", "0.3333333333333333 0.6666666666666666 1", "fractions"},
		{"1:1000:*10", "1 10 100 1000", "steps that grow"},
		{"1:10:*2", "1 2 4 8", "past the end"},
		{"1:1/8:*1/2", "1 0.5 0.25 0.125", "steps that shrink"},
		{"-1:-100:*10", "-1 -10 -100", "below 0"},
		{"-4:-1:*0.5", "-4 -2 -1", "below 0, shrinking"},
		{"1:1.331:*1.1", "1 1.1 1.21 1.331", "powers of a decimal meet the end"},
		{"1:2:*sqrt(2)", "1 1.4142135623730951 2", "powers of a root do"},
		{"5:5:*2", "5", "one power"},
		{"1e-300:1e300:*1e100", "1e-300 1e-200 1e-100 1 1e+100 1e+200 1e+300", "far"},
	} {
		got, err := List(tt.text, Limits{Items: 100})
		if err != nil || texts(got) != tt.want {
			t.Errorf("%s: %q = %s, %v, want %s", tt.reason, tt.text, texts(got), err, tt.want)
		}
	}
}

// TestList_errors: an error comes at once, however long the range would be.
func TestList_errors(t *testing.T) {
	for _, tt := range []struct{ text, want, reason string }{
		{"", "nothing is there", "nothing"},
		{"1,", "nothing is there", "nothing behind a comma"},
		{"1, 2", "a blank at an end", "a blank"},
		{"0:1", "no range, want from:to:step", "no step"},
		{"0:1:2:3", "no range", "too much"},
		{"0:1:-1", "does not arrive", "the wrong way"},
		{"0:1:0", "does not arrive", "no step"},
		{"0:0:0", "does not arrive", "no step and no way"},
		{"0:1:1-1", "does not arrive", "a step that is computed to be 0"},
		{"0:1e999999999:1", "above 1.797e308", "an end too large to write"},
		{"1e-300:1:1e-30", "makes the list too long", "too many steps"},
		{"0:1e308:1e-300", "makes the list too long", "far too many"},
		{"0:101:1", "there is room for 100", "a little too many"},
		{"0:99:1,7", "there is room for 0", "one too many"},
		{"0:1:1e-400", "makes the list too long", "a step that is no float64"},
		{"1:2:*1", "does not arrive", "a factor of 1"},
		{"1:2:*0.5", "does not arrive", "a factor the wrong way"},
		{"1:2:*-2", "does not arrive", "a negative factor"},
		{"1:2:*0", "does not arrive", "a factor of 0"},
		{"0:2:*2", "does not arrive", "powers of 0"},
		{"-1:2:*2", "does not arrive", "through 0"},
		{"1:2:*(1+1e-12)", "makes the list too long", "a factor too near 1"},
		{"1:2:*(1+1e-300)", "makes the list too long", "a factor by far too near 1"},
		{"0:1:x", `"x": column 1: unknown name "x"`, "no step"},
		{"0:1_000:100", "has an underscore", "thousands"},
		{strings.Repeat("1,", 200) + "1", "there is room for 0", "a long list"},
	} {
		got, err := List(tt.text, Limits{Items: 100})
		if err == nil || !strings.Contains(err.Error(), tt.want) || got != nil {
			t.Errorf("%s: %q = %s, %v, want an error with %q", tt.reason, tt.text, texts(got), err, tt.want)
		}
	}
}

func TestWholes(t *testing.T) {
	for text, want := range map[string][]int{"1,10,100": {1, 10, 100}, "0:100:25": {0, 25, 50, 75, 100}, "1_000,2^3": {1000, 8}, "0:3:1.5": nil, "1,2.5": nil, "1;2": nil} {
		got, err := Wholes(text, 1000)
		if !slices.Equal(got, want) || (err != nil) != (want == nil) {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"a,b", []string{"a", "b"}}, {"normal(1,2),uniform(3)", []string{"normal(1,2)", "uniform(3)"}}, {"", []string{""}},
		{"((,),)", []string{"((,),)"}}, {"a)),b", []string{"a))", "b"}}, {"f(,", []string{"f(,"}}, {"√(1,2),√", []string{"√(1,2)", "√"}},
	} {
		if got := Split(tt.text, ','); !slices.Equal(got, tt.want) {
			t.Errorf("%q = %q, want %q", tt.text, got, tt.want)
		}
	}
}
