#!/usr/bin/env python3
"""Reference values for package gauss, mpmath 1.3 at 60 digits: python3 reference.py > reference.jsonl

Gauss-Legendre panels (28 and 40 nodes) with ends at the kinks, in a ladder of ratio 2
between the scales 1/4 and sqrt(q), and at every standard deviation; tanh-sinh panels
(steps 1/24 and 1/32) next to the zeros of the derivative. The two rules of a pair must
agree to 1e-20. From q = 4 on the values for sin are Fourier series of |cos|^p, log|cos|
and its square, which share nothing with quadrature.
"""
import json

import mpmath as mp

mp.mp.dps = 60
HALF, QS = mp.mpf(1) / 2, ["1e-12", "1e-4", "0.25", "1", "4", "100", "1e6"]
ORDERS = [HALF, mp.mpf(2)]
sigma = lambda z: 1 / (1 + mp.exp(-z)) if z >= 0 else mp.exp(z) / (1 + mp.exp(z))
phi0 = lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)
Phi = lambda z: mp.erfc(-z / mp.sqrt(2)) / 2


def selu():
    """alpha and lambda from E phi = 0, E phi^2 = 1, by E[e^(kz); z < 0] = e^(k^2/2) Phi(-k)."""
    m1, m2 = mp.exp(HALF) * Phi(mp.mpf(-1)), mp.exp(2) * Phi(mp.mpf(-2))
    alpha = 1 / mp.sqrt(2 * mp.pi) / (HALF - m1)
    return alpha, 1 / mp.sqrt(HALF + alpha**2 * (m2 - 2 * m1 + HALF))


def log_sigma(z):
    return -mp.log1p(mp.exp(-z)) if z >= 0 else z - mp.log1p(mp.exp(z))


def gated(v, dv):
    """z sigma(v(z)): value, derivative, log|derivative|."""
    def f(z):
        s, c = sigma(v(z)), sigma(-v(z))
        inner = 1 + z * dv(z) * c
        return z * s, s * inner, log_sigma(v(z)) + mp.log(abs(inner))
    return f


def gelu(z):
    p = Phi(z)
    d = p + z * phi0(z)
    return z * p, d, mp.log(abs(d))


def mish(z):
    s = mp.log1p(mp.exp(z))
    t = mp.tanh(s)
    inner = t * mp.exp(-z) + z * sigma(-z) * mp.sech(s) ** 2  # derivative over e^z
    return z * t, mp.exp(z) * inner, z + mp.log(abs(inner))


def smooth(f, d, logd):
    return lambda z: (f(z), d(z), logd(z))


def exponential(lam, alpha, width):
    def f(z):
        if z >= 0:
            return lam * z, lam, mp.log(lam)
        return lam * alpha * mp.expm1(z / width), lam * alpha / width * mp.exp(z / width), mp.log(lam * alpha / width) + z / width
    return f


def leaky(a):
    log = mp.log(abs(a)) if a else None
    return lambda z: (z, mp.mpf(1), mp.mpf(0)) if z >= 0 else (a * z, a, log)


def clip(lo, hi, shift, scale):
    return lambda z: ((min(max(z, lo), hi) + shift) / scale, 1 / mp.mpf(scale) if lo < z < hi else mp.mpf(0), None)


def hard_swish(z):
    return (mp.mpf(0), mp.mpf(0), None) if z <= -3 else (z, mp.mpf(1), None) if z >= 3 else (z * (z + 3) / 6, (2 * z + 3) / 6, None)


