#!/usr/bin/env python3
"""Reference values for package residual, mpmath 1.3 at 40 digits: python3 reference.py > reference.jsonl

Numbers are decimal. E log of the noncentral χ² is its Poisson mixture of digamma functions, or
where that is long the integral of (1 − (1−t)^m) e^(−Tt)/t; paths are iterated layer by layer
with tanh-sinh expectations, or closed forms for erf and sin.
"""
import json
import sys

import mpmath as mp

mp.mp.dps = 40
exp, log, sqrt, pi = mp.exp, mp.log, mp.sqrt, mp.pi


def num(v):
    try:
        return json.loads(v) if isinstance(v, str) else v
    except json.JSONDecodeError:
        return v


def emit(quantity, value, tol=None, **params):
    row = {"quantity": "residual." + quantity, "params": {k: num(v) for k, v in params.items()}, "value": mp.nstr(value, 25)}
    if tol is not None:
        row["abs_tol"] = tol
    print(json.dumps(row))
    sys.stdout.flush()


def error(quantity, **params):
    print(json.dumps({"quantity": "residual." + quantity, "params": {k: num(v) for k, v in params.items()}, "error": True}))


def gains(depth, **branch):
    a = mp.mpf(branch["branch_scale"]) if "branch_scale" in branch else mp.mpf(depth) ** -mp.mpf(branch["branch_exponent"])
    value = depth * mp.log1p(a * a)
    emit("log_mean_square_gain", value, depth=depth, **branch)
    if value < 700:
        emit("mean_square_gain", exp(value), depth=depth, **branch)
        emit("mean_square_gain", exp(value), depth=depth, activation="relu", **branch)
    else:
        error("mean_square_gain", depth=depth, **branch)


def log_norm(width, scale, depth=1):
    with mp.workdps(70):
        n, a = mp.mpf(width), mp.mpf(scale)
    T = n / (2 * a * a)
    if T < 400:  # log(2a²/n) + E ψ(n/2 + J), J Poisson of mean T
        with mp.workdps(70):
            value, weight, j, done = log(2 * a * a / n), exp(-T), 0, mp.mpf(0)
            while j < T or weight > mp.mpf(10) ** -60:
                value += weight * mp.psi(0, n / 2 + j)
                j += 1
                weight *= T / j
    else:
        scales = sorted(set([mp.mpf(0), mp.mpf(1)] + [min(mp.mpf(1), s * 4**k) for s in (min(2 / n, 1 / T),) for k in range(40)]))
        value = mp.quad(lambda t: (1 - (1 - t) ** (n / 2 - 1)) * exp(-T * t) / t, scales) if width > 1 else \
            -2 * mp.quad(lambda r: exp(-T * (1 - r * r)) / (1 + r), [0] + [1 - mp.mpf(4) ** -k for k in range(1, 40)] + [1])
        value = value + mp.expint(1, T)
    emit("log_squared_norm.mean", depth * value, 1e-13 * depth if width == 1 and a > 1 else None, width=width, branch_scale=scale, **({"depth": depth} if depth > 1 else {}))


def expect(f, q):
    sd = sqrt(q)
    points = sorted(set([mp.mpf(0), sd, 3 * sd, 6 * sd, 14 * sd] + [mp.mpf(x) for x in (1, 4, 16, 64) if x < 14 * sd]))
    return 2 * mp.quad(lambda z: f(z) * mp.npdf(z / sd) / sd, points)


def moments(name):
    if name == "erf":
        return lambda q: 2 / pi * mp.atan(2 * q / sqrt(1 + 4 * q)), lambda q: 4 / pi / sqrt(1 + 4 * q)
    if name == "sin":
        return lambda q: -mp.expm1(-2 * q) / 2, lambda q: (1 + exp(-2 * q)) / 2
    if name == "hard_tanh":
        p = lambda q: mp.erf(1 / sqrt(2 * q))
        return lambda q: q * (p(q) - 2 / sqrt(q) * mp.npdf(1 / sqrt(q))) + 1 - p(q), p
    if name == "tanh":
        return lambda q: expect(lambda z: mp.tanh(z) ** 2, q), lambda q: expect(lambda z: mp.sech(z) ** 4, q)
    if name == "gelu":
        even = lambda f: lambda z: (f(z) + f(-z)) / 2
        return lambda q: expect(even(lambda z: (z * mp.ncdf(z)) ** 2), q), lambda q: expect(even(lambda z: (mp.ncdf(z) + z * mp.npdf(z)) ** 2), q)
    if name.startswith("leaky") or name in ("linear", "relu"):
        a = {"linear": mp.mpf(1), "relu": mp.mpf(0)}.get(name, None)
        a = mp.mpf(name[11:-1]) if a is None else a
        return lambda q: q * (1 + a * a) / 2, lambda q: (1 + a * a) / 2


