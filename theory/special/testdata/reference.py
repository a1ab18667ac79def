#!/usr/bin/env python3
"""Reference values for package special, mpmath 1.3 at 60 digits or more: python3 reference.py > reference.jsonl

Arguments are float64. "imag" is the imaginary part of a complex argument, and value_imag
that of its value.
"""
import json
import math

import mpmath as mp

mp.mp.dps = 60
n = mp.mpf
ZERO = 1.4616321449683623  # float64 next to the zero of digamma


def row(name, x, value, imag=None):
    r = {"function": name, "x": x}
    if imag is not None:
        r |= {"imag": imag, "value_imag": mp.nstr(value.imag, 22)}
        value = value.real
    r["value"] = "0" if abs(value) < n("1e-330") else mp.nstr(value, 22)
    print(json.dumps(r))


def digamma():
    xs = [1e-307, 1e-300, 1e-10, 0.1, 0.5, 1.0, 1.2, 1.4, ZERO, math.nextafter(ZERO, 2), math.nextafter(ZERO, 1), 1.5, 1.7, 1.8, 2.0, 3.5,
          6.0, 9.5, 11.999, 12.0, 12.5, 30.0, 1e3, 1e6, 1e15, 1e100, 1e300,
          -0.25, -0.5, -0.75, -1.5, -2.25, -3.9, -10.5, -100.3, -1e-10, -1e5 - 0.5, -1e-300]
    for x in xs:
        row("Digamma", x, mp.psi(0, n(x)))
        if abs(x) > 1e-150:
            row("Trigamma", x, mp.psi(1, n(x)))
    for x in [1e-153, 1e-8, 0.9999e-8, 1e-5, 0.9999e8, 1.0001e8, -1e-9]:
        row("Trigamma", x, mp.psi(1, n(x)))


def loggamma():
    parts = [1e-300, 1e-10, 0.3, 0.5, 0.499, 1.0, 1.5, 2.0, 5.0, 13.9, 14.1, 100.0, 1e6, 1e15]
    for x in parts + [-1e-5, -0.00048828125, -2.9999999, -0.3, -0.5, -1.5, -4.7, -20.25, -100.5, 0.0]:
        for y in [0.0, 1e-10, 0.4, 1.0, 3.0, 13.0, 50.0, 1e4, 1e12]:
            if y == 0 and x == 0:
                continue
            # mpmath's own branch is this one too, continuous from above on the cut
            row("LogGammaComplex", x, mp.loggamma(mp.mpc(x, y)), y)


def normal():
    for x in [-40.0, -39.0, -38.5, -38.0, -37.6, -37.0, -36.5, -36.0, -35.9, -30.0, -20.0, -10.0, -8.0, -5.0, -3.0, -1.5, -1.0, -0.5, -0.1,
              -1e-10, 0.0, 1e-10, 0.1, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 8.3, 10.0, 20.0, 35.9, 36.0, 36.1, 37.0, 38.0, 40.0]:
        value = mp.erfc(-n(x) / mp.sqrt(2)) / 2
        density = mp.exp(-n(x) ** 2 / 2) / mp.sqrt(2 * mp.pi)
        row("NormCDF", x, value)
        row("NormSurvival", -x, value)
        row("NormPDF", x, density)
        row("LogNormCDF", x, mp.log1p(-mp.erfc(n(x) / mp.sqrt(2)) / 2) if x > 0 else mp.log(value))
        if x >= -36:
            row("Mills", x, mp.erfc(n(x) / mp.sqrt(2)) / 2 / density)
    for x in [1e2, 1e3, 1e8, 1e100, 1e150]:  # Mills = 1/x - 1/x^3 + 3/x^5 - ..., the rest below 1e-40
        y = 1 / n(x) ** 2
        mills = sum((-1) ** k * mp.fac2(2 * k - 1) * y**k for k in range(11)) / n(x)
        row("Mills", x, mills)
        row("LogNormCDF", -x, mp.log(mills) - n(x) ** 2 / 2 - mp.log(2 * mp.pi) / 2)


def logistic():
    for x in [1e-300, 1e-20, 1e-8, 1e-3, 0.1, 0.5, 0.999, 1.0, 1.001, 2.0, 5.0, 10.0, 17.5, 20.0, 36.0, 37.0, 40.0, 100.0, 700.0, 708.0, 745.0, 800.0, 1e4, 1e10, 1e300]:
        for s in (-1, 1):
            z = n(s * x)
            e = mp.exp(-abs(z)) if abs(z) < 1e5 else n(0)
            row("Sigmoid", s * x, (1 if z > 0 else e) / (1 + e))
            row("SoftPlus", s * x, mp.log1p(e) + max(z, 0))
            with mp.workdps(700 if x < 1e-19 else 60):
                row("LogCosh", s * x, mp.log(mp.cosh(z)) if x < 1e4 else abs(z) - mp.log(2))


digamma()
loggamma()
normal()
logistic()
