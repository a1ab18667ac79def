#!/usr/bin/env python3
"""Reference values for package normalization, mpmath 1.3 at 40 digits: python3 reference.py > reference.jsonl

E φφ and E φ′φ′ of relu at correlation c are double integrals over the quadrant, in polar
coordinates; one-dimensional expectations are tanh-sinh quadratures between kinks.
"""
import json
import sys

import mpmath as mp

mp.mp.dps = 40
exp, log, sqrt, pi = mp.exp, mp.log, mp.sqrt, mp.pi


def emit(quantity, value, **params):
    print(json.dumps({"quantity": "normalization." + quantity, "params": params, "value": mp.nstr(value, 25)}))
    sys.stdout.flush()


def error(quantity, **params):
    print(json.dumps({"quantity": "normalization." + quantity, "params": params, "error": True}))


def kernels(c):
    """With x = r cos t, y = r sin(t + asin c): E xy over the quadrant, and its probability."""
    a = mp.asin(c)
    lo, hi = -a, pi / 2  # y > 0 and x > 0
    radial = 2  # ∫ r³ e^(−r²/2) dr
    return mp.quad(lambda t: mp.cos(t) * mp.sin(t + a), [lo, hi]) * radial / (2 * pi), (hi - lo) / (2 * pi)


def factor(activation, batch):
    B = mp.mpf(batch)
    if activation == "linear":
        value = (B - 2) / (B - 3)
    else:
        K, P = kernels(-1 / (B - 1))
        T = (B - 3) / 2 + 1 / B + (B - 1) / B * (P + K)
        value = B * T / ((B - 1) * (B - 3) * (mp.mpf(1) / 2 - K))
    emit("batch_norm.gradient_factor", value, activation=activation, batch=batch)
    emit("batch_norm.log_gradient_factor", log(value), activation=activation, batch=batch)


sig = lambda z: 1 / (1 + exp(-z))
k, cubic = sqrt(2 / pi), mp.mpf("0.044715")
softplus = lambda z: mp.log1p(exp(-abs(z))) + (z if z > 0 else 0)
clip = lambda z, lo, hi: min(max(z, mp.mpf(lo)), mp.mpf(hi))
FUNCTIONS = {
    "linear": (lambda z: z, []),
    "relu": (lambda z: max(z, mp.mpf(0)), [0]),
    "leaky_relu(0.1)": (lambda z: z if z > 0 else z / 10, [0]),
    "sigmoid": (sig, []),
    "tanh": (mp.tanh, []),
    "lecun_tanh": (lambda z: mp.mpf("1.7159") * mp.tanh(2 * z / 3), []),
    "erf": (mp.erf, []),
    "arctan": (mp.atan, []),
    "sin": (mp.sin, []),
    "softsign": (lambda z: z / (1 + abs(z)), [0]),
    "relu6": (lambda z: clip(z, 0, 6), [0, 6]),
    "hard_tanh": (lambda z: clip(z, -1, 1), [-1, 1]),
    "softplus": (softplus, []),
    "log_sigmoid": (lambda z: -softplus(-z), []),
    "elu(0.7)": (lambda z: z if z > 0 else mp.mpf("0.7") * mp.expm1(z), [0]),
    "celu(2)": (lambda z: z if z > 0 else 2 * mp.expm1(z / 2), [0]),
    "gelu": (lambda z: z * mp.ncdf(z), []),
    "gelu_tanh": (lambda z: z / 2 * (1 + mp.tanh(k * (z + cubic * z**3))), []),
    "silu": (lambda z: z * sig(z), []),
    "mish": (lambda z: z * mp.tanh(softplus(z)), []),
    "hard_swish": (lambda z: z * clip(z + 3, 0, 6) / 6, [-3, 3]),
    "hard_sigmoid_torch": (lambda z: clip(z / 6 + mp.mpf(1) / 2, 0, 1), [-3, 3]),
    "hard_sigmoid_keras": (lambda z: clip(z / 5 + mp.mpf(1) / 2, 0, 1), [mp.mpf("-2.5"), mp.mpf("2.5")]),
}


def ratios(name):
    f, kinks = FUNCTIONS[name]
    points = sorted(set([mp.mpf(x) for x in (-20, -8, -4, -1, 0, 1, 4, 8, 20)] + [mp.mpf(x) for x in kinks]))
    mean = lambda g: mp.quad(lambda z: g(z) * mp.npdf(z), points)
    slope = mean(lambda z: mp.diff(f, z, h=mp.mpf(10) ** -15, direction=0) ** 2)
    first, second = mean(f), mean(lambda z: f(z) ** 2)
    with mp.workdps(20):
        emit("batch_norm.gradient_factor_limit", slope / mean(lambda z: (f(z) - first) ** 2), activation=name)
        emit("layer_norm.gradient_factor", slope / second, activation=name)


for batch in (4, 5, 6, 33, 1000, 1000000, 10**12):
    for activation in ("linear", "relu"):
        factor(activation, batch)
for name in FUNCTIONS:
    ratios(name)
for v, e in (("0", "1e-5"), ("3", "0"), ("1e-300", "1e300"), ("1e300", "1e300"), ("1e308", "1e308"), ("1e-320", "1e-320"), ("0.7", "0.1")):
    emit("batch_norm.output_rms", sqrt(mp.mpf(v) / (mp.mpf(v) + mp.mpf(e))), variance=float(v), epsilon=float(e))
for t in ("0", "1e-20", "0.5", "2", "9", "20", "37"):
    emit("batch_norm.saturation_probability", mp.erfc(mp.mpf(t) / sqrt(mp.mpf(2))), threshold=float(t))
emit("batch_norm.saturation_probability", mp.mpf(0), threshold=1e300)
for n in (3, 4, 1000000):
    emit("layer_norm.jacobian_square", mp.mpf(n - 2), width=n)
    emit("rms_norm.jacobian_square", mp.mpf(n - 1), width=n)
emit("rms_norm.jacobian_square", mp.mpf(1), width=2)

for activation, batch in (("linear", 3), ("relu", 3), ("relu", 0), ("tanh", 8), ("leaky_relu(0.1)", 8)):
    error("batch_norm.gradient_factor", activation=activation, batch=batch)
    error("batch_norm.log_gradient_factor", activation=activation, batch=batch)
error("batch_norm.gradient_factor_limit", activation="swish")
error("layer_norm.gradient_factor", activation="leaky_relu")
error("batch_norm.output_rms", variance=0, epsilon=0)
error("batch_norm.output_rms", variance=-1, epsilon=2)
error("batch_norm.output_rms", variance=1, epsilon=-1)
error("batch_norm.saturation_probability", threshold=-1)
error("layer_norm.jacobian_square", width=2)
error("rms_norm.jacobian_square", width=1)
