#!/usr/bin/env python3
"""Reference values for package meanfield, mpmath 1.3 at 30 digits: python3 reference.py > reference.jsonl

One-point expectations by tanh-sinh quadrature over |u| < 14 split at kinks and scales; kernels by the closed
forms of erf, sin and relu; fixed points and critical points by bisection, which shows the bracket;
depths by plain iteration. Parameters are the float64 themselves. Takes some minutes.
"""
import json

import mpmath as mp

mp.mp.dps = 30
n = mp.mpf
Phi = lambda z: mp.erfc(-z / mp.sqrt(2)) / 2
density = lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)
sigma = lambda z: 1 / (1 + mp.exp(-z))
GATE, CUBIC = mp.sqrt(2 / mp.pi), n("0.044715")


def gelu_tanh(z):
    return z / 2 * (1 + mp.tanh(GATE * (z + CUBIC * z**3)))


def gelu_tanh_slope(z):
    v = GATE * (z + CUBIC * z**3)
    return (1 + mp.tanh(v)) / 2 + z / 2 * mp.sech(v) ** 2 * GATE * (1 + 3 * CUBIC * z * z)


def mish_slope(z):
    s = mp.log1p(mp.exp(z))
    return mp.tanh(s) + z * mp.sech(s) ** 2 * sigma(z)


functions = {
    "tanh": (mp.tanh, lambda z: mp.sech(z) ** 2, []),
    "sigmoid": (sigma, lambda z: sigma(z) * sigma(-z), []),
    "gelu": (lambda z: z * Phi(z), lambda z: Phi(z) + z * density(z), []),
    "gelu_tanh": (gelu_tanh, gelu_tanh_slope, []),
    "silu": (lambda z: z * sigma(z), lambda z: sigma(z) * (1 + z * sigma(-z)), []),
    "mish": (lambda z: z * mp.tanh(mp.log1p(mp.exp(z))), mish_slope, []),
    "softplus": (lambda z: mp.log1p(mp.exp(z)), sigma, []),
    "elu(2)": (lambda z: z if z > 0 else 2 * mp.expm1(z), lambda z: n(1) if z > 0 else 2 * mp.exp(z), [0]),
    "hard_swish": (lambda z: n(0) if z <= -3 else z if z >= 3 else z * (z + 3) / 6,
                   lambda z: n(0) if z <= -3 else n(1) if z >= 3 else (2 * z + 3) / 6, [-3, 3]),
    "hard_tanh": (lambda z: min(max(z, n(-1)), n(1)), lambda z: n(1) if abs(z) < 1 else n(0), [-1, 1]),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2, [0]),
}


def expect(g, kinks, q):
    sd = mp.sqrt(q)
    scales = [s * t / sd for t in (1, 3, 9) for s in (-1, 1)]
    points = sorted({p for p in [n(-14), n(-5), n(-2), n(0), n(2), n(5), n(14)] + [k / sd for k in kinks] + scales if abs(p) <= 14})
    return mp.quad(lambda u: g(sd * u) * density(u), points)


def square(name, q):
    f, _, kinks = functions[name]
    return expect(lambda z: f(z) ** 2, kinks, q)


def slope_square(name, q):
    _, d, kinks = functions[name]
    return expect(lambda z: d(z) ** 2, kinks, q)


def growth(name, q):
    f, d, kinks = functions[name]
    return expect(lambda z: z * f(z) * d(z), kinks, q) / q


def bisect(g, lo, hi):
    """The sign change of g between lo and hi."""
    lo, hi = n(lo), n(hi)
    assert g(lo) * g(hi) < 0
    return mp.findroot(g, (lo, hi), solver="anderson", tol=1e-25)


def row(quantity, value, **params):
    print(json.dumps({"quantity": "meanfield." + quantity, "params": params, "value": mp.nstr(value, 20)}), flush=True)


# one-point quantities
for name, w, b, lo, hi in (("softplus", 0.5, 0.1, 0.1, 10), ("hard_swish", 1.0, 0.3, 0.1, 2), ("gelu_tanh", 1.5, 0.2, 0.1, 2),
                           ("silu", 1.0, 0.5, 0.4, 2), ("elu(2)", 0.3, 0.2, 0.1, 2), ("hard_tanh", 2.0, 0.0, 0.1, 4),
                           ("softsign", 3.0, 0.1, 0.1, 4), ("sigmoid", 4.0, 0.0, 0.5, 4), ("mish", 1.5, 0.05, 0.04, 1)):
    q = bisect(lambda q: n(w) * square(name, q) + n(b) - q, lo, hi)
    params = {"activation": name, "weight_var": w, "bias_var": b}
    row("fixed_point", q, **params)
    row("chi_1", n(w) * slope_square(name, q), **params)
    row("chi_q", n(w) * growth(name, q), **params)
    row("xi_q", -1 / mp.log(n(w) * growth(name, q)), **params)

