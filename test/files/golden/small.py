"""Writes small.safetensors with the format's own library.

    pip install safetensors==0.8.0 numpy && python3 small.py
"""

from pathlib import Path

import numpy
from safetensors.numpy import save_file

tensors = {
    "weights": numpy.array([[1.5, -2.0, 0.1], [numpy.inf, 1e-30, -0.0]], dtype=numpy.float32),
    "codes": numpy.array([-1, 0, 1, 1, -1], dtype=numpy.int8),
    "steps": numpy.array([2147483647, -2147483648], dtype=numpy.int32),
    "Ω": numpy.array(0.25, dtype=numpy.float32),
    "none": numpy.zeros((0, 4), dtype=numpy.float32),
}
save_file(tensors, Path(__file__).with_name("small.safetensors"), metadata={"name": "Ωmega"})
