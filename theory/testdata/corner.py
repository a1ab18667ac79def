#!/usr/bin/env python3
"""Reference values at the corners of the domains, mpmath 1.3 at 60 digits: python3 corner.py > corner.jsonl

Numbers are decimal texts. Moments are closed forms with Γ functions, their derivatives with polygamma
functions; Gaussian expectations are 40-point Gauss–Legendre rules on panels from 0 to 16 standard
deviations that follow the scales 1 and √q; fixed and critical points come from the secant method in
log q, and c* next to 1 from the chord of the Hermite–Mehler expansion. Takes half a minute.
"""
import json

import mpmath as mp

mp.mp.dps = 60
n, log, exp, sqrt = mp.mpf, mp.log, mp.exp, mp.sqrt


def row(quantity, value, rel_tol=None, **params):
    r = {"quantity": quantity, "params": {k: num(v) for k, v in params.items()}, "value": mp.nstr(n(value), 25)}
    if rel_tol:
        r["rel_tol"] = rel_tol
    print(json.dumps(r), flush=True)


def error(quantity, **params):
    print(json.dumps({"quantity": quantity, "params": {k: num(v) for k, v in params.items()}, "error": True}))


def num(text):
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


# orders next to an end, where the float64 of the order is off by much of the distance
half = n(1) / 2
laws = {
    "normal": (lambda a, q: q * log(a) + q / 2 * log(2) + mp.loggamma((q + 1) / 2) - log(mp.pi) / 2, lambda a, q: log(a) + log(2) / 2 + mp.psi(0, (q + 1) / 2) / 2,
               lambda a, q: mp.psi(1, (q + 1) / 2) / 4),
    "uniform": (lambda a, q: q * log(a) - log(1 + q), lambda a, q: log(a) - 1 / (1 + q), lambda a, q: 1 / (1 + q) ** 2),
    "laplace": (lambda a, q: q * log(a) + mp.loggamma(1 + q), lambda a, q: log(a) + mp.psi(0, 1 + q), lambda a, q: mp.psi(1, 1 + q)),
    "student_t": (lambda v, q: q / 2 * log(v) + mp.loggamma((q + 1) / 2) + mp.loggamma((v - q) / 2) - log(mp.pi) / 2 - mp.loggamma(v / 2),
                  lambda v, q: log(v) / 2 + mp.psi(0, (q + 1) / 2) / 2 - mp.psi(0, (v - q) / 2) / 2, lambda v, q: (mp.psi(1, (q + 1) / 2) + mp.psi(1, (v - q) / 2)) / 4),
    "cauchy": (lambda a, q: q * log(a) - log(mp.cos(mp.pi * q / 2)), lambda a, q: log(a) + mp.pi / 2 * mp.tan(mp.pi * q / 2), lambda a, q: (mp.pi / 2 / mp.cos(mp.pi * q / 2)) ** 2),
}
for name, arg, orders in (("normal", "1.5", ()), ("uniform", "2", ()), ("laplace", "0.3", ()), ("cauchy", "2", ("0.9999999999", "0.999999999999")),
                          ("student_t", "2.7", ("2.6999999", "2.69999999999999")), ("student_t", "1.0000001", ("1",)), ("student_t", "2.0000000001", ("2",))):
    cumulant, slope, curvature = (lambda q, f=f: f(n(arg), q) for f in laws[name])
    weight = "%s(%s)" % (name, arg)
    for order in ("-0.99999", "-0.9999999999", "-0.99999999999999") + orders:
        q = n(order)
        row("chain.abs_moment", exp(cumulant(q)), weight=weight, order=order)
        row("deviation.moment_exponent", cumulant(q), weight=weight, order=order)
        row("deviation.moment_exponent.slope", slope(q), weight=weight, order=order)
        row("deviation.moment_exponent.curvature", curvature(q), weight=weight, order=order)
        row("deviation.critical_log_samples", q * slope(q) - cumulant(q), weight=weight, order=order)
row("chain.critical_scale.abs_mean", exp(-laws["student_t"][0](n("1.0000001"), n(1))), weight="student_t(1.0000001)")
row("chain.critical_scale.mean_square", exp(-laws["student_t"][0](n("2.0000000001"), n(2)) / 2), weight="student_t(2.0000000001)")
for mu, sigma in (("0.7", "0.3"), ("-2", "0.05")):  # a pole that carries next to nothing
    p, s, m = n("-0.9999999999"), n(sigma), n(mu)
    row("chain.abs_moment", s**p * 2 ** (p / 2) * mp.gamma((p + 1) / 2) / sqrt(mp.pi) * mp.hyp1f1(-p / 2, half, -m * m / (2 * s * s)),
        weight="normal(mu=%s,sigma=%s)" % (mu, sigma), order="-0.9999999999")

# a dead zone of a probability that underflows is one
for quantity in ("chain.lyapunov", "chain.log_variance", "chain.critical_scale.lyapunov"):
    error(quantity, weight="normal(1)", activation="hard_tanh", q="1e-12")

# variances and correlations that vanish
row("meanfield.variance_at_depth", 0, activation="tanh", weight_var="0.99", q="0.5", depth="100000")
row("meanfield.variance_at_depth", 0, activation="selu", weight_var="0.4", q="0.5", depth="1000000")
row("meanfield.correlation_at_depth", 0, activation="tanh", weight_var="2", c="-0.3", depth="100000")

