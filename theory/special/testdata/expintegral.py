#!/usr/bin/env python3
"""Reference values of e^x E_p(x), mpmath at 50 digits: python3 expintegral.py > expintegral.jsonl

Above x = 1e4 by the asymptotic series 1/x Σ (−1)^k (p)_k/x^k, where its terms are below 1e-30;
else by the incomplete gamma function, for large orders by quadrature of the integral.
"""
import json

import mpmath as mp

mp.mp.dps = 50


def value(p, x):
    p, x = mp.mpf(p), mp.mpf(x)
    if x > 1e4 * (1 + p):
        total, term = mp.mpf(0), 1 / x
        for k in range(40):
            total += term
            term *= -(p + k) / x
        return total
    if p < 40:
        return mp.exp(x) * mp.expint(p, x)
    scale = 1 / (x + p)
    return mp.quad(lambda s: mp.exp(-x * s) * (1 + s) ** (-p), [0, scale, 5 * scale, 20 * scale, 60 * scale, 200 * scale])


for p in (0, 0.5, 1, 1.5, 2, 2.5, 5, 12.5, 30, 100.5, 511, 2046.5, 2047):
    for x in (1e-300, 1e-20, 1e-6, 1e-3, 0.1, 0.5, 0.999, 1, 1.5, 4, 30, 1000, 1e8, 1e300):
        if 2 * p in (0,) and x == 1e-300:
            continue
        print(json.dumps({"p": p, "x": x, "value": mp.nstr(value(p, x), 25)}))
