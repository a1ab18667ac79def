#!/usr/bin/env python3
"""Reference values for package isometry, mpmath 1.3 at 40 digits: python3 reference.py > reference.jsonl

Edges are minima over z found by bisection of the derivative of their log, moments are
binomials of integers, and μ_k = E φ′^(2k) are tanh-sinh quadratures between kinks, or closed
forms; the variance is then a plain difference, at more digits where it is small.
"""
import json
import sys

import mpmath as mp

mp.mp.dps = 40
exp, log, sqrt, pi = mp.exp, mp.log, mp.sqrt, mp.pi


def emit(quantity, value, **params):
    print(json.dumps({"quantity": "isometry." + quantity, "params": {k: num(v) for k, v in params.items()}, "value": mp.nstr(value, 25)}))
    sys.stdout.flush()


def error(quantity, **params):
    print(json.dumps({"quantity": "isometry." + quantity, "params": {k: num(v) for k, v in params.items()}, "error": True}))


def num(v):
    try:
        return json.loads(v) if isinstance(v, str) else v
    except json.JSONDecodeError:
        return v


def live(activation, q):
    return {"linear": mp.mpf(1), "relu": mp.mpf(1) / 2}.get(activation) or mp.erf(1 / sqrt(2 * mp.mpf(q)))


def edge(activation, ensemble, depth, q=None):
    with mp.workdps(60):
        p, L = live(activation, q), mp.mpf(depth)
        # derivative of log (1+z)/z (1+z/p)^L [/(1+z)^L] in z, times z(1+z)(p+z)
        if ensemble == "gaussian":
            slope = lambda z: -(p + z) + L * z * (1 + z)
            value = lambda z: log(1 + z) - log(z) + L * mp.log1p(z / p)
        else:
            slope = lambda z: -(p + z) + L * z * (1 - p)
            value = lambda z: log(1 + z) - log(z) + L * (mp.log1p(z / p) - mp.log1p(z))
        if slope(mp.mpf(10) ** 60) <= 0:
            result = -L * log(p)
        else:
            lo, hi = mp.mpf(-700), mp.mpf(140)
            for _ in range(300):
                mid = (lo + hi) / 2
                lo, hi = (mid, hi) if slope(exp(mid)) < 0 else (lo, mid)
            result = value(exp(lo))
        emit("max_squared_singular_value", exp(result), activation=activation, ensemble=ensemble, depth=depth, **({"q": q} if q else {}))


def sig(z):
    return 1 / (1 + exp(-z))


def d_mish(e, z):
    return e * (e**3 + 4 * e**2 + 6 * e + 4 + 4 * z * (1 + e)) / (e * e + 2 * e + 2) ** 2

DERIVATIVES = {
    "tanh": (lambda z: mp.sech(z) ** 2, []),
    "arctan": (lambda z: 1 / (1 + z * z), []),
    "softsign": (lambda z: 1 / (1 + abs(z)) ** 2, [0]),
    "sigmoid": (lambda z: sig(z) * sig(-z), []),
    "lecun_tanh": (lambda z: mp.sech(2 * z / 3) ** 2, []),
    "softplus": (sig, []),
    "log_sigmoid": (lambda z: sig(-z), []),
    "mish": (lambda z: d_mish(exp(z), z), []),
    "silu": (lambda z: sig(z) * (1 + z * sig(-z)), []),
    "gelu": (lambda z: mp.ncdf(z) + z * mp.npdf(z), []),
    "elu(0.5)": (lambda z: mp.mpf(1) if z > 0 else exp(z) / 2, [0]),
    "celu(2)": (lambda z: mp.mpf(1) if z > 0 else exp(z / 2), [0]),
    "hard_swish": (lambda z: mp.mpf(0) if z < -3 else (mp.mpf(1) if z > 3 else z / 3 + mp.mpf(1) / 2), [-3, 3]),
    "relu6": (lambda z: mp.mpf(1) if 0 < z < 6 else mp.mpf(0), [0, 6]),
}


def moments(name, q):
    sd = sqrt(mp.mpf(q))
    if name == "erf":
        return 1 / sqrt(1 + 4 * mp.mpf(q)), 1 / sqrt(1 + 8 * mp.mpf(q))
    if name == "sin":
        e = exp(-2 * mp.mpf(q))
        return (1 + e) / 2, (3 + 4 * e + e**4) / 8
    if name.startswith("leaky"):
        a = mp.mpf(name[11:-1])
        return (1 + a**2) / 2, (1 + a**4) / 2
    f, kinks = DERIVATIVES[name]
    points = [-40 * sd, -12 * sd, -5 * sd, 0, 5 * sd, 12 * sd, 40 * sd]
    points += [s * x for x in (1, 4, 16, 64, 256) for s in (-1, 1) if x < 40 * sd] + [mp.mpf(x) for x in kinks]
    points = sorted(set(p for p in points if abs(p) <= 40 * sd))
    mu = lambda n: mp.quad(lambda z: f(z) ** (2 * n) * mp.npdf(z / sd) / sd, points)
    return mu(1), mu(2)