ALPHA, LAM = selu()
K, C = 2 * mp.sqrt(2 / mp.pi), mp.mpf("0.044715")
T, S = mp.mpf("1.7159"), mp.mpf(2) / 3
n = mp.mpf
GELU_TANH = gated(lambda z: K * (z + C * z**3), lambda z: K * (1 + 3 * C * z * z))
SILU = gated(lambda z: z, lambda z: 1)
one = n(1)
log_cosh = lambda z: abs(z) - mp.log(2) + mp.log1p(mp.exp(-2 * abs(z)))
# text: (phi, phi', log|phi'|), kinks, zeros of phi', odd
TABLE = {
    "linear": (leaky(one), [], [], True),
    "sigmoid": (smooth(sigma, lambda z: sigma(z) * sigma(-z), lambda z: log_sigma(z) + log_sigma(-z)), [], [], False),
    "tanh": (smooth(mp.tanh, lambda z: mp.sech(z) ** 2, lambda z: -2 * log_cosh(z)), [], [], True),
    "erf": (smooth(mp.erf, lambda z: 2 / mp.sqrt(mp.pi) * mp.exp(-z * z), lambda z: mp.log(2 / mp.sqrt(mp.pi)) - z * z), [], [], True),
    "arctan": (smooth(mp.atan, lambda z: 1 / (1 + z * z), lambda z: -mp.log1p(z * z)), [], [], True),
    "sin": (smooth(mp.sin, mp.cos, lambda z: mp.log(abs(mp.cos(z)))), [], [(k + HALF) * mp.pi for k in range(-8, 8)], True),
    "softsign": (smooth(lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2, lambda z: -2 * mp.log1p(abs(z))), [0], [], True),
    "relu": (leaky(n(0)), [0], [], False),
    "relu6": (clip(0, 6, 0, 1), [0, 6], [], False),
    "hard_tanh": (clip(-1, 1, 0, 1), [-1, 1], [], True),
    "softplus": (smooth(lambda z: -log_sigma(-z), sigma, log_sigma), [], [], False),
    "log_sigmoid": (smooth(log_sigma, lambda z: sigma(-z), lambda z: log_sigma(-z)), [], [], False),
    "lecun_tanh": (smooth(lambda z: T * mp.tanh(S * z), lambda z: T * S * mp.sech(S * z) ** 2, lambda z: mp.log(T * S) - 2 * log_cosh(S * z)), [], [], True),
    "leaky_relu(0.01)": (leaky(n("0.01")), [0], [], False),
    "leaky_relu(0.1)": (leaky(n("0.1")), [0], [], False),
    "leaky_relu(-0.3)": (leaky(n("-0.3")), [0], [], False),
    "leaky_relu(2)": (leaky(n(2)), [0], [], False),
    "elu(1)": (exponential(one, one, one), [0], [], False),
    "elu(0.3)": (exponential(one, n("0.3"), one), [0], [], False),
    "elu(2)": (exponential(one, n(2), one), [0], [], False),
    "celu(1)": (exponential(one, one, one), [0], [], False),
    "celu(0.5)": (exponential(one, HALF, HALF), [0], [], False),
    "celu(2)": (exponential(one, n(2), n(2)), [0], [], False),
    "selu": (exponential(LAM, ALPHA, one), [0], [], False),
    "gelu": (gelu, [], [mp.findroot(lambda z: Phi(z) + z * phi0(z), -0.75)], False),
    "gelu_tanh": (GELU_TANH, [], [mp.findroot(lambda z: 1 + z * K * (1 + 3 * C * z * z) * sigma(-K * (z + C * z**3)), -0.75)], False),
    "silu": (SILU, [], [mp.findroot(lambda z: 1 + z * sigma(-z), -1.28)], False),
    "mish": (mish, [], [mp.findroot(lambda z: mish(z)[1], -1.19)], False),
    "hard_swish": (hard_swish, [-3, 3], [n("-1.5")], False),
    "hard_sigmoid_torch": (clip(-3, 3, 3, 6), [-3, 3], [], False),
    "hard_sigmoid_keras": (clip(n("-2.5"), n("2.5"), n("2.5"), 5), [n("-2.5"), n("2.5")], [], False),
}
legendre = {}


def gauss_nodes(m):
    if m not in legendre:
        rule = []
        for i in range(m):
            x = mp.cos(mp.pi * (i + n("0.75")) / (m + HALF))
            for _ in range(8):  # Newton
                p, before = x, n(1)
                for k in range(2, m + 1):
                    p, before = ((2 * k - 1) * x * p - (k - 1) * before) / k, p
                d = m * (x * p - before) / (x * x - 1)
                x -= p / d
            rule.append((x, 2 / ((1 - x * x) * d * d)))
        legendre[m] = rule
    return legendre[m]


def tanh_sinh(step):
    """(relative distance from the singular end, weight) on a panel of length 1."""
    rule = []
    for k in range(-int(5 / step), int(5 / step) + 1):
        t = k * step
        e = mp.exp(mp.pi * mp.sinh(t))
        w = step * mp.pi * mp.cosh(t) * e / (1 + e) ** 2
        if w > mp.mpf(10) ** -55:
            rule.append((e / (1 + e), w))
    return rule


