#!/usr/bin/env python3
"""Reference values for package deviation, mpmath 1.3 at 60 digits: python3 reference.py > reference.jsonl

Numbers are decimal. Λ is log E|w|^q in closed form with polygamma functions for derivatives,
I and the tilt come from bisection on Λ′ = x. Tails are
closed forms (normal, incomplete gamma, and for normal and laplace at depth 1 and 2 erfc,
exp and Bessel functions), else trapezoidal sums of the Mellin transform on a line beside the
saddle at 40 digits, the spacing halved until two of them agree to 21.
"""
import json
import sys

import mpmath as mp

mp.mp.dps = 60
log, exp, sqrt, pi, psi = mp.log, mp.exp, mp.sqrt, mp.pi, mp.psi
HALF = mp.mpf(1) / 2


def emit(quantity, value, tol=None, rel_tol=None, **params):
    row = {"quantity": "deviation." + quantity, "params": {k: num(v) for k, v in params.items()}, "value": mp.nstr(value, 25)}
    if rel_tol is not None:
        row["rel_tol"] = float(rel_tol)
    if tol is not None:
        row["abs_tol"] = tol
    print(json.dumps(row))
    sys.stdout.flush()


def error(quantity, **params):
    print(json.dumps({"quantity": "deviation." + quantity, "params": {k: num(v) for k, v in params.items()}, "error": True}))


def num(v):
    """Numbers are given as decimal texts and written as numbers."""
    try:
        return json.loads(v) if isinstance(v, str) else v
    except json.JSONDecodeError:
        return v


def law(name, *args):
    """Λ, Λ′, Λ″ and the text."""
    a = [mp.mpf(x) for x in args]
    text = "%s(%s)" % (name, ",".join(args))
    if name == "normal":
        base = log(a[0]) + log(2) / 2
        return text, lambda q: q * base + mp.loggamma((1 + q) / 2) - mp.loggamma(HALF), \
            lambda q: base + psi(0, (1 + q) / 2) / 2, lambda q: psi(1, (1 + q) / 2) / 4
    if name == "laplace":
        return text, lambda q: q * log(a[0]) + mp.loggamma(1 + q), lambda q: log(a[0]) + psi(0, 1 + q), lambda q: psi(1, 1 + q)
    if name == "uniform":
        return text, lambda q: q * log(a[0]) - log(1 + q), lambda q: log(a[0]) - 1 / (1 + q), lambda q: 1 / (1 + q) ** 2
    if name == "lognormal":
        mu, tau = a
        return text, lambda q: q * mu + q * q * tau**2 / 2, lambda q: mu + q * tau**2, lambda q: tau**2
    if name == "student_t":
        nu = a[0]
        return text, lambda q: q * log(nu) / 2 + mp.loggamma((1 + q) / 2) - mp.loggamma(HALF) + mp.loggamma((nu - q) / 2) - mp.loggamma(nu / 2), \
            lambda q: (log(nu) + psi(0, (1 + q) / 2) - psi(0, (nu - q) / 2)) / 2, \
            lambda q: (psi(1, (1 + q) / 2) + psi(1, (nu - q) / 2)) / 4
    if name == "cauchy":
        c = lambda q: mp.cos(pi * q / 2)
        return text, lambda q: q * log(a[0]) - log(c(q)), lambda q: log(a[0]) + pi / 2 * mp.tan(pi * q / 2), lambda q: (pi / 2 / c(q)) ** 2
    if name == "rademacher":
        return text, lambda q: q * log(a[0]), lambda q: log(a[0]), lambda q: mp.mpf(0)


def moments(w, order):
    text, cum, slope, curve = w
    q = mp.mpf(order)
    near = 1e-13 if abs(cum(q)) < 1e-3 else None
    emit("moment_exponent", cum(q), near if q else 0, weight=text, order=order)
    emit("moment_exponent.slope", slope(q), 1e-14, weight=text, order=order)
    emit("moment_exponent.curvature", curve(q), weight=text, order=order)
    emit("critical_log_samples", q * slope(q) - cum(q), weight=text, order=order)


def tilt(w, x):
    """The q > −1 with Λ′(q) = x, by bisection of log(1+q)."""
    text, cum, slope, curve = w
    if text.startswith("lognormal"):
        return (x - slope(mp.mpf(0))) / curve(0)
    lo, hi = mp.mpf(-100), mp.mpf(3000)
    if text.startswith(("student_t", "cauchy")):
        hi = mp.log1p(index(text))
    for _ in range(260):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if slope(exp(mid) - 1) < x else (lo, mid)
    return mp.expm1((lo + hi) / 2)


