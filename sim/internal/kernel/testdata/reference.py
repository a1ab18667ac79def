#!/usr/bin/env python3
"""Reference values of package kernel (mpmath 1.3, 80 digits and more): python3 reference.py [random points [directory]]

Writes elementary.csv (function, x, value) and activation.csv (activation, z, φ(z), φ′(z)),
arguments as hexadecimal floats. A value is three columns hi, lo, exponent: (hi + lo)·2^exponent,
hi the nearest float64 of a number in [1, 2) or of the value itself where that is 0; where the
value is in the range of float64 the exponent is 0 instead, so that hi is the correctly rounded
result, subnormal too. WORST holds the arguments of the largest errors that a search over 9,000
points for each function (3000, go test -tables) has found.
"""
import random
import sys

from mpmath import (atan, cos, cosh, erf, erfc, exp, expm1, floor, log, log1p, mp, mpf, pi, sign, sin, sqrt, tanh)

mp.prec = 280
random.seed(1)
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 8

SELU_LAMBDA = mpf("1.0507009873554804934193349852946")
SELU_ALPHA = mpf("1.6732632423543772848170429916717")


def sigmoid(z):
    return 1 / (1 + exp(-z))


def elu(lam, alpha, width):
    return (lambda z: lam * z if z > 0 else lam * alpha * expm1(z / width),
            lambda z: lam if z > 0 else min(lam, lam * alpha / width) if z == 0 else lam * alpha / width * exp(z / width))


def gated(v, dv):
    """zσ(v) and its derivative."""
    return (lambda z: z * sigmoid(v(z)),
            lambda z: sigmoid(v(z)) * (1 + z * dv(z) * sigmoid(-v(z))))


def phi_normal(z):
    return exp(-z * z / 2) / sqrt(2 * pi)


def cdf_normal(z):
    return erfc(-z / sqrt(mpf(2))) / 2


def mish(z):
    return z * tanh(log1p(exp(z)))


def dmish(z):
    s = log1p(exp(z))
    return tanh(s) + z * sigmoid(z) / cosh(s) ** 2


K, C = 2 * sqrt(2 / pi), mpf("0.044715")
SMOOTH = {
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (tanh, lambda z: 1 / cosh(z) ** 2),
    "lecun_tanh": (lambda z: mpf("1.7159") * tanh(2 * z / 3), lambda z: mpf("1.7159") * 2 / 3 / cosh(2 * z / 3) ** 2),
    "erf": (erf, lambda z: 2 / sqrt(pi) * exp(-z * z)),
    "arctan": (atan, lambda z: 1 / (1 + z * z)),
    "sin": (sin, cos),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2),
    "softplus": (lambda z: log1p(exp(-abs(z))) + max(z, 0), sigmoid),
    "log_sigmoid": (lambda z: -log1p(exp(-abs(z))) + min(z, 0), lambda z: sigmoid(-z)),
    "elu(1)": elu(mpf(1), mpf(1), mpf(1)),
    "elu(0.3)": elu(mpf(1), mpf("0.3"), mpf(1)),
    "celu(2.7)": elu(mpf(1), mpf("2.7"), mpf("2.7")),
    "selu": elu(SELU_LAMBDA, SELU_ALPHA, mpf(1)),
    "gelu": (lambda z: z * cdf_normal(z), lambda z: cdf_normal(z) + z * phi_normal(z)),
    "gelu_tanh": gated(lambda z: K * (z + C * z**3), lambda z: K * (1 + 3 * C * z * z)),
    "silu": gated(lambda z: z, lambda z: mpf(1)),
    "mish": (mish, dmish),
}
WORST = {
    "exp": ("0x1.ae58c82d4f45cp+07",),
    "log": ("0x1.66e6aee4b2affp+00",),
    "sin": ("-0x1.35861120f14ap+975", "-0x1.82050dd2ada86p+03", "-0x1.0cf09a362b6f6p+00"),
    "arctan": ("-0x1.b33693969b5edp-02", "-0x1.da114d9fd44dap-13"),
    "celu(2.7)": ("-0x1.100c4422b71fcp+00", "-0x1.35579ea182097p+01"),
    "elu(0.3)": ("-0x1.95a47b1fa2f48p-02", "-0x1.059a6b79e03f8p+00"),
    "elu(1)": ("-0x1.6e6bb92bafa5dp+04", "-0x1.eb4ab3a4a300ap-01"),
    "erf": ("-0x1.abce56220332cp-11", "-0x1.02a27bfd1304ap+00"),
    "gelu": ("-0x1.609890e8627dep+00", "-0x1.ae19dbc9e17d6p+02"),
    "gelu_tanh": ("-0x1.1618ed5d482dcp+02", "-0x1.3e6c10f8dde49p+02"),
    "lecun_tanh": ("-0x1.9011a3d47a5d2p-01", "-0x1.ed7f0d6ef62aep+01"),
    "log_sigmoid": ("0x1.eb1772af8ed65p-02", "0x1.0ccba53fa45bfp+02"),
    "mish": ("-0x1.a0c7f3686d451p+01", "-0x1.0a2f9b6808c92p-02"),
    "selu": ("-0x1.1ea34589826a4p-19", "-0x1.534422af7c473p+01"),
    "sigmoid": ("-0x1.5b3b4310700e6p+01", "-0x1.a627c619d0ac8p+03"),
    "silu": ("-0x1.e07965aa1299bp+00", "-0x1.02a7f9c69dfcfp+02"),
    "softplus": ("-0x1.a12363efae383p-01", "-0x1.a5fcdea9bfa76p+03"),
    "softsign": ("-0x1.ea3a46e85c361p-06", "-0x1.08f4b2fa21dfdp+00"),
    "tanh": ("-0x1.c4272555b09fbp-03", "-0x1.8f89b8c6749a4p+01"),
}


