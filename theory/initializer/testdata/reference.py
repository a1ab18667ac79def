#!/usr/bin/env python3
"""Reference values for package initializer, mpmath 1.3 at 40 digits: python3 reference.py > reference.jsonl

Gaussian expectations are integrals over panels that double in size from 0, from the
kinks and from the standard deviation.
"""
import json

import mpmath as mp

mp.mp.dps = 40
M = mp.mpf


def row(quantity, value, **params):
    params = {k: v if isinstance(v, int) or k in ("activation", "scheme") else float(v) for k, v in params.items()}
    print(json.dumps({"quantity": "initializer." + quantity, "params": params, "value": mp.nstr(value, 25)}))


def error(quantity, **params):
    print(json.dumps({"quantity": "initializer." + quantity, "params": params, "error": True}))


clip = lambda x, a, b: min(max(x, M(a)), M(b))
sigma = lambda z: 1 / (1 + mp.exp(-z))
softplus = lambda z: mp.log1p(mp.exp(z)) if z < 200 else z + mp.exp(-z)
root2pi = mp.sqrt(2 / mp.pi)
ALPHA = -root2pi / (mp.erfc(1 / mp.sqrt(2)) * mp.exp(M(1) / 2) - 1)
LAMBDA = ((1 - mp.erfc(1 / mp.sqrt(2)) * mp.sqrt(mp.e)) * mp.sqrt(2 * mp.pi)) / mp.sqrt(
    2 * mp.erfc(mp.sqrt(2)) * mp.e**2 + mp.pi * mp.erfc(1 / mp.sqrt(2)) ** 2 * mp.e
    - 2 * (2 + mp.pi) * mp.erfc(1 / mp.sqrt(2)) * mp.sqrt(mp.e) + mp.pi + 2)
ACTIVATIONS = {
    "linear": (lambda z: z, []),
    "sigmoid": (sigma, []),
    "tanh": (mp.tanh, []),
    "erf": (mp.erf, []),
    "arctan": (mp.atan, []),
    "softsign": (lambda z: z / (1 + abs(z)), []),
    "relu": (lambda z: max(z, M(0)), []),
    "relu6": (lambda z: clip(z, 0, 6), [6]),
    "hard_tanh": (lambda z: clip(z, -1, 1), [-1, 1]),
    "softplus": (softplus, []),
    "log_sigmoid": (lambda z: -softplus(-z), []),
    "lecun_tanh": (lambda z: M("1.7159") * mp.tanh(2 * z / 3), []),
    "leaky_relu(0.01)": (lambda z: z if z > 0 else z * M("0.01"), []),
    "elu(1)": (lambda z: z if z > 0 else mp.expm1(z), []),
    "celu(2)": (lambda z: z if z > 0 else 2 * mp.expm1(z / 2), []),
    "selu": (lambda z: LAMBDA * (z if z > 0 else ALPHA * mp.expm1(z)), []),
    "gelu": (lambda z: z * mp.ncdf(z), []),
    "gelu_tanh": (lambda z: z / 2 * (1 + mp.tanh(root2pi * (z + M("0.044715") * z**3))), []),
    "silu": (lambda z: z * sigma(z), []),
    "mish": (lambda z: z * mp.tanh(softplus(z)), []),
    "hard_swish": (lambda z: z * clip(z + 3, 0, 6) / 6, [-3, 3]),
    "hard_sigmoid_torch": (lambda z: clip(z / 6 + M(1) / 2, 0, 1), [-3, 3]),
    "hard_sigmoid_keras": (lambda z: clip(z / 5 + M(1) / 2, 0, 1), [M("-2.5"), M("2.5")]),
}


def expect(f, kinks, q):
    s = mp.sqrt(q)
    reach = 14 * s
    points = {s * k / 2 for k in range(-28, 29)} | {M(k) for k in kinks}
    points |= {sign * M(2) ** k for sign in (-1, 1) for k in range(-2, 11)}
    points = sorted(p for p in points if abs(p) <= reach)
    return mp.quad(lambda z: f(z) * mp.npdf(z, 0, s), points, method="gauss-legendre", maxdegree=4)