def index(text):
    """The order from which on moments are infinite."""
    return mp.mpf(1) if text.startswith("cauchy") else mp.mpf(text[10:-1])


def growth(w, x):
    text, cum, slope, curve = w
    q = tilt(w, mp.mpf(x))
    # next to the zeros the rounding of x − log scale counts
    rounding = mp.mpf(2) ** -51 * (abs(mp.mpf(x)) + abs(slope(mp.mpf(0))) + 1)
    emit("rate", q * mp.mpf(x) - cum(q), float(rounding * abs(q)) if abs(q) < 0.1 else None, weight=text, x=x)
    emit("tilt", q, float(rounding / curve(q)) if abs(q) < 0.1 else None, weight=text, x=x)


def contour(w, L, x, theta):
    """(1/2πi) ∫ e^(LΛ(z) − zLx)/z dz on Re z = theta: P above if theta > 0, −P below if < 0."""
    text, cum, slope, curve = w
    scale = 1 / sqrt(L * curve(theta))
    f = lambda u: mp.re(exp(L * (cum(mp.mpc(theta, u)) - cum(theta)) - mp.mpc(0, u) * L * x) / mp.mpc(theta, u))
    last, h = None, scale / 4
    while True:
        total, k = f(mp.mpf(0)) / 2, 1
        while True:
            term = f(k * h)
            total += term
            if abs(exp(L * mp.re(cum(mp.mpc(theta, k * h)) - cum(theta)))) < mp.mpf(10) ** -27:
                break
            k += 1
        total *= h
        if last is not None and abs(total - last) < mp.mpf(10) ** -21 * abs(total):
            return exp(L * (cum(theta) - theta * x)) * total / pi
        last, h = total, h / 2


def tails(w, depth, x, closed=None):
    text, cum, slope, curve = w
    L, X = mp.mpf(depth), mp.mpf(x)
    q, name = tilt(w, X), text.split("(")[0]
    below = q < 0
    if closed is not None:
        p = closed
    elif name == "lognormal":
        z = sqrt(L) * (X - slope(mp.mpf(0))) / sqrt(curve(0))
        p = mp.erfc(abs(z) / sqrt(mp.mpf(2))) / 2
    elif name == "uniform":
        y = L * (slope(mp.mpf(0)) + 1 - X)
        p = mp.gammainc(L, y, regularized=True) if below else mp.gammainc(L, 0, y, regularized=True)
    else:
        unit = 1 / sqrt(L * curve(q))
        theta = max(q - unit, (q - 1) / 2) if below else q + mp.mpf("0.8") * unit
        if not below and text.startswith(("student_t", "cauchy")):
            theta = min(theta, q + (index(text) - q) / 3)
        with mp.workdps(40):
            p = abs(contour(w, L, X, theta))
    # the roundings of x − log scale and of two digamma functions change log p by Lq times them
    rounding = mp.mpf(2) ** -51 * L * abs(q) * (abs(X) + abs(slope(mp.mpf(0))) + 1)
    exact, tail = (1 - p, mp.log1p(-p)) if below else (p, log(p))
    rounding *= p / exact
    emit("tail.exact", exact, rel_tol=1e-12 + rounding, weight=text, depth=depth, x=x)
    emit("tail.log_exact", tail, rel_tol=1e-12 + rounding / abs(tail), weight=text, depth=depth, x=x)
    if not below:
        value = exp(-L * (q * X - cum(q))) / (q * sqrt(2 * pi * L * curve(q)))
        if text.startswith(("student_t", "cauchy")):  # 1/q, where x − λ is known to its rounding
            rounding += mp.mpf(2) ** -51 * (abs(X) + abs(slope(mp.mpf(0))) + 1) / abs(q) / curve(q)
        emit("tail.bahadur_rao", value, rel_tol=1e-12 + rounding, weight=text, depth=depth, x=x)
    if name == "lognormal" and not below:
        z = sqrt(L) * (X - slope(mp.mpf(0))) / sqrt(curve(0))
        value = exp(z * z) * mp.erfc(z * sqrt(mp.mpf(2))) / 2 / (mp.erfc(z / sqrt(mp.mpf(2))) / 2) ** 2 - 1
        emit("tilted.relative_variance", value, weight=text, depth=depth, x=x)


