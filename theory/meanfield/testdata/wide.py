#!/usr/bin/env python3
"""Reference values of the order 1/width, mpmath 1.3 at 25 digits: python3 wide.py > wide.jsonl

Derivatives of the map V and of log chi_1 are numerical derivatives of quadratures, without the Hermite
polynomials of the package; sums over layers go over kicks and paths instead of recursions. Takes minutes.
"""
import json

import mpmath as mp

mp.mp.dps = 25
n = mp.mpf
Phi = lambda z: mp.erfc(-z / mp.sqrt(2)) / 2
density = lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)
sigma = lambda z: 1 / (1 + mp.exp(-z))
LAMBDA, ALPHA = n("1.05070098735548049341933498529"), n("1.67326324235437728481704299167")

functions = {
    "tanh": (mp.tanh, lambda z: mp.sech(z) ** 2),
    "erf": (mp.erf, lambda z: 2 / mp.sqrt(mp.pi) * mp.exp(-z * z)),
    "sigmoid": (sigma, lambda z: sigma(z) * sigma(-z)),
    "gelu": (lambda z: z * Phi(z), lambda z: Phi(z) + z * density(z)),
    "silu": (lambda z: z * sigma(z), lambda z: sigma(z) * (1 + z * sigma(-z))),
    "selu": (lambda z: LAMBDA * z if z > 0 else LAMBDA * ALPHA * mp.expm1(z), lambda z: LAMBDA if z > 0 else LAMBDA * ALPHA * mp.exp(z)),
}


def expect(g, q):
    """E g(z) for z ~ N(0, q); g is smooth on either side of 0."""
    sd = mp.sqrt(q)
    return mp.quad(lambda u: g(sd * u) * density(u), [-13, -5, -2, 0, 2, 5, 13])


class Layers:
    def __init__(self, name, weight_var, bias_var, q, depth):
        self.f, self.d = functions[name]
        self.w, self.b = n(weight_var), n(bias_var)
        self.q = [n(q)]
        for _ in range(depth):
            self.q.append(self.map(self.q[-1]))
        self.depth = depth
        self.slopes = [mp.diff(self.map, q) for q in self.q[:-1]]
        self.bends = [mp.diff(self.map, q, 2) for q in self.q[:-1]]
        self.kicks = [self.w**2 * (expect(lambda z: self.f(z) ** 4, q) - expect(lambda z: self.f(z) ** 2, q) ** 2) for q in self.q[:-1]]

    def map(self, q):
        return self.w * expect(lambda z: self.f(z) ** 2, q) + self.b

    def log_chi(self, q):
        return mp.log(self.w * expect(lambda z: self.d(z) ** 2, q))

    def reach(self, i, j):
        """d q_j / d q_i."""
        return mp.fprod(self.slopes[i:j])

    def spread(self, j):
        return mp.fsum(self.kicks[i] * self.reach(i + 1, j) ** 2 for i in range(j))

    def bias(self, j):
        return mp.fsum(self.bends[i] / 2 * self.spread(i) * self.reach(i + 1, j) for i in range(j))

    def square(self):
        return expect(lambda z: self.f(z) ** 2, self.q[-2]), self.bias(self.depth) / self.w, self.spread(self.depth) / self.w**2

    def growth(self, start):
        """Layers start .. depth - 1, counted from 0."""
        last = self.depth - 1
        mean = lambda i, g: expect(lambda z: g(z, self.f(z), self.d(z)), self.q[i])
        slope = [mean(i, lambda z, x, d: d * d) for i in range(self.depth)]
        rate = [mp.diff(self.log_chi, self.q[i]) for i in range(self.depth)]
        limit = bias = variance = n(0)
        for i in range(start, last):
            limit += self.log_chi(self.q[i])
            fourth = mean(i, lambda z, x, d: d**4) / slope[i] ** 2
            mixed = mean(i, lambda z, x, d: (x * d) ** 2)
            bias += rate[i] * self.bias(i) + mp.diff(self.log_chi, self.q[i], 2) / 2 * self.spread(i)
            bias -= (3 * fourth - 1) / 2
            for j in range(i + 1, self.depth):  # memory of layer j that comes down to layer i + 1
                part = mean(j, lambda z, x, d: z * z * d * d) / self.q[j] / slope[j] - 1
                for k in range(i + 1, j):
                    cross = mean(k, lambda z, x, d: z * x * d)
                    part *= cross**2 * self.w / (self.q[k] * slope[k] * self.q[k + 1])
                bias += part * self.w * mixed / (self.q[i + 1] * slope[i])
            pull = mp.fsum(rate[j] * self.reach(i + 1, j) for j in range(i + 1, last))
            unit = lambda z, x, d: d * d / slope[i] + pull * self.w * x * x
            variance += 2 * fourth + mean(i, lambda z, x, d: unit(z, x, d) ** 2) - mean(i, unit) ** 2
        pull = mp.fsum(rate[j] * self.reach(start, j) for j in range(start, last))
        return limit, bias, variance + pull**2 * self.spread(start)


def row(quantity, params, value):
    print(json.dumps({"quantity": quantity, "params": params, "value": mp.nstr(value, 17)}), flush=True)


for name, weight_var, bias_var, q, start, depth in [
    ("tanh", 4.0, 0.09, 4.09, 1, 4), ("tanh", 2.7777777777777777, 0.0, 1.0, 2, 4), ("erf", 1.5, 0.25, 0.7, 1, 3),
    ("sigmoid", 9.0, 0.5, 9.5, 1, 3), ("selu", 1.0, 0.0, 1.0, 1, 3), ("gelu", 2.0, 0.04, 2.04, 1, 3), ("silu", 2.25, 0.25, 1.5, 2, 3),
]:
    layers = Layers(name, weight_var, bias_var, q, depth)
    params = {"activation": name, "weight_var": weight_var, "bias_var": bias_var, "q": q, "depth": depth}
    for part, value in zip(("limit", "bias", "variance"), layers.square()):
        row("square." + part, params, value)
    for part, value in zip(("limit", "bias", "variance"), layers.growth(start - 1)):
        row("growth." + part, {**params, "from": start}, value)