for name, (f, kinks) in ACTIVATIONS.items():
    for q in ("1e-12", "0.01", "1", "30", "1e6"):
        mean = expect(f, kinks, M(q))
        row("second_moment_gain", 1 / mp.sqrt(expect(lambda z: f(z) ** 2, kinks, M(q))), activation=name, q=q)
        row("variance_gain", 1 / mp.sqrt(expect(lambda z: (f(z) - mean) ** 2, kinks, M(q))), activation=name, q=q)
for q in ("1e-12", "1", "1e6"):  # E sin² = (1 − e^−2q)/2
    gain = 1 / mp.sqrt(-mp.expm1(-2 * M(q)) / 2)
    row("second_moment_gain", gain, activation="sin", q=q)
    row("variance_gain", gain, activation="sin", q=q)

for fan_in, fan_out in [(1, 1), (1, 10**6), (10**6, 1), (3, 4), (10**15, 10**15)]:
    for scheme, variance in [("lecun", M(1) / fan_in), ("glorot", M(2) / (fan_in + fan_out)), ("he", M(2) / fan_in)]:
        row("std", mp.sqrt(variance), scheme=scheme, fan_in=fan_in, fan_out=fan_out)
        row("uniform_bound", mp.sqrt(3 * variance), scheme=scheme, fan_in=fan_in, fan_out=fan_out)
    total = M(fan_in + fan_out)
    row("glorot_factor.forward", 2 * fan_in / total, fan_in=fan_in, fan_out=fan_out)
    row("glorot_factor.backward", 2 * fan_out / total, fan_in=fan_in, fan_out=fan_out)
    row("glorot_factor.product", 4 * M(fan_in) * fan_out / total**2, fan_in=fan_in, fan_out=fan_out)
for slope in ("0", "1", "-0.3", "1e-9", "1e20", "-1e150"):
    row("he_weight_var", 2 / (1 + M(slope) ** 2), slope=slope)
    row("torch_gain", mp.sqrt(2 / (1 + M(slope) ** 2)), activation="leaky_relu(%s)" % slope)
for name, gain in [("linear", M(1)), ("sigmoid", M(1)), ("tanh", M(5) / 3), ("relu", mp.sqrt(2)), ("selu", M(3) / 4)]:
    row("torch_gain", gain, activation=name)
for sigma_, k in [("1", "1e-200"), ("2", "1e-8"), ("1", "0.01"), ("3", "0.5"), ("1", "1"), ("1", "1.0001"), ("1", "3"), ("0.01", "8"), ("1", "40"), ("1e-300", "1e300"), ("1e308", "0.3")]:
    k_ = M(k)
    ratio = k_**2 / 3 * (1 - 2 * k_**2 / 15) if k_ < 1e-7 else 1 - 2 * k_ * mp.npdf(k_) / mp.erf(k_ / mp.sqrt(2)) if k_ < 1e5 else M(1)
    row("truncated_normal_std", M(sigma_) * mp.sqrt(ratio), sigma=sigma_, k=k)

for q in (0, -1):
    error("second_moment_gain", activation="tanh", q=q)
    error("variance_gain", activation="tanh", q=q)
error("second_moment_gain", activation="leaky_relu(0)x", q=1)
error("std", scheme="he", fan_in=1, fan_out=0)
error("std", scheme="He", fan_in=1, fan_out=1)
error("uniform_bound", scheme="", fan_in=1, fan_out=1)
error("uniform_bound", scheme="lecun", fan_in=-1, fan_out=1)
for name in ("forward", "backward", "product"):
    error("glorot_factor." + name, fan_in=0, fan_out=1)
    error("glorot_factor." + name, fan_in=1, fan_out=0)
error("torch_gain", activation="gelu")
error("truncated_normal_std", sigma=0, k=1)
error("truncated_normal_std", sigma=1, k=0)
error("truncated_normal_std", sigma=1, k=-2)
