"""Small files of PyTorch networks, and what PyTorch computes with them.

Made with torch 2.13.0 (CPU) and safetensors, Python 3.11: `python make_pytorch.py` beside this file writes pytorch_*.pt,
pytorch_*.safetensors and pytorch.json. Each case has the input of one sequence, its logits [T, V] and the hidden states [T, H] of the last layer.
"""

import json
import os

import torch
from safetensors.torch import save_file
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
T = 7
cases = []


def values(tensor):
    return [round(value, 8) for value in tensor.detach().to(torch.float64).flatten().tolist()]


def case(name, file, inputs, hidden, logits, **more):
    cases.append(
        {"name": name, "file": file, "inputs": inputs.tolist(), "hidden": values(hidden), "logits": values(logits), **more}
    )


class Net(nn.Module):
    def __init__(self, rnn, units, outputs, embedding=None, bias=True):
        super().__init__()
        if embedding:
            self.embedding = nn.Embedding(*embedding)
        self.rnn = rnn
        self.head = nn.Linear(units, outputs, bias=bias)

    def forward(self, x):
        hidden, _ = self.rnn(self.embedding(x) if hasattr(self, "embedding") else x)
        return hidden, self.head(hidden)


def path(file):
    return os.path.join(HERE, file)


torch.manual_seed(3)
net = Net(nn.LSTM(3, 5, num_layers=2), 5, 4)
x = torch.randn(T, 3)
torch.save(net.state_dict(), path("pytorch_lstm.pt"))
case("two LSTM layers and a linear one, .pt", "pytorch_lstm.pt", x, *net(x))

net = Net(nn.GRU(3, 4, num_layers=2), 4, 2)
x = torch.randn(T, 3)
torch.save(net.state_dict(), path("pytorch_gru.pth"))
case("two GRU layers and a linear one, .pth", "pytorch_gru.pth", x, *net(x))

net = Net(nn.LSTM(4, 6), 6, 5, embedding=(5, 4), bias=False)
x = torch.randint(0, 5, (T,))
save_file(net.state_dict(), path("pytorch_embedding.safetensors"))
case("an embedding, an LSTM and a linear layer without bias, .safetensors", "pytorch_embedding.safetensors", x, *net(x))

net = Net(nn.GRU(3, 4, bias=False), 4, 3)
state = {name: value.to(torch.bfloat16 if "weight_hh" in name else torch.float16) for name, value in net.state_dict().items()}
net.load_state_dict({name: value.to(torch.float32) for name, value in state.items()})
x = torch.randn(T, 3)
save_file(state, path("pytorch_half.safetensors"))
case("a GRU without biases in half precision and bfloat16", "pytorch_half.safetensors", x, *net(x))

net = nn.DataParallel(Net(nn.LSTM(3, 4), 4, 2)).module.double()
x = torch.randn(T, 3, dtype=torch.float64)
optimiser = torch.optim.Adam(net.parameters())
hidden, logits = net(x)
logits.sum().backward()
optimiser.step()
hidden, logits = net(x)
state = {"module." + name: value for name, value in net.state_dict().items()}
torch.save({"epoch": 3, "best": 1.5, "optimizer": optimiser.state_dict(), "state_dict": state}, path("pytorch_checkpoint.pt"))
case("a checkpoint with optimiser, in double precision", "pytorch_checkpoint.pt", x, hidden, logits)

cell = nn.GRUCell(3, 4)
x = torch.randn(T, 3)
h = torch.zeros(1, 4)
states = []
for row in x:
    h = cell(row.unsqueeze(0), h)
    states.append(h)
hidden = torch.cat(states)
torch.save({"weight_ih": cell.weight_ih.t().contiguous().t(), **{n: p for n, p in cell.state_dict().items() if n != "weight_ih"}}, path("pytorch_cell.pt"))
case("a GRUCell alone, a matrix of it transposed in memory", "pytorch_cell.pt", x, hidden, hidden)

lstm = nn.LSTM(3, 4, bidirectional=True)
torch.save(lstm.state_dict(), path("pytorch_bidirectional.pt"))
torch.save(nn.LSTM(3, 4, proj_size=2).state_dict(), path("pytorch_projection.pt"))
torch.save(nn.LSTM(3, 4), path("pytorch_module.pt"))


class Command:
    def __reduce__(self):
        return os.system, ("touch executed",)


torch.save({"weight_ih_l0": Command()}, path("pytorch_command.pt"))

with open(path("pytorch.json"), "w") as file:
    json.dump({"torch": torch.__version__.split("+")[0], "cases": cases}, file, indent=1)
    file.write("\n")