def x_text(x):
    """The number that is written for x."""
    return mp.mpf(mp.nstr(x, 8))


def naive(w, depth, order=None):
    text, cum, slope, curve = w
    q = mp.mpf(order or 1)
    value = exp(depth * (q * slope(q) - cum(q)))
    if value > mp.mpf("1.7e308"):
        error("naive.condensation_samples", weight=text, depth=depth, order=str(q))
    else:
        emit("naive.condensation_samples", value, weight=text, depth=depth, **({"order": order} if order else {}))


def variance(w, depth):
    text, cum, slope, curve = w
    value = mp.expm1(depth * (cum(mp.mpf(2)) - 2 * cum(mp.mpf(1))))
    emit("naive.relative_variance", value if abs(value) > 1e-50 else mp.mpf(0), weight=text, depth=depth)


def seen(w, depth, samples):
    text, cum, slope, curve = w
    n = log(mp.mpf(samples)) / depth
    lo, hi = mp.mpf(0), mp.mpf(1)
    for _ in range(200):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if mid * slope(mid) - cum(mid) < n else (lo, mid)
    emit("naive.growth_seen", slope(lo) - n, 1e-15, weight=text, depth=depth, samples=samples)


NORMAL, BIG, SMALL = law("normal", "1"), law("normal", "1e200"), law("normal", "0.37")
LAPLACE, UNIFORM, WIDE = law("laplace", "2.5"), law("uniform", "1"), law("uniform", "3.7")
LOGNORMAL, CALM = law("lognormal", "-0.5", "1"), law("lognormal", "7", "1e-3")
STUDENT, CAUCHY, SIGN = law("student_t", "3.3"), law("cauchy", "0.2"), law("rademacher", "1.7")

for w in (NORMAL, SMALL, LAPLACE, UNIFORM, WIDE, LOGNORMAL, STUDENT):
    for order in ("1e-9", "-0.001", "0.2999", "0.31", "1.7", "3.1"):
        moments(w, order)
for w in (NORMAL, LAPLACE, UNIFORM, STUDENT, CAUCHY):
    for order in ("-0.9", "-0.999999", "-0.999999999", "0.1", "0.97"):
        moments(w, order)
for w in (NORMAL, LAPLACE, UNIFORM, LOGNORMAL):
    for order in ("50", "1e4", "1e8"):
        moments(w, order)
moments(STUDENT, "3.29999999")
moments(CAUCHY, "0.999999999")
moments(LOGNORMAL, "-12.5")

for w, center in ((NORMAL, "-0.635"), (LAPLACE, "0.34"), (WIDE, "0.3")):
    for x in ("-1e6", "-700", "-30", "-3", "-1", center, "0.37", "1", "1.2"):
        growth(w, x)
for x in ("3", "10", "18", "100", "300"):
    growth(NORMAL, x)
    growth(LAPLACE, x)
growth(UNIFORM, "-1e-300")
growth(UNIFORM, "-1e20")
growth(NORMAL, "-1e20")
growth(BIG, "461")
growth(LOGNORMAL, "-0.4999999999")
growth(CALM, "6.5")

t = lambda x: exp(mp.mpf(x))
for x in ("-30", "-2", "-0.7", "-0.6", "0", "1", "3"):
    g = t(x) / sqrt(mp.mpf(2))
    tails(NORMAL, 1, x, mp.erf(g) if tilt(NORMAL, mp.mpf(x)) < 0 else mp.erfc(g))
    g = t(x) / mp.mpf("2.5")
    tails(LAPLACE, 1, x, -mp.expm1(-g) if tilt(LAPLACE, mp.mpf(x)) < 0 else exp(-g))
for x in ("-5", "0", "0.5", "1.5"):  # P(E₁E₂ > s) = 2√s K₁(2√s)
    s = t(2 * mp.mpf(x)) / mp.mpf("2.5") ** 2
    p = 2 * sqrt(s) * mp.besselk(1, 2 * sqrt(s))
    tails(LAPLACE, 2, x, 1 - p if tilt(LAPLACE, mp.mpf(x)) < 0 else p)
