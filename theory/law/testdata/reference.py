#!/usr/bin/env python3
"""Reference values for package law, by mpmath at 40 digits: python3 reference.py > reference.jsonl

Moments and transforms are integrals of the density over log|w|, not the closed forms
of the package. One JSON object a line: law, quantity, arguments, value (20 digits).
"""
import json

import mpmath as mp

mp.mp.dps = 40
ORDERS = ["-0.75", "1e-9", "0.5", "1", "2", "7.25"]


def density(law, *p):
    """The density of |w| on (0, inf), the points where it changes scale, and its end."""
    if law == "normal":
        mu, s = p
        f = lambda x: (mp.npdf((x - mu) / s) + mp.npdf((x + mu) / s)) / s
        m = abs(mu)
        around = [m + s * k for k in (-12, -6, -3, -1, 0, 1, 3, 6, 12) if m + s * k > 0]
        return f, around, mp.inf
    if law == "uniform":
        return lambda x: 1 / p[0], [], p[0]
    if law == "laplace":
        return lambda x: mp.exp(-x / p[0]) / p[0], [p[0], 10 * p[0]], mp.inf
    if law == "lognormal":
        mu, tau = p
        f = lambda x: mp.npdf((mp.log(x) - mu) / tau) / (tau * x)
        return f, [mp.exp(mu + tau * k) for k in (-8, -2, 0, 2, 8, 14, 24)], mp.inf
    if law == "student_t":
        nu = p[0]
        c = 2 * mp.gamma((nu + 1) / 2) / (mp.sqrt(mp.pi * nu) * mp.gamma(nu / 2))
        return lambda x: c * mp.exp(-(nu + 1) / 2 * mp.log1p(x * x / nu)), [1, 6], mp.inf
    if law == "cauchy":
        s = p[0]
        return lambda x: 2 * s / (mp.pi * (s * s + x * x)), [s], mp.inf
    if law == "truncated_normal":
        s, k = p
        mass = mp.erf(k / mp.sqrt(2))
        around = [s * j for j in (1, 3, 6, 12) if j < k]
        return lambda x: 2 * mp.npdf(x / s) / (s * mass), around, s * k
    raise ValueError(law)


def expect(law, p, g):
    """E g(log|w|) as an integral over y = log|w|."""
    f, around, end = density(law, *p)
    points = [mp.log(x) for x in around] + ([mp.log(end)] if end != mp.inf else [])
    top, bottom = points[-1], points[0]
    points = [bottom - d for d in (400, 100, 40, 15, 5, 2)] + points
    if law in ("student_t", "cauchy"):
        points += [top + d for d in (2, 5, 15, 40, 100, 300)]
    elif end != mp.inf:
        pass
    elif law == "laplace":
        points += [mp.log(40 * p[0]), mp.log(200 * p[0])]
    else:
        points += [top + d for d in (0.1, 1)] if law == "normal" else [top + 6 * p[1]]
    return mp.quad(lambda y: g(y) * f(mp.exp(y)) * mp.exp(y), sorted(set(points)))


def emit(text, quantity, args, value):
    value = mp.mpc(value)
    row = {"law": text, "quantity": quantity, "args": args, "value": mp.nstr(value.real, 20)}
    if quantity == "characteristic":
        row["imag"] = mp.nstr(value.imag, 20)
    print(json.dumps(row), flush=True)


LAWS = [
    ("normal(1.5)", "normal", ("0", "1.5")),
    ("normal(mu=1,sigma=0.05)", "normal", ("1", "0.05")),
    ("normal(mu=1,sigma=0.5)", "normal", ("1", "0.5")),
    ("normal(mu=-1,sigma=1.5)", "normal", ("-1", "1.5")),
    ("normal(mu=29,sigma=1)", "normal", ("29", "1")),
    ("normal(mu=0.31,sigma=0.01)", "normal", ("0.31", "0.01")),
    ("normal(mu=1e-4,sigma=1)", "normal", ("1e-4", "1")),
    ("uniform(2)", "uniform", ("2",)),
    ("laplace(0.3)", "laplace", ("0.3",)),
    ("lognormal(-0.5,1)", "lognormal", ("-0.5", "1")),
    ("student_t(8)", "student_t", ("8",)),
    ("student_t(7.5)", "student_t", ("7.5",)),
    ("truncated_normal(1,2)", "truncated_normal", ("1", "2")),
    ("truncated_normal(2,1e-3)", "truncated_normal", ("2", "1e-3")),
    ("truncated_normal(1,9)", "truncated_normal", ("1", "9")),
    ("normal(mu=15.5,sigma=1)", "normal", ("15.5", "1")),
    ("normal(mu=-14.5,sigma=1)", "normal", ("-14.5", "1")),
    ("truncated_normal(0.5,40)", "truncated_normal", ("0.5", "40")),
]
HEAVY = [("student_t(2.5)", "student_t", ("2.5",)), ("cauchy(2)", "cauchy", ("2",))]

