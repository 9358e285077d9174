"""Small ONNX files, and what ONNX Runtime computes with them.

Made with onnx 1.23.2 and onnxruntime 1.32.0, Python 3.11: `python make_onnx.py` beside this file writes onnx_*.onnx and onnx.json. Each case has
the input of one sequence and its outputs [T, V].
"""

import json
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
T = 6
random = np.random.default_rng(5)
cases = []


def floats(*shape):
    return random.uniform(-0.8, 0.8, shape).astype(np.float32)


def layer(kind, name, x, inputs, units, tensors, bias=True, **attributes):
    gates = 4 if kind == "LSTM" else 3
    tensors[f"{name}_W"] = floats(1, gates * units, inputs)
    tensors[f"{name}_R"] = floats(1, gates * units, units)
    names = [x, f"{name}_W", f"{name}_R"]
    if bias:
        tensors[f"{name}_B"] = floats(1, 2 * gates * units)
        names.append(f"{name}_B")
    node = helper.make_node(kind, names, [f"{name}_Y"], name=name, hidden_size=units, **attributes)
    squeeze = helper.make_node("Squeeze", [f"{name}_Y", "one"], [f"{name}_out"])
    return [node, squeeze], f"{name}_out"


def save(file, nodes, tensors, output, x, rank=3):
    tensors["one"] = np.array([1], dtype=np.int64)
    kind = TensorProto.INT64 if x.dtype == np.int64 else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "fixture",
        [helper.make_tensor_value_info("x", kind, x.shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [f"d{axis}" for axis in range(rank)])],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path = os.path.join(HERE, file)
    onnx.save(model, path)
    (out,) = onnxruntime.InferenceSession(path).run(None, {"x": x})
    return np.round(out.reshape(T, -1).astype(np.float64), 8).flatten().tolist()


def case(name, file, nodes, tensors, output, x, rank=3):
    outputs = save(file, nodes, tensors, output, x, rank)
    cases.append({"name": name, "file": file, "inputs": x.reshape(T, -1).squeeze().tolist() if x.dtype == np.int64 else x.reshape(T, -1).tolist(), "outputs": outputs})


tensors = {}
first, out = layer("LSTM", "first", "x", 3, 4, tensors)
second, out = layer("LSTM", "second", out, 4, 5, tensors, bias=False)
tensors["matrix"], tensors["bias"] = floats(5, 2), floats(2)
dense = [helper.make_node("MatMul", [out, "matrix"], ["product"]), helper.make_node("Add", ["bias", "product"], ["logits"])]
case("two LSTM layers, MatMul and Add", "onnx_lstm.onnx", first + second + dense, tensors, "logits", floats(T, 1, 3))

for reset in (0, 1):
    tensors = {}
    nodes, out = layer("GRU", "gru", "x", 3, 4, tensors, linear_before_reset=reset)
    tensors["matrix"], tensors["bias"] = floats(2, 4), floats(2)
    nodes += [
        helper.make_node("Reshape", [out, "rows"], ["flat"]),
        helper.make_node("Gemm", ["flat", "matrix", "bias"], ["logits"], transB=1, alpha=0.5, beta=2.0),
    ]
    tensors["rows"] = np.array([T, 4], dtype=np.int64)
    case(f"a GRU with linear_before_reset={reset} and a Gemm", f"onnx_gru{reset}.onnx", nodes, tensors, "logits", floats(T, 1, 3), 2)

tensors = {"table": floats(5, 3)}
nodes, out = layer("GRU", "gru", "vectors", 3, 4, tensors)
nodes = [helper.make_node("Gather", ["table", "x"], ["vectors"])] + nodes
case("an embedding and a GRU without dense layer", "onnx_embedding.onnx", nodes, tensors, out, random.integers(0, 5, (T, 1)))


def refused(file, kind, **attributes):
    tensors = {}
    nodes, out = layer(kind, "one", "x", 3, 2, tensors, **attributes)
    save(file, nodes, tensors, out, floats(T, 1, 3))


refused("onnx_reverse.onnx", "LSTM", direction="reverse")
refused("onnx_activations.onnx", "GRU", activations=["HardSigmoid", "Tanh"])
refused("onnx_clip.onnx", "GRU", clip=1.5)
tensors = {}
nodes, out = layer("GRU", "gru", "x", 3, 4, tensors)
save("onnx_relu.onnx", nodes + [helper.make_node("Relu", [out], ["r"])], tensors, "r", floats(T, 1, 3))

with open(os.path.join(HERE, "onnx.json"), "w") as file:
    json.dump({"onnxruntime": onnxruntime.__version__, "cases": cases}, file, indent=1)
    file.write("\n")
