#!/usr/bin/env python3
"""What onnxruntime answers.

Reads { "models": [{ "model": PATH, "samples": PATH.npz }] } from stdin; the array `x` holds a sample in each row, in the
shape of the model's input without the batch. Prints for each model a list of rows: the last output that is a tensor of
numbers, flattened; or the words with which it refuses the model.
"""

import json
import sys

import numpy as np
import onnxruntime

TYPES = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}


def answer(session, row):
    """The output for one sample. Some exporters freeze the size of the batch: then the sample is there several times."""
    inputs = session.get_inputs()
    batch = inputs[0].shape[0] if inputs[0].shape and isinstance(inputs[0].shape[0], int) else 1
    if len(inputs) == 1:
        feed = {inputs[0].name: np.repeat(row[None], max(batch, 1), axis=0).astype(TYPES[inputs[0].type])}
    else:
        feed = {one.name: np.array([[value]], TYPES[one.type]) for one, value in zip(inputs, row.ravel())}
    # scikit-learn's probabilities may be a list of dictionaries, one for each sample.
    found = [list(value[0].values()) if isinstance(value, list) else value for value in session.run(None, feed)]
    numbers = [value for value in map(np.asarray, found) if value.dtype.kind == "f"]
    return numbers[-1].astype(np.float64).reshape(max(batch, 1), -1)[0].tolist()


def main():
    answers = []
    for job in json.load(sys.stdin)["models"]:
        try:
            session = onnxruntime.InferenceSession(job["model"], providers=["CPUExecutionProvider"])
        except Exception as error:  # its own classes have no common base
            answers.append(str(error))
            continue
        rows = np.load(job["samples"])["x"]
        answers.append([answer(session, row) for row in rows])
    json.dump({"version": f"onnxruntime {onnxruntime.__version__}", "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
