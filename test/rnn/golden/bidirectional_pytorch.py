"""Golden values of two bidirectional LSTM layers that tell classes, from PyTorch (made with 2.14.1): run
`python bidirectional_pytorch.py > bidirectional_pytorch.json`.

Everything is in PyTorch's own layout: gate rows in blocks i, f, g, o, matrices [4H, inputs]. The classes are read from h_n, the final
states of both directions of the last layer.
"""

import json

import torch

TIMESTEPS, BATCH, INPUTS, UNITS, CLASSES = 5, 2, 3, 4, 3

torch.manual_seed(7)
lstm = torch.nn.LSTM(INPUTS, UNITS, num_layers=2, bidirectional=True)
output = torch.nn.Linear(2 * UNITS, CLASSES)
inputs = torch.randn(TIMESTEPS, BATCH, INPUTS)
targets = torch.tensor([2, 0])
_, (final, _) = lstm(inputs)
logits = output(torch.cat([final[-2], final[-1]], dim=1))
loss = torch.nn.functional.cross_entropy(logits, targets)
loss.backward()


def values(tensor):
    return [round(value, 9) for value in tensor.detach().flatten().tolist()]


def part(layer, suffix):
    """One direction of a layer: its weights and their gradients."""
    names = {"weight_ih": "weight_ih", "weight_hh": "weight_hh"}
    tensors = {own: getattr(lstm, f"{name}_l{layer}{suffix}") for own, name in names.items()}
    biases = [getattr(lstm, f"bias_{name}_l{layer}{suffix}") for name in ("ih", "hh")]
    return {
        **{own: values(tensor) for own, tensor in tensors.items()},
        "bias": values(biases[0] + biases[1]),
        "gradients": {**{own: values(tensor.grad) for own, tensor in tensors.items()}, "bias": values(biases[0].grad)},
    }


print(
    json.dumps(
        {
            "torch": torch.__version__.split("+")[0],
            "sizes": {"timesteps": TIMESTEPS, "batch": BATCH, "inputs": INPUTS, "units": UNITS, "classes": CLASSES},
            "inputs": values(inputs),
            "targets": targets.tolist(),
            "layers": [{"forward": part(layer, ""), "reverse": part(layer, "_reverse")} for layer in (0, 1)],
            "output": {
                "weight": values(output.weight),
                "bias": values(output.bias),
                "gradients": {"weight": values(output.weight.grad), "bias": values(output.bias.grad)},
            },
            "loss": loss.item(),
        }
    )
)
