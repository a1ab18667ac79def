#!/usr/bin/env python3
"""Reference values for package chain, mpmath 1.3 at 30 digits: python3 reference.py > reference.jsonl

Gaussian expectations are tanh-sinh quadratures between the kinks and zeros of φ′. Laws are
P(log|P_L| > x) = (1/2πi) ∫ E|X|^(Ls) e^(−sx)/s ds on the line Re s = c, Gauss-Legendre on
panels, at depth 1 also E P(|w| ≤ e^x/|φ′(z)|), and closed forms where there are any.
"""
import json
import sys

import mpmath as mp

mp.mp.dps = 30
sqrt, exp, log, pi = mp.sqrt, mp.exp, mp.log, mp.pi


def emit(quantity, value, tol=None, **params):
    row = {"quantity": "chain." + quantity, "params": params, "value": mp.nstr(value, 22)}
    if quantity == "log_variance" and params["q"] == 1e-12:
        row["rel_tol"] = 1e-10  # the spread of log|φ′| is 1e-6: rounding of φ′ is 1e-10 of it
    if tol is not None:
        row["abs_tol"] = tol
    print(json.dumps(row))
    sys.stdout.flush()


def error(quantity, **params):
    print(json.dumps({"quantity": "chain." + quantity, "params": params, "error": True}))


# --- derivatives -------------------------------------------------------------------------

def sig(z):
    return 1 / (1 + exp(-z))


def sech2(z):
    return 1 / mp.cosh(z) ** 2


def d_gelu(z):
    return mp.ncdf(z) + z * mp.npdf(z)


def d_gelu_tanh(z):
    k, c = sqrt(2 / pi), mp.mpf("0.044715")
    u = k * (z + c * z**3)
    # (1 + tanh u)/2 without cancellation
    return sig(2 * u) + z / 2 * sech2(u) * k * (1 + 3 * c * z * z)


def d_mish(z):
    e = exp(z)
    return e * (e**3 + 4 * e**2 + 6 * e + 4 + 4 * z * (1 + e)) / (e * e + 2 * e + 2) ** 2


alpha, lam = None, None


def selu():
    """E φ = 0 and E φ² = 1 for z ~ N(0,1), Klambauer et al. 2017."""
    global alpha, lam
    a = -sqrt(2 / pi) / (mp.erfc(1 / sqrt(mp.mpf(2))) * exp(mp.mpf(1) / 2) - 1)
    e1 = mp.quad(lambda z: (exp(z) - 1) ** 2 * mp.npdf(z), [-25, -5, 0])
    alpha, lam = a, 1 / sqrt(mp.mpf(1) / 2 + a * a * e1)


selu()
root = lambda f, x: mp.findroot(f, x)
DERIVATIVES = {
    "linear": (lambda z: mp.mpf(1), []),
    "sigmoid": (lambda z: sig(z) * sig(-z), []),
    "tanh": (sech2, []),
    "erf": (lambda z: 2 / sqrt(pi) * exp(-z * z), []),
    "arctan": (lambda z: 1 / (1 + z * z), []),
    "sin": (mp.cos, None),
    "softsign": (lambda z: 1 / (1 + abs(z)) ** 2, [0]),
    "relu": (lambda z: mp.mpf(1 if z > 0 else 0), [0]),
    "relu6": (lambda z: mp.mpf(1 if 0 < z < 6 else 0), [0, 6]),
    "hard_tanh": (lambda z: mp.mpf(1 if -1 < z < 1 else 0), [-1, 1]),
    "softplus": (sig, []),
    "log_sigmoid": (lambda z: sig(-z), []),
    "lecun_tanh": (lambda z: mp.mpf("1.7159") * 2 / 3 * sech2(2 * z / 3), []),
    "leaky_relu(0.01)": (lambda z: mp.mpf(1) if z > 0 else mp.mpf("0.01"), [0]),
    "elu(1)": (lambda z: mp.mpf(1) if z > 0 else exp(z), [0]),
    "celu(2)": (lambda z: mp.mpf(1) if z > 0 else exp(z / 2), [0]),
    "selu": (lambda z: lam if z > 0 else lam * alpha * exp(z), [0]),
    "gelu": (d_gelu, [root(d_gelu, -0.75)]),
    "gelu_tanh": (d_gelu_tanh, [root(d_gelu_tanh, -0.75)]),
    "silu": (lambda z: sig(z) * (1 + z * sig(-z)), [root(lambda z: 1 + z * sig(-z), -1.28)]),
    "mish": (d_mish, [root(d_mish, -1.19)]),
    "hard_swish": (lambda z: mp.mpf(0) if z < -3 else (2 * z + 3) / 6 if z < 3 else mp.mpf(1), [-3, mp.mpf(-3) / 2, 3]),
    "hard_sigmoid_torch": (lambda z: mp.mpf(1) / 6 if -3 < z < 3 else mp.mpf(0), [-3, 3]),
    "hard_sigmoid_keras": (lambda z: mp.mpf(1) / 5 if -2.5 < z < 2.5 else mp.mpf(0), [-2.5, 2.5]),
}
DEAD = {"relu", "relu6", "hard_tanh", "hard_swish", "hard_sigmoid_torch", "hard_sigmoid_keras"}


