"""The accelerator's integers once more, from the folder of a ROM export alone: manifest.json, images and arrays.

    python3 rom_network.py FOLDER...            compares with the golden vectors of each folder, and with every SHA-256
    python3 rom_network.py --run < CASES.json   runs other input

It follows README.md of such a folder line by line and needs nothing but Python 3.8: no NumPy, no part of Tritloom. CASES.json is
a list of {"folder", "sequences": [[input, ...], ...]}, an input being a symbol's number or a list of features in the first layer's format;
the answer has for each case its timesteps as {"layers": [{"hidden", "gates", "cell"}], "logits"}.
"""

import ast
import hashlib
import json
import os
import struct
import sys


# Rules of the arithmetic.


def round_shift(x, shift):
    """round(x / 2^bits), ties upwards, or x * 2^bits. Python's >> of a negative number rounds down, so adding a half first is floor(x + 1/2)."""
    bits = shift["bits"]
    if shift["direction"] == "left":
        return x << bits
    return x if bits == 0 else (x + (1 << (bits - 1))) >> bits


def saturate(x, bits):
    return max(-(1 << (bits - 1)), min((1 << (bits - 1)) - 1, x))


def signed(field, bits):
    return field - (1 << bits) if field >> (bits - 1) & 1 else field


# Files.


