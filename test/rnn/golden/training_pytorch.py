"""Golden values of objectives and of AdamW from PyTorch (made with 2.13.0): run `python training_pytorch.py > training_pytorch.json`.

Everything is in double precision, of values that single precision holds exactly.
"""

import json

import torch
import torch.nn.functional as F

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)
ROWS, CLASSES = 6, 5


def exact(*shape):
    """Random numbers around 0 that a float holds exactly."""
    return torch.round(2 * torch.randn(*shape) * 1024) / 1024


def values(tensor):
    return tensor.detach().flatten().tolist()


logits, teacher = exact(ROWS, CLASSES), exact(ROWS, CLASSES)
targets = torch.tensor([0, 3, 3, 1, 4, 2])
weights = torch.tensor([1.0, 0.5, 2.0, 0.0, 3.0])


def objective(smoothing=0.0, weighted=False, temperature=None, share=0.0):
    own = logits.clone().requires_grad_()
    loss = F.cross_entropy(own, targets, weight=weights if weighted else None, label_smoothing=smoothing)
    if temperature is not None:
        learned = F.log_softmax(own / temperature, dim=1)
        taught = F.log_softmax(teacher / temperature, dim=1)
        divergence = F.kl_div(learned, taught, reduction="batchmean", log_target=True)
        loss = (1 - share) * loss + share * temperature**2 * divergence
    loss.backward()
    return {
        "smoothing": smoothing,
        "weighted": weighted,
        "temperature": temperature,
        "share": share,
        "loss": loss.item(),
        "slopes": values(own.grad),
    }


def adamw(steps, **options):
    parameter = torch.nn.Parameter(exact(7))
    gradients = [exact(7) for _ in range(steps)]
    start = values(parameter)
    optimiser = torch.optim.AdamW([parameter], **options)
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimiser.step()
    return {"options": options, "start": start, "gradients": [values(one) for one in gradients], "end": values(parameter)}


# The paper's code adds epsilon to the root of the uncorrected second moment, PyTorch to that of the corrected one: it is chosen so small
# that both are the same.
print(
    json.dumps(
        {
            "torch": torch.__version__.split("+")[0],
            "rows": ROWS,
            "classes": CLASSES,
            "logits": values(logits),
            "teacher": values(teacher),
            "targets": targets.tolist(),
            "weights": values(weights),
            "objectives": [
                objective(),
                objective(smoothing=0.1),
                objective(weighted=True),
                objective(smoothing=0.2, weighted=True),
                objective(temperature=1.0, share=0.5),
                objective(temperature=4.0, share=0.3),
                objective(temperature=2.0, share=1.0),
                objective(smoothing=0.1, weighted=True, temperature=2.0, share=0.7),
            ],
            "adamw": [
                adamw(6, lr=0.01, betas=(0.9, 0.999), eps=1e-12, weight_decay=0.0),
                adamw(6, lr=0.01, betas=(0.9, 0.999), eps=1e-12, weight_decay=0.1),
                adamw(6, lr=0.05, betas=(0.8, 0.95), eps=1e-12, weight_decay=0.5),
            ],
        }
    )
)