def points(name, q):
    """Break points of an integral against N(0,q), 18 standard deviations to either side."""
    sd = sqrt(q)
    special = DERIVATIVES[name][1]
    if special is None:
        special = [(n + mp.mpf(1) / 2) * pi for n in range(-40, 40)]
    marks = [mp.mpf(0)] + [s * sd * k for k in (1, 3, 7) for s in (-1, 1)]
    marks += [s * mp.mpf(2) ** k for k in range(-1, 8) for s in (-1, 1)] + list(special)
    marks = sorted(set(m for m in marks if abs(m) < 18 * sd))
    return [-18 * sd] + marks + [18 * sd]


def gauss(f, name, q):
    sd = sqrt(q)
    return mp.quad(lambda z: f(z) * mp.npdf(z / sd) / sd, points(name, q))


def log_d(name):
    d = DERIVATIVES[name][0]

    def f(z):
        y = abs(d(z))
        return log(y) if y > 0 else mp.mpf(-1000)

    return f


# --- factors -----------------------------------------------------------------------------

def factor_rows():
    weight = "rademacher(1)"
    for name in DERIVATIVES:
        d = DERIVATIVES[name][0]
        for q in ("1e-12", "0.01", "1", "30", "1e6"):
            p = dict(weight=weight, activation=name, q=float(q))
            mp.mp.dps = 60 if q in ("1e-12", "0.01") else 30
            q = mp.mpf(q)
            if name == "sin" and q > 100:  # uniform modulo π
                emit("lyapunov", -log(2), **p)
                emit("log_variance", pi**2 / 12, **p)
                for k in (0.5, 1, 2):
                    m = mp.gamma((k + mp.mpf(1)) / 2) / (sqrt(pi) * mp.gamma(mp.mpf(k) / 2 + 1))
                    emit("log_abs_moment", log(m), order=k, **p)
                continue
            if name in DEAD:
                ends = {"relu": (0, 99), "relu6": (0, 6), "hard_tanh": (-1, 1), "hard_swish": (-3, 99),
                        "hard_sigmoid_torch": (-3, 3), "hard_sigmoid_keras": (-2.5, 2.5)}[name]
                sd = sqrt(q)
                hi = mp.mpf(1) if ends[1] == 99 else mp.ncdf(ends[1] / sd)
                emit("alive_probability", hi - mp.ncdf(ends[0] / sd), **p)
                error("lyapunov", **p) if q >= 0.1 else None
            elif name != "linear":
                g = log_d(name)
                mean = gauss(g, name, q)
                emit("lyapunov", mean, **p)
                emit("log_variance", gauss(lambda z: (g(z) - mean) ** 2, name, q), **p)
            else:
                emit("lyapunov", mp.mpf(0), **p)
            for k in (mp.mpf(1) / 2, mp.mpf(1), mp.mpf(2)):
                m = gauss(lambda z: abs(d(z)) ** k, name, q) if name != "linear" else mp.mpf(1)
                emit("log_abs_moment", log(m), order=float(k), **p)
    mp.mp.dps = 30


LAWS = {
    "normal(1.5)": lambda k: mp.mpf("1.5") ** k * 2 ** (k / 2) * mp.gamma((k + 1) / 2) / sqrt(pi),
    "normal(mu=1,sigma=0.5)": lambda k: 2 ** (-k / 2) * mp.gamma((1 + k) / 2) / sqrt(pi) * mp.hyp1f1(-k / 2, mp.mpf(1) / 2, -2),
    "uniform(2)": lambda k: mp.mpf(2) ** k / (1 + k),
    "laplace(0.5)": lambda k: mp.mpf("0.5") ** k * mp.gamma(1 + k),
    "rademacher(3)": lambda k: mp.mpf(3) ** k,
    "lognormal(-0.5,1)": lambda k: exp(-k / 2 + k * k / 2),
    "student_t(3)": lambda k: mp.mpf(3) ** (k / 2) * mp.gamma((1 + k) / 2) * mp.gamma((3 - k) / 2) / (sqrt(pi) * mp.gamma(1.5)),
    "cauchy(2)": lambda k: mp.mpf(2) ** k / mp.cos(pi * k / 2),
    "truncated_normal(1,2)": lambda k: 2 ** (k / 2) * mp.gammainc((1 + k) / 2, 0, 2) / mp.gammainc(mp.mpf(1) / 2, 0, 2),
    "constant(-0.9)": lambda k: mp.mpf("0.9") ** k,
}


