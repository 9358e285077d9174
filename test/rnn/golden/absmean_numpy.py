"""Golden values of BitNet b1.58 (made with NumPy 2.4.6): run `python absmean_numpy.py > absmean_numpy.json`.

Equations 1 to 3 of arXiv 2402.17764, written as they stand there.
"""

import json

import numpy as np

random = np.random.default_rng(5)
EPSILON = 1e-5


def round_clip(x, low, high):
    return np.maximum(low, np.minimum(high, np.round(x)))


def absmean(w):
    gamma = np.abs(w).mean()
    return gamma * round_clip(w / (gamma + EPSILON), -1, 1)


def activations(x, bits):
    """The authors' released code: x * 127 / max |x| rounded, of each row."""
    scale = (2 ** (bits - 1) - 1) / np.maximum(np.abs(x).max(axis=-1, keepdims=True), EPSILON)
    return np.round(x * scale) / scale


def numbers(array):
    return [float(np.float32(value)) for value in np.ravel(array)]


# The third is so small that epsilon counts.
matrices = [random.normal(0, deviation, (7, 8)).astype(np.float32) for deviation in (0.6, 40, 3e-5)]
rows = random.normal(0, 0.4, (3, 9)).astype(np.float32)
rows[1] = np.eye(9)[4]
rows[2] = 0
rounded = [{"bits": bits, "rows": numbers(rows), "values": numbers(activations(rows.astype(np.float64), bits))} for bits in (2, 4, 8, 16)]

print(json.dumps({"activations": rounded, "weights": [{"latent": numbers(w), "values": numbers(absmean(w.astype(np.float64)))} for w in matrices]}))
