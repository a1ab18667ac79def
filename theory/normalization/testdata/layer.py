#!/usr/bin/env python3
"""Moments of a batch-normalized layer, a second route: python3 layer.py > layer.jsonl (numpy, mpmath)

The sphere of d = B − 1 dimensions in its own coordinates, three integrals nested: r² ~ χ²_d,
w₁ of density (1 − w²)^((d−3)/2), and v of density (1 − v²)^((d−4)/2) for w₂ = v √(1 − w₁²);

    y₁ = √(dρ) w₁,  y₂ = √(dρ) (−w₁/d + w₂ √(1 − 1/d²)),  ρ = r²/(r² + B/τ).

Tanh-sinh rules on the panels between all points where an integrand is not smooth: kinks of φ,
and the r and w₁ from which on a kink is on the sphere. Doubles, good to about 1e-12.
"""
import json
import math
import sys

import numpy as np
from mpmath import fp

erfc = np.vectorize(math.erfc)


def tanh_sinh(step=1 / 12, end=3.4):
    t = np.arange(-end, end + step / 2, step)
    u = math.pi / 2 * np.sinh(t)
    left = 1 / (1 + np.exp(-2 * u))  # share of the panel, from the left
    right = 1 / (1 + np.exp(2 * u))
    return left, right, step * math.pi / 2 * np.cosh(t) / np.cosh(u) ** 2 / 2


LEFT, RIGHT, WEIGHT = tanh_sinh()


def panels(ends):
    """Nodes, distances from the first and the last end, and weights."""
    ends = sorted(set(ends))
    for lo, hi in zip(ends, ends[1:]):
        if hi - lo > 1e-14 * max(1, abs(hi)):
            yield lo + (hi - lo) * LEFT, (lo - ends[0]) + (hi - lo) * LEFT, (ends[-1] - hi) + (hi - lo) * RIGHT, (hi - lo) * WEIGHT


def rule(ends):
    parts = list(panels(ends))
    return [np.concatenate([p[i] for p in parts]) for i in range(4)]


def phi_pair(name):
    sig = lambda z: 1 / (1 + np.exp(-z))
    cdf = lambda z: erfc(-z / math.sqrt(2)) / 2
    pdf = lambda z: np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
    return {
        "linear": (lambda z: z, lambda z: 1 + 0 * z, []),
        "relu": (lambda z: np.maximum(z, 0), lambda z: 1.0 * (z > 0), [0]),
        "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2, []),
        "sigmoid": (sig, lambda z: sig(z) * sig(-z), []),
        "gelu": (lambda z: z * cdf(z), lambda z: cdf(z) + z * pdf(z), []),
        "selu": (lambda z: scale * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
                 lambda z: scale * np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0))), [0]),
        "hard_tanh": (lambda z: np.clip(z, -1, 1), lambda z: 1.0 * (abs(z) < 1), [-1, 1]),
        "hard_sigmoid_torch": (lambda z: np.clip(z / 6 + 0.5, 0, 1), lambda z: (abs(z) < 3) / 6, [-3, 3]),
        "hard_swish": (lambda z: z * np.clip(z + 3, 0, 6) / 6,
                       lambda z: np.where(z <= -3, 0, np.where(z >= 3, 1, (2 * z + 3) / 6)), [-3, 3]),
        "softplus": (lambda z: np.logaddexp(0, z), sig, []),
        "sin": (np.sin, np.cos, []),
    }[name]


def on_sphere(name, d, radius):
    """Means of φ, φ², ½(φ₁−φ₂)², φ′², φ′²y², φ′φ′, φ′φ′y₁y₂ at √(dρ) = radius."""
    phi, slope, kinks = phi_pair(name)

    def values(y1, y2):
        f, g, u, v = phi(y1), phi(y2), slope(y1), slope(y2)
        one = 1 + 0 * y2
        return np.array([f * one, f * f * one, (f - g) ** 2 / 2, u * u * one, (u * y1) ** 2 * one, u * v, u * v * y1 * y2])

    if d == 1:
        return sum(values(np.array([s * radius]), np.array([-s * radius])) for s in (-1, 1))[:, 0] / 2
    across = math.sqrt(1 - 1 / d**2)
    ends = [k * math.pi / 8 for k in (-4, -2, -1, 0, 1, 2, 4)]  # w₁ = sin t
    for z in kinks:
        if abs(z) < radius:
            ends.append(math.asin(z / radius))
        # y₂ = z touches the circle of w₂ = ±√(1 − w₁²): y₂ = ±radius cos(t ± turn)
        if abs(z) < radius:
            turn = math.asin(1 / d)
            for c in (z / radius, -z / radius):
                for t in (math.acos(c), -math.acos(c)):
                    ends += [s for s in (t - turn, t + turn) if abs(s) < math.pi / 2]
    total = 0
    ts, low, high, weights = rule(ends)
    norm1 = fp.beta(0.5, (d - 1) / 2)
    for t, lo, hi, weight in zip(ts, low, high, weights):
        cos = math.sin(min(lo, hi))
        w1 = math.sin(t)
        y1 = radius * w1
        if d == 2:
            y2 = radius * (-w1 / d + np.array([-1, 1]) * cos * across)
            inner = values(y1, y2).sum(axis=1) / 2
        else:
            cuts = [k * math.pi / 8 for k in (-4, -2, -1, 0, 1, 2, 4)]
            for z in kinks:
                v = (z / radius + w1 / d) / (cos * across)
                if abs(v) < 1:
                    cuts.append(math.asin(v))
            s, a, b, ws = rule(cuts)
            y2 = radius * (-w1 / d + np.sin(s) * cos * across)
            density = np.sin(np.minimum(a, b)) ** (d - 3) / fp.beta(0.5, (d - 2) / 2)
            inner = (values(y1, y2) * (ws * density)).sum(axis=1)
        total = total + weight * cos ** (d - 2) / norm1 * inner
    return total


