#!/usr/bin/env python3
"""Reference values for package activation, mpmath 1.3 at 50 digits: python3 reference.py > reference.jsonl

One row for each activation and point z, which is the float64 itself, with phi, phi' and
log|phi'| ("" where phi' = 0 or the logarithm is beyond float64). Every derivative is also
compared with numerical differentiation of phi where |z| is moderate.
"""
import json
import math

import mpmath as mp

mp.mp.dps = 50
n = mp.mpf
positive = [5e-324, 1e-300, 1e-20, 1e-8, 1e-3, 0.1, 0.4, 0.6, 1.0, 1.7, 2.2, 3.5, 5.0, 8.0, 13.0, 20.0, 30.0, 36.5,
            38.5, 60.0, 150.0, 400.0, 700.0, 745.0, 800.0, 1e4, 1e8, 1e154, 1e300]
GRID = sorted([-z for z in positive] + [0.0] + positive + [math.pi, math.pi / 2, -math.pi / 2, math.sqrt(2), -math.sqrt(2)])

Phi = lambda z: mp.erfc(-z / mp.sqrt(2)) / 2
density = lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)
sigma = lambda z: 1 / (1 + mp.exp(-z))


def smooth(f, d, log=None):
    """phi, phi' and log|phi'| from functions; phi' has no zero if log is not given."""
    return lambda z: (f(z), d(z), (log or (lambda z: mp.log(abs(d(z)))))(z))


def leaky(a):
    return lambda z: (z, n(1)) if z > 0 or z == 0 and abs(a) >= 1 else (a * z, a)


def clip(lo, hi, shift, scale):
    return lambda z: ((min(max(z, lo), hi) + shift) / scale, 1 / n(scale) if lo < z < hi else n(0))


def hard_swish(z):
    return (n(0), n(0)) if z <= -3 else (z, n(1)) if z >= 3 else (z * (z + 3) / 6, (2 * z + 3) / 6)


def exponential(lam, alpha, width):
    def f(z):
        if z == 0:
            return n(0), min(lam, lam * alpha / width)
        if z > 0:
            return lam * z, lam
        return lam * alpha * mp.expm1(z / width), lam * alpha / width * mp.exp(z / width), mp.log(lam * alpha / width) + z / width
    return f


def gated(v, dv):
    def f(z):
        s, c = sigma(v(z)), sigma(-v(z))
        return z * s, s * (1 + z * dv(z) * c), -mp.log1p(mp.exp(-v(z))) + mp.log(abs(1 + z * dv(z) * c))
    return f


def gelu(z):
    d = Phi(z) + z * density(z)
    return z * Phi(z), d, mp.log(abs(d))


def mish(z):
    s = mp.log1p(mp.exp(z))
    d = mp.tanh(s) + z * mp.sech(s) ** 2 * sigma(z)
    if z < -100:  # both terms are e^z times this
        d = mp.exp(z) * (1 - mp.exp(z) / 2 + z * (1 - mp.exp(z)))
    return z * mp.tanh(s), d, mp.log(abs(d))


def selu():
    m1, m2, half = mp.exp(n("0.5")) * Phi(n(-1)), mp.exp(2) * Phi(n(-2)), n("0.5")
    alpha = 1 / mp.sqrt(2 * mp.pi) / (half - m1)
    return 1 / mp.sqrt(half + alpha**2 * (m2 - 2 * m1 + half)), alpha, n(1)