for w in (NORMAL, SMALL, LAPLACE):
    center = w[2](mp.mpf(0))
    for depth in (2, 3, 7, 50, 1000, 1000000):
        sd = sqrt(w[3](mp.mpf(0)) / depth)
        for z in ("-9", "-1.5", "-0.1", "0.2", "2.5", "12", "33"):
            if mp.mpf(z) > 12 and depth < 1000:
                continue
            tails(w, depth, mp.nstr(center + mp.mpf(z) * sd, 8))
tails(NORMAL, 1000000, "0.5")
for nu in ("1e-3", "1e-6", "1e-12"):
    for depth, x in ((2, "1.985"), (2, "-3"), (7, "40"), (50, "2")):
        tails(law("student_t", nu), depth, x)
tails(NORMAL, 50, "2")
tails(LAPLACE, 200, "-8")
for w in (UNIFORM, WIDE):
    center = w[2](mp.mpf(0))
    for depth in (1, 2, 13, 14, 100, 2000, 2001, 100000, 1000000):
        for z in ("-15", "-1.5", "-0.1", "0.2", "0.9", "12", "33"):
            x = center + mp.mpf(z) / sqrt(mp.mpf(depth))
            if x < center + 0.999:
                tails(w, depth, mp.nstr(x, 8))
tails(UNIFORM, 20, "-1e-9")
tails(UNIFORM, 5, "-1e-300")
for depth in (1, 9, 1000, 1000000):
    for z in ("-20", "-1", "1e-6", "1", "5", "26", "38", "200"):
        tails(LOGNORMAL, depth, mp.nstr(mp.mpf(z) / sqrt(mp.mpf(depth)) - HALF, 14))
tails(CALM, 30, "7.001")

for w in (NORMAL, SMALL, LAPLACE, WIDE, LOGNORMAL, STUDENT):
    for depth in (1, 50, 1000000):
        naive(w, depth)
    naive(w, 20, "2.2")
naive(CALM, 1000000)
naive(CAUCHY, 10, "0.5")
for w in (NORMAL, BIG, LAPLACE, WIDE, CALM, STUDENT, SIGN):
    for depth in (1, 50):
        variance(w, depth)
variance(LOGNORMAL, 700)
variance(CALM, 1000000)
for mu, sigma in (("1", "1"), ("0.3", "2"), ("-5", "0.01"), ("1e5", "1e-3"), ("1", "40")):
    m, s = abs(mp.mpf(mu)), mp.mpf(sigma)
    mean = s * sqrt(2 / pi) * exp(-m * m / s**2 / 2) + m * mp.erf(m / s / sqrt(mp.mpf(2)))
    for depth in (1, 40):
        emit("naive.relative_variance", mp.expm1(depth * log((m * m + s * s) / mean**2)), weight="normal(%s,%s)" % (mu, sigma), depth=depth)
k = mp.mpf(2)
mass = mp.erf(k / sqrt(mp.mpf(2)))
mean = sqrt(2 / pi) * (1 - exp(-k * k / 2)) / mass
square = 1 - 2 * k * exp(-k * k / 2) / sqrt(2 * pi) / mass
emit("naive.relative_variance", mp.expm1(30 * log(square / mean**2)), weight="truncated_normal(1e-100,2)", depth=30)
for w in (NORMAL, LAPLACE, WIDE, LOGNORMAL, STUDENT):
    for depth, samples in ((100, "1000000"), (1000000, "2"), (1000000, "1e50"), (50, "1.5")):
        seen(w, depth, samples)

for w in ("truncated_normal(1,2)", "normal(1,0.5)"):
    for quantity in ("moment_exponent", "moment_exponent.slope", "moment_exponent.curvature", "critical_log_samples"):
        error(quantity, weight=w, order="1")
    error("rate", weight=w, x="0")
    error("naive.condensation_samples", weight=w, depth=3)
for w in ("truncated_normal(1,2)", "normal(1,1)"):
    error("rate", weight=w, x="1")
    error("tilt", weight=w, x="1")
    error("tail.exact", weight=w, depth=3, x="1")
for order, w in (("-1", "normal(1)"), ("-1.5", "uniform(1)"), ("3", "student_t(3)"), ("1", "cauchy(1)"), ("-1", "cauchy(1)"), ("1e300", "lognormal(0,1)")):
    error("moment_exponent", weight=w, order=order)
    error("critical_log_samples", weight=w, order=order)