for text, law, args in LAWS + HEAVY:
    p = tuple(mp.mpf(float(a)) for a in args)
    mean = expect(law, p, lambda y: y)
    emit(text, "log_mean", [], mean)
    emit(text, "log_variance", [], expect(law, p, lambda y: (y - mean) ** 2))
    orders = ORDERS if (text, law, args) in LAWS else ["-0.75", "0.5"]
    for o in orders:
        q = mp.mpf(float(o))
        # log1p of E(e^(qy) − 1) keeps the digits at order 1e-9.
        log = mp.log1p(expect(law, p, lambda y: mp.expm1(q * y)))
        emit(text, "log_abs_moment", [float(o)], log)
        tilt = mp.exp(log)
        slope = expect(law, p, lambda y: y * mp.exp(q * y)) / tilt
        emit(text, "slope", [float(o)], slope)
        emit(text, "curvature", [float(o)], expect(law, p, lambda y: (y - slope) ** 2 * mp.exp(q * y)) / tilt)
    for theta, t in (("-0.5", "0.25"), ("0", "1e-6"), ("0", "3"), ("0.75", "8")):
        q, u = mp.mpf(float(theta)), mp.mpf(float(t))
        base = expect(law, p, lambda y: mp.exp(q * y))
        ratio = expect(law, p, lambda y: mp.exp(q * y) * mp.expm1(1j * u * y)) / base
        emit(text, "characteristic", [float(theta), float(t)], 1 + ratio if u > 1e-3 else mp.log(1 + ratio))

# Nearly constant and nearly centred shifted normals, by E over the standard normal.
for ratio in ("1e-8", "1e-5", "1e-3", "0.03", "0.0334", "0.066", "0.067", "0.1", "1", "10", "1e3", "1e8"):
    s = mp.mpf(float(ratio))
    text = "normal(mu=1,sigma=%s)" % ratio
    cut = sorted({mp.mpf(-12), mp.mpf(0), mp.mpf(12)} | ({-1 / s} if 1 / s < 12 else set()))
    e = lambda g: mp.quad(lambda z: g(z) * mp.npdf(z), cut)
    log = lambda z: mp.log(abs(1 + s * z)) if 1 + s * z else mp.mpf(0)
    mean = e(log)
    emit(text, "log_mean", [], mean)
    emit(text, "log_variance", [], e(lambda z: (log(z) - mean) ** 2))

# Tails of the distribution functions.
for nu in ("0.01", "0.5", "2", "5", "49", "51", "60", "300", "1e6", "1e10"):
    n = mp.mpf(float(nu))
    for x in ("1e-8", "0.3", "1.7", "4", "30", "1e5"):
        r = mp.mpf(float(x)) ** 2
        if n >= 1e6 and r > 1000:
            continue
        u = r / (n + r)
        low = mp.betainc(mp.mpf(0.5), n / 2, 0, u, regularized=True)
        high = mp.betainc(n / 2, mp.mpf(0.5), 0, n / (n + r), regularized=True) if u > 1e-6 else 1 - low
        emit("student_t(%s)" % nu, "abs_cdf", [float(x)], low)
        if high > 1e-300:
            emit("student_t(%s)" % nu, "abs_survival", [float(x)], high)
for nu in ("0.001", "1e-6", "1e-12", "1e-30", "1e-100", "1e-300"):  # u rounds to 1: |w| = sqrt(nu) sinh s
    with mp.workdps(330):
        n = mp.mpf(nu)
        peak = 2 * mp.exp(mp.loggamma((n + 1) / 2) - mp.loggamma(n / 2)) / mp.sqrt(mp.pi)
        for x in ("1e-8", "0.3", "7.3", "1e300"):
            end = mp.asinh(mp.mpf(float(x)) / mp.sqrt(n))
            with mp.workdps(40):
                value = peak * mp.quad(lambda s: mp.cosh(s) ** (-n), mp.linspace(0, min(end, 60), 61))
                if end > 60:
                    value -= peak * mp.mpf(2) ** n * mp.exp(-60 * n) * mp.expm1(-n * (end - 60)) / n
            emit("student_t(%s)" % nu, "abs_cdf", [float(x)], value)
for mu, sigma in (("1", "0.01"), ("1", "1"), ("-0.2", "3")):
    f, _, _ = density("normal", mp.mpf(float(mu)), mp.mpf(float(sigma)))
    for x in ("1e-6", "0.3", "0.9", "1.1", "6"):
        m, s, v = mp.mpf(float(mu)), mp.mpf(float(sigma)), mp.mpf(float(x))
        text = "normal(mu=%s,sigma=%s)" % (mu, sigma)
        for name, value in (("abs_cdf", mp.quad(f, mp.linspace(0, v, 9))),
                            ("abs_survival", mp.ncdf((m - v) / s) + mp.ncdf((-m - v) / s))):
            if 1e-300 < value:
                emit(text, name, [float(x)], value)
