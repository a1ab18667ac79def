#!/usr/bin/env python3
"""Reference values of the law of log||Jv||^2, mpmath 1.3 at 30 digits: python3 law.py > law.jsonl

P(S <= x) by the inversion formula of Gil-Pelaez (1951) as an integral, by Gauss-Legendre
quadrature on panels: no lattice of nodes, no window, no recurrence for the gamma functions.
"""
import json

import mpmath as mp

mp.mp.dps = 30


def characteristic(activation, n, t):
    if activation == "linear":
        return mp.exp(mp.loggamma(mp.mpc(n / 2, t)) - mp.loggamma(n / 2) - 1j * t * mp.log(n / 2))
    total = sum(mp.binomial(n, b) * mp.exp(mp.loggamma(mp.mpc(mp.mpf(b) / 2, t)) - mp.loggamma(mp.mpf(b) / 2))
                for b in range(1, int(n) + 1))
    return total * mp.exp(-1j * t * mp.log(n / 4)) / (mp.mpf(2) ** n - 1)


def cdf(activation, width, depth, x):
    n = mp.mpf(width)
    integrand = lambda t: mp.im(mp.exp(-1j * t * x) * characteristic(activation, n, t) ** depth) / t
    end = mp.mpf(1)
    while abs(characteristic(activation, n, end)) ** depth > 1e-20:
        end *= mp.mpf("1.2")
    return mp.mpf(1) / 2 - mp.quad(integrand, mp.linspace(0, end, 13), method="gauss-legendre") / mp.pi


for activation, width, depth, x in [
    ("linear", 2, 3, -2), ("linear", 16, 5, 0), ("linear", 5, 20, -6), ("relu", 1, 4, -3), ("relu", 2, 2, 0), ("relu", 3, 10, -10),
    ("relu", 8, 3, -1), ("relu", 8, 3, 1), ("relu", 8, 20, -12), ("relu", 24, 12, -1), ("relu", 40, 30, -2.5),
]:
    value = cdf(activation, width, depth, mp.mpf(x))
    params = {"activation": activation, "width": width, "depth": depth, "x": x}
    print(json.dumps({"quantity": "law", "params": params, "value": mp.nstr(value, 15), "abs_tol": 1e-10}))
