package law

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct{ text, want, reason string }{
		{"normal(1.5)", "normal(sigma=1.5)", "one parameter is sigma"},
		{"normal(sigma=1.5)", "normal(sigma=1.5)", "by name"},
		{"normal(mu=1,sigma=0.5)", "normal(mu=1,sigma=0.5)", "two parameters"},
		{"normal(sigma=0.5, mu=1)", "normal(mu=1,sigma=0.5)", "names in any order, with spaces"},
		{"normal(1,0.5)", "normal(mu=1,sigma=0.5)", "two positions are mu, sigma"},
		{"normal(mu=0,sigma=2)", "normal(sigma=2)", "mean 0 is the centred law"},
		{"normal(mu=-0,sigma=2)", "normal(sigma=2)", "negative zero is zero"},
		{" uniform( 2 ) ", "uniform(a=2)", "spaces"},
		{"normal (1.5)", "normal(sigma=1.5)", "a space behind the name"},
		{"normal\t(mu = 1 , sigma = 2)", "normal(mu=1,sigma=2)", "spaces around everything"},
		{"rademacher (s =2)", "rademacher(s=2)", "a space behind another name"},
		{"laplace(1e-300)", "laplace(b=1e-300)", "small scale"},
		{"rademacher(1)", "rademacher(s=1)", "atoms"},
		{"lognormal(-0.5,1)", "lognormal(mu=-0.5,tau=1)", "positions"},
		{"student_t(2.5)", "student_t(nu=2.5)", "fractional degrees of freedom"},
		{"cauchy(3)", "cauchy(s=3)", "scale"},
		{"truncated_normal(sigma=1,k=2)", "truncated_normal(sigma=1,k=2)", "names"},
		{"constant(-2)", "constant(value=-2)", "negative constant"},
	} {
		l, err := Parse(tc.text)
		if err != nil || l.String() != tc.want {
			t.Errorf("Parse(%q) = %v, %v, want %s: %s", tc.text, l, err, tc.want, tc.reason)
		}
	}
}

func TestParse_errors(t *testing.T) {
	for _, tc := range []struct{ text, want, reason string }{
		{"normal()", "0 parameters given, want normal(sigma) or normal(mu,sigma)", "missing"},
		{"normal", "0 parameters given", "no parentheses"},
		{"normal(-1)", "sigma = -1, want a number with sigma > 0", "negative scale"},
		{"normal(0)", "sigma = 0, want a number with sigma > 0", "zero scale"},
		{"normal(nan)", "sigma = nan, want a number with sigma > 0", "not a number"},
		{"normal(inf)", "sigma = inf", "infinite"},
		{"normal(1e999)", "sigma = 1e999", "above the largest float64"},
		{"normal(1e-999)", "sigma = 1e-999", "rounds to zero"},
		{"normal(1,2,3)", "3 parameters given", "too many"},
		{"normal(mu=1,mu=2)", "mu given twice", "twice"},
		{"normal(sigma=1,2)", "sigma given twice", "position taken by a name"},
		{"uniform(b=1)", `unknown parameter "b", want a`, "wrong name"},
		{"uniform(x)", "a = x, want a number", "not a number"},
		{"lognormal(inf,1)", "mu = inf, want a number with mu finite", "infinite location"},
		{"constant(0)", "value = 0, want a number with value != 0", "zero constant"},
		{"student_t(5e-324)", "nu = 5e-324, want a number with nu >= 1e-300", "half of it and its inverse leave float64"},
		{"student_t(9.9e-301)", "nu = 9.9e-301, want a number with nu >= 1e-300", "just below the least"},
		{"student_t(0)", "nu = 0, want a number with nu >= 1e-300", "zero"},
		{"gauss(1)", "unknown law \"gauss\": nearest are", "unknown"},
		{"norm(1)", "nearest are normal", "nearest name"},
		{"normal(1", "one pair of parentheses", "not closed"},
		{"normal(1))", "one pair of parentheses", "closed twice"},
		{"", "unknown law", "empty"},
	} {
		l, err := Parse(tc.text)
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Parse(%q) = %v, %v, want an error with %q: %s", tc.text, l, err, tc.want, tc.reason)
		}
	}
}

