#!/usr/bin/env python3
"""Reference values for package product, mpmath 1.3 at 50 digits: python3 reference.py > reference.jsonl

Binomial mixtures are plain sums over the number of active units, at most 20 standard
deviations around the largest term.
"""
import json

import mpmath as mp

mp.mp.dps = 50
RELU, LINEAR = "relu", "linear"


def row(quantity, value, **params):
    value = 0 if abs(value) < 1e-40 and "exponent" in quantity else value
    print(json.dumps({"quantity": "product." + quantity, "params": params, "value": mp.nstr(value, 25)}))


def error(quantity, **params):
    print(json.dumps({"quantity": "product." + quantity, "params": params, "error": True}))


def weights(n, first=0, tilt=None):
    """[(b, P(B=b)·tilt(b))] around the largest, for B ~ Bin(n, 1/2), b >= first."""
    term = lambda b: mp.exp(mp.loggamma(n + 1) - mp.loggamma(b + 1) - mp.loggamma(n - b + 1) - n * mp.log(2)) * (tilt(b) if tilt else 1)
    lo, hi = first, n
    while lo < hi:  # the largest term of a log-concave sequence
        m = (lo + hi) // 2
        lo, hi = (m + 1, hi) if term(m + 1) > term(m) else (lo, m)
    reach = int(10 * mp.sqrt(n)) + 40
    return [(b, term(b)) for b in range(max(first, lo - reach), min(n, lo + reach) + 1)]


cache = {}


def active(n):
    if n not in cache:
        cache[n] = weights(n, 1)
    return cache[n]


def log_norm(activation, n):
    if activation == LINEAR:
        return mp.psi(0, mp.mpf(n) / 2) - mp.log(mp.mpf(n) / 2), mp.psi(1, mp.mpf(n) / 2)
    p = active(n)
    alive = 1 - mp.mpf(2) ** -n
    logs = [(w / alive, mp.psi(0, mp.mpf(b) / 2) + mp.log(mp.mpf(4) / n), b) for b, w in p]
    mean = mp.fsum(w * m for w, m, b in logs)
    return mean, mp.fsum(w * (mp.psi(1, mp.mpf(b) / 2) + (m - mean) ** 2) for w, m, b in logs)


def moment(activation, n, order):
    h, n2 = mp.mpf(order) / 2, mp.mpf(n) / 2
    if activation == LINEAR:
        return mp.log(mp.gammaprod([n2 + h], [n2])) - h * mp.log(n2) if n < 10**5 else mp.loggamma(n2 + h) - mp.loggamma(n2) - h * mp.log(n2)
    tilt = lambda b: mp.exp(mp.loggamma(mp.mpf(b) / 2 + h) - mp.loggamma(mp.mpf(b) / 2) + h * mp.log(mp.mpf(4) / n))
    return mp.log(mp.fsum(w for b, w in weights(n, 1, tilt)))


def angle(n):
    p = [(b, w) for b, w in weights(n) if b >= 2]
    total = 1 - (n + 1) * mp.mpf(2) ** -n
    psi = lambda m, k: mp.psi(m, mp.mpf(k) / 2)
    gap = [(w / total, psi(0, k) - psi(0, k - 1), k) for k, w in p]
    rate = mp.fsum(w * g for w, g, k in gap)
    return rate, mp.fsum(w * (psi(1, k) + psi(1, k - 1) + (g - rate) ** 2) for w, g, k in gap)


def wick(n, depth):
    s = t = mp.mpf(1)
    for _ in range(depth):
        s, t = t + s + s / n, t + 2 * s / mp.mpf(n) ** 2
    return s


for n, i, v in [(1, 1, "0.3"), (7, 3, "1"), (1000, 1000, "1.5"), (10**6, 1, "1"), (10**6, 1, "1.001"), (10**6, 500000, "1"), (10**6, 10**6, "1"), (10**6, 2, "1e-300")]:
    row("lyapunov", (mp.log(2) + mp.psi(0, mp.mpf(n - i + 1) / 2) + mp.log(mp.mpf(v) / n)) / 2, width=n, index=i, weight_var=float(v))
for n, i, s in [(1, 1, "1"), (10**6, 1, "0.001"), (64, 1, "0.125"), (10**6, 10**6, "1e-200"), (2, 1, "1e200"), (5, 4, "0.7")]:
    row("lyapunov", (mp.log(2) + mp.psi(0, mp.mpf(n - i + 1) / 2)) / 2 + mp.log(mp.mpf(s)), width=n, index=i, entry_std=float(s))

psi = {1: mp.psi(0, mp.mpf(1) / 2), 2: mp.psi(0, 1)}
total, sums = mp.mpf(0), {}
for j in range(1, 10**6 + 1):
    if j > 2:
        psi[j % 2 or 2] += mp.mpf(2) / (j - 2)
    total += psi[j % 2 or 2]
    if j in (1, 2, 3, 8, 101, 10**6):
        sums[j] = total
for n, v in [(1, "1"), (2, "1"), (3, "2.5"), (8, "1"), (101, "2.718281828"), (101, "1"), (10**6, "1"), (10**6, "2.7"), (10**6, "1e-9")]:
    row("lyapunov_sum", (sums[n] + n * mp.log(2 * mp.mpf(v) / n)) / 2, width=n, weight_var=float(v))