def read_npy(path):
    """Shape and flat list of numbers; rows of bytes are words, least significant byte first."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack_from("<H", data, 8)[0]
    header = ast.literal_eval(data[10 : 10 + length].decode("latin1"))
    code = {"|u1": "B", "<u2": "H", "<u4": "I", "<u8": "Q", "<i4": "i", "<f4": "f", "<f8": "d"}[header["descr"]]
    count = 1
    for size in header["shape"]:
        count *= size
    return header["shape"], list(struct.unpack_from(f"<{count}{code}", data, 10 + length))


def read_words(folder, image):
    files = {file["format"]: os.path.join(folder, file["path"]) for file in image["files"]}
    if "mem" in files:
        with open(files["mem"]) as file:
            return [int(line, 16) for line in file]
    shape, numbers = read_npy(files["npy"])
    if len(shape) == 1:
        return numbers
    return [int.from_bytes(bytes(numbers[row * shape[1] : (row + 1) * shape[1]]), "little") for row in range(shape[0])]


def field_integers(field, encoding):
    name, bits = encoding["name"], encoding["bits"]
    if name == "base3":
        return [field // 3**k % 3 - 1 for k in range(5)]
    if name == "twos-complement":
        return [signed(field, bits)]
    codes = {"sign-bit": [-1, 1], "sign-bit-inverted": [1, -1], "sign-nonzero": [0, None, 1, -1], "one-hot": [0, 1, -1, None]}
    return [codes[name][field]]


def lanes_of(word, image):
    """The integers in a word, lane 0 first."""
    encoding, packing = image["encoding"], image["packing"]
    bits = encoding["bits"]
    fields = [word >> first & (1 << bits) - 1 for first in range(0, image["width"], bits)]
    if packing["bitOrder"] == "msb-first":
        fields.reverse()
    return [integer for field in fields for integer in field_integers(field, encoding)][: packing["lanes"]]


class Folder:
    def __init__(self, path):
        self.path = path
        with open(os.path.join(path, "manifest.json"), encoding="utf-8") as file:
            self.manifest = json.load(file)
        self.images = {image["name"]: image for image in self.manifest["images"]}

    def array(self, entry):
        """A NumPy file as nested lists."""
        shape, numbers = read_npy(os.path.join(self.path, entry["path"]))
        assert list(shape) == entry["shape"]
        for size in reversed(shape[1:]):
            numbers = [numbers[at : at + size] for at in range(0, len(numbers), size)]
        return numbers

    def constants(self, name):
        image = self.images[name]
        integers = [integer for word in read_words(self.path, image) for integer in lanes_of(word, image)]
        return integers[: image["shape"][0]]

    def weights(self, name, phases):
        """[inputs][gate rows], from all banks of an image."""
        banks = [image for key, image in self.images.items() if key == name or key.startswith(f"{name}_bank")]
        inputs, rows = banks[0]["shape"]
        per_word = banks[0]["packing"].get("inputsPerWord", 1)
        words_of_group = -(-inputs // per_word)
        mac_units = self.manifest["macUnits"]
        # A group has the next P rows of its phase, fewer where the phase ends.
        groups = [
            (first, min(mac_units, phase["firstRow"] + phase["rows"] - first))
            for phase in phases
            for first in range(phase["firstRow"], phase["firstRow"] + phase["rows"], mac_units)
        ]
        matrix = [[None] * rows for _ in range(inputs)]
        for image in banks:
            first_lane = image["packing"].get("bank", {}).get("firstLane", 0)
            for address, word in enumerate(read_words(self.path, image)):
                first_row, count = groups[address // words_of_group]
                for lane, weight in enumerate(lanes_of(word, image), first_lane):
                    row, column = lane // per_word, address % words_of_group * per_word + lane % per_word
                    if row < count and column < inputs:
                        matrix[column][first_row + row] = weight
        assert all(weight is not None for row in matrix for weight in row)
        return matrix

    def table(self, name):
        table = next(one for one in self.manifest["tables"] if one["name"] == name)
        image = self.images[f"{name}_table"]
        parts = []
        for word in read_words(self.path, image):
            integers = {}
            for part in image["packing"]["parts"]:
                integers[part["name"]] = signed(word & (1 << part["bits"]) - 1, part["bits"])
                word >>= part["bits"]
            parts.append(integers)
        offset, segment_bits = 1 << (table["input"]["bits"] - 1), table["segmentBits"]

        def look_up(p):
            u = p + offset
            word = parts[u >> segment_bits]
            if segment_bits == 0:
                return word["value"]
            s = u & (1 << segment_bits) - 1
            return word["value"] + round_shift(word["slope"] * s, {"direction": "right", "bits": segment_bits})

        return look_up


# The network.


class Layer:
    def __init__(self, folder, layer, tables):
        manifest = folder.manifest
        prefix = layer["imagePrefix"]
        self.layer, self.tables = layer, tables
        self.formats = manifest["formats"]
        self.threshold = manifest["model"].get("delta", {}).get("threshold")
        self.input_weights = folder.weights(f"{prefix}input_weights", layer["phases"])
        is_recurrent = "recurrent" in layer["precision"]
        self.recurrent_weights = folder.weights(f"{prefix}recurrent_weights", layer["phases"]) if is_recurrent else None
        names = ["gate_scale_input", "gate_shift", "initial_hidden"] + (["gate_scale_recurrent"] if is_recurrent else [])
        names += {"lstm": ["cell_scale", "cell_shift", "initial_cell"], "gru": ["reset_shift"], "min-gru": []}[layer["cell"]]
        self.constant = {name: folder.constants(prefix + name) for name in names}
        # First gate row of each gate; c is another name of g, and h of n.
        letters = {"c": "g", "h": "n"}
        self.block = {letters.get(gate, gate): k * layer["units"] for k, gate in enumerate(layer["gateOrder"])}
        self.restart()

    def restart(self):
        self.h = list(self.constant["initial_hidden"])
        self.held = list(self.h)
        self.c = list(self.constant.get("initial_cell", []))

    def product(self, values, matrix, row):
        return sum(value * weights[row] for value, weights in zip(values, matrix))

    def input_term(self, x, row):
        b = self.input_weights[x][row] if self.layer["inputKind"] == "one-hot" else self.product(x, self.input_weights, row)
        shifts = self.layer["shifts"]
        scaled = round_shift(self.constant["gate_scale_input"][row] * b, shifts["input"])
        return scaled + round_shift(self.constant["gate_shift"][row], shifts["gateShift"])

    def recurrent_term(self, values, row):
        a = self.product(values, self.recurrent_weights, row)
        return round_shift(self.constant["gate_scale_recurrent"][row] * a, self.layer["shifts"]["recurrent"])

    def preactivation(self, total):
        return saturate(round_shift(total, self.layer["shifts"]["preactivation"]), self.formats["preactivation"]["bits"])

    def gate(self, name, unit, total):
        activation = "tanh" if name in "gn" else "sigmoid"
        value = self.tables[activation](self.preactivation(total))
        self.gates[self.block[name] + unit] = value
        return value

    def step(self, x):
        units = self.layer["units"]
        self.gates = [None] * (len(self.block) * units)
        summed = self.h if self.threshold is None else self.held
        h = {"lstm": self.lstm, "gru": self.gru, "min-gru": self.min_gru}[self.layer["cell"]](x, summed)
        self.h = h
        if self.threshold is not None:
            self.held = [new if abs(new - old) > self.threshold else old for new, old in zip(h, self.held)]
        return h

    def lstm(self, x, summed):
        shifts, cell_shifts = self.layer["shifts"], self.layer["cellShifts"]
        h = []
        for u in range(self.layer["units"]):
            g, f, i, o = (
                self.gate(name, u, self.recurrent_term(summed, self.block[name] + u) + self.input_term(x, self.block[name] + u)) for name in "gfio"
            )
            update = round_shift(f * self.c[u], cell_shifts["kept"]) + round_shift(i * g, cell_shifts["added"])
            self.c[u] = saturate(round_shift(update, cell_shifts["update"]), self.layer["cellFormat"]["bits"])
            scaled = round_shift(self.constant["cell_scale"][u] * self.c[u], cell_shifts["cell"])
            q = self.preactivation(scaled + round_shift(self.constant["cell_shift"][u], cell_shifts["cellShift"]))
            h.append(saturate(round_shift(o * self.tables["tanh"](q), shifts["gateProduct"]), self.formats["hidden"]["bits"]))
        return h

    def gru(self, x, summed):
        units, gate_product = range(self.layer["units"]), self.layer["shifts"]["gateProduct"]
        opened = {
            name: [self.gate(name, u, self.recurrent_term(summed, self.block[name] + u) + self.input_term(x, self.block[name] + u)) for u in units]
            for name in "rz"
        }
        is_before = self.layer["reset"] == "before"
        values = [round_shift(r * h, gate_product) for r, h in zip(opened["r"], self.h)] if is_before else summed
        new = []
        for u in units:
            row = self.block["n"] + u
            inner = self.recurrent_term(values, row) + round_shift(self.constant["reset_shift"][u], self.layer["resetShifts"]["resetShift"])
            outer = inner if is_before else round_shift(opened["r"][u] * inner, gate_product)
            n = self.gate("n", u, outer + self.input_term(x, row))
            new.append(saturate(n + round_shift(opened["z"][u] * (self.h[u] - n), gate_product), self.formats["hidden"]["bits"]))
        return new

    def min_gru(self, x, _):
        shifts, bits = self.layer["shifts"], self.layer["hiddenFormat"]["bits"]
        new = []
        for u, before in enumerate(self.h):
            z = self.gate("z", u, self.input_term(x, self.block["z"] + u))
            p = self.preactivation(self.input_term(x, self.block["n"] + u))
            n = saturate(round_shift(p, self.layer["candidateShifts"]["candidate"]), bits)
            self.gates[self.block["n"] + u] = n
            new.append(saturate(before + round_shift(z * (n - before), shifts["gateProduct"]), bits))
        return new


class Network:
    def __init__(self, folder):
        tables = {name: folder.table(name) for name in ("sigmoid", "tanh") if f"{name}_table" in folder.images}
        self.layers = [Layer(folder, layer, tables) for layer in folder.manifest["model"]["layers"]]
        self.output = folder.manifest["host"].get("output")
        self.step_of_h = 2.0 ** -folder.manifest["formats"]["hidden"]["fractionBits"]
        if self.output:
            self.weights, self.bias = folder.array(self.output["weights"]), folder.array(self.output["bias"])

    def restart(self):
        for layer in self.layers:
            layer.restart()

    def step(self, x):
        signals = []
        for layer in self.layers:
            x = layer.step(x)
            cell = {"cell": list(layer.c)} if layer.c else {}
            signals.append({"hidden": x, "gates": layer.gates, **cell})
        return {"layers": signals, **({"logits": self.logits(x)} if self.output else {})}

    def logits(self, hidden):
        """The bias first, then a unit after the other, in double precision."""
        logits = list(self.bias)
        for h, weights in zip(hidden, self.weights):
            for v, weight in enumerate(weights):
                logits[v] += h * self.step_of_h * weight
        return logits


# What is compared.


def listed_files(value):
    if isinstance(value, dict):
        if "sha256" in value:
            yield value
        value = value.values()
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        for inner in value:
            yield from listed_files(inner)


def differences(folder):
    """Files with another checksum, and signals that differ from the golden vectors."""
    for entry in listed_files(folder.manifest):
        with open(os.path.join(folder.path, entry["path"]), "rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != entry["sha256"]:
                yield f"{entry['path']}: another SHA-256"
    golden = folder.manifest["golden"]
    expected = [{name: folder.array(entry) for name, entry in layer.items()} for layer in golden["layers"]]
    logits = folder.array(golden["logits"]) if "logits" in golden else None
    network = Network(folder)
    for t, (x, restart) in enumerate(zip(folder.array(golden["inputs"]), folder.array(golden["restarts"]))):
        if restart:
            network.restart()
        signals = network.step(x)
        for index, layer in enumerate(expected):
            for name, values in layer.items():
                if signals["layers"][index][name] != values[t]:
                    yield f"timestep {t}, layer {index}: another {name}"
        if logits is not None and signals["logits"] != logits[t]:
            yield f"timestep {t}: other logits"


def run(case):
    network = Network(Folder(case["folder"]))
    timesteps = []
    for sequence in case["sequences"]:
        network.restart()
        timesteps += [network.step(x) for x in sequence]
    return timesteps


def main(arguments):
    if arguments == ["--run"]:
        json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
        return 0
    found = [f"{path}: {difference}" for path in arguments for difference in differences(Folder(path))]
    print("\n".join(found) or "Every checksum, gate, c, h and logit is that of the folder.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
