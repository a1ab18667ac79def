#!/usr/bin/env python3
"""Moments of a layer with batch normalization behind the activation, a second route:
python3 behind.py > behind.jsonl (numpy)

The means over h ~ N(0, a·1 + b·11ᵀ) themselves, by the trapezoidal rule over all B directions (over
B − 1 where the mean of h over the batch is 0), the Jacobian (1/s)(1 − 11ᵀ/B − xxᵀ/B) multiplied
out. For smooth φ and ε ≥ 0.1 good to 1e-9; halving the step shows it.
"""
import json
import math

import numpy as np

FUNCTIONS = {
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: 1 / (2 + 2 * np.cosh(z))),
    "silu": (lambda z: z / (1 + np.exp(-z)), lambda z: 1 / (1 + np.exp(-z)) + z / (2 + 2 * np.cosh(z))),
    "softplus": (lambda z: np.logaddexp(0, z), lambda z: 1 / (1 + np.exp(-z))),
    "linear": (lambda z: z, lambda z: 1 + 0 * z),
}


def basis(batch):
    """Orthonormal directions across 1."""
    q, _ = np.linalg.qr(np.column_stack([np.ones(batch), np.eye(batch)[:, : batch - 1]]))
    return q[:, 1:].T


def moments(name, batch, a, mean, epsilon, step):
    phi, slope = FUNCTIONS[name]
    x = np.arange(-7.2, 7.2 + step / 2, step)
    weight = step * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    across = basis(batch)
    common = [(0.0, 1.0)] if mean == 0 else list(zip(math.sqrt(mean) * x, weight))
    grids = np.meshgrid(*([x] * (batch - 1)), indexing="ij")
    weights = np.ones_like(grids[0])
    for k in range(batch - 1):
        weights = weights * weight.reshape([-1 if i == k else 1 for i in range(batch - 1)])
    offsets = [sum(math.sqrt(a) * across[k, j] * grids[k] for k in range(batch - 1)) for j in range(batch)]
    total = np.zeros(3)
    for shift, w in common:
        f = [phi(shift + h) for h in offsets]
        u = [slope(shift + h) for h in offsets]
        center = sum(f) / batch
        variance = sum((g - center) ** 2 for g in f) / batch
        s2 = variance + epsilon
        y = [(f[j] - center) / np.sqrt(s2) for j in range(2)]
        rho = variance / s2
        # J² = (1 − 11ᵀ/B − (2−ρ) yyᵀ/B)/s²
        diagonal = u[0] ** 2 * (1 - 1 / batch - (2 - rho) * y[0] ** 2 / batch) / s2
        off = -u[0] * u[1] * (1 + (2 - rho) * y[0] * y[1]) / batch / s2
        total += w * np.array([(weights * v).sum() for v in (rho, diagonal, off)])
    return total


for row in (
    ("tanh", 2, 1.0, 0.5, 0.1), ("tanh", 2, 4.0, 0.0, 0.3), ("tanh", 3, 1.0, 0.0, 0.1), ("tanh", 3, 1.0, 1 / 3, 0.1),
    ("tanh", 3, 1.0, 2.0, 0.5), ("tanh", 4, 2.0, 0.0, 0.2), ("sigmoid", 3, 3.0, 0.2, 0.1), ("sigmoid", 4, 1.0, 0.0, 1.0),
    ("silu", 3, 1.5, 0.0, 0.1), ("silu", 3, 1.5, 0.7, 0.3), ("silu", 4, 1.0, 0.0, 0.2), ("softplus", 2, 0.5, 1.0, 0.1),
    ("softplus", 3, 2.0, 0.1, 10.0), ("linear", 3, 1.0, 0.4, 0.2), ("tanh", 4, 1.0, 0.25, 0.4),
):
    step = 0.15 if row[1] == 4 else 0.08
    if row[1] == 4 and row[3] > 0:
        step = 0.2
    share, diagonal, off = moments(*row, step)
    names = ("activation", "batch", "a", "mean", "epsilon")
    print(json.dumps({**dict(zip(names, row)), "share": share, "diagonal": diagonal, "off": off}))