error("rate", weight="uniform(1)", x="0")
error("rate", weight="normal(1)", x="800")
error("tilt", weight="normal(1)", x="800")
error("tail.log_exact", weight="normal(1)", depth=3, x="800")
error("tail.exact", weight="normal(1)", depth=0, x="0")
error("tail.exact", weight="uniform(2)", depth=10, x="0.7")
error("tail.bahadur_rao", weight="lognormal(0,1)", depth=10, x="0")
error("tail.bahadur_rao", weight="uniform(1)", depth=10, x="-1")
error("naive.relative_variance", weight="cauchy(1)", depth=1)
error("naive.relative_variance", weight="normal(1)", depth=0)
error("naive.relative_variance", weight="normal(1)", depth=1000000)
error("naive.condensation_samples", weight="cauchy(1)", depth=1)
error("naive.growth_seen", weight="normal(1)", depth=10, samples="1")
error("naive.growth_seen", weight="rademacher(1)", depth=10, samples="2")
error("naive.growth_seen", weight="cauchy(1)", depth=10, samples="2")
error("naive.growth_seen", weight="normal(1)", depth=10, samples="100")
error("tilted.relative_variance", weight="lognormal(0,1)", depth=10, x="0")
error("tilted.relative_variance", weight="normal(1)", depth=10, x="1")

# Laws with a tail of a power, and |w| = c.
THIN, FAT = law("student_t", "30"), law("student_t", "0.5")
for w in (CAUCHY, STUDENT, THIN, FAT):
    center = w[2](mp.mpf(0))
    sd = sqrt(w[3](mp.mpf(0)))
    for z in ("-1000", "-30", "-3", "-0.5", "-1e-6", "1e-6", "0.3", "1", "4", "50", "1000"):
        growth(w, mp.nstr(center + mp.mpf(z) * sd, 12))
    for depth in (1, 2, 3) if w is FAT else (1, 2, 3, 10, 100, 10000, 1000000):
        for z in ("-6", "-1.5", "-0.1", "0.2", "2.5", "12"):
            if mp.mpf(z) > 3 and depth == 2:
                continue
            x = center + mp.mpf(z) * sd / sqrt(mp.mpf(depth))
            closed = None
            if depth == 1 and w is CAUCHY:
                angle = 2 / pi * mp.atan(exp(x_text(x)) / mp.mpf("0.2"))
                closed = angle if z.startswith("-") else 2 / pi * mp.atan(mp.mpf("0.2") / exp(x_text(x)))
            elif depth == 1:
                nu = index(w[0])
                tail = mp.betainc(nu / 2, HALF, 0, nu / (nu + exp(2 * x_text(x))), regularized=True)
                closed = mp.betainc(HALF, nu / 2, 0, exp(2 * x_text(x)) / (nu + exp(2 * x_text(x))), regularized=True) if z.startswith("-") else tail
            tails(w, depth, mp.nstr(x, 8), closed)
for text, c in (("rademacher(1.7)", "1.7"), ("constant(-0.3)", "0.3"), ("constant(2)", "2")):
    emit("rate", mp.mpf(0), weight=text, x=mp.nstr(log(mp.mpf(c)), 17))
    for depth in (1, 1000000):
        emit("tail.exact", mp.mpf(1), weight=text, depth=depth, x=mp.nstr(log(mp.mpf(c)), 17))
        emit("tail.exact", mp.mpf(1), weight=text, depth=depth, x=mp.nstr(log(mp.mpf(c)) - 1, 17))
        emit("tail.exact", mp.mpf(0), weight=text, depth=depth, x=mp.nstr(log(mp.mpf(c)) + mp.mpf("0.001"), 17))
    error("tilt", weight=text, x="1")
    error("tail.bahadur_rao", weight=text, depth=3, x="1")


# Mixtures: log Σ p e^Λ by numbers, its derivatives by mpmath's; tails on a line beside the saddle.
def mixture(*parts):
    """Λ, Λ′, Λ″ given w != 0, the text, and log P(w != 0)."""
    p = [mp.mpf(float(w)) for w, _ in parts]
    alive = mp.fsum(w for w, (_, l) in zip(p, parts) if l)
    base = log(alive) if None in [l for _, l in parts] else mp.mpf(0)  # 0.7 + 0.3 is 1
    live = [(w / alive, l) for w, (_, l) in zip(p, parts) if l]
    total = lambda f: mp.fsum(w * f(l) for w, l in live)
    m = lambda q: total(lambda l: exp(l[1](q)))
    first = lambda q: total(lambda l: exp(l[1](q)) * l[2](q)) / m(q)
    second = lambda q: total(lambda l: exp(l[1](q)) * (l[3](q) + l[2](q) ** 2)) / m(q) - first(q) ** 2
    text = "mixture(%s)" % ",".join("%s,%s" % (w, l[0] if l else "constant(0)") for w, l in parts)
    return (text, lambda q: log(m(q)), first, second), base


