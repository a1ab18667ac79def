#!/usr/bin/env python3
"""Reference values for package recurrent, mpmath 1.3 at 50 digits: python3 reference.py > reference.jsonl

Parameters are the decimal numbers as written. Norms are largest singular values of
2×2 matrices, gates integrals of the definition over the pre-activation.
"""
import json

import mpmath as mp

mp.mp.dps = 50
M = mp.mpf


def row(quantity, value, **params):
    value = 0 if 0 < abs(value) < M("1e-320") else value
    params = {k: v if isinstance(v, int) else float(v) for k, v in params.items()}
    print(json.dumps({"quantity": "recurrent." + quantity, "params": params, "value": mp.nstr(value, 25)}))


def error(quantity, **params):
    print(json.dumps({"quantity": "recurrent." + quantity, "params": params, "error": True}))


def norm(rho, k, t):
    """Largest singular value of [[ρ, k], [0, ρ]]^t from its trace and determinant."""
    a, b = M(rho) ** t, t * M(k) * M(rho) ** (t - 1)
    frobenius, det = 2 * a * a + b * b, a * a
    with mp.workdps(1500):
        return +mp.sqrt((frobenius + mp.sqrt(frobenius**2 - 4 * det**2)) / 2)


for lipschitz, s, t in [("0.25", "4.1", 10**6), ("1", "0.9999999", 10**7), ("1", "1.0000001", 10**9), ("0.1", "9.999", 10**6), ("1e-200", "1e-200", 1), ("1e-200", "1e200", 10**6),
                        ("1e-20", "1e-20", 9), ("1e200", "1e-250", 5), ("0.25", "1e-8", 30), ("1", "0.5", 1022), ("1e-160", "1e160", 3)]:
    value = (M(lipschitz) * M(s)) ** t
    if value < M("1e308"):
        row("norm_bound", value, lipschitz=lipschitz, max_singular_value=s, steps=t)
    else:
        error("norm_bound", lipschitz=float(lipschitz), max_singular_value=float(s), steps=t)
row("norm_bound", M(1), lipschitz=2, max_singular_value=0, steps=0)
row("norm_bound", M(0), lipschitz=2, max_singular_value=0, steps=1)

for rho, k, t in [("0.9999", "1", 10**6), ("0.999999", "0.001", 10**6), ("1.000001", "5", 10**6), ("1", "1", 10**6), ("1", "0", 5), ("0.5", "-3", 7), ("2", "1e-9", 1000), ("0.99", "1e300", 3),
                  ("1e-10", "1e300", 1), ("1e-10", "1e305", 20), ("1e200", "1e-200", 1), ("0.9", "1e-300", 2), ("0.1", "1", 400), ("0.999", "100", 10**6)]:
    row("jordan_norm", norm(rho, k, t), spectral_radius=rho, coupling=k, steps=t)
for rho, k, t in [("0.9", "10", 9), ("0.99", "1", 99), ("0.9", "1e8", 9), ("0.9", "1e300", 9), ("0.8", "1e12", 4), ("0.5", "1e15", 1), ("0.999", "1", 999), ("0.9999", "1e3", 9999),
                  ("0.999999", "1e9", 999999), ("0.9", "-10", 9), ("0.9", "0", 1), ("0.3", "0.1", 1), ("0.95", "0.2", None), ("0.97", "0.07", None), ("0.37", "5", None), ("0.123", "1e6", None), ("0.9876", "0.05", None)]:
    if t is None:
        norms = [norm(rho, k, t) for t in range(1, 400)]
        t = norms.index(max(norms)) + 1
    with mp.workdps(800):  # t is the first largest
        here = norm(rho, k, t)
        assert here >= norm(rho, k, t + 1) and (t == 1 or here > norm(rho, k, t - 1)), (rho, k, t)
    row("jordan_peak.steps", M(t), spectral_radius=rho, coupling=k)
    row("jordan_peak.norm", here, spectral_radius=rho, coupling=k)

for t, g in [(1, "1"), (3, "0.5"), (10, "1.2"), (1000, "1"), (10**6, "1"), (10**6, "0.9995"), (10**6, "1.0001"), (10**15, "1"), (100, "0.0001"), (10**6, "0.9")]:
    row("gaussian_power_norm", M(g) ** t * mp.exp(((t + 1) * mp.log(t + 1) - t * mp.log(t)) / 2), steps=t, weight_std=g)

sigma = lambda x: 1 / (1 + mp.exp(-x))
log_sigma = lambda x: -mp.log1p(mp.exp(-x))
for b, t in [("800", 10**6), ("30", 10**9), ("-800", 1), ("-0.5", 700), ("14", 10**6), ("0", 1000), ("36.5", 10**12), ("1e-12", 5), ("-708", 1), ("3", 0)]:
    with mp.workdps(400):
        log = t * log_sigma(M(b))
    row("lstm.memory", mp.exp(log), bias=b, steps=t)
    row("lstm.log_memory", log, bias=b, steps=t)
row("lstm.log_memory", -M("1e300") * 5, bias="-1e300", steps=5)
for b in ("-800", "-1e10", "-1", "5", "20", "39.9", "40.1", "100", "700", "709.9", "710.1"):
    with mp.workdps(400):
        row("lstm.half_life", -mp.log(2) / log_sigma(M(b)), bias=b)
