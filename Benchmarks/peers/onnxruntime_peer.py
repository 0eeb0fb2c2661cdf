#!/usr/bin/env python3
"""Generation in ONNX Runtime: one graph (Gather, two LSTMs, Gemm, Softmax) for a token, sampled in numpy."""
import workloads

options = workloads.arguments(__doc__, workloads.GENERATION)

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

shape = workloads.GENERATION[options.workload]
types, embedding, hidden = shape["types"], shape["embedding"], shape["hidden"]
random = np.random.default_rng(1)


def weights(name, *dimensions):
    return numpy_helper.from_array(random.uniform(-0.05, 0.05, dimensions).astype("f"), name)


def integers(name, values):
    return numpy_helper.from_array(np.array(values, "int64"), name)


def make_session():
    constants = [
        weights("embeddings", types, embedding), weights("scores", hidden, types), weights("bias", types),
        integers("sequence", [1, 1, embedding]), integers("vector", [1, hidden]),
    ]
    nodes = [
        helper.make_node("Gather", ["embeddings", "token"], ["embedded"]),
        helper.make_node("Reshape", ["embedded", "sequence"], ["input0"]),
    ]
    inputs = [helper.make_tensor_value_info("token", TensorProto.INT64, [1])]
    outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, types])]
    for layer, size in enumerate((embedding, hidden)):
        constants += [
            weights(f"W{layer}", 1, 4 * hidden, size), weights(f"R{layer}", 1, 4 * hidden, hidden),
            weights(f"B{layer}", 1, 8 * hidden),
        ]
        source = "input0" if layer == 0 else "new_h0"
        names = [source, f"W{layer}", f"R{layer}", f"B{layer}", "", f"h{layer}", f"c{layer}"]
        nodes.append(
            helper.make_node("LSTM", names, [f"all{layer}", f"new_h{layer}", f"new_c{layer}"], hidden_size=hidden))
        for part in "hc":
            inputs.append(helper.make_tensor_value_info(f"{part}{layer}", TensorProto.FLOAT, [1, 1, hidden]))
            outputs.append(helper.make_tensor_value_info(f"new_{part}{layer}", TensorProto.FLOAT, [1, 1, hidden]))
    nodes += [
        helper.make_node("Reshape", ["new_h1", "vector"], ["output"]),
        helper.make_node("Gemm", ["output", "scores", "bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(nodes, "generation", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = options.threads, 1
    return onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])


session = make_session()


def step(_):
    state = {f"{part}{layer}": np.zeros((1, 1, hidden), "f") for layer in (0, 1) for part in "hc"}
    token = np.zeros(1, "int64")
    for _ in range(shape["tokens"]):
        probabilities, *parts = session.run(None, {"token": token, **state})
        state = dict(zip(("h0", "c0", "h1", "c1"), parts))
        sums = np.cumsum(probabilities[0])
        token[0] = np.searchsorted(sums, random.random() * sums[-1] * 0.9999)
    return 0, shape["tokens"]


workloads.measure(options, "onnxruntime", [None], step)
