#!/usr/bin/env python3
"""Reference values for package correction, mpmath 1.3 at 60 digits: python3 reference.py > reference.jsonl

Parameters are the decimal numbers as written. Every value comes from the definition:
ceilings from a zero of the numerical derivative of u φ′(u), windows from the solution of
φ′(z) = 1/|w| by bisection, budgets from an integral over the input.
"""
import json

import mpmath as mp

mp.mp.dps = 60
M = mp.mpf


def row(quantity, value, **params):
    value = 0 if 0 < abs(value) < M("1e-320") else value
    params = {k: v if isinstance(v, int) or k == "activation" else float(v) for k, v in params.items()}
    print(json.dumps({"quantity": "correction." + quantity, "params": params, "value": mp.nstr(value, 25)}))


def error(quantity, **params):
    print(json.dumps({"quantity": "correction." + quantity, "params": params, "error": True}))


sech2 = lambda z: 4 * mp.exp(-2 * abs(z)) / (1 + mp.exp(-2 * abs(z))) ** 2
DERIVATIVES = {
    "sigmoid": lambda z: sech2(z / 2) / 4,
    "tanh": sech2,
    "lecun_tanh": lambda z: M("1.7159") * 2 / 3 * sech2(2 * z / 3),
    "arctan": lambda z: 1 / (1 + z * z),
    "erf": lambda z: 2 / mp.sqrt(mp.pi) * mp.exp(-z * z),
    "softsign": lambda z: 1 / (1 + abs(z)) ** 2,
}


def bisect(f, lo, hi):
    """The zero of a decreasing function."""
    while hi - lo > M("1e-50") * hi:
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if f(middle) > 0 else (lo, middle)
    return lo


def argmax(d):
    with mp.workdps(120):
        return +bisect(lambda u: mp.diff(lambda x: x * d(x), u), M("0.3"), M(4))


def window(d, w):
    hi = M(1)
    while d(hi) * abs(M(w)) >= 1:
        hi *= 2
    return 2 * bisect(lambda z: d(z) * abs(M(w)) - 1, M(0), hi) / abs(M(w))


for name, d in DERIVATIVES.items():
    u = argmax(d)
    row("zero_bias_ceiling.argmax", u, activation=name)
    row("zero_bias_ceiling.value", u * d(u), activation=name)
    if name == "lecun_tanh":
        continue
    row("gain_window.argmax", 1 / d(u), activation=name)
    row("gain_window.max_width", 2 * u * d(u), activation=name)
    least = "4" if name == "sigmoid" else "0.8862269254527581" if name == "erf" else "1"
    for above in ["1e-14", "1e-9", "0.001", "0.1", "1", "3", "50", "1e6", "1e150", "1e300"]:
        w = mp.nstr(M(least) + M(above), 15)  # at most 15 digits, which float64 holds
        if M(w) * d(0) >= 1:
            row("gain_window.width", window(d, w), activation=name, w=w)
    row("gain_window.width", window(d, "-7.3"), activation=name, w="-7.3")
row("gain_window.width", M(0), activation="sigmoid", w=-4)
row("gain_window.width", M(0), activation="tanh", w=1)
row("gain_window.width", window(DERIVATIVES["erf"], "0.886226925452759"), activation="erf", w="0.886226925452759")

for w in ["1e-300", "1e-8", "0.3", "4", "20", "100", "1e300"]:
    slope = lambda a: M(w) * DERIVATIVES["sigmoid"](M(w) * (a - M(1) / 2))
    near = [a for a in (40 / M(w), 10 / M(w), 1 / M(w)) if a < M(1) / 2]
    points = [M(0)] + [M(1) / 2 - a for a in near] + [M(1) / 2]
    row("budget.single_layer", 2 * mp.quad(slope, points) if M(w) < 1e9 else M(1), w=w)

for w, depth in [("3.99", 1), ("3.99", 10**6), ("-3.9999", 10**6), ("4", 10**6), ("4.0001", 10**6), ("0", 0), ("0", 5), ("1e308", 0), ("-1e-9", 34),
                 ("1e308", 1), ("1e-300", 1), ("1e-300", 2), ("-100", 219), ("4.000000000000001", 10**15), ("1", 10**9)]:
    row("sigmoid_product_bound", (abs(M(w)) / 4) ** depth if depth else M(1), w=w, depth=depth)

for quantity in ("zero_bias_ceiling.value", "zero_bias_ceiling.argmax", "gain_window.max_width", "gain_window.argmax"):
    for name in ("linear", "relu", "gelu", "sin", "softplus", "hard_tanh"):
        error(quantity, activation=name)
error("gain_window.max_width", activation="lecun_tanh")
error("gain_window.argmax", activation="lecun_tanh")
error("gain_window.width", activation="lecun_tanh", w=2)
error("gain_window.width", activation="relu", w=2)
for name, w in [("sigmoid", 3.999999999999999), ("sigmoid", 0), ("sigmoid", -3.9), ("tanh", 0.9999999999999999), ("arctan", 0.5), ("softsign", -0.99), ("erf", 0.886226925452758), ("erf", 0)]:
    error("gain_window.width", activation=name, w=w)
error("budget.single_layer", w=0)
error("budget.single_layer", w=-1)
error("sigmoid_product_bound", w=1, depth=-1)
error("sigmoid_product_bound", w=100, depth=1000)
error("sigmoid_product_bound", w=1e308, depth=2)
