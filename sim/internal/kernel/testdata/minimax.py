#!/usr/bin/env python3
"""Minimax polynomials of package kernel (mpmath 1.3, 60 digits): python3 minimax.py

Remez' exchange (1934) for P of a given degree that minimises max |w(x)(f(x) - P(x))| on
[a, b]. For each polynomial it prints the largest weighted error, which is the relative
error of the function computed, before and after rounding the coefficients to float64,
and the coefficients, lowest first, as hexadecimal floats.
"""
from mpmath import (acot, asin, atan, cos, cosh, coth, erf, erfc, exp, expm1, inf, linspace, log, lu_solve, matrix, mp,
                    mpf, pi, sin, sinh, sqrt, taylor, tan)

mp.dps = 60


def horner(coefficients, x):
    value = mpf(0)
    for c in reversed(coefficients):
        value = value * x + c
    return value


def extremes(g, a, b, n):
    """The n alternating extremes of g on [a, b] with the largest modulus."""
    grid = [(a + b) / 2 - (b - a) / 2 * cos(pi * i / (40 * n)) for i in range(40 * n + 1)]
    values = [g(x) for x in grid]
    found = []
    for i, v in enumerate(values):
        if (i > 0 and abs(values[i - 1]) > abs(v)) or (i < len(grid) - 1 and abs(values[i + 1]) > abs(v)):
            continue
        x = grid[i]
        if 0 < i < len(grid) - 1:  # parabola through three points
            x0, x2, v0, v2 = grid[i - 1], grid[i + 1], values[i - 1], values[i + 1]
            d1, d2 = (v - v0) / (x - x0), (v2 - v) / (x2 - x)
            second = (d2 - d1) / (x2 - x0)
            if second != 0:
                x = (x0 + x) / 2 - d1 / (2 * second)
                x = min(max(x, x0), x2)
        y = g(x)
        if found and found[-1][1] * y > 0:
            if abs(y) > abs(found[-1][1]):
                found[-1] = (x, y)
        else:
            found.append((x, y))
    while len(found) > n:
        found.pop(0 if abs(found[0][1]) < abs(found[-1][1]) else -1)
    return found


def remez(f, w, degree, a, b):
    n = degree + 2
    nodes = [(a + b) / 2 - (b - a) / 2 * cos(pi * (2 * i + mpf("1.01")) / (2 * n)) for i in range(n)]
    for _ in range(40):
        rows = matrix(n, n)
        rhs = matrix(n, 1)
        for i, x in enumerate(nodes):
            for j in range(degree + 1):
                rows[i, j] = w(x) * x**j
            rows[i, degree + 1] = (-1) ** i
            rhs[i] = w(x) * f(x)
        solution = lu_solve(rows, rhs)
        p = [solution[j] for j in range(degree + 1)]
        level = abs(solution[degree + 1])
        found = extremes(lambda x: w(x) * (f(x) - horner(p, x)), a, b, n)
        if len(found) < n:
            raise SystemExit(f"{len(found)} extremes of {n}")
        nodes = [x for x, _ in found]
        worst = max(abs(y) for _, y in found)
        if worst <= level * (1 + mpf(10) ** -4):
            break
    return p, worst


def rounded(x):
    """The float64 nearest to x."""
    with mp.workprec(53):
        return +x


def show(name, f, w, degree, a, b):
    p, worst = remez(f, w, degree, mpf(a), mpf(b))
    q = [rounded(c) for c in p]
    grid = [mpf(a) + (mpf(b) - mpf(a)) * i / 4000 for i in range(1, 4000)]
    after = max(abs(w(x) * (f(x) - horner(q, x))) for x in grid)
    print(f"{name}: degree {degree}, error 2^{float(log(worst, 2)):.2f}, rounded 2^{float(log(after, 2)):.2f}")
    print("    " + ", ".join(float(c).hex() for c in q))


def series(f, terms, switch):
    """f by its Taylor polynomial around 0 below switch, where the formula is 0/0."""
    t = [mpf(c) for c in terms]
    return lambda x: horner(t, x) if abs(x) < switch else f(x)