def moments(name, batch, tau):
    d, B = batch - 1, float(batch)
    _, _, kinks = phi_pair(name)
    phi, slope, _ = phi_pair(name)
    if tau == math.inf:
        m = on_sphere(name, d, math.sqrt(d))
        w = B / (d - 2) if d > 2 else 0.0
        inverse, twice, law, bring = w * m, w * m, m, 1.0
    else:
        e = B / tau
        touch = [abs(z) for z in kinks if z != 0]
        touch += [math.sqrt((z * z + w * w + 2 * z * w / d) / (1 - 1 / d**2)) for z in kinks for w in kinks if d > 1]
        # x = log r²
        ends = [math.log(d) - max(80 / d, 10 * math.sqrt(2 / d)), math.log(d + 40 + 12 * math.sqrt(2 * d) + 40)]
        ends += [x for x in (math.log(d) - 40 / d, math.log(d) - 15 / d, math.log(d) - 4 / d, math.log(d), math.log(e)) if x > ends[0]]
        for z in touch:
            if 0 < z * z < d:
                r2 = e * z * z / (d - z * z)
                ends.append(math.log(r2))
        ends = [x for x in ends if ends[0] <= x <= ends[1]]
        law = inverse = twice = 0
        xs, _, _, ws = rule(ends)
        for x, w in zip(xs, ws):
            r2 = math.exp(x)
            density = math.exp(d / 2 * x - r2 / 2 - d / 2 * math.log(2) - math.lgamma(d / 2)) * w
            if density < 1e-17:
                continue
            rho = r2 / (r2 + e)
            m = on_sphere(name, d, math.sqrt(d * rho))
            law = law + density * m
            inverse = inverse + density * B / (r2 + e) * m
            twice = twice + density * B / (r2 + e) * (2 - rho) * m
        bring = 1 + 1 / tau
    alone = d * inverse[3] - twice[4]
    common = alone - d * (inverse[5] + twice[6])
    return dict(mean=law[0], square=law[1], spread=law[2], alone=alone * bring, common=common * bring)


def emit(name, batch, tau):
    m = moments(name, batch, tau)
    text = "Inf" if tau == math.inf else tau
    print(json.dumps({"activation": name, "batch": batch, "tau": str(text), **{k: float(v) for k, v in m.items()}}))
    sys.stdout.flush()


if __name__ == "__main__":
    for name in ("tanh", "sigmoid", "gelu", "relu", "selu", "hard_tanh", "hard_sigmoid_torch", "hard_swish", "softplus", "sin"):
        for batch in (2, 4, 5, 8, 32, 256):
            emit(name, batch, math.inf)
    for name, batch, tau in (
        ("tanh", 2, 1e5), ("tanh", 3, 1e5), ("tanh", 5, 10.0), ("tanh", 32, 0.1), ("sigmoid", 4, 1.0), ("sigmoid", 8, 1e-3),
        ("gelu", 2, 10.0), ("gelu", 4, 1e5), ("gelu", 8, 0.1), ("relu", 3, 10.0), ("relu", 8, 0.1), ("selu", 4, 0.1),
        ("selu", 256, 10.0), ("hard_tanh", 2, 10.0), ("hard_tanh", 3, 1e3), ("hard_tanh", 5, 10.0), ("hard_tanh", 32, 1.0),
        ("hard_sigmoid_torch", 16, 5.0), ("hard_swish", 12, 20.0), ("softplus", 3, 0.1),
    ):
        emit(name, batch, tau)
