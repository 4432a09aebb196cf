#!/usr/bin/env python3
"""Models to import, and how long onnxruntime takes to load them.

Reads { "folder": PATH } from stdin, writes `dense.onnx` (784-128-10) and `cnn.onnx` (8x8, two convolutions) there, and
prints the median seconds of ten loads of each.
"""

import json
import pathlib
import statistics
import sys
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


def save(path, nodes, arrays, shapes):
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shapes[0])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, shapes[1])]
    initialisers = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in arrays.items()]
    graph = helper.make_graph(nodes, "bench", inputs, outputs, initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.save(model, path)


def dense(path, random):
    arrays = {
        "fc1.weight": random.normal(0, 0.05, (128, 784)),
        "fc1.bias": random.normal(0, 0.1, 128),
        "fc2.weight": random.normal(0, 0.1, (10, 128)),
        "fc2.bias": random.normal(0, 0.1, 10),
    }
    nodes = [
        helper.make_node("Gemm", ["x", "fc1.weight", "fc1.bias"], ["a"], transB=1),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Gemm", ["b", "fc2.weight", "fc2.bias"], ["y"], transB=1),
    ]
    save(path, nodes, arrays, [["N", 784], ["N", 10]])


def cnn(path, random):
    arrays = {
        "conv1.weight": random.normal(0, 0.3, (4, 1, 3, 3)),
        "conv1.bias": random.normal(0, 0.1, 4),
        "conv2.weight": random.normal(0, 0.2, (6, 4, 3, 3)),
        "conv2.bias": random.normal(0, 0.1, 6),
        "fc.weight": random.normal(0, 0.1, (10, 96)),
        "fc.bias": random.normal(0, 0.1, 10),
    }
    pads = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    nodes = [
        helper.make_node("Conv", ["x", "conv1.weight", "conv1.bias"], ["a"], **pads),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("AveragePool", ["b"], ["c"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["c", "conv2.weight", "conv2.bias"], ["d"], **pads),
        helper.make_node("Relu", ["d"], ["e"]),
        helper.make_node("Flatten", ["e"], ["f"]),
        helper.make_node("Gemm", ["f", "fc.weight", "fc.bias"], ["y"], transB=1),
    ]
    save(path, nodes, arrays, [["N", 1, 8, 8], ["N", 10]])


def load_seconds(path):
    taken = []
    for _ in range(10):
        start = time.perf_counter()
        onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main():
    folder = pathlib.Path(json.load(sys.stdin)["folder"])
    random = np.random.default_rng(1)
    answer = {"version": f"onnxruntime {onnxruntime.__version__}"}
    for name, make in (("dense", dense), ("cnn", cnn)):
        path = folder / f"{name}.onnx"
        make(path, random)
        answer[name] = load_seconds(path)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