def scaled(x):
    """(1 + 2x) erfcx(x)"""
    if x < 30:
        return (1 + 2 * x) * exp(x * x) * erfc(x)
    term, total = mpf(1), mpf(0)
    for k in range(1, 200):
        total += term
        new = -term * (2 * k - 1) / (2 * x * x)
        if abs(new) > abs(term) or abs(new) < mpf(10) ** -45:
            break
        term = new
    return (2 + 1 / x) * total / sqrt(pi)


if __name__ == "__main__":
    half = log(2) / 2 * mpf("1.0005")
    fact = [mpf(1)]
    for k in range(1, 60):
        fact.append(fact[-1] * k)

    # e^r = 1 + r + r² P(r)
    p = series(lambda r: (expm1(r) - r) / r**2, [1 / fact[k + 2] for k in range(20)], mpf("1e-2"))
    show("exp", p, lambda r: r * r / exp(r), 9, -half, half)

    # r coth(r/2) = 2 + x P(x), x = r²; e^r = (r coth(r/2) + r)/(r coth(r/2) - r)
    p = taylor(lambda x: 2 + x / 6, 0, 1)
    bern = [mp.bernoulli(2 * k) * 2 / fact[2 * k] for k in range(1, 25)]
    show("coth", lambda x: horner(bern, x), lambda x: x / 2, 4, 0, half**2)

    # log((1+s)/(1-s)) = 2s + s x P(x), x = s²
    top = (3 - 2 * sqrt(mpf(2))) ** 2 * mpf("1.0005")
    atanh2 = [mpf(2) / (2 * k + 3) for k in range(45)]
    show("log", lambda x: horner(atanh2, x), lambda x: x / 2, 6, 0, top)

    # sin(πt/2) = t (π/2 + x P(x)) and cos(πt/2) = 1 + x P(x), x = t², |t| <= 1/2
    h = pi / 2
    s = [(-1) ** k * h ** (2 * k + 1) / fact[2 * k + 1] for k in range(1, 20)]
    c = [(-1) ** k * h ** (2 * k) / fact[2 * k] for k in range(1, 20)]
    show("sin quarter", lambda x: horner(s, x), lambda x: x / h, 5, 0, mpf(1) / 4)
    show("cos quarter", lambda x: horner(c, x), lambda x: x / cos(h * sqrt(x)), 6, 0, mpf(1) / 4)

    # sin r = r + r x P(x), cos r = 1 - x/2 + x² P(x), x = r², |r| <= π/4
    top = (pi / 4) ** 2 * mpf("1.0005")
    s = [(-1) ** k / fact[2 * k + 1] for k in range(1, 20)]
    c = [(-1) ** k / fact[2 * k] for k in range(2, 20)]
    show("sin", lambda x: horner(s, x), lambda x: x, 5, 0, top)
    show("cos", lambda x: horner(c, x), lambda x: x * x / cos(sqrt(x)), 5, 0, top)

    # atan t = t + t x P(x), x = t², |t| <= tan(π/8)
    top = tan(pi / 8) ** 2 * mpf("1.0005")
    a = [(-1) ** k / mpf(2 * k + 1) for k in range(1, 90)]
    for d in (8, 9, 10):
        show("atan", lambda x: horner(a, x), lambda x: x / (1 + x * horner(a, x)), d, 0, top)

    # erf x = x (2/√π + y P(y)), y = x², |x| <= 3/4
    e = [2 / sqrt(pi) * (-1) ** k / (fact[k] * (2 * k + 1)) for k in range(1, 60)]
    for d in (8, 9, 10):
        show("erf", lambda y: horner(e, y), lambda y: y / (2 / sqrt(pi) + y * horner(e, y)), d, 0, mpf(9) / 16)

    # (1 + 2x) erfcx x = P(q), q = (x - K)/(x + K), x >= 0
    for k in (2, 3, 4):
        f = lambda q: scaled(k * (1 + q) / (1 - q)) if q < 1 else 2 / sqrt(pi)
        for d in (20, 22, 24):
            show(f"erfcx {k}", f, lambda q: 1 / f(q), d, -1, 1)