// TestRead: what people type. Parse, which programs use, gives the same or refuses it.
func TestRead(t *testing.T) {
	for _, tt := range []struct{ text, want, reason string }{
		{"normal(1.5)", "normal(sigma=1.5)", "the text of a program"},
		{"normal (1.5)", "normal(sigma=1.5)", "a space behind the name"},
		{"normal(sigma=sqrt(2))", "normal(sigma=1.4142135623730951)", "a root"},
		{"normal(√(2/3))", "normal(sigma=0.816496580927726)", "a root of a fraction"},
		{"normal( 1/3 , sqrt(2*(1+1)) )", "normal(mu=0.3333333333333333,sigma=2)", "parentheses inside"},
		{"lognormal(-1/2,1)", "lognormal(mu=-0.5,tau=1)", "a sign"},
		{"lognormal(mu=-pi, tau=e/2)", "lognormal(mu=-3.141592653589793,tau=1.3591409142295225)", "constants"},
		{"gaussian(2)", "normal(sigma=2)", "another name"},
		{"Gaussian(std=2)", "normal(sigma=2)", "as frameworks have it"},
		{"Normal(mean=1, std=2)", "normal(mu=1,sigma=2)", "as frameworks have it"},
		{"normal(μ=1,σ=2)", "normal(mu=1,sigma=2)", "in Greek"},
		{"NORMAL(Sigma=1)", "normal(sigma=1)", "capitals"},
		{"LogNormal(0,1)", "lognormal(mu=0,tau=1)", "a capital inside"},
		{"log_normal(0,1)", "lognormal(mu=0,tau=1)", "a joint"},
		{"student-t(5)", "student_t(nu=5)", "another joint"},
		{"Student(5)", "student_t(nu=5)", "another name"},
		{"TruncatedNormal(1,2)", "truncated_normal(sigma=1,k=2)", "a class"},
		{"trunc_normal(sigma=1,k=2)", "truncated_normal(sigma=1,k=2)", "another name"},
	} {
		l, err := Read(tt.text)
		if err != nil || l.String() != tt.want {
			t.Errorf("Read(%q) = %v, %v, want %s: %s", tt.text, l, err, tt.want, tt.reason)
		}
		if again, err := Parse(tt.text); err == nil && again != l {
			t.Errorf("Parse(%q) = %v: %s", tt.text, again, tt.reason)
		}
	}
	for _, tt := range []struct{ text, want, reason string }{
		{"gauss(1)", `unknown law "gauss": nearest are normal`, "half an alias"},
		{"normal(sqrt(-1))", "sigma = sqrt(-1), want a number with sigma > 0: column 1: square root of a negative number", "no number"},
		{"normal(1-1)", "sigma = 1-1, want a number with sigma > 0", "a domain"},
		{"normal(1/0)", "column 2: division by 0", "no number"},
		{"normal((1)", "one pair of parentheses", "not closed"},
		{"normal(1)(2)", "one pair of parentheses", "twice"},
		{"normal(sigma=1,std=2)", "parameter sigma given twice", "twice by two names"},
		{"lognormal(mean=0,tau=1)", `unknown parameter "mean", want mu, tau`, "a mean that is another one"},
		{"uniform(b=1)", `unknown parameter "b", want a`, "wrong name"},
		{"normal(inf)", `sigma = inf, want a number with sigma > 0: column 1: inf is no finite number`, "infinite"},
		{"normal(0x1p3)", "sigma = 0x1p3", "hexadecimal"},
		{"normal(1_000)", "has an underscore", "thousands"},
		{"normal(1e999)", "column 1: 1e999 is above 1.797e308", "above the largest float64"},
	} {
		l, err := Read(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Read(%q) = %v, %v, want an error with %q: %s", tt.text, l, err, tt.want, tt.reason)
		}
	}
	for _, text := range []string{"Gaussian(1)", "normal(sqrt(2))", "normal(std=1)", "normal((1))"} {
		if l, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %v: a program says the name of the catalogue", text, l)
		}
	}
}

