"""PyTorch's side of bench:train; bench/engineProcess.mjs says what is asked and answered, a JSON line each."""

import json
import resource
import sys
import time

import torch
from torch.nn import functional

from pytorch_models import make_model, quickest_adam


def minibatch(engine, sizes):
    """Input and targets; symbols as unevenly spread as those of a text."""
    steps, batch = sizes["timesteps"], sizes["batch"]
    shape = (batch,) if sizes["readout"] == "last" else (steps, batch)
    targets = (torch.rand(shape).square() * sizes["outputs"]).long()
    if sizes["inputs"] is not None:
        return torch.rand(steps, batch, sizes["inputs"]), targets
    symbols = (torch.rand(steps, batch).square() * sizes["symbols"]).long()
    if engine == "fused":
        return functional.one_hot(symbols, sizes["symbols"]).float(), targets
    return symbols, targets


def product_rate(rows, depth, columns):
    """GF/s of torch.matmul, the better of two tries of 30 ms."""
    a, b, out = torch.rand(rows, depth), torch.rand(depth, columns), torch.empty(rows, columns)
    best = 0.0
    for _ in range(2):
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < 0.03:
            torch.matmul(a, b, out=out)
            count += 1
        best = max(best, 2e-9 * rows * depth * columns * count / (time.perf_counter() - start))
    return best


class Training:
    def __init__(self, engine, sizes):
        self.model = make_model(engine, sizes)
        self.optimiser = quickest_adam(list(self.model.parameters()), sizes["rate"])
        self.input, self.targets = minibatch(engine, sizes)

    def step(self):
        start, processor = time.perf_counter(), time.process_time()
        self.optimiser.zero_grad(set_to_none=True)
        logits = self.model(self.input)
        loss = functional.cross_entropy(logits.flatten(0, -2), self.targets.flatten())
        loss.backward()
        self.optimiser.step()
        return {
            "loss": loss.item(),
            "seconds": time.perf_counter() - start,
            "processorSeconds": time.process_time() - processor,
        }


def main():
    setup = json.loads(sys.stdin.readline())
    torch.manual_seed(1)
    torch.set_num_threads(setup["threads"])
    training = Training(setup["engine"], setup["sizes"])
    answers = {
        "step": lambda _: training.step(),
        "products": lambda question: {"rates": [product_rate(*product) for product in question["products"]]},
        # Linux counts in kB, macOS in bytes.
        "memory": lambda _: {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)},
    }
    print(json.dumps({"name": f"PyTorch {torch.__version__}", "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(answers[question["ask"]](question)), flush=True)


main()
