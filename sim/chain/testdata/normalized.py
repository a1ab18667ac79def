"""Reference for batch-normalised chains: log of the gradient norm with respect to the
input batch, by forward-mode differentiation of every input in 60 digits.

    python3 normalized.py > normalized.csv    (mpmath 1.3)

Columns: activation, batch, epsilon, depth, log norm. Inputs, output weights and
weights are the float64 numbers of number(seed, i), which the test repeats.
"""
from mpmath import mp, mpf, tanh, erf, exp, sqrt, log, pi, sin

mp.dps = 60


def number(seed, i):
    """A fixed irregular sequence of multiples of 2^-16 in [-2, 2)."""
    return mpf((40503 * (i + 1) * (seed + 7) + 30011 * (i * i + seed)) % 262144) / 65536 - 2


def sigmoid(z):
    return 1 / (1 + exp(-z))


PHI = {
    "tanh": (tanh, lambda z: 1 - tanh(z) ** 2),
    "erf": (erf, lambda z: 2 / sqrt(pi) * exp(-z * z)),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
    "relu": (lambda z: max(z, mpf(0)), lambda z: mpf(1) if z > 0 else mpf(0)),
    "linear": (lambda z: z, lambda z: mpf(1)),
    "sin": (sin, lambda z: mp.cos(z)),
}


def log_norm(name, batch, epsilon, depth):
    phi, dphi = PHI[name]
    x = [number(1, i) for i in range(batch)]
    u = [number(2, i) for i in range(batch)]
    # tangent[i][j] = d x_i / d input_j
    tangent = [[mpf(i == j) for j in range(batch)] for i in range(batch)]
    for layer in range(depth):
        w = number(3, layer)
        if w == 0:
            w = mpf(1)
        h = [w * v for v in x]
        t = [[w * v for v in row] for row in tangent]
        mean = sum(h) / batch
        c = [v - mean for v in h]
        tm = [sum(t[i][j] for i in range(batch)) / batch for j in range(batch)]
        tc = [[t[i][j] - tm[j] for j in range(batch)] for i in range(batch)]
        s = sqrt(sum(v * v for v in c) / batch + epsilon)
        ts = [sum(c[i] * tc[i][j] for i in range(batch)) / batch / s for j in range(batch)]
        hat = [v / s for v in c]
        that = [[(tc[i][j] - hat[i] * ts[j]) / s for j in range(batch)] for i in range(batch)]
        x = [phi(v) for v in hat]
        tangent = [[dphi(hat[i]) * that[i][j] for j in range(batch)] for i in range(batch)]
    g = [sum(u[i] * tangent[i][j] for i in range(batch)) for j in range(batch)]
    square = sum(v * v for v in g)
    return "-inf" if square < mpf(10) ** -90 else mp.nstr(log(square) / 2, 25)


for case in [
    ("tanh", 3, 0.0, 1), ("tanh", 3, 0.0, 20), ("tanh", 5, 0.0, 60), ("tanh", 8, 1e-5, 60), ("tanh", 2, 1e-2, 12),
    ("erf", 6, 0.0, 40), ("sigmoid", 4, 0.0, 50), ("sigmoid", 4, 0.125, 50), ("silu", 7, 1e-3, 30),
    ("relu", 32, 0.0, 3), ("relu", 6, 0.0, 30), ("linear", 4, 0.0, 25), ("linear", 4, 0.5, 25), ("sin", 5, 0.0, 10),
]:
    name, batch, epsilon, depth = case
    print(",".join([name, str(batch), repr(epsilon), str(depth), log_norm(name, batch, mpf(epsilon), depth)]))
