"""Trains the small LSTM that examples/import.ipynb begins with: characters of Moby Dick, one layer, in full precision.

Made with torch 2.13.0 (CPU) and safetensors, Python 3.11, a few minutes on one core:

    python examples/import/train_lstm.py dist/data/moby-dick.txt examples/import/lstm.safetensors

The alphabet is sorted(set(text)), and the first 80 % of the text are the training part, as tl.characterModel() splits it. The weights are kept in
half precision, so that the file is small.
"""

import math
import sys

import torch
from safetensors.torch import save_file
from torch import nn

UNITS, TIMESTEPS, BATCH, STEPS, PEAK = 64, 64, 32, 8000, 0.01

torch.manual_seed(1)
torch.set_num_threads(1)
with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
alphabet = sorted(set(text))
numbers = {symbol: number for number, symbol in enumerate(alphabet)}
ids = torch.tensor([numbers[symbol] for symbol in text])
train, validation = ids[: int(0.8 * len(ids))], ids[int(0.8 * len(ids)) : int(0.9 * len(ids))]


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(len(alphabet), UNITS, batch_first=True)
        self.output = nn.Linear(UNITS, len(alphabet))

    def forward(self, symbols, state=None):
        hidden, state = self.lstm(nn.functional.one_hot(symbols, len(alphabet)).float(), state)
        return self.output(hidden), state


model = Model()
optimiser = torch.optim.Adam(model.parameters())
schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK, total_steps=STEPS)
length = len(train) // BATCH
streams = train[: length * BATCH].view(BATCH, length)
state, place = None, 0
for step in range(STEPS):
    if place + TIMESTEPS + 1 > length:
        state, place = None, 0
    logits, state = model(streams[:, place : place + TIMESTEPS], state)
    state = tuple(one.detach() for one in state)
    targets = streams[:, place + 1 : place + TIMESTEPS + 1]
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1)
    optimiser.step()
    schedule.step()
    place += TIMESTEPS
    if step % 500 == 499:
        print(step + 1, f"{loss.item() / math.log(2):.3f} bits", flush=True)

model.half().float()
with torch.no_grad():
    logits, _ = model(validation[:-1].unsqueeze(0))
    bits = nn.functional.cross_entropy(logits[0], validation[1:]).item() / math.log(2)
print(f"validation: {bits:.4f} bits per character")
save_file({name: value.half() for name, value in model.state_dict().items()}, sys.argv[2])
