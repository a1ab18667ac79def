# Gated cells with explicit weights, in arbitrary range: gated.jsonl.
#
# mpmath 1.3.0 at 60 digits (exponents are unbounded there), derivatives by forward
# automatic differentiation. python3 gated.py > gated.jsonl

import json
import random

from mpmath import mp, mpf

mp.dps = 60


class Dual:
    """A number with its gradient with respect to the state at the start."""

    def __init__(self, x, d):
        self.x, self.d = mpf(x), d

    def __add__(self, o):
        return Dual(self.x + o.x, [a + b for a, b in zip(self.d, o.d)])

    def __mul__(self, o):
        return Dual(self.x * o.x, [a * o.x + self.x * b for a, b in zip(self.d, o.d)])

    def scaled(self, a):
        return Dual(self.x * a, [a * b for b in self.d])


def sigma(z, sign=1):
    e = mp.exp(-abs(z.x))
    up = sign * z.x >= 0
    slope = e / (1 + e) ** 2
    return Dual(1 / (1 + e) if up else e / (1 + e), [sign * slope * d for d in z.d])


def tanh(z):
    slope = 1 / mp.cosh(z.x) ** 2
    return Dual(mp.tanh(z.x), [slope * d for d in z.d])


def affine(w, b, h):
    zero = [mpf(0)] * len(h[0].d)
    out = []
    for row, shift in zip(w, b):
        sum = Dual(shift, zero)
        for a, x in zip(row, h):
            sum = sum + x.scaled(mpf(a))
        out.append(sum)
    return out


def lstm(w, b, state):
    n = len(state) // 2
    h, c = state[:n], state[n:]
    f, i, o = ([sigma(z) for z in affine(w[k], b[k], h)] for k in range(3))
    g = [tanh(z) for z in affine(w[3], b[3], h)]
    c = [f[j] * c[j] + i[j] * g[j] for j in range(n)]
    return [o[j] * tanh(c[j]) for j in range(n)] + c


def gru(w, b, h):
    update = affine(w[0], b[0], h)
    r = [sigma(z) for z in affine(w[1], b[1], h)]
    n = [tanh(z) for z in affine(w[2], b[2], [a * x for a, x in zip(r, h)])]
    return [sigma(z) * x + sigma(z, -1) * y for z, x, y in zip(update, h, n)]


def log(x):
    return None if x == 0 else float(mp.log(x))


def keep(w, b, h):
    logs = [-mp.log1p(mp.exp(-z.x)) for z in affine(w[0], b[0], h)]
    return mp.fsum(logs) / len(logs)


def row(reason, cell, n, depth, weight, bias, forget, state, rng):
    k = 4 if cell == "lstm" else 3
    size = 2 * n if cell == "lstm" else n
    w = [[[weight * rng.gauss(0, 1) for _ in range(n)] for _ in range(n)] for _ in range(k)]
    b = [[bias * rng.gauss(0, 1) for _ in range(n)] for _ in range(k)]
    b[0] = [x + forget for x in b[0]]
    start = [state * rng.gauss(0, 1) for _ in range(size)]
    u, v = [rng.gauss(0, 1) for _ in range(n)], [rng.gauss(0, 1) for _ in range(size)]
    s = [Dual(x, [mpf(int(i == j)) for j in range(size)]) for i, x in enumerate(start)]
    carousel = mpf(0)
    for _ in range(depth):
        carousel += keep(w, b, s[:n])
        s = (lstm if cell == "lstm" else gru)(w, b, s)
    norm = lambda x: mp.sqrt(mp.fsum([a * a for a in x]))
    grad = [mp.fsum([mpf(u[i]) * s[i].d[j] for i in range(n)]) for j in range(size)]
    push = [mp.fsum([x.d[j] * mpf(v[j]) for j in range(size)]) for x in s]
    print(json.dumps({
        "reason": reason, "cell": cell, "depth": depth, "w": w, "b": b, "state": start, "u": u, "v": v,
        "log_h": log(norm([x.x for x in s[:n]])), "log_c": log(norm([x.x for x in s[n:]])) if cell == "lstm" else None,
        "log_gradient": log(norm(grad)), "log_tangent": log(norm(push)), "log_carousel": float(carousel),
    }))


rng = random.Random(9)
for cell in "lstm", "gru":
    row("ordinary", cell, 3, 20, 0.7, 0.3, 1, 1, rng)
    row("one unit", cell, 1, 20, 1.5, 0.5, 0, 1, rng)
    row("one step", cell, 4, 1, 1, 1, 0, 1, rng)
    row("gates shut by e^-800", cell, 2, 40, 0.7, 0, -800, 1, rng)
    row("gates shut, with biases", cell, 2, 40, 0.7, 0.5, -800, 1, rng)
    row("gates open by e^-800", cell, 2, 40, 0.7, 0.5, 800, 1, rng)
    row("tiny weights decay from step to step", cell, 3, 60, 1e-12, 0, -20, 1e-5, rng)
    row("huge weights saturate everything", cell, 3, 5, 2000, 0, 0, 1, rng)
    row("biases of thousands: each unit has its own rate", cell, 3, 30, 0.5, 2000, 0, 1, rng)
    row("a huge state", cell, 2, 6, 0.5, 0.1, 0, 1e200, rng)
    row("a tiny state", cell, 2, 50, 0.5, 0, 0, 1e-300, rng)
