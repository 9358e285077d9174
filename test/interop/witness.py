"""Checks and runs ONNX files with programs of other people.

Standard input: a list of cases {file, program: "onnxruntime" | "qonnx", runs: [{name: {type, shape, values}}]}. The runs
of a case follow each other: what an output final_X gave is the next run's input initial_X, and final_position its position.
Standard output: for each case {producer, name, opset, operators, metadata, datatypes, runs: [{name: {shape, values}}]}, or {error}.
"""

import functools
import json
import sys
import warnings

import numpy as np
import onnx
import onnxruntime

warnings.simplefilter("ignore")
onnxruntime.set_default_logger_severity(4)
# qonnx makes a session for each node of each run: threads that wait for each other would take most of the time.
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
onnxruntime.InferenceSession = functools.partial(onnxruntime.InferenceSession, sess_options=options)


def operators(graph):
    for node in graph.node:
        yield node.op_type
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from operators(attribute.g)


def onnx_runtime(file, _metadata):
    session = onnxruntime.InferenceSession(file)
    names = [output.name for output in session.get_outputs()]
    return lambda inputs: dict(zip(names, session.run(names, inputs))), {}, {}


def qonnx(file, metadata):
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.core.onnx_exec import execute_onnx
    from qonnx.transformation.infer_datatypes import InferDataTypes
    from qonnx.transformation.infer_shapes import InferShapes

    model = ModelWrapper(file).transform(InferShapes()).transform(InferDataTypes())
    tensors = [tensor.name for tensor in model.graph.initializer] + [name for node in model.graph.node for name in node.output]
    datatypes = {name: model.get_tensor_datatype(name).name for name in tensors}
    states = json.loads(metadata["tritloom.initialStates"])
    start = {name: np.array([values], np.float32) for name, values in states.items()}
    if "position" in [value.name for value in model.graph.input]:
        start["position"] = np.zeros(1, np.int64)
    return lambda inputs: execute_onnx(model, inputs), start, datatypes


def carried(outputs):
    ends = {name.removeprefix("final_"): value for name, value in outputs.items() if name.startswith("final_")}
    return {name if name == "position" else "initial_" + name: value for name, value in ends.items()}


def witness(case):
    model = onnx.load(case["file"])
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    run, state, datatypes = {"onnxruntime": onnx_runtime, "qonnx": qonnx}[case["program"]](case["file"], metadata)
    results = []
    for inputs in case["runs"]:
        given = {name: np.array(value["values"], value["type"]).reshape(value["shape"]) for name, value in inputs.items()}
        outputs = run({**state, **given})
        state = carried(outputs)
        results.append({name: {"shape": value.shape, "values": value.ravel().tolist()} for name, value in outputs.items()})
    return {
        "producer": f"{model.producer_name} {model.producer_version}",
        "name": model.graph.name,
        "opset": model.opset_import[0].version,
        "operators": sorted(set(operators(model.graph))),
        "metadata": metadata,
        "datatypes": datatypes,
        "runs": results,
    }


def answer(case):
    try:
        return witness(case)
    except Exception as error:  # one case's failure is its answer
        return {"error": f"{type(error).__name__}: {error}"}


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
