#!/usr/bin/env python3
"""Reference values of two-point kernels, mpmath 1.3 at 18 digits: python3 kernel.py > kernel.jsonl

E phi(u)phi(v) and E phi'(u)phi'(v) for centred Gaussian (u, v) of variances q and correlation c, by
nested quadrature: u = sqrt(q) x, and v = c u + sqrt(q(1-c^2)) y, with 24 Gauss-Legendre nodes on each
of 6 panels of |x|, |y| < 12, which are split at the kinks, good to 1e-13. The program uses none of that for these activations and correlations: closed forms,
one-dimensional integrals or the Hermite-Mehler expansion. Parameters are the float64 themselves.
"""
import json

import mpmath as mp

n = mp.mpf
Phi = lambda z: mp.erfc(-z / mp.sqrt(2)) / 2
density = lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)
sigma = lambda z: 1 / (1 + mp.exp(-z))
clip = lambda lo, hi: ((lambda z: min(max(z, n(lo)), n(hi))), (lambda z: n(1) if lo < z < hi else n(0)), [lo, hi])
functions = {
    "tanh": (mp.tanh, lambda z: mp.sech(z) ** 2, []),
    "sigmoid": (sigma, lambda z: sigma(z) * sigma(-z), []),
    "gelu": (lambda z: z * Phi(z), lambda z: Phi(z) + z * density(z), []),
    "silu": (lambda z: z * sigma(z), lambda z: sigma(z) * (1 + z * sigma(-z)), []),
    "erf": (mp.erf, lambda z: 2 / mp.sqrt(mp.pi) * mp.exp(-z * z), []),
    "sin": (mp.sin, mp.cos, []),
    "relu6": clip(0, 6),
    "hard_tanh": clip(-1, 1),
    "elu(1)": (lambda z: z if z > 0 else mp.expm1(z), lambda z: n(1) if z > 0 else mp.exp(z), [0]),
    "leaky_relu(0.25)": (lambda z: z if z > 0 else z / 4, lambda z: n(1) if z > 0 else n(1) / 4, [0]),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2, [0]),
}
END = 12


def ends(breaks):
    return sorted({n(b) for b in (-END, -5, -2, 0, 2, 5, END)} | {n(b) for b in breaks if abs(b) < END})


mp.mp.dps = 18
NODES = mp.calculus.quadrature.GaussLegendre(mp.mp).calc_nodes(4, 80)  # 24 of them


def integrate(f, points):
    return sum((hi - lo) / 2 * w * f((lo + hi) / 2 + (hi - lo) / 2 * x) for lo, hi in zip(points, points[1:]) for x, w in NODES)


def expectation(f, kinks, q, c):
    sd, s = mp.sqrt(q), mp.sqrt(1 - c * c)

    def inner(x):
        mean = integrate(lambda y: f(sd * (c * x + s * y)) * density(y), ends([(k / sd - c * x) / s for k in kinks]))
        return f(sd * x) * mean * density(x)

    return integrate(inner, ends([k / sd for k in kinks]))


for name, (f, d, kinks) in functions.items():
    for q, c in ((0.3, 0.5), (2.0, -0.7)):
        for quantity, g in (("meanfield.kernel", f), ("meanfield.derivative_kernel", d)):
            value = expectation(g, kinks, n(q), n(c))
            print(json.dumps({"quantity": quantity, "params": {"activation": name, "q": q, "c": c}, "value": mp.nstr(value, 15)}), flush=True)