func TestMustParse_panics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("MustParse of an invalid text did not panic")
		}
	}()
	MustParse("normal(-1)")
}

func TestZeroLaw(t *testing.T) {
	if l := (Law{}); l.Name() != "" || l.String() != "" {
		t.Errorf("zero Law has name %q and text %q, want both empty", l.Name(), l.String())
	}
}

func TestParse_roundTrip(t *testing.T) {
	hold(t, func(t *rapid.T) {
		l := drawLaw(t)
		again, err := Parse(l.String())
		if err != nil || again != l || again.String() != l.String() {
			t.Fatalf("Parse(%q) = %v, %v", l.String(), again, err)
		}
	})
}

// drawLaw draws a law, one in four times a mixture.
func drawLaw(t *rapid.T) Law {
	if rapid.IntRange(0, 3).Draw(t, "mixture") > 0 {
		return drawSimple(t)
	}
	parts := make([]Part, rapid.IntRange(2, 4).Draw(t, "parts"))
	sum := 0.0
	for i := range parts {
		parts[i].Weight = math.Exp(rapid.Float64Range(-12, 0).Draw(t, "weight"))
		parts[i].Law = drawSimple(t)
		sum += parts[i].Weight
	}
	if rapid.Bool().Draw(t, "zero") {
		parts[0].Law = Law{zero}
	}
	for i := range parts {
		parts[i].Weight /= sum
	}
	return Law{newMixed(parts)}
}

// drawSimple draws a law of any family with parameters of ordinary size.
func drawSimple(t *rapid.T) Law {
	all := specs()
	s := all[rapid.IntRange(0, len(all)-1).Draw(t, "family")]
	form := s.forms[rapid.IntRange(0, len(s.forms)-1).Draw(t, "form")]
	args := make([]float64, len(form))
	for i, p := range form {
		args[i] = rapid.Float64Range(0.1, 50).Draw(t, p.name)
		if p.allowed(-1) && rapid.Bool().Draw(t, "negative") {
			args[i] = -args[i]
		}
	}
	return Law{s.build(args)}
}

func FuzzParse(f *testing.F) {
	for _, l := range All() {
		f.Add(l.String())
	}
	f.Add("mixture(0.9,normal(1),0.1,constant(0))")
	f.Add("mixture(0.25,constant(-1),0.25,constant(0),0.5,normal(mu=1,sigma=2))")
	f.Add("mixture(1,,(")
	for _, text := range []string{"normal(1)", "normal(mu=1, sigma=2)", "normal(", "x(=)", "normal(nan)", "uniform(0x1p-3)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Parse(text)
		if err != nil {
			if l != (Law{}) {
				t.Fatalf("Parse(%q) returned both %v and %v", text, l, err)
			}
			return
		}
		if again, err := Parse(l.String()); err != nil || again != l {
			t.Fatalf("Parse(%q) = %v, but Parse(%q) = %v, %v", text, l, l.String(), again, err)
		}
	})
}

// FuzzRead: what Parse accepts Read does, with the same value.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"Gaussian(1/3)", "normal(mu=√2, sigma=2^0.5)", "normal((1),(2))", "x(=)", "student(5)", "uniform(0x1p-3)", "Mixture(1/2,Gaussian(1),1/2,constant(1-1))"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Read(text)
		if err != nil && (l != (Law{}) || strings.Contains(err.Error(), "\n")) {
			t.Fatalf("Read(%q) = %v, %v", text, l, err)
		}
		if again, err := Parse(text); err == nil && again != l {
			t.Fatalf("Read(%q) = %v, Parse gives %v", text, l, again)
		}
	})
}