def spread(name, q):
    if name.startswith("hard_") and name != "hard_swish":
        cut = {"hard_tanh": mp.mpf(1), "hard_sigmoid_torch": mp.mpf(3), "hard_sigmoid_keras": mp.mpf("2.5")}[name]
        x = cut / sqrt(2 * mp.mpf(q))
        return mp.erfc(x) / mp.erf(x)
    first, second = moments(name, q)
    return second / first**2 - 1


def variance(name, q, depths=((1, "orthogonal"), (1000000, "gaussian"))):
    with mp.workdps(60 if mp.mpf(q) < 1e-6 else 34):
        s = spread(name, q)
    for depth, ensemble in depths:
        emit("spectral_variance", depth * (s + (ensemble == "gaussian")), activation=name, ensemble=ensemble, depth=depth, q=q)


def inverse(name, depth, v):
    """The root of spread(q) = v/L, bisected in log q from 20 digits of Newton's start."""
    target = mp.mpf(v) / depth
    with mp.workdps(50):
        f = lambda t: log(spread(name, exp(t)) / target)
        if name in ("erf", "hard_tanh"):
            lo, hi = mp.mpf(-345), mp.mpf(400)
            while hi - lo > mp.mpf(10) ** -30:
                mid = (lo + hi) / 2
                lo, hi = (mid, hi) if spread(name, exp(mid)) < target else (lo, mid)
            q = exp(lo)
        else:
            start = log(target / 8) / 2 if target < 1 else 2 * log(target)
            q = exp(mp.findroot(f, (start, start + mp.mpf("0.5")), solver="secant", tol=1e-50))
    emit("variance_for_spread", q, activation=name, depth=depth, spectral_variance=v)


for depth in (1, 2, 3, 17, 1000000):
    for ensemble in ("gaussian", "orthogonal"):
        edge("linear", ensemble, depth) if ensemble == "gaussian" else emit(
            "max_squared_singular_value", mp.mpf(1), activation="linear", ensemble=ensemble, depth=depth)
        edge("relu", ensemble, depth)
        for q in ("1e-12", "0.01", "0.1", "0.3", "1", "40", "1e6"):
            edge("hard_tanh", ensemble, depth, q)
edge("hard_tanh", "orthogonal", 1000000, "0.042")
edge("hard_tanh", "orthogonal", 3, "1.0686")

for depth, order in ((1, 1), (1, 5), (1, 30), (1, 500), (2, 100), (7, 13), (100, 50), (1000000, 1), (1000000, 2), (1000000, 40)):
    emit("spectral_moment", mp.mpf(mp.binomial((depth + 1) * order, order)) / (depth * order + 1), depth=depth, order=order)

for name in ("tanh", "arctan", "erf", "sin", "sigmoid", "lecun_tanh", "softsign", "softplus", "log_sigmoid", "silu", "gelu", "mish", "celu(2)", "hard_swish"):
    for q in ("1e-12", "1e-4", "0.05", "0.3", "1", "30", "1e6"):
        if not (name == "softsign" and q == "1e6"):
            variance(name, q)
for name in ("elu(0.5)", "relu6", "hard_tanh", "hard_sigmoid_torch", "hard_sigmoid_keras", "leaky_relu(0.1)", "leaky_relu(-3)"):
    for q in ("0.05", "1", "30", "1e6"):
        variance(name, q)
with mp.workdps(60):
    emit("spectral_variance", mp.erfc(1 / sqrt(mp.mpf("0.004"))) / mp.erf(1 / sqrt(mp.mpf("0.004"))),
         activation="hard_tanh", ensemble="orthogonal", depth=1, q=0.002)
emit("spectral_variance", mp.mpf(0), activation="hard_tanh", ensemble="orthogonal", depth=1, q=1e-12)

for name in ("tanh", "arctan", "erf", "hard_tanh"):
    for depth, v in ((1, "1e-12"), (1000, "0.3"), (1, "0.09"), (1, "0.11"), (3, "2"), (1, "50")):
        inverse(name, depth, v)
inverse("erf", 1, "1e-30")
inverse("tanh", 1000000, "1e-9")
inverse("erf", 1, "1e60")
inverse("hard_tanh", 1, "1e20")
variance("hard_swish", "0.0999")
variance("hard_swish", "0.1001")

error("max_squared_singular_value", activation="tanh", ensemble="gaussian", depth=3, q="1")
error("max_squared_singular_value", activation="hard_tanh", ensemble="gaussian", depth=3)
error("max_squared_singular_value", activation="linear", ensemble="unitary", depth=3)
error("max_squared_singular_value", activation="linear", ensemble="gaussian", depth=0)
error("spectral_moment", depth=0, order=2)
error("spectral_moment", depth=2, order=0)
error("spectral_moment", depth=1, order=1000)
error("spectral_moment", depth=1000000, order=1000000)
error("spectral_variance", activation="tanh", ensemble="gaussian", depth=3)
error("spectral_variance", activation="tanh", ensemble="gaussian", depth=3, q="-1")
error("spectral_variance", activation="leaky_relu(0.1)", ensemble="gaussian", depth=3)
error("variance_for_spread", activation="relu", depth=3, spectral_variance="1")
error("variance_for_spread", activation="tanh", depth=3, spectral_variance="0")
error("variance_for_spread", activation="tanh", depth=0, spectral_variance="1")
error("variance_for_spread", activation="tanh", depth=1, spectral_variance="1e100")