def path(name, depth, dps=22, **params):
    with mp.workdps(dps):
        forward, backward = moments(name)
        q, wv, bv = mp.mpf(params.get("q", "1")), mp.mpf(params.get("weight_var", "1")), mp.mpf(params.get("bias_var", "0"))
        growth = mp.mpf(0)
        for _ in range(depth):
            growth += mp.log1p(wv * backward(q))
            q += wv * forward(q) + bv
        emit("variance_at_depth", q, activation=name, depth=depth, **params)
        emit("log_gradient_growth", growth, activation=name, depth=depth, **params)


for depth in (1, 7, 1000000):
    for scale in ("0", "1e-200", "1e-12", "0.3", "1", "40", "1e200"):
        if scale == "0":
            emit("log_mean_square_gain", mp.mpf(0), depth=depth, branch_scale=scale)
            emit("mean_square_gain", mp.mpf(1), depth=depth, branch_scale=scale)
        elif scale == "1e-200":
            emit("log_mean_square_gain", mp.mpf(0), depth=depth, branch_scale=scale)
        else:
            gains(depth, branch_scale=scale)
    for exponent in ("0", "0.25", "0.5", "0.7", "1", "3"):
        gains(depth, branch_exponent=exponent)
gains(1000000, branch_scale="1e-161")

for width in (1, 2, 3, 8, 101, 1000, 1000000):
    for scale in ("1e-12", "1e-3", "0.1", "0.5", "1", "2", "50", "1e6"):
        if width == 2 and scale in ("1e-12", "1e-3"):
            emit("log_squared_norm.mean", mp.mpf(0), width=width, branch_scale=scale)
        else:
            log_norm(width, scale)
log_norm(2, "0.04")
log_norm(3, "1e150", 1000000)
log_norm(1, "0.3", 1000000)

for depth in (1, 3, 72, 100, 700):
    path("tanh", depth, q="2", weight_var="0.5", bias_var="0.1") if depth < 700 else path("tanh", depth)
path("tanh", 300, weight_var="1e-4", q="0.01")
path("tanh", 2, q="1e-12")
path("tanh", 100, q="1e6", weight_var="30")
path("gelu", 60)
path("gelu", 150, weight_var="1e-3", q="3")
for name in ("erf", "sin", "hard_tanh"):
    path(name, 1)
    path(name, 150, q="0.02", weight_var="0.7")
    path(name, 30000)
path("erf", 1000000)
path("erf", 200000, q="1e-12", weight_var="1e-6", bias_var="1e-7")
for name in ("linear", "relu", "leaky_relu(0.1)"):
    path(name, 1)
    path(name, 700, q="1e-12", weight_var="0.3", bias_var="0.2")

emit("tanh_growth_coefficient", mp.mpf(8) / 3 / sqrt(2 * pi) * mp.mpf("0.37"), weight_std="0.37")
for layers, depth in ((2, 1), (2, 1000000), (5, 77), (1000000, 1000000)):
    emit("fixup_scale", mp.mpf(depth) ** (-mp.mpf(1) / (2 * layers - 2)), branch_layers=layers, depth=depth)

error("mean_square_gain", depth=0, branch_scale="1")
error("mean_square_gain", depth=3, branch_scale="-1")
error("mean_square_gain", depth=3, branch_exponent="-1")
error("mean_square_gain", depth=3)
error("mean_square_gain", depth=1000, branch_scale="1e3")
error("log_mean_square_gain", depth=3)
error("log_squared_norm.mean", width=3)
error("log_squared_norm.mean", width=0, branch_scale="1")
error("log_squared_norm.mean", width=3, branch_scale="0")
error("log_squared_norm.mean", width=3, branch_scale="1", depth=0)
for quantity in ("variance_at_depth", "log_gradient_growth"):
    error(quantity, activation="tanh", depth=0)
    error(quantity, activation="tanh", depth=3, q="0")
    error(quantity, activation="tanh", depth=3, weight_var="0")
    error(quantity, activation="tanh", depth=3, bias_var="-1")
    error(quantity, activation="swish", depth=3)
error("variance_at_depth", activation="gelu", depth=10000)
error("variance_at_depth", activation="relu", depth=10000)
error("tanh_growth_coefficient", weight_std="0")
error("fixup_scale", branch_layers=1, depth=3)
error("fixup_scale", branch_layers=2, depth=0)