Phi = lambda z: mp.erfc(-z / sqrt(2)) / 2
sigma = lambda z: 1 / (1 + exp(-z))
functions = {
    "tanh": (mp.tanh, lambda z: mp.sech(z) ** 2),
    "erf": (mp.erf, lambda z: 2 / sqrt(mp.pi) * exp(-z * z)),
    "sin": (mp.sin, mp.cos),
    "gelu": (lambda z: z * Phi(z), lambda z: Phi(z) + z * mp.npdf(z)),
    "silu": (lambda z: z * sigma(z), lambda z: sigma(z) * (1 + z * sigma(-z))),
}


def legendre(count):
    nodes = []
    for i in range(count):
        x = mp.cos(mp.pi * (i + n(3) / 4) / (count + half))
        for _ in range(8):
            before, p = n(1), x
            for k in range(2, count + 1):
                before, p = p, ((2 * k - 1) * x * p - (k - 1) * before) / k
            slope = count * (x * p - before) / (x * x - 1)
            x -= p / slope
        nodes.append((x, 2 / ((1 - x * x) * slope**2)))
    return nodes


nodes = legendre(40)


def rule(q):
    """Points and weights of z ~ N(0, q)."""
    sd = sqrt(q)
    ends = {s * sd * k for s in (-1, 1) for k in (0, 1, 2, 3, 5, 7, 9, 12, 16)}
    u = half
    while u < 16 * sd:
        ends |= {u, -u}
        u *= 2
    ends = sorted(ends)
    return [(c + h * x, h * w * mp.npdf(c + h * x, 0, sd)) for a, b in zip(ends, ends[1:]) for c, h in [((a + b) / 2, (b - a) / 2)] for x, w in nodes]


def expect(g, q):
    return mp.fsum(w * g(z) for z, w in rule(q))


def moments(name, q):
    f, d = functions[name]
    return expect(lambda z: f(z) ** 2, q), expect(lambda z: d(z) ** 2, q), expect(lambda z: z * f(z) * d(z), q) / q


# the critical line at its end q → 0
for name in functions:
    for q in ("1e-6", "0.001", "0.09"):
        square, slope, _ = moments(name, n(q))
        row("meanfield.critical_at_variance.bias_var", n(q) - square / slope, rel_tol=1e-8 if q == "1e-6" else None, activation=name, q=q)
for name, bias, start in (("tanh", "1e-10", "4.22e-4"), ("tanh", "1e-16", "4.21e-6"), ("sin", "1e-16", "6.69e-6"), ("gelu", "1e-10", "1.25e-5"), ("silu", "1e-16", "2e-8")):
    gap = lambda u: (exp(u) - moments(name, exp(u))[0] / moments(name, exp(u))[1]) / n(bias) - 1
    q = exp(mp.findroot(gap, (log(n(start)), log(n(start)) + n("0.01")), solver="secant", tol=1e-40))
    _, slope, growth = moments(name, q)
    row("meanfield.critical.variance", q, activation=name, bias_var=bias)
    row("meanfield.critical.weight_std", 1 / sqrt(slope), activation=name, bias_var=bias)
    row("meanfield.critical.chi_q", growth / slope, activation=name, bias_var=bias)

# the chaotic side of the critical line
for name, weight, bias, start, terms in (("tanh", "1.76097", "0.05", "0.57", 90), ("tanh", "1.000001", "0", "5e-7", 12), ("tanh", "1.01", "0", "0.005", 30), ("erf", "1.33", "0.04", "0.466", 90)):
    W, B = n(weight), n(bias)
    q = mp.findroot(lambda q: W * moments(name, q)[0] + B - q, (n(start), n(start) * n("1.001")), solver="secant", tol=1e-80)
    points, f = rule(q), functions[name][0]
    h, before, squares = [z / sqrt(q) for z, _ in points], [n(1)] * len(points), []
    squares = [mp.fsum(w * f(z) for z, w in points) ** 2, mp.fsum(w * f(z) * y for (z, w), y in zip(points, h)) ** 2]
    for k in range(1, terms):
        h, before = [(z / sqrt(q) * y - sqrt(k) * x) / sqrt(k + 1) for (z, _), y, x in zip(points, h, before)], h
        squares.append(mp.fsum(w * f(z) * y for (z, w), y in zip(points, h)) ** 2)
    slope = lambda c: W / q * mp.fsum(k * a * c ** (k - 1) for k, a in enumerate(squares) if k)
    c = n(0)
    if B:
        t = (slope(n(1)) - 1) * 6
        for _ in range(60):
            chord = W / q * mp.fsum(a * (1 - (1 - t) ** k) / t for k, a in enumerate(squares))
            t += (chord - 1) * t / (chord - slope(1 - t))
        c = 1 - t
    params = {"activation": name, "weight_var": weight, "bias_var": bias}
    row("meanfield.correlation_fixed_point", c, **params)
    row("meanfield.chi_c", slope(c) if c else W / q * squares[1], **params)
    row("meanfield.xi_c", -1 / log(slope(c) if c else W / q * squares[1]), rel_tol=2e-8, **params)