def spread():
    """Arguments of both signs over the whole range, and random ones where things happen."""
    sizes = [mpf(0), mpf(2) ** -1074, mpf(2) ** -1022, mpf(10) ** -20, mpf(2) ** -27, mpf(10) ** -3]
    sizes += [mpf(x) for x in (0.125, 0.4, 0.75, 1, 1.25, 2, 3, 5, 6, 8.5, 13, 20, 27, 38.5, 39, 80, 345, 372.5, 708.5,
                               709.5, 745.5, 800, 5000, 123456.75)]
    sizes += [mpf(abs(random.gauss(0, 2))) for _ in range(COUNT)]
    sizes += [mpf(10 ** random.uniform(-6, 3)) for _ in range(COUNT // 2)]
    return sorted({float(s * x) for x in sizes for s in (1, -1)})


def columns(value):
    if value == 0:
        return "0x0p+0,0x0p+0,0"
    exponent = int(floor(log(abs(value), 2)))
    with mp.workprec(max(mp.prec, exponent.bit_length() + 120)):
        if -1100 < exponent < 1024:
            if exponent >= -1022:
                hi = nearest(value)
            else:
                step = mpf(2) ** -1074
                hi = floor(value / step + mpf(1) / 2) * step
            return f"{float(hi).hex()},{float(value - hi).hex()},0"
        scaled = value / mpf(2) ** exponent
        hi = nearest(scaled)
        return f"{float(hi).hex()},{float(scaled - hi).hex()},{exponent}"


def nearest(x):
    with mp.workprec(53):
        return +x


def working(z):
    """Enough bits for cancellation next to 1 and for the reduction of large arguments."""
    return 280 + int(min(abs(z), 1100) * 1.5) + int(max(0, log(abs(z) + 1, 2))) * 3 + (2200 if abs(z) < 1e-3 else 0)


def elementary(out):
    rows = [("exp", exp, float(x)) for x in spread() if abs(x) < 800]
    rows += [("exp", exp, random.uniform(-745, 710)) for _ in range(4 * COUNT)]
    rows += [("log", log, abs(x)) for x in spread() if x > 0]
    rows += [("log", log, 2 ** random.uniform(-1, 1)) for _ in range(4 * COUNT)]
    rows += [("log", log, 2.0 ** random.uniform(-1074, 1023)) for _ in range(COUNT)]
    rows += [("log", log, x) for x in (1.0, 1 - 2.0**-53, 1 + 2.0**-52, 1.7976931348623157e308)]
    rows += [("sin", sin, float(x)) for x in (6381956970095103 * 2.0**797, 2.0**28, -2.0**28 - 1, 1e22, 1.7e308, 2.0**27 * 3.14159265358979)]
    rows += [("sin", sin, random.choice((1, -1)) * 2.0 ** random.uniform(0, 1023)) for _ in range(2 * COUNT)]
    rows += [("sin", sin, float(pi * random.randrange(1, 10**7) / 2)) for _ in range(COUNT)]
    for name in ("exp", "log", "sin"):
        rows += [(name, {"exp": exp, "log": log, "sin": sin}[name], float.fromhex(x)) for x in WORST.get(name, ())]
    for name, f, x in rows:
        with mp.workprec(2600 if name == "sin" else 400):
            out.write(f"{name},{x.hex()},{columns(f(mpf(x)))}\n")


def activations(out):
    for name, (phi, dphi) in SMOOTH.items():
        for z in spread() + [float.fromhex(x) for x in WORST.get(name, ())]:
            with mp.workprec(working(mpf(z))):
                out.write(f"{name},{z.hex()},{columns(phi(mpf(z)))},{columns(dphi(mpf(z)))}\n")


if __name__ == "__main__":
    prefix = sys.argv[2] + "/" if len(sys.argv) > 2 else ""
    with open(prefix + "elementary.csv", "w") as out:
        elementary(out)
    with open(prefix + "activation.csv", "w") as out:
        activations(out)