K, C = 2 * mp.sqrt(2 / mp.pi), n("0.044715")
T, S, one = n("1.7159"), n(2) / 3, n(1)
log_cosh = lambda z: abs(z) - mp.log(2) + mp.log1p(mp.exp(-2 * abs(z)))
root = lambda f, x: float(mp.findroot(f, x))
# text: (function, points: kinks, minima of phi)
TABLE = {
    "linear": (leaky(one), []),
    "sigmoid": (smooth(sigma, lambda z: mp.exp(-abs(z)) / (1 + mp.exp(-abs(z))) ** 2, lambda z: -abs(z) - 2 * mp.log1p(mp.exp(-abs(z)))), []),
    "tanh": (smooth(mp.tanh, lambda z: mp.sech(z) ** 2, lambda z: -2 * log_cosh(z)), []),
    "erf": (smooth(mp.erf, lambda z: 2 / mp.sqrt(mp.pi) * mp.exp(-z * z), lambda z: mp.log(2 / mp.sqrt(mp.pi)) - z * z), []),
    "arctan": (smooth(mp.atan, lambda z: 1 / (1 + z * z), lambda z: -mp.log1p(z * z)), []),
    "sin": (smooth(mp.sin, mp.cos, lambda z: mp.log1p(-mp.sin(z) ** 2) / 2 if abs(z) < 1 else mp.log(abs(mp.cos(z)))), []),
    "softsign": (smooth(lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2, lambda z: -2 * mp.log1p(abs(z))), [0.0]),
    "relu": (leaky(n(0)), [0.0]),
    "relu6": (clip(0, 6, 0, 1), [0.0, 6.0]),
    "hard_tanh": (clip(-1, 1, 0, 1), [-1.0, 1.0]),
    "softplus": (smooth(lambda z: mp.log1p(mp.exp(z)) if z < 99 else z, sigma, lambda z: -mp.log1p(mp.exp(-z))), []),
    "log_sigmoid": (smooth(lambda z: -mp.log1p(mp.exp(-z)), lambda z: sigma(-z), lambda z: -mp.log1p(mp.exp(z)) if z < 99 else -z), []),
    "lecun_tanh": (smooth(lambda z: T * mp.tanh(S * z), lambda z: T * S * mp.sech(S * z) ** 2, lambda z: mp.log(T * S) - 2 * log_cosh(S * z)), []),
    "leaky_relu(0.01)": (leaky(n("0.01")), [0.0]),
    "leaky_relu(0.1)": (leaky(n("0.1")), [0.0]),
    "leaky_relu(-0.3)": (leaky(n("-0.3")), [0.0]),
    "leaky_relu(2)": (leaky(n(2)), [0.0]),
    "elu(1)": (exponential(one, one, one), [0.0]),
    "elu(0.3)": (exponential(one, n("0.3"), one), [0.0]),
    "elu(2)": (exponential(one, n(2), one), [0.0]),
    "celu(1)": (exponential(one, one, one), [0.0]),
    "celu(0.5)": (exponential(one, n("0.5"), n("0.5")), [0.0]),
    "celu(2)": (exponential(one, n(2), n(2)), [0.0]),
    "celu(0.3)": (exponential(one, n("0.3"), n("0.3")), [0.0]),
    "selu": (exponential(*selu()), [0.0]),
    "gelu": (gelu, [root(lambda z: Phi(z) + z * density(z), -0.75)]),
    "gelu_tanh": (gated(lambda z: K * (z + C * z**3), lambda z: K * (1 + 3 * C * z * z)), [-0.7524614220710162]),
    "silu": (gated(lambda z: z, lambda z: one), [root(lambda z: 1 + z * sigma(-z), -1.28)]),
    "mish": (mish, [root(lambda z: mish(z)[1], -1.19)]),
    "hard_swish": (hard_swish, [-3.0, -1.5, 3.0]),
    "hard_sigmoid_torch": (clip(-3, 3, 3, 6), [-3.0, 3.0]),
    "hard_sigmoid_keras": (clip(n("-2.5"), n("2.5"), n("2.5"), 5), [-2.5, 2.5]),
}


def text(x):
    if abs(x) < n("1e-330"):
        return "0"
    return mp.nstr(x, 22) if abs(x) < n("1.7e308") else ""


def row(name, f, z, kinks):
    # e^-z needs |z| more digits than the answer where 1 is added to it
    with mp.workdps(50 + (int(abs(z)) if abs(z) < 1e4 else 0) + (320 if abs(z) > 1e4 else 0)):
        values = f(n(z))
        if 1e-4 < abs(z) < 40 and all(abs(z - k) > 0.1 for k in kinks):
            with mp.workdps(60 + int(2 * z * z)):
                d = mp.diff(lambda x: f(x)[0], n(z))
            assert abs(d - values[1]) <= mp.mpf(10) ** -18 * abs(values[1]), (name, z, d, values[1])
        log = values[2] if len(values) > 2 else mp.log(abs(values[1])) if values[1] else n("inf")
        print(json.dumps({"activation": name, "z": z, "phi": text(values[0]), "dphi": text(values[1]), "log": text(log)}))


def main():
    for name, (f, points) in TABLE.items():
        grid = list(GRID)
        for p in points:
            grid += [p, math.nextafter(p, -math.inf), math.nextafter(p, math.inf), p - 1e-8, p + 1e-8]
        for z in sorted(set(grid)):
            if abs(z) > 1e4 and name in ("gelu_tanh", "gelu", "erf") and z < 0 or abs(z) > 1e8 and name not in POLYNOMIAL:
                continue  # the tails are 0 or 1 there; limits are tested by hand
            row(name, f, z, points)


POLYNOMIAL = {k for k in TABLE if TABLE[k][0].__qualname__.startswith(("leaky", "clip", "hard"))} | {"arctan", "softsign", "sin", "softplus", "log_sigmoid"}

if __name__ == "__main__":
    main()
