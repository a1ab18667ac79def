#!/usr/bin/env python3
"""Reference values for package optimizer, mpmath 1.3 at 60 digits: python3 reference.py > reference.jsonl

Parameters are the decimal numbers as written. Steps on quadratics are found by
comparing powers, flow times by quadrature over w, runs on the chain by the recursion.
"""
import json

import mpmath as mp

mp.mp.dps = 60
M = mp.mpf


def number(v):
    return v if isinstance(v, int) else float(v) if not isinstance(v, str) or v.strip("0123456789.e+-") == "" else v


def row(quantity, value, tol=None, **params):
    value = 0 if 0 < abs(value) < M("1e-320") else value
    out = {"quantity": "optimizer." + quantity, "params": {k: number(v) for k, v in params.items()}, "value": mp.nstr(value, 25)}
    print(json.dumps(out | ({"abs_tol": tol} if tol else {})))


def error(quantity, **params):
    print(json.dumps({"quantity": "optimizer." + quantity, "params": params, "error": True}))


def first(r, tolerance):
    t = max(1, int(mp.ceil(mp.log(tolerance) / mp.log(r))))
    while r**t > tolerance:
        t += 1
    while t > 1 and r ** (t - 1) <= tolerance:
        t -= 1
    return t


for k in ("1.0000000001", "1.001", "1.5", "2", "3", "19", "361", "12345.678", "1e8", "1e15", "1e300"):
    kappa = M(k)
    r, h = (kappa - 1) / (kappa + 1), (mp.sqrt(kappa) - 1) / (mp.sqrt(kappa) + 1)
    with mp.workdps(400):
        exact = M(k)
        r, h = (exact - 1) / (exact + 1), (mp.sqrt(exact) - 1) / (mp.sqrt(exact) + 1)
    row("gradient_descent.rate", r, condition_number=k)
    row("heavy_ball.rate", h, condition_number=k)
    row("heavy_ball.momentum", h * h, condition_number=k)
    for t in (0, 1, 7, 1000, 10**6):
        with mp.workdps(400):
            p = h**t
        if p > M("1e-307"):
            row("conjugate_gradient.bound", 2 * p, condition_number=k, steps=t)
            row("conjugate_gradient.minimax", mp.sech(t * mp.log(1 / h)) if t else M(1), condition_number=k, steps=t)
    for tol in ("0.999", "0.81", "0.5", "0.125", "1e-6", "1e-300"):
        for name, rate in (("gradient_descent", r), ("heavy_ball", h)):
            if kappa < 1e14:
                row(name + ".steps", M(first(rate, M(tol))), condition_number=k, tolerance=tol)
            else:
                with mp.workdps(400):
                    value = mp.ceil(mp.log(M(tol)) / mp.log(rate))
                if value < M("1e308"):
                    row(name + ".steps", value, condition_number=k, tolerance=tol)
row("conjugate_gradient.minimax", M(0), condition_number=2, steps=10**6)

for g, e in [("1e-300", "1e10"), ("1e300", "1e-300"), ("-3", "4"), ("1e-12", "1e-8"), ("1.5e308", "1.5e308"), ("5", "0"), ("1e308", "1e-300")]:
    row("adam.constant_gradient_step", abs(M(g)) / (abs(M(g)) + M(e)), gradient=g, epsilon=e)
for b1, b2 in [("0", "0"), ("0.9", "0.99999"), ("0.999999", "0.9"), ("0.9", "0.999999999999"), ("0.5", "0.1")]:
    row("adam.max_step", (1 - M(b1)) / mp.sqrt(1 - M(b2)), beta1=b1, beta2=b2)
for d in ("0", "0.5", "0.999", "0.9999999999999"):
    row("rmsprop.first_step", 1 / mp.sqrt(1 - M(d)), decay=d)
for n in (2, 28, 29, 30, 31, 1000):
    row("adagrad.travel", mp.fsum(1 / mp.sqrt(i) for i in range(1, n + 1)), steps=n)
for n in (10**6, 10**10, 10**15):
    row("adagrad.travel", mp.zeta(M("0.5")) - mp.zeta(M("0.5"), n + 1), steps=n)

for depth, w in [(1, "0.5"), (1, "0.9999999"), (7, "1.1"), (1000, "0.999999999"), (10**6, "0.9999999"), (10**6, "1.0000001"), (10**6, "1.0001"), (10**6, "0.5"), (3, "1"), (2, "1e-200"), (50, "1e-6"), (2, "1e100")]:
    row("chain.gradient", abs(1 - M(w) ** depth) * M(w) ** (depth - 1), depth=depth, w0=w)


def flow_time(depth, w0, target):
    w0, end = M(w0), M(target) ** (M(1) / depth)
    if depth == 1:
        return mp.log((1 - w0) / (1 - M(target)))
    if depth == 2:
        return mp.log(M(target) * (1 - w0**2) / (w0**2 * (1 - M(target)))) / 2
    # panels that double in log w from both ends
    x0, x1 = mp.log(w0), mp.log(end)
    points, scale = {x0, x1}, min(M(1) / depth, x1 - x0) / 8
    for k in range(60):
        points |= {x0 + scale * 2**k, x1 + x1 * 2**k}
    points = sorted(x for x in points if x0 <= x <= x1)
    f = lambda x: mp.exp((2 - depth) * x) / -mp.expm1(depth * x)
    return mp.quad(f, points, method="gauss-legendre")