def weight_rows():
    """Every law with tanh, sigmoid and leaky_relu."""
    for weight, m in LAWS.items():
        if weight == "cauchy(2)":
            error("critical_scale.abs_mean", weight=weight, activation="tanh", q=1.0)
        mean = mp.diff(lambda k: log(m(k)), 0)
        var = mp.diff(lambda k: log(m(k)), 0, 2)
        for name in ("tanh", "sigmoid", "leaky_relu(0.01)"):
            p = dict(weight=weight, activation=name, q=1.0)
            g = log_d(name)
            dmean = gauss(g, name, mp.mpf(1))
            dvar = gauss(lambda z: (g(z) - dmean) ** 2, name, mp.mpf(1))
            emit("critical_scale.lyapunov", exp(-mean - dmean), **p)
            emit("log_variance", var + dvar, **p)
            for depth in (1, 1000000):
                emit("log_product.typical", depth * (mean + dmean), depth=depth, **p)
            if weight != "cauchy(2)":
                d = DERIVATIVES[name][0]
                first = gauss(lambda z: abs(d(z)), name, mp.mpf(1)) * m(mp.mpf(1))
                second = gauss(lambda z: d(z) ** 2, name, mp.mpf(1)) * m(mp.mpf(2))
                emit("critical_scale.abs_mean", 1 / first, **p)
                emit("critical_scale.mean_square", 1 / sqrt(second), **p)
                for depth in (1, 1000000):
                    emit("log_product.mean", depth * log(first), depth=depth, **p)
                    emit("log_product.rms", depth * log(second) / 2, depth=depth, **p)


def dependent_rows():
    for name in DERIVATIVES:
        d = DERIVATIVES[name][0]
        for sigma, x in (("1", "1"), ("2", "-0.5"), ("1.5", "20"), ("1", "1e-6"), ("1", "1000")):
            s, xx = mp.mpf(sigma), mp.mpf(x)
            q = (s * xx) ** 2
            if name == "sin":
                top = s * s / 2 * (1 + (1 - 4 * q) * exp(-2 * q))
                bottom = s * s / 2 * (1 + exp(-2 * q))
            else:
                top = gauss(lambda z: (z / xx * d(z)) ** 2, name, q)
                bottom = s * s * gauss(lambda z: d(z) ** 2, name, q)
            p = dict(activation=name, weight="normal(%s)" % sigma, x=float(x))
            emit("dependent_mean_square", top, **p)
            emit("dependence_ratio", top / bottom, **p)


def shifted_rows():
    """λ(mu, σ) by its hypergeometric series; the minimum where its slope is 0."""
    lam1 = lambda s: log(s) - (mp.euler + log(2)) / 2 + 1 / (2 * s * s) * mp.hyp2f2(1, 1, 1.5, 2, -1 / (2 * s * s))
    argmin = mp.findroot(lambda s: mp.diff(lam1, s), 0.765)
    low = lam1(argmin)
    for mu in ("1e-6", "0.01", "0.5", "1", "1.2", "1.278"):
        m = mp.mpf(mu)
        emit("shifted_normal.argmin_sigma", m * argmin, mu=float(mu))
        emit("shifted_normal.min_lyapunov", log(m) + low, mu=float(mu))
        start = 1.887 / m if m < 0.3 else argmin + sqrt(2 * max(-low - log(m), 0))
        emit("shifted_normal.zero_sigma", m * mp.findroot(lambda s: lam1(s) + log(m), start), mu=float(mu))
    for mu in (0.0, -1.0, 1.2781):
        error("shifted_normal.zero_sigma", mu=mu)
    error("shifted_normal.min_lyapunov", mu=-2.0)


# --- laws --------------------------------------------------------------------------------

def panels(f, ends):
    """Gauss-Legendre with 40 points a panel."""
    nodes = panels.nodes
    total = mp.mpf(0)
    for a, b in zip(ends, ends[1:]):
        h = (b - a) / 2
        total += h * sum(w * f(a + h + h * x) for x, w in nodes)
    return total