for n, s in [(2, "0.7"), (10**6, "0.001")]:
    row("lyapunov_sum", (sums[n] + n * mp.log(2)) / 2 + n * mp.log(mp.mpf(s)), width=n, entry_std=float(s))

for n in (1, 2, 3, 5, 17, 100, 576, 577, 1000, 4097, 10**6):
    for activation in (LINEAR, RELU):
        mean, variance = log_norm(activation, n)
        row("log_squared_norm.mean", mean, activation=activation, width=n)
        row("log_squared_norm.variance", 10**6 * variance, activation=activation, width=n, depth=10**6)
        depth = {1: 30, 2: 200, 3: 10, 5: 7}.get(n, n // 2)
        row("exceedance.normal_approximation", mp.ncdf(mean * mp.sqrt(depth) / mp.sqrt(variance)), activation=activation, width=n, depth=depth)
for n in (2, 3, 5, 16, 101, 577, 1000, 10**6):
    rate, variance = angle(n)
    row("angle_contraction.rate", rate, width=n)
    row("angle_contraction.variance", variance, width=n)

for n in (1, 2, 8, 63, 700, 10**6):
    for order in ("1e-9", "0.3", "0.9", "1", "1.999", "2", "2.000001", "3.7", "6", "50", "1000"):
        row("moment_exponent", moment(RELU, n, order), activation=RELU, width=n, order=float(order))
    for order in ("-0.999", "1e-12", "0.5", "1.5", "1.999999", "2", "4", "77.7", "1e7"):
        row("moment_exponent", moment(LINEAR, n, order), activation=LINEAR, width=n, order=float(order))
row("moment_exponent", moment(LINEAR, 10**6, "-999999.5"), activation=LINEAR, width=10**6, order=-999999.5)
row("moment_exponent", moment(LINEAR, 10**6, "-1000"), activation=LINEAR, width=10**6, order=-1000)
row("moment_exponent", moment(RELU, 10**6, "100000"), activation=RELU, width=10**6, order=100000)
row("moment_exponent", moment(RELU, 3, "1000000"), activation=RELU, width=3, order=1000000)
for activation, n, depth, order in [(LINEAR, 1, 200, "4"), (RELU, 1, 300, "4"), (RELU, 1, 500, "1"), (LINEAR, 10**6, 10**6, "6"), (RELU, 10**6, 10**6, "4"),
                                    (RELU, 10**6, 10**6, "32"), (LINEAR, 64, 10**6, "2"), (RELU, 700, 10**4, "0.5"), (RELU, 63, 5000, "2.5"), (LINEAR, 2, 300, "-1.5")]:
    row("norm_moment", mp.exp(depth * moment(activation, n, order)), activation=activation, width=n, depth=depth, order=float(order))
row("norm_moment", 0, activation=RELU, width=1, depth=10**6, order=1)

for n, depth in [(1, 1), (1, 10**6), (1, 1000), (2, 10), (10, 10**6), (20, 10**6), (60, 10**6), (200, 10**6), (1080, 10**6), (2000, 10**6), (10**6, 1), (45, 3), (119, 7), (120, 10**6), (121, 10**6)]:
    alive = mp.exp(depth * mp.log1p(-mp.mpf(2) ** -n))
    row("alive_probability", alive if alive > 1e-320 else 0, width=n, depth=depth)
    dead = -mp.expm1(depth * mp.log1p(-mp.mpf(2) ** -n))
    row("dead_probability", dead if dead > 1e-320 else 0, width=n, depth=depth)
for n, depth in [(1, 1), (1, 2), (1, 600), (2, 1), (2, 900), (7, 100), (64, 20000), (1000, 1000), (10**6, 1), (10**6, 10**3)]:
    row("trace_second_moment", wick(n, depth), width=n, depth=depth)
n = mp.mpf(10**6)
row("trace_second_moment", ((n + 2) * (1 + 2 / n) ** 10**6 - (n - 1) * (1 - 1 / n) ** 10**6) / 3, width=10**6, depth=10**6)

error("trace_second_moment", width=1, depth=10**6)
error("trace_second_moment", width=10, depth=10**6)
error("trace_second_moment", width=0, depth=1)
error("trace_second_moment", width=3, depth=0)
error("lyapunov", width=3, index=0, weight_var=1)
error("lyapunov", width=3, index=4, weight_var=1)
error("lyapunov", width=0, index=1, weight_var=1)
error("lyapunov", width=3, index=1, weight_var=0)
error("lyapunov", width=3, index=1, entry_std=-1)
error("lyapunov_sum", width=3)
error("lyapunov_sum", width=-3, entry_std=1)
error("moment_exponent", activation=RELU, width=3, order=0)
error("moment_exponent", activation=RELU, width=3, order=-1)
error("moment_exponent", activation=LINEAR, width=3, order=-3)
error("moment_exponent", activation=RELU, width=3, order=1e308)
error("norm_moment", activation=RELU, width=1, depth=10**6, order=4)
error("norm_moment", activation="leaky_relu(0)", width=1, depth=1, order=4)
error("norm_moment", activation=LINEAR, width=1, depth=0, order=4)
error("log_squared_norm.variance", activation="tanh", width=3)
error("exceedance.normal_approximation", activation=RELU, width=3, depth=-1)
error("angle_contraction.rate", width=1)
error("angle_contraction.variance", width=1)
error("alive_probability", width=0, depth=1)
error("dead_probability", width=1, depth=0)