for depth, w0, target in [(1, "1e-9", "0.5"), (1, "1e-320", "0.999"), (1, "0.4999999", "0.5"), (1, "0.1", "0.999999999999"), (2, "1e-150", "0.5"), (2, "0.7071067", "0.5"), (2, "0.5", "0.99999999"),
                          (3, "0.5", "0.5"), (3, "1e-6", "0.9"), (3, "0.79", "0.5"), (3, "0.7937005", "0.5"), (3, "1e-100", "0.5"), (3, "0.1", "0.999999999999"), (3, "1e-4", "1e-9"), (4, "1e-9", "0.999999999999"),
                          (5, "0.9", "0.999"), (10, "0.3", "0.9"), (50, "0.5", "0.9"), (50, "0.99", "0.9"), (1000, "0.6", "0.5"), (1000, "0.9993", "0.5"), (10**6, "0.9999993", "0.5"),
                          (10**6, "0.9999", "0.99"), (10**6, "0.99999999", "0.995"), (10**6, "0.9995", "0.5"), (7, "0.9057236642639066", "0.5")]:
    row("chain.flow_time", flow_time(depth, w0, target), depth=depth, w0=w0, target=target)


def steps(optimizer, depth, w0, lr, epsilon="1e-8", target="0.9", M=M):
    w, lr, epsilon, target = M(w0), M(lr), M(epsilon), M(target)
    m, v = M(0), M(0)
    for t in range(2 * 10**6):
        below = w ** (depth - 1)
        if below * w >= target:
            return t
        g = (below * w - 1) * below
        if optimizer == "gradient_descent":
            w -= lr * g
        elif optimizer == "momentum":
            m = M("0.9") * m + g
            w -= lr * m
        elif optimizer == "adam":
            m, v = M("0.9") * m + M("0.1") * g, M("0.999") * v + M("0.001") * g * g
            w -= lr * m / (1 - M("0.9") ** (t + 1)) / ((v / (1 - M("0.999") ** (t + 1))) ** M("0.5") + epsilon)
        elif optimizer == "rmsprop":
            v = M("0.9") * v + M("0.1") * g * g
            w -= lr * g / (v ** M("0.5") + epsilon)
        elif optimizer == "adagrad":
            v += g * g
            w -= lr * g / (v ** M("0.5") + epsilon)
        elif optimizer == "sign":
            w += lr
    raise ValueError("too many steps")


mp.mp.dps = 30
for optimizer in ("gradient_descent", "momentum", "adam", "rmsprop", "adagrad", "sign"):
    for depth, w0, lr, epsilon, target in [(1, "0.1", "0.02", "1e-8", "0.9"), (4, "0.4", "0.03", "1e-4", "0.99"), (6, "0.6", "0.1", "0", "0.5"), (20, "0.8", "0.01", "1e-8", "0.9"), (3, "0.99", "0.1", "1e-8", "0.9"), (10**6, "0.999999", "1e-8", "1e-8", "0.6")]:
        row("chain.steps", M(steps(optimizer, depth, w0, lr, epsilon, target)), tol=1, optimizer=optimizer, depth=depth, w0=w0, learning_rate=lr, epsilon=epsilon, target=target)

for optimizer, depth in [("gradient_descent", 20), ("momentum", 20), ("adam", 30), ("adagrad", 30)]:
    row("chain.steps", M(steps(optimizer, depth, "0.5", "0.01", M=float)), tol=1, optimizer=optimizer, depth=depth, w0="0.5", learning_rate="0.01")

run = dict(optimizer="adam", depth=3, w0=0.5, learning_rate=0.01)
for change in [dict(depth=0), dict(w0=0), dict(learning_rate=0), dict(epsilon=-1), dict(target=0), dict(target=1), dict(max_steps=0), dict(max_steps=10), dict(optimizer="Adam"), dict(depth=2000, epsilon=0)]:
    error("chain.steps", **(run | change))
error("chain.steps", optimizer="rmsprop", depth=1000, w0=0.5, learning_rate=0.01, epsilon=0)
for k in (1, 0.5, -3):
    error("gradient_descent.rate", condition_number=k)
    error("heavy_ball.rate", condition_number=k)
    error("heavy_ball.momentum", condition_number=k)
    error("conjugate_gradient.minimax", condition_number=k, steps=1)
error("conjugate_gradient.bound", condition_number=2, steps=-1)
for tol in (0, 1, -1, 2):
    error("gradient_descent.steps", condition_number=2, tolerance=tol)
    error("heavy_ball.steps", condition_number=2, tolerance=tol)
error("gradient_descent.steps", condition_number=1e307, tolerance=1e-300)
error("adam.constant_gradient_step", gradient=0, epsilon=1)
error("adam.constant_gradient_step", gradient=1, epsilon=-1)
error("adam.max_step", beta1=1, beta2=0.5)
error("adam.max_step", beta1=0.5, beta2=1)
error("adam.max_step", beta1=-0.1, beta2=0.5)
error("rmsprop.first_step", decay=1)
error("adagrad.travel", steps=0)
error("chain.flow_time", depth=3, w0=0.8, target=0.5)
error("chain.flow_time", depth=1, w0=0.5, target=0.5)
error("chain.flow_time", depth=3, w0=0, target=0.5)
error("chain.flow_time", depth=3, w0=0.1, target=1)
error("chain.flow_time", depth=0, w0=0.1)
error("chain.flow_time", depth=10**6, w0=0.5)
error("chain.gradient", depth=10**6, w0=1.001)
error("chain.gradient", depth=0, w0=0.5)
error("chain.gradient", depth=2, w0=0)