def legendre(n):
    """Nodes and weights, by Newton's method on the three-term recurrence."""
    out = []
    for i in range(n):
        x = mp.cos(pi * (i + mp.mpf(3) / 4) / (n + mp.mpf(1) / 2))
        for _ in range(12):
            p0, p1 = mp.mpf(1), x
            for k in range(2, n + 1):
                p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
            dp = n * (x * p1 - p0) / (x * x - 1)
            x -= p1 / dp
        out.append((x, 2 / ((1 - x * x) * dp * dp)))
    return out


panels.nodes = legendre(40)


def derivative_nodes(name, depth):
    """(log|φ′|, mass) on the trapezoidal rule, for z ~ N(0,1) and analytic φ′ without real
    zeros. Its error is about e^(−(2π/h − 2t)·distance of the pole), t as far as needed."""
    if name == "linear":
        return [(mp.mpf(0), mp.mpf(1))]
    if name.startswith("leaky"):
        return [(mp.mpf(0), mp.mpf(1) / 2), (log(mp.mpf(name[11:-1])), mp.mpf(1) / 2)]
    if name == "relu":
        return [(mp.mpf(0), mp.mpf(1) / 2)]
    g, h = log_d(name), mp.mpf(1) / (32 if depth < 3 else 12)
    last = int(10.5 / h)
    if name in ("tanh", "sigmoid", "arctan"):  # even
        return [(g(k * h), (2 if k else 1) * h * mp.npdf(k * h)) for k in range(last + 1)]
    return [(g(k * h), h * mp.npdf(k * h)) for k in range(-last, last + 1)]


def tail(weight, name, depth, x, top):
    """P(log|P_L| > x), by the integral over Re s = c, −1 < c < top, near a saddle point; the
    pole at 0 contributes P(P_L ≠ 0) for c < 0."""
    m, nodes = LAWS[weight], derivative_nodes(name, depth)
    moment = lambda s: (m(s) * sum(w * exp(s * l) for l, w in nodes)) ** depth
    orders = [top * mp.mpf(k) / 24 for k in range(1, 23)] + [-mp.mpf(k) / 24 for k in range(1, 23)]
    c = min(orders, key=lambda c: log(moment(c)) - c * x - log(abs(c)))
    scale = moment(c)
    f = lambda t: (moment(mp.mpc(c, t)) * exp(-mp.mpc(c, t) * x) / mp.mpc(c, t)).real
    total = moment(mp.mpf(0)) if c < 0 else mp.mpf(0)
    step, t = min(mp.mpf(1), 8 / (1 + abs(mp.mpf(x)))), mp.mpf(0)
    while True:
        total += panels(f, [t, t + step / 2, t + step]) / pi
        t += step
        if abs(moment(mp.mpc(c, t))) < scale * mp.mpf(10) ** -20:
            return total


def contour_rows():
    mp.mp.dps = 24
    for weight, name, depth, xs, c in (
        ("normal(1.5)", "linear", 1, ("-3", "0", "1"), 6),
        ("normal(1.5)", "linear", 2, ("-3", "0", "1"), 6),
        ("normal(1.5)", "linear", 3, ("0", "2.5"), 6),
        ("normal(1.5)", "linear", 50, ("-11", "0", "20", "60"), 6),
        ("normal(1.5)", "relu", 7, ("-2", "4"), 6),
        ("normal(1.5)", "leaky_relu(0.01)", 5, ("-20", "-5", "3"), 6),
        ("normal(1.5)", "tanh", 1, ("-8", "-1", "0.5"), 6),
        ("normal(1.5)", "tanh", 20, ("-40", "-19", "0"), 6),
        ("normal(1.5)", "softplus", 4, ("-4", "2"), 6),
        ("normal(mu=1,sigma=0.5)", "linear", 10, ("-6", "-1", "3"), 6),
        ("laplace(0.5)", "sigmoid", 3, ("-8", "-2"), 6),
        ("laplace(0.5)", "linear", 200, ("-300", "-250", "-100"), 6),
        ("lognormal(-0.5,1)", "tanh", 10, ("-12", "2"), 6),
        ("student_t(3)", "linear", 5, ("-4", "0", "8"), 2.7),
        ("student_t(3)", "sigmoid", 10, ("-20", "-5"), 2.7),
        ("cauchy(2)", "linear", 4, ("0", "3", "12"), 0.9),
        ("cauchy(2)", "arctan", 6, ("-2", "9"), 0.9),
        ("uniform(2)", "tanh", 12, ("-12", "-1"), 6),
        ("truncated_normal(1,2)", "linear", 12, ("-9", "0"), 6),
        ("uniform(2)", "leaky_relu(0.01)", 11, ("-30", "-3"), 6),
    ):
        for x in xs:
            p = dict(weight=weight, activation=name, q=1.0, depth=depth, x=float(x))
            emit("exceedance", tail(weight, name, depth, mp.mpf(x), c), **p)


