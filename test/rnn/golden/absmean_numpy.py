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


def numbers(array):
    return [float(np.float32(value)) for value in np.ravel(array)]


# The third is so small that epsilon counts.
matrices = [random.normal(0, deviation, (7, 8)).astype(np.float32) for deviation in (0.6, 40, 3e-5)]
print(json.dumps({"weights": [{"latent": numbers(w), "values": numbers(absmean(w.astype(np.float64)))} for w in matrices]}))