# the critical line
for name, b, lo, hi in (("sigmoid", 0.5, 10, 200), ("hard_swish", 0.3, 0.5, 20), ("elu(2)", 0.3, 0.05, 5), ("gelu_tanh", 0.5, 1, 20),
                        ("tanh", 0.0001, 0.001, 0.1), ("tanh", 30.0, 900, 2000), ("softsign", 0.1, 0.02, 1)):
    q = bisect(lambda q: q - square(name, q) / slope_square(name, q) - n(b) ** 2, lo, hi)
    params = {"activation": name, "bias_std": b}
    row("critical.variance", q, **params)
    row("critical.weight_std", 1 / mp.sqrt(slope_square(name, q)), **params)
    row("critical.chi_q", growth(name, q) / slope_square(name, q), **params)
for name, lo, hi in (("gelu_tanh", 2, 6), ("gelu", 2, 6), ("mish", 1, 3)):
    q = bisect(lambda q: growth(name, q) - slope_square(name, q), lo, hi)
    row("half_stable.variance", q, activation=name)
    row("half_stable.weight_var", 1 / slope_square(name, q), activation=name)
    row("half_stable.bias_var", q - square(name, q) / slope_square(name, q), activation=name)

# erf: closed forms throughout
kernel = lambda q, c: 2 / mp.pi * mp.asin(2 * q * c / (1 + 2 * q))
slope = lambda q, c: 4 / mp.pi / mp.sqrt((1 + 2 * q) ** 2 - (2 * q * c) ** 2)
for w, b in ((2.0, 0.05), (5.0, 0.5), (0.9, 0.2)):
    q = bisect(lambda q: n(w) * kernel(q, 1) + n(b) - q, 0.01, 20)
    params = {"activation": "erf", "weight_var": w, "bias_var": b}
    C = lambda c: (n(w) * kernel(q, c) + n(b)) / q
    row("fixed_point", q, **params)
    row("chi_1", n(w) * slope(q, 1), **params)
    c = bisect(lambda c: C(c) - c, 0, 1 - n(1) / 1000) if n(w) * slope(q, 1) > 1 else n(1)
    row("correlation_fixed_point", c, **params)
    row("chi_c", n(w) * slope(q, c), **params)
    row("xi_c", -1 / mp.log(n(w) * slope(q, c)), **params)
    for depth in (0, 1, 20, 3000):
        c = n(-0.5)
        for _ in range(depth):
            c = C(c)
        row("correlation_at_depth", c, **params, c=-0.5, depth=depth)
for w, b, q0, depths in ((0.5, 0.0, 2.0, (1, 100)), (float(mp.pi / 4), 0.0, 2.0, (10000,)), (3.0, 0.2, 1e-6, (0, 5, 1000000))):
    for depth in depths:
        q = n(q0)
        for _ in range(min(depth, 20000)):  # where the last one is a fixed point
            q = n(w) * kernel(q, 1) + n(b)
        row("variance_at_depth", q, activation="erf", weight_var=w, bias_var=b, q=q0, depth=depth)

# relu: arc-cosine kernel
angle = lambda c: (mp.sqrt(1 - c * c) + c * (mp.pi - mp.acos(c))) / mp.pi
for w, b in ((1.5, 0.3), (0.2, 1.0)):
    q = n(b) / (1 - n(w) / 2)
    c = n(-0.9)
    for depth in range(1, 41):
        c = (n(w) / 2 * q * angle(c) + n(b)) / q
        if depth in (1, 7, 40):
            row("correlation_at_depth", c, activation="relu", weight_var=w, bias_var=b, c=-0.9, depth=depth)
for w, b, q, depth in ((2.0, 0.5, 1.0, 1000000), (1.9, 0.5, 3.0, 100), (2.1, 0.0, 1e-9, 1000)):
    chi = n(w) / 2
    value = n(q) + n(b) * depth if chi == 1 else chi**depth * n(q) + n(b) * (chi**depth - 1) / (chi - 1)
    row("variance_at_depth", value, activation="relu", weight_var=w, bias_var=b, q=q, depth=depth)
mp.mp.dps = 40
c = n(0)
for depth in range(1, 100001):
    c = angle(c)
    if depth in (1, 2, 3, 30, 1000, 10000, 100000):
        row("relu_correlation_rate", (1 - c) * 2 * depth**2 / (9 * mp.pi**2), depth=depth)