def order_of(w, x, hi):
    lo, hi = mp.mpf(-1), hi
    for _ in range(230):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if w[2](mid) < x else (lo, mid)
    return (lo + hi) / 2


def mixed(made, hi, zs, depths):
    w, base = made
    text, dead, zero = w[0], base < 0, mp.mpf(0)
    for order in ("1e-4", "0.3", "0.9"):
        q = mp.mpf(order)
        emit("moment_exponent", base + w[1](q), 1e-14, weight=text, order=order)
        emit("moment_exponent.slope", w[2](q), 1e-14, weight=text, order=order)
        emit("moment_exponent.curvature", w[3](q), rel_tol=1e-11, weight=text, order=order)
        emit("critical_log_samples", q * w[2](q) - w[1](q) - base, rel_tol=1e-10, weight=text, order=order)
    if hi > 2:
        for depth in (1, 30):
            emit("naive.relative_variance", mp.expm1(depth * (w[1](mp.mpf(2)) - 2 * w[1](mp.mpf(1)) - base)), rel_tol=1e-11, weight=text, depth=depth)
    for z in zs:
        x = mp.nstr(w[2](zero) + mp.mpf(z) * sqrt(w[3](zero)), 8)
        X = mp.mpf(x)
        q = order_of(w, X, hi)
        if dead and q < 0:
            emit("rate", -base, rel_tol=1e-12, weight=text, x=x)
            error("tilt", weight=text, x=x)
        else:
            emit("rate", q * X - w[1](q) - base, rel_tol=1e-10, weight=text, x=x)
            emit("tilt", q, rel_tol=1e-11, weight=text, x=x)
        for depth in depths:
            L = mp.mpf(depth)
            at = mp.nstr(w[2](zero) + mp.mpf(z) * sqrt(w[3](zero) / (1 if depth < 5 else L)), 8)
            X = mp.mpf(at)
            q = order_of(w, X, hi)
            with mp.workdps(40):
                unit = 1 / sqrt(L * w[3](q))
                theta = max(q - unit, (q - 1) / 2) if q < 0 else min(q + mp.mpf("0.8") * unit, q + (hi - q) / 3)
                p = abs(contour(w, L, X, theta))
            above, below = (1 - p, p) if q < 0 else (p, 1 - p)
            tail = L * base + (mp.log1p(-p) if q < 0 else log(p))
            emit("tail.exact", exp(tail), rel_tol=1e-10, weight=text, depth=depth, x=at)
            emit("tail.log_exact", tail, rel_tol=1e-10, weight=text, depth=depth, x=at)
            if q > 0:
                value = exp(L * (base - q * X + w[1](q))) / (q * sqrt(2 * pi * L * w[3](q)))
                emit("tail.bahadur_rao", value, rel_tol=1e-10, weight=text, depth=depth, x=at)


FAR = mp.mpf(4000)
mixed(mixture(("0.7", NORMAL), ("0.3", law("laplace", "3"))), FAR, ("-2", "-0.3", "0.4", "1.5"), (1, 2, 7, 40))
mixed(mixture(("0.9", NORMAL), ("0.1", None)), FAR, ("-2", "0.4", "1.5"), (1, 2, 7, 40))
mixed(mixture(("0.6", NORMAL), ("0.4", law("normal", "50"))), FAR, ("-2", "-0.3", "0.4", "1.2"), (1, 2, 7, 40))
mixed(mixture(("0.5", law("cauchy", "1")), ("0.25", law("student_t", "3")), ("0.25", None)), mp.mpf(1), ("-1", "0.4", "1.5"), (1, 2, 7))
mixed(mixture(("0.5", NORMAL), ("0.5", law("lognormal", "-1", "0.5"))), FAR, ("-1", "0.4", "1.5"), (2, 7, 40))
mixed(mixture(("0.7", NORMAL), ("0.2", law("laplace", "3")), ("0.1", None)), FAR, ("-2", "1.5"), (3000,))
