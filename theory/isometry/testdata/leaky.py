#!/usr/bin/env python3
"""The largest squared singular value of wide leaky ReLU networks at criticality, mpmath 1.3 at 40
digits: python3 leaky.py prints the rows of leakyReference in leaky_test.go.

S-transforms: psi(t) = E dt/(1-dt) of the law of d = sigma^2 phi'^2 is inverted numerically by
bisection, S(z) = chi(z)(1+z)/z; a Gaussian factor has 1/(1+z), an orthogonal one 1. The edge is
the value of (1+z)/z/S(z)^L where its derivative vanishes, by bisection of a difference quotient.
"""
import mpmath as mp

mp.mp.dps = 40


def chi(z, a):
    s = 2 / (1 + a * a)
    values = (s, s * a * a)
    lo, hi = mp.mpf(0), 1 / max(values)
    for _ in range(140):
        t = (lo + hi) / 2
        lo, hi = (t, hi) if sum(d * t / (1 - d * t) for d in values) / 2 < z else (lo, t)
    return (lo + hi) / 2


def edge(a, L, gaussian):
    a = mp.mpf(a)

    def log(v):
        z = mp.exp(v)
        s = chi(z, a) * (1 + z) / z
        if gaussian:
            s = s / (1 + z)
        return mp.log((1 + z) / z) - L * mp.log(s)

    h = mp.mpf(10) ** -10
    lo, hi = mp.mpf(-20), mp.mpf(20)
    for _ in range(80):
        v = (lo + hi) / 2
        lo, hi = (v, hi) if log(v + h) < log(v - h) else (lo, v)
    return mp.exp(log((lo + hi) / 2))


print("var leakyReference = []struct {\n\tslope    float64\n\tensemble Ensemble\n\tdepth    int\n\twant     float64\n}{")
for a in ("0.01", "0.1", "0.5", "-0.3", "3"):
    for L in (1, 2, 5, 20):
        print("\t{%s, Gaussian, %d, %s}," % (a, L, mp.nstr(edge(a, L, True), 17)))
    for L in (5, 20, 100):
        if L * (1 - (2 * mp.mpf(a) / (1 + mp.mpf(a) ** 2)) ** 2) > 4:
            print("\t{%s, Orthogonal, %d, %s}," % (a, L, mp.nstr(edge(a, L, False), 17)))
print("}")
