"""Golden values of the quantisers (made with PyTorch 2.13.0): run `python quantisers_pytorch.py > quantisers_pytorch.json`.

Each rule is written from its paper's formula in the plainest way: no shortcut, codes by search over all levels, scales by
torch.linalg.lstsq, gradients by autograd with rounding and thresholds detached.
"""

import itertools
import json

import torch

ROWS, COLUMNS = 9, 6

torch.manual_seed(11)
latent = torch.randn(ROWS, COLUMNS) * 0.6
moment = torch.rand(ROWS, COLUMNS) ** 4 * 1e-3
upstream = torch.randn(ROWS, COLUMNS)
w = latent.double()
d = moment.double().sqrt() + 1e-8


def numbers(tensor):
    return [round(value, 9) for value in tensor.detach().double().flatten().tolist()]


def sign(x):
    return torch.where(x >= 0, 1.0, -1.0).double()


def keep(limit, w=w):
    return torch.sign(w) * (w.abs() > limit)


def twn(factor):
    codes = keep(factor * w.abs().mean())
    return codes * w.abs()[codes != 0].mean()


def lab(w=w, d=d):
    return sign(w) * (d * w).abs().sum() / d.sum()


def laq(iterations, w=w, d=d):
    codes = keep(0.7 * w.abs().mean(), w)
    for _ in range(iterations):
        alpha = (codes * d * w).abs().sum() / (codes * d).abs().sum()
        codes = torch.where(w / alpha > 0.5, 1.0, torch.where(w / alpha < -0.5, -1.0, 0.0)).double()
    return alpha * codes


def per_gate(gates, rule):
    """Each gate has a matrix of its own, as in the LSTM of Hou et al.'s released code."""
    return torch.cat([rule(*blocks) for blocks in zip(w.chunk(gates, 1), d.chunk(gates, 1))], 1)


def dorefa(bits, x):
    if bits == 1:
        return sign(x) * x.abs().mean()
    levels = 2**bits - 1
    unit = torch.tanh(x) / (2 * torch.tanh(x).abs().max()) + 0.5
    rounded = unit + (torch.round(unit * levels) / levels - unit).detach()
    return 2 * rounded - 1


def ttq(threshold, x, scales):
    delta = threshold * x.detach().abs().max()
    plus, minus = (x > delta).double(), (x < -delta).double()
    return plus * scales[0] - minus * scales[1]


def alternating_column(column, bits, iterations):
    residual, signs, alphas = column.clone(), [], []
    for _ in range(bits):
        signs.append(sign(residual))
        alphas.append(residual.abs().mean())
        residual = residual - alphas[-1] * signs[-1]
    codes, alpha = torch.stack(signs, 1), torch.stack(alphas)
    combinations = torch.tensor(list(itertools.product([-1.0, 1.0], repeat=bits))).double()
    for _ in range(iterations):
        alpha = torch.linalg.lstsq(codes, column[:, None]).solution[:, 0]
        levels = combinations @ alpha
        codes = combinations[(column[:, None] - levels[None, :]).abs().argmin(1)]
    return codes @ alpha


def alternating(bits, iterations):
    return torch.stack([alternating_column(w[:, column], bits, iterations) for column in range(COLUMNS)], 1)


def dorefa_gradient(bits):
    x = w.clone().requires_grad_()
    (dorefa(bits, x) * upstream).sum().backward()
    return numbers(x.grad)


scales = torch.tensor([0.8, 0.45], dtype=torch.float64, requires_grad=True)
(ttq(0.05, w, scales) * upstream).sum().backward()

cases = [
    ({"kind": "sign"}, sign(w)),
    ({"kind": "threshold", "factor": 0.7}, keep(0.7 * w.abs().mean())),
    ({"kind": "twn", "factor": 0.7}, twn(0.7)),
    ({"kind": "twn", "factor": 1.2}, twn(1.2)),
    ({"kind": "ttq", "threshold": 0.05}, ttq(0.05, w, scales)),
    ({"kind": "ttq", "threshold": 0.4}, ttq(0.4, w, scales)),
    ({"kind": "lab"}, lab()),
    *(({"kind": "laq", "iterations": turns}, laq(turns)) for turns in (1, 2, 10)),
    *(({"kind": "dorefa", "bits": bits}, dorefa(bits, w)) for bits in (1, 2, 3, 4, 8)),
    *(
        ({"kind": "alternating", "bits": bits, "iterations": turns}, alternating(bits, turns))
        for bits in (2, 3, 4)
        for turns in (0, 1, 2, 5)
    ),
]

# Six columns of one, two, three or six gates.
gate_cases = [
    *(({"kind": "lab", "scales": "gate"}, gates, per_gate(gates, lab)) for gates in (1, 2, 3, 6)),
    *(
        ({"kind": "laq", "scales": "gate", "iterations": 10}, gates, per_gate(gates, lambda w, d: laq(10, w, d)))
        for gates in (1, 2, 3, 6)
    ),
]

print(
    json.dumps(
        {
            "torch": torch.__version__.split("+")[0],
            "rows": ROWS,
            "columns": COLUMNS,
            "latent": numbers(latent),
            "secondMoment": [round(value, 15) for value in moment.double().flatten().tolist()],
            "scales": numbers(scales),
            "upstream": numbers(upstream),
            "cases": [{"spec": spec, "values": numbers(values)} for spec, values in cases],
            "gateCases": [{"spec": spec, "gates": gates, "values": numbers(values)} for spec, gates, values in gate_cases],
            "ttqScaleGradient": numbers(scales.grad),
            "dorefaGradients": [{"bits": bits, "latent": dorefa_gradient(bits)} for bits in (2, 3, 8)],
        }
    )
)