SINH = {28: tanh_sinh(mp.mpf(1) / 24), 40: tanh_sinh(mp.mpf(1) / 32)}


def nodes(kinks, zeros, q, m):
    sd = mp.sqrt(q)
    ends = {sd * k for k in range(-13, 14)}
    u = sd
    while u > n("0.125"):
        ends |= {u, -u}
        u /= 2
    zeros = [n(z) for z in zeros if abs(z) < 13 * sd]
    ends = {e for e in ends if all(abs(e - z) > n("0.3") * min(sd, 1) for z in zeros)}
    ends |= {n(z) for z in kinks + zeros if abs(z) < 13 * sd}
    ends = sorted(ends)
    for lo, hi in zip(ends, ends[1:]):
        if lo in zeros and hi in zeros:
            mid = (lo + hi) / 2
            pieces = [(lo, mid), (hi, mid)]
        else:
            pieces = [(hi, lo)] if hi in zeros else [(lo, hi)]
        for a, b in pieces:
            if a in zeros:
                yield from ((a + (b - a) * x, abs(b - a) * w) for x, w in SINH[m])
            else:
                yield from (((a + b) / 2 + (b - a) / 2 * x, (b - a) / 2 * w) for x, w in gauss_nodes(m))


def integrals(f, kinks, zeros, q, m):
    sums = [mp.mpf(0)] * (6 + len(ORDERS))
    origin, slope = f(n(0))[0], f(n(0))[2] or 0
    for z, w in nodes(kinks, zeros, q, m):
        w *= phi0(z / mp.sqrt(q)) / mp.sqrt(q)
        p, d, log = f(z)
        log = 0 if log is None else log - slope
        terms = [p, p * p, p - origin, (p - origin) ** 2, d, log, log * log] + [abs(d) ** order for order in ORDERS]
        sums = [s + w * t for s, t in zip(sums + [0] * (len(terms) - len(sums)), terms)]
    mean, square, shifted, shifted2, d, log, log2 = sums[:7]
    return [mean, square, shifted2 - shifted**2, d, log + slope, log2 - log**2] + sums[7:]


def fourier(q):
    """The same list for sin."""
    def power(p):
        c = lambda k: mp.gamma(p + 1) / 2**p * mp.rgamma(p / 2 + 1 + k) * mp.rgamma(p / 2 + 1 - k)
        return c(0) + 2 * mp.fsum(c(k) * mp.exp(-2 * k * k * q) for k in range(1, 8))
    h = lambda k: mp.harmonic(k)
    mean = -mp.log(2) - mp.fsum((-1) ** k * mp.exp(-2 * k * k * q) / k for k in range(1, 8))
    square = mp.log(2) ** 2 + mp.pi**2 / 12 + mp.fsum((-1) ** k * (h(k - 1) + h(k) + 2 * mp.log(2)) / k * mp.exp(-2 * k * k * q) for k in range(1, 8))
    half = -mp.expm1(-2 * q) / 2
    return [0, half, half, mp.exp(-q / 2), mean, square - mean**2] + [power(p) for p in ORDERS]


NAMES = ["mean", "mean_square", "variance", "derivative_mean", "log_derivative_mean", "log_derivative_variance"]


def main():
    for text, (f, kinks, zeros, odd) in TABLE.items():
        dead = f(n(-50))[2] is None
        for qtext in QS:
            q = n(qtext)
            if text == "sin" and q >= 4:
                values = fourier(q)
            else:
                values, check = integrals(f, kinks, zeros, q, 40), integrals(f, kinks, zeros, q, 28)
                for a, b in zip(values, check):
                    assert abs(a - b) <= mp.mpf(10) ** -20 * abs(a) + mp.mpf(10) ** -45, (text, qtext, a, b)
            for i, value in enumerate(values):
                name = NAMES[i] if i < len(NAMES) else "derivative_moment"
                params = {"activation": text, "q": float(qtext)}
                row = {"quantity": "activation.gaussian." + name, "params": params}
                if name == "derivative_moment":
                    params["order"] = float(ORDERS[i - len(NAMES)])
                if dead and name.startswith("log"):
                    row["error"] = True
                else:
                    row["value"] = "0" if abs(value) < mp.mpf(10) ** -30 else mp.nstr(value, 20)
                    if row["value"] == "0" and text == "selu":
                        row["abs_tol"] = 1e-15
                print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