for k in ("1e-4", "2", "20"):
    c = mp.mpf(float(k))
    for fraction in ("1e-5", "0.4", "0.999"):
        x = float(fraction) * float(k)
        text = "truncated_normal(1,%s)" % k
        emit(text, "abs_cdf", [x], mp.erf(mp.mpf(x) / mp.sqrt(2)) / mp.erf(c / mp.sqrt(2)))
        high = (mp.erfc(mp.mpf(x) / mp.sqrt(2)) - mp.erfc(c / mp.sqrt(2))) / mp.erf(c / mp.sqrt(2))
        emit(text, "abs_survival", [x], high)

# Mixtures: expectations are sums over the parts, with atoms added by hand.
MIXTURES = [
    ("0.7", "normal", ("0", "1"), "0.3", "normal", ("2", "0.1")),
    ("0.9", "normal", ("0", "1"), "0.1", "constant", ("0",)),
    ("0.25", "student_t", ("2.5",), "0.5", "cauchy", ("2",), "0.25", "constant", ("-3",)),
    ("0.999", "uniform", ("2",), "0.001", "lognormal", ("-0.5", "1")),
    ("0.5", "constant", ("1",), "0.25", "constant", ("-2",), "0.25", "constant", ("0",)),
]


def spell(law, args):
    return "%s(%s)" % (law, args[1] if law == "normal" and args[0] == "0" else ",".join(args))


for flat in MIXTURES:
    parts = [(mp.mpf(float(flat[i])), flat[i + 1], tuple(mp.mpf(float(a)) for a in flat[i + 2])) for i in range(0, len(flat), 3)]
    text = "mixture(%s)" % ",".join("%s,%s" % (flat[i], spell(flat[i + 1], flat[i + 2])) for i in range(0, len(flat), 3))
    dead = any(law == "constant" and p[0] == 0 for _, law, p in parts)

    def mean_of(g):  # over w != 0
        point = lambda p: g(mp.log(abs(p[0]))) if p[0] else mp.mpf(0)
        return mp.fsum(w * (point(p) if law == "constant" else expect(law, p, g)) for w, law, p in parts)

    if not dead:
        mean = mean_of(lambda y: y)
        emit(text, "log_mean", [], mean)
        emit(text, "log_variance", [], mean_of(lambda y: (y - mean) ** 2))
    for o in ["0.5"] if "cauchy" in text else ["1e-9", "0.5", "2"] + ([] if dead else ["-0.75"]):
        q = mp.mpf(float(o))
        tilt = mean_of(lambda y: mp.exp(q * y))
        # log1p of E(e^(qy) - 1) keeps the digits at order 1e-9.
        emit(text, "log_abs_moment", [float(o)], mp.log(tilt) if dead else mp.log1p(mean_of(lambda y: mp.expm1(q * y))))
        slope = mean_of(lambda y: y * mp.exp(q * y)) / tilt
        emit(text, "slope", [float(o)], slope)
        emit(text, "curvature", [float(o)], mean_of(lambda y: (y - slope) ** 2 * mp.exp(q * y)) / tilt)
    for theta, t in ((("0.25", "1e-6"), ("0.75", "3")) if dead else (("-0.5", "0.25"), ("0", "1e-6"), ("0", "3"), ("0.75", "8"))):
        q, u = mp.mpf(float(theta)), mp.mpf(float(t))
        base = mean_of(lambda y: mp.exp(q * y))
        ratio = mean_of(lambda y: mp.exp(q * y) * mp.expm1(1j * u * y)) / base
        emit(text, "characteristic", [float(theta), float(t)], 1 + ratio if u > 1e-3 else mp.log(1 + ratio))
    for x in ("1e-3", "0.4", "1.5", "2.1", "40"):
        v = mp.mpf(float(x))
        low = high = mp.mpf(0)
        for w, law, p in parts:
            if law == "constant":
                low, high = low + w * (abs(p[0]) <= v), high + w * (abs(p[0]) > v)
                continue
            f, around, end = density(law, *p)
            below = [a for a in around if a < v]
            above = [a for a in around if a > v]
            low += w * mp.quad(f, [0] + below + [min(v, end)])
            far = [10 * max(v, 1), 1000 * v + 100] if end == mp.inf else []
            high += w * mp.quad(f, sorted({v, *above, *far}) + [end]) if v < end else 0
        emit(text, "abs_cdf", [float(x)], low)
        if high > 1e-300:
            emit(text, "abs_survival", [float(x)], high)
