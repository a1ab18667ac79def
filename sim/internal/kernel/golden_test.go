package kernel

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"gradchain/theory/law"
)

// digest hashes the bits of numbers; NaN has many bits and counts as one.
type digest []byte

func (d *digest) add(x ...float64) {
	for _, v := range x {
		if math.IsNaN(v) {
			v = math.NaN()
		}
		*d = binary.LittleEndian.AppendUint64(*d, math.Float64bits(v))
	}
}

func (d digest) String() string {
	h := fnv.New64a()
	h.Write(d)
	return fmt.Sprintf("%016x", h.Sum64())
}

// goldenArguments are moderate and extreme arguments, from random words and their
// bits.
func goldenArguments() []float64 {
	bits := make([]uint64, 4096)
	source("golden", "arguments").Fill(bits)
	z := make([]float64, len(bits))
	for i, w := range bits {
		switch i % 4 {
		case 0:
			z[i] = math.Float64frombits(w)
		case 1:
			z[i] = signed(w) * 1000
		default:
			z[i] = signed(w) * 6
		}
	}
	return z
}

// TestGolden pins the bits of every function: on other machines, compilers and levels
// of GOAMD64 they must be the same. A change of a digest changes every result of every
// seed.
func TestGolden(t *testing.T) {
	z := goldenArguments()
	got := map[string]string{}
	var d digest
	for _, x := range z {
		d.add(Exp(x), Log(x))
	}
	got["exp and log"] = d.String()
	for _, a := range instances() {
		phi := mustActivation(t, a)
		value, mant, exp := make([]float64, len(z)), make([]float64, len(z)), make([]float64, len(z))
		phi.Phi(value, z)
		phi.DPhi(mant, exp, z)
		d = d[:0]
		d.add(value...)
		d.add(mant...)
		d.add(exp...)
		got[a.String()] = d.String()
	}
	for _, l := range law.All() {
		d = d[:0]
		d.add(draw(mustSampler(t, l), source("golden", l.String()), 2000)...)
		got[l.String()] = d.String()
	}
	mixture := mixtures()[1]
	d = d[:0]
	d.add(draw(mustSampler(t, mixture), source("golden", mixture.String()), 2000)...)
	got["mixture"] = d.String()
	d = d[:0]
	bits, a, b := make([]uint64, 4000), make([]float64, 2000), make([]float64, 2000)
	source("golden", "pairs").Fill(bits)
	NormalPairs(a, b, bits)
	d.add(a...)
	d.add(b...)
	got["pairs"] = d.String()
	d = d[:0]
	p, logs, negative := NewLogAccumulator(2000), make([]float64, 2000), make([]bool, 2000)
	for range 300 {
		p.Multiply(a, b, make([]float64, 2000))
	}
	p.Logs(logs, negative)
	d.add(logs...)
	got["products"] = d.String()
	for name, digest := range got {
		if digest != golden[name] {
			t.Errorf("%q: %q, want %q", name, digest, golden[name])
		}
	}
	if len(got) != len(golden) {
		t.Errorf("%d digests, want %d", len(got), len(golden))
	}
}

var golden = map[string]string{
	"arctan":                        "02f7a0692588b08b",
	"cauchy(s=1)":                   "079144819a690ee9",
	"celu(0.1)":                     "cf577d3224e9c322",
	"celu(1)":                       "125f5a193eca5cad",
	"celu(40)":                      "105539746ecd17d7",
	"constant(value=1)":             "722b2e094c155025",
	"elu(0.25)":                     "19c3e561590000c1",
	"elu(1)":                        "125f5a193eca5cad",
	"elu(3)":                        "3db37d6e328f367d",
	"erf":                           "399b06683f529052",
	"exp and log":                   "711d41494cd18a99",
	"gelu":                          "1bb50c7e7123722c",
	"gelu_tanh":                     "9e2d0443acfdb2e9",
	"hard_sigmoid_keras":            "e2e985c2118965cf",
	"hard_sigmoid_torch":            "d7212a995e1c7aea",
	"hard_swish":                    "c94c0bdad3c812d6",
	"hard_tanh":                     "f90b390fa11ef0e0",
	"laplace(b=1)":                  "4cb7068882790847",
	"leaky_relu(-0.5)":              "bcf1958a65bcb213",
	"leaky_relu(0)":                 "50f7f6fbee01354f",
	"leaky_relu(0.01)":              "f5fac1938f3dbdf2",
	"leaky_relu(1)":                 "afbdeb90692877a4",
	"leaky_relu(3)":                 "c819b6ac48b6547f",
	"lecun_tanh":                    "19671b64f70d9884",
	"linear":                        "afbdeb90692877a4",
	"log_sigmoid":                   "efefb1602996ac73",
	"lognormal(mu=0,tau=1)":         "b7f172bebd575c39",
	"mish":                          "35132dbf32353f00",
	"mixture":                       "93c5f27607ab5a75",
	"normal(mu=1,sigma=0.5)":        "d5097c430dae3424",
	"normal(sigma=1)":               "48d443e2827a5efc",
	"pairs":                         "414de80f852ae420",
	"products":                      "a658cb9ffb9d5c7e",
	"rademacher(s=1)":               "ecd2db91650e3825",
	"relu":                          "50f7f6fbee01354f",
	"relu6":                         "a979caef21dbf7db",
	"selu":                          "71346f99c0254758",
	"sigmoid":                       "2c6328350cc29423",
	"silu":                          "f6b0ffad5cf5351d",
	"sin":                           "db67d86044c00781",
	"softplus":                      "8df19ac58a7bf804",
	"softsign":                      "6ef0e87b6f0101e2",
	"student_t(nu=5)":               "8109c04476ea3af1",
	"tanh":                          "a7fb62f1118f3687",
	"truncated_normal(sigma=1,k=2)": "207c9ca5cff18e3e",
	"uniform(a=1)":                  "43f1e3d832a6761d",
}
