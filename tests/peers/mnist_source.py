#!/usr/bin/env python3
"""The source network of the MNIST examples in numpy: outputs for the 10,000 test images.

    mnist_source.py FOLDER WEIGHTS.npz H    the folder with the four IDX files, h of the smoothed ReLUs

Prints a list of ten outputs for each image. Reads the images by itself, so that the compiler's reader is checked too.
"""

import json
import sys
from pathlib import Path

import numpy as np


def main():
    folder, weights, h = Path(sys.argv[1]), np.load(sys.argv[2]), float(sys.argv[3])
    raw = (folder / "t10k-images-idx3-ubyte").read_bytes()
    # 16 bytes of magic number and sizes, then a byte for each pixel.
    x = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784) / 255
    z = x @ weights["hidden.W"].T + weights["hidden.b"]
    root = np.sqrt(z * z + 4 * h)
    hidden = np.where(z >= 0, (z + root) / 2, 2 * h / (root + np.abs(z)))
    json.dump((hidden @ weights["y.W"].T + weights["y.b"]).tolist(), sys.stdout)


if __name__ == "__main__":
    main()