def gamma_cdf(a, y):
    """P(G <= y) for a gamma variable of shape a, by its series."""
    term = total = exp(a * log(y) - y - mp.loggamma(a + 1))
    k = 0
    while term > total * mp.mpf(10) ** -30:
        k += 1
        term *= y / (a + k)
        total += term
    return total


def exact_rows():
    # depth 10⁶, by gamma functions and the normal law
    mp.mp.dps = 40
    for z in (-4, 0, 3, 8):
        L = mp.mpf(10) ** 6
        x = mp.nint(L * (log(2) - 1) + z * 1000)
        p = dict(depth=1000000, x=float(x))
        emit("exceedance", gamma_cdf(L, L * log(2) - x), weight="uniform(2)", **p)
        x = mp.nint(-L / 2 + z * 1000)
        emit("exceedance", mp.ncdf(-(x + L / 2) / 1000), weight="lognormal(-0.5,1)", depth=1000000, x=float(x))
    for depth in (1, 2, 3, 4, 100):
        for x in ("-5", "0.1"):
            value = mp.gammainc(depth, 0, depth * log(2) - mp.mpf(x), regularized=True)
            emit("exceedance", value, 1e-9 if depth == 4 else None, weight="uniform(2)", depth=depth, x=float(x))
    # φ′ of tanh is sech²: its level sets, and one convolution of them
    mp.mp.dps = 30
    one = lambda x: mp.erfc(mp.acosh(exp(-x / 2)) / sqrt(2)) if x < 0 else mp.mpf(1)
    for x in ("-30", "-3", "-0.5", "-0.001", "-1e-9"):
        emit("cdf", one(mp.mpf(x)), 2e-8, weight="rademacher(1)", activation="tanh", q=1.0, depth=1, x=float(x))
    for x in ("-8", "-2", "-0.1"):
        y = mp.mpf(x)
        edge = mp.acosh(exp(-y / 2))  # beyond it the first factor alone is small enough
        value = 2 * mp.quad(lambda z: mp.npdf(z) * one(y - log(sech2(z))), [0, edge / 2, edge]) + mp.erfc(edge / sqrt(2))
        emit("cdf", value, 5e-8, weight="rademacher(1)", activation="tanh", q=1.0, depth=2, x=float(x))
    # depth 1: E P(|w| ≤ e^x/|φ′(z)|)
    cdfs = {"uniform(2)": lambda y: min(y / 2, mp.mpf(1)),
            "truncated_normal(1,2)": lambda y: mp.erf(min(y, mp.mpf(2)) / sqrt(2)) / mp.erf(sqrt(2)),
            "normal(1.5)": lambda y: mp.erf(y / mp.mpf("1.5") / sqrt(2)),
            "cauchy(2)": lambda y: 2 / pi * mp.atan(y / 2)}
    for weight, cdf in cdfs.items():
        for name in ("tanh", "gelu", "sin", "elu(1)", "hard_swish"):
            for x in ("-6", "-1", "0.3"):
                y = mp.mpf(x)
                d = DERIVATIVES[name][0]
                f = lambda z: cdf(exp(y) / abs(d(z))) if d(z) != 0 else mp.mpf(1)
                ends = points(name, mp.mpf(1))
                if weight in ("uniform(2)", "truncated_normal(1,2)"):  # the kink where |φ′| = e^x/2
                    ends = sorted(set(ends + crossings(lambda z: abs(d(z)) - exp(y) / 2, ends)))
                value = mp.quad(lambda z: f(z) * mp.npdf(z), ends)
                tol = 1e-12 if weight in ("normal(1.5)", "cauchy(2)") else 2e-8
                emit("cdf", value, tol, weight=weight, activation=name, q=1.0, depth=1, x=float(x))


def crossings(f, ends):
    out = []
    for a, b in zip(ends, ends[1:]):
        near = [mp.mpf(2) ** -k for k in range(3, 40)]
        grid = [a + (b - a) * u for u in sorted([mp.mpf(k) / 60 for k in range(1, 60)] + near + [1 - u for u in near])]
        for u, v in zip(grid, grid[1:]):
            if f(u) * f(v) < 0:
                out.append(mp.findroot(f, (u, v), solver="anderson"))
    return out


if __name__ == "__main__":
    only = sys.argv[1:] or ["contour_rows", "exact_rows", "shifted_rows", "weight_rows", "dependent_rows", "factor_rows"]
    for name in only:
        globals()[name]()
