#!/usr/bin/env python3
"""Iterates after up to 9·10^18 layers of maps that slow down: python3 slow.py (mpmath 1.3), five minutes.

Rows are: map, depth, value. With u = 1/x, the map of x near 0 is u + d(1/u) for a power series d, whose coefficients
come from divided differences at 24 small x. Abel's function F(u) = Au + B log u + ΣC_k u^−k with F(u′) = F(u) + 1 follows
from them, and takes the iterate after some hundred plain steps to that after any number. It is checked against plain steps.
"""
import mpmath as mp

mp.mp.dps = 60
ORDER, POINTS = 9, 24


def relu(theta):
    half = mp.sin(theta / 2)
    return 2 * mp.asin(mp.sqrt(half**2 - (mp.sin(theta) - theta * mp.cos(theta)) / (2 * mp.pi)))


def sine(q):
    return -mp.expm1(-2 * q) / 2



def tanh(q):
    s = mp.sqrt(q)
    ends = [0, 0.5, 1, 2, 3, 4, 6, 8, 12, 17]
    return 2 * mp.quad(lambda z: mp.tanh(s * z) ** 2 * mp.npdf(z), ends)


def series(step, scale):
    xs = [mp.mpf(j + 1) / scale for j in range(POINTS)]
    c = [1 / step(x) - 1 / x for x in xs]
    for j in range(1, POINTS):
        for i in range(POINTS - 1, j - 1, -1):
            c[i] = (c[i] - c[i - 1]) / (xs[i] - xs[i - j])
    out, base = [mp.mpf(0)] * POINTS, [mp.mpf(1)] + [mp.mpf(0)] * (POINTS - 1)
    for i in range(POINTS):
        out = [o + c[i] * b for o, b in zip(out, base)]
        base = [(base[k - 1] if k else 0) - xs[i] * base[k] for k in range(POINTS)]
    return out[:ORDER]


def times(a, b):
    out = [mp.mpf(0)] * ORDER
    for i, x in enumerate(a):
        for j, y in enumerate(b[: ORDER - i]):
            out[i + j] += x * y
    return out


def abel(d):
    w = [mp.mpf(0)] + d[:-1]  # u′/u − 1

    def compose(coefficient):
        out, power = [mp.mpf(0)] * ORDER, [mp.mpf(1)] + [mp.mpf(0)] * (ORDER - 1)
        for k in range(1, ORDER):
            power = times(power, w)
            out = [o + coefficient(k) * p for o, p in zip(out, power)]
        return out

    a = 1 / d[0]
    rest = [a * x for x in d]
    rest[0] -= 1
    log = compose(lambda k: mp.mpf((-1) ** (k + 1)) / k)
    b = -rest[1] / log[1]
    rest = [x + b * y for x, y in zip(rest, log)]
    cs = []
    for k in range(1, ORDER - 2):
        power = [mp.mpf(0)] * k + compose(lambda j: mp.binomial(-k, j))[: ORDER - k]
        cs.append(-rest[k + 1] / power[k + 1])
        rest = [x + cs[-1] * y for x, y in zip(rest, power)]
    return lambda u: a * u + b * mp.log(u) + sum(c * u ** -(k + 1) for k, c in enumerate(cs)), a


def rows(name, step, start, scale, plain, value):
    f, a = abel(series(step, scale))
    x = mp.mpf(start)
    for _ in range(plain):
        x = step(x)
    at = lambda n: 1 / mp.findroot(lambda u: f(u) - f(1 / x) - (n - plain), mp.mpf(n) / a)
    y = x
    for _ in range(plain // 10):
        y = step(y)
    assert abs(at(plain + plain // 10) / y - 1) < 1e-18
    for n in (10**4, 10**9, 10**12, 10**18, 92 * 10**17):
        print(name, n, mp.nstr(value(at(n), n), 20))


rows("relu", relu, mp.pi / 2, 400, 2000, lambda x, n: 4 * mp.sin(x / 2) ** 2 * mp.mpf(n) ** 2 / (9 * mp.pi**2))
rows("sin", sine, 1, 2000, 2000, lambda x, n: x)
mp.mp.dps = 40
rows("tanh", tanh, 1, 2000, 400, lambda x, n: x)