for t in (2, 3, 1000, 10**6, 10**15):
    row("chrono.bias", mp.log(M(t) - 1), steps=t)
    row("chrono.memory", (1 - 1 / M(t)) ** t, steps=t)


def expect(f, b, q):
    """E f(b + z), in panels of a standard deviation and of unit length around the bend."""
    s = mp.sqrt(q)
    reach = 40 * s + (min(q, -b) if b < 0 else min(q, b))
    panels = int(min(reach / s, 200)) + 1
    points = {reach * k / panels for k in range(-panels, panels + 1)}
    points |= {-b + k for k in range(-40, 41)} | {-b + x for k in range(6, 11) for x in (2**k, -2**k)}
    points = sorted(p for p in points if abs(p) <= reach)
    return mp.quad(lambda z: f(b + z) * mp.npdf(z, 0, s), points, method="gauss-legendre")


mp.mp.dps = 30
for b, q in [("0", "1e-12"), ("40", "1e-12"), ("-40", "1e-6"), ("0", "1"), ("-5", "0.25"), ("7", "9"), ("20", "100"), ("-30", "100"), ("80", "4"), ("300", "30"), ("-700", "1"), ("50", "1e4"),
             ("0", "1e6"), ("3000", "1e6"), ("-2000", "1e6"), ("1", "1e-3"), ("700", "1"), ("2.5", "1e5")]:
    mean = expect(lambda x: mp.log1p(mp.exp(-x)) if x > -200 else -x + mp.exp(x), M(b), M(q))
    row("lstm.gate_lyapunov", -mean, bias=b, q=q)
    if M(b) > 0:
        row("lstm.gate_mean_exponent", mp.log1p(-expect(lambda x: sigma(-x), M(b), M(q))), bias=b, q=q)
    else:
        row("lstm.gate_mean_exponent", mp.log(expect(sigma, M(b), M(q))), bias=b, q=q)

mp.mp.dps = 50
for w in ("0.5", "1", "1.000000001", "1.0000005", "1.000001", "1.0001", "1.2", "2", "4", "50", "300", "350", "1e-300"):
    w = M(w)
    y = mp.findroot(lambda y: y / w - mp.tanh(y), (mp.sqrt(3 * (w - 1)) / 2, w), solver="anderson", tol=1e-90, maxsteps=500) if w > 1 else M(0)
    row("tanh_fixed_point_slope", w / mp.cosh(y) ** 2, w=w)
row("tanh_fixed_point_slope", M(0), w=1e300)

for b, q in [(0, 0), (0, -1)]:
    error("lstm.gate_lyapunov", bias=b, q=q)
    error("lstm.gate_mean_exponent", bias=b, q=q)
error("norm_bound", lipschitz=0, max_singular_value=1, steps=1)
error("norm_bound", lipschitz=1, max_singular_value=-1, steps=1)
error("norm_bound", lipschitz=1, max_singular_value=1, steps=-1)
error("norm_bound", lipschitz=1, max_singular_value=2, steps=1024)
error("jordan_norm", spectral_radius=0, coupling=1, steps=1)
error("jordan_norm", spectral_radius=1, coupling=1, steps=0)
error("jordan_norm", spectral_radius=2, coupling=1, steps=2000)
error("jordan_peak.steps", spectral_radius=1, coupling=1)
error("jordan_peak.norm", spectral_radius=0, coupling=1)
error("jordan_peak.norm", spectral_radius=0.9999, coupling=1e308)
error("gaussian_power_norm", steps=0)
error("gaussian_power_norm", steps=3, weight_std=0)
error("gaussian_power_norm", steps=3000, weight_std=2)
error("lstm.memory", bias=1, steps=-1)
error("lstm.log_memory", bias=-1e300, steps=10**12)
error("lstm.half_life", bias=711)
error("chrono.bias", steps=1)
error("chrono.memory", steps=1)
error("tanh_fixed_point_slope", w=0)
error("tanh_fixed_point_slope", w=-1)

# The gradient of one unit, by the path at 50 digits; 0 is tanh, 1 sigmoid, 2 ReLU.
for phi, w, b, h, t in [(0, "2", "0", "0.5", 10), (0, "2", "0", "0.9575", 10), (0, "-1.5", "0.2", "0.7", 100), (0, "0.5", "-1", "3", 1000), (0, "1", "0", "1", 10**5), (0, "300", "5", "-1", 7),
                        (1, "5", "-2.5", "0.4", 50), (1, "-20", "10", "0.9", 33), (1, "0.25", "0", "0", 1), (2, "1.5", "0.1", "1", 40), (2, "0.5", "1", "0.1", 200), (0, "2", "0", "0", 0)]:
    path, log = M(h), M(0)
    for _ in range(t):
        z = M(w) * path + M(b)
        slope = [1 / mp.cosh(z) ** 2, sigma(z) * sigma(-z), M(z > 0)][phi]
        log, path = log + mp.log(abs(M(w)) * slope), [mp.tanh(z), sigma(z), max(z, M(0))][phi]
    row("unit_log_gradient", log, phi=phi, w=w, bias=b, state=h, steps=t)
for w, b, h, t in [("1", "0", "0", -1), ("1", "0", "0", 10**6 + 1)]:
    error("unit_log_gradient", phi=0, w=float(w), bias=float(b), state=float(h), steps=t)
