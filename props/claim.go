package props

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"gradchain/props/evidence"
	"gradchain/theory/alias"
	suggest "gradchain/theory/nearest"
)

// Kind says what a claim is about and so which test decides it.
type Kind int

const (
	Deterministic Kind = iota // an identity or inequality, checked point by point
	Probability               // the probability of an event
	Mean                      // the mean of a number, of bounded variance
	Distribution              // the whole law of a number
	TwoSample                 // that two samplers have the same law
	Median                    // the median of a number, of which nothing else need be known
)

func (k Kind) String() string {
	return [...]string{"deterministic", "probability", "mean", "distribution", "two-sample", "median"}[k]
}

// Claim is a sentence about gradients together with what decides it.
type Claim struct {
	ID         string   // "S4", and "S4.corrected" for the corrected form
	Sentence   string   // what is claimed, in words
	Plain      string   // what is true of it, in one line for a reader who is no specialist
	Why        string   // why it holds or fails, in a sentence or two
	See        []string // IDs of claims and names of quantities that say more
	Source     Source   // who says so
	Family     string   // "textbook", …
	Kind       Kind
	Expected   evidence.Verdict // what the sentence, taken literally, deserves
	Correction string           // the ID of the corrected form of a false sentence
	Domain     string           // the configurations it ranges over, in words
	Test       string           // what is computed at a configuration and compared, in words
	Assumption string           // what the test takes for granted; "none" is an answer
	Given      []string         // the bounds that the error rates rest on and nobody has proved; nil for none
	Asymptotic string           // of a limit theorem: how near the limit finite networks are held to be, "C/n, C = …"; "" for what holds as it stands
	Unit       string           // of effects, discrepancies and intervals

	trial trial
}

// Source says where a sentence or its proof is to be found.
type Source struct {
	Paper string `json:"paper"`        // author, year, title
	Eq    string `json:"eq,omitempty"` // equation, section or theorem
}

// String joins the two parts.
func (s Source) String() string {
	if s.Eq == "" {
		return s.Paper
	}
	return s.Paper + ", " + s.Eq
}

// trial is the machinery of a claim: it opens sessions, states its power without
// sampling, and lists mutants.
type trial interface {
	begin(ctx context.Context, c *Claim, env Env) session
	power(c *Claim) (Power, error)
	mutantNames() []string
}

// Mutants names the known-wrong variants that the claim's own check must refute.
func (c *Claim) Mutants() []string { return c.trial.mutantNames() }

// Catalogue returns every claim, family by family, in the order of the reports.
func Catalogue() []*Claim {
	return slices.Concat(
		textbookClaims(), productClaims(), meanFieldClaims(), isometryClaims(),
		normalizationClaims(), residualClaims(), recurrentClaims(), initializationClaims(),
	)
}

// textbookClaims are the sentences of the textbook, at width 1.
func textbookClaims() []*Claim {
	return []*Claim{
		chainRule(), updates(),
		signedMean(), absoluteMean(),
		meanExplodes(), lyapunovDecides(),
		unitMean(), signedUnitMean(),
		sigmoidStrict(), sigmoidQuarter(),
		saturation(), saturationTails(),
		reluOne(),
		reluVanishesLess(), reluSurvival(), reluGivenSurvival(),
		wideReluNever(), wideReluKeepsMore(), wideReluRange(),
		normalizationScale(), normalizationSaturation(), plainExponent(), normalizationExponent(),
		wideNormalization(), wideNormalizationGradient(), wideNormalizationGrowth(),
		spreadGrows(), wideSpreadGrows(),
		largeWeights(), budget(), budgetMeasure(),
	}
}

// Lookup returns the claim with the given ID. The error for an unknown one has the nearest.
func Lookup(id string) (*Claim, error) {
	for _, c := range Catalogue() {
		if strings.EqualFold(c.ID, id) {
			return c, nil
		}
	}
	return nil, fmt.Errorf("unknown claim %s, nearest are %s; gradchain claims lists them", suggest.Quote(id), strings.Join(Nearest(id), ", "))
}

// Nearest returns the three IDs nearest to what was typed.
func Nearest(typed string) []string {
	ids := map[string]string{}
	var small []string
	for _, c := range Catalogue() {
		small = append(small, strings.ToLower(c.ID))
		ids[strings.ToLower(c.ID)] = c.ID
	}
	near := suggest.Names(strings.ToLower(typed), small)
	for i, id := range near {
		near[i] = ids[id]
	}
	return near
}

// Search returns the claims that have the text in what is said about them: ID, family,
// sentence, plain words, why and source. Case and British spelling are ignored.
func Search(text string) []*Claim {
	text = american(text)
	var out []*Claim
	for _, c := range Catalogue() {
		said := strings.Join([]string{c.ID, c.Family, c.Sentence, c.Plain, c.Why, c.Source.String()}, "\n")
		if strings.Contains(american(said), text) {
			out = append(out, c)
		}
	}
	return out
}

// american is a text in small letters and American spelling.
func american(text string) string {
	return strings.NewReplacer("isation", "ization", "ised", "ized", "iser", "izer", "ising", "izing").Replace(strings.ToLower(text))
}

// Match returns the claims whose ID or family matches any of the patterns, in
// the order of the catalogue; no pattern matches everything. A pattern is a
// glob (S*, *.corrected) or a plain ID, which also brings its corrected form.
func Match(patterns ...string) ([]*Claim, error) {
	all := Catalogue()
	if len(patterns) == 0 {
		return all, nil
	}
	wanted := make([]bool, len(all))
	for _, pattern := range patterns {
		hit := false
		for i, c := range all {
			ok, err := c.matches(pattern)
			if err != nil {
				return nil, fmt.Errorf("pattern %q: %w", pattern, err)
			}
			wanted[i] = wanted[i] || ok
			hit = hit || ok
		}
		if !hit {
			return nil, unmatched(pattern)
		}
	}
	var out []*Claim
	for i, c := range all {
		if wanted[i] {
			out = append(out, c)
		}
	}
	return out, nil
}

// unmatched is the error for a pattern that is no claim's.
func unmatched(pattern string) error {
	more := "gradchain claims lists them"
	if n := len(Search(pattern)); n > 0 {
		more = fmt.Sprintf("gradchain claims %s lists %d that mention it", suggest.Quote(pattern), n)
	}
	return fmt.Errorf("no claim matches %s, nearest are %s; %s", suggest.Quote(pattern), strings.Join(Nearest(pattern), ", "), more)
}

func (c *Claim) matches(pattern string) (bool, error) {
	pattern, id := strings.ToLower(pattern), strings.ToLower(c.ID)
	if alias.Fold(pattern) == alias.Fold(c.Family) || id == pattern || strings.HasPrefix(id, pattern+".") {
		return true, nil
	}
	return path.Match(pattern, id)
}
