#!/usr/bin/env python3
"""Train the network that `imported_digits_cnn` imports: `python train_digits_torch.py`.

A convolutional network in PyTorch is trained on the 1,437 images of digits_train/digits_train.npz and written as ONNX
to imported_digits_cnn/imported_digits_cnn.onnx, with 60 images that it has not seen (the first six of each digit in
digits/digits_test.npz) as imported_digits_cnn/imported_digits_cnn.npz. Then, in the folder imported_digits_cnn:

    nnrc import imported_digits_cnn.onnx --data imported_digits_cnn.npz

Equal versions (requirements-import.txt) give equal bytes on one kind of processor.
"""

from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn

from data import write_npz

EXAMPLES = Path(__file__).resolve().parent.parent
FOLDER = EXAMPLES / "imported_digits_cnn"


def images(path):
    """Images of pixels from 0 to 1, [rows, channels, height, width], and their digits."""
    with np.load(EXAMPLES / path) as file:
        return (file["x"].reshape(-1, 1, 8, 8) / 16).astype(np.float32), file["label"]


def accuracy(model, x, t):
    with torch.no_grad():
        return (model(torch.from_numpy(x)).argmax(1).numpy() == t).mean()


if __name__ == "__main__":
    torch.manual_seed(1)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    x, t = images("digits_train/digits_train.npz")
    x_test, t_test = images("digits/digits_test.npz")
    # The names are those of the layers of the imported network.
    model = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 3, 3, stride=2, padding=1),
            norm1=nn.BatchNorm2d(3),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(3, 8, 3),
            norm2=nn.BatchNorm2d(8),
            relu2=nn.ReLU(),
            pool=nn.AvgPool2d(2),
            flatten=nn.Flatten(),
            digit=nn.Linear(8, 10),
        )
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-4)
    epochs = 100
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        for rows in torch.randperm(len(t)).split(32):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(torch.from_numpy(x)[rows]), torch.from_numpy(t)[rows])
            loss.backward()
            optimizer.step()
        schedule.step()
    model.eval()
    print(f"accuracy: {accuracy(model, x, t):.4f} of training, {accuracy(model, x_test, t_test):.4f} held out")
    seen = np.sort(np.concatenate([np.flatnonzero(t_test == digit)[:6] for digit in range(10)]))
    write_npz(FOLDER / "imported_digits_cnn.npz", {"x": x_test[seen], "t": t_test[seen]})
    print(f"accuracy: {accuracy(model, x_test[seen], t_test[seen]):.4f} of the 60 images of the example")
    # The exporter of earlier versions: the present one puts the paths of this machine into the file.
    torch.onnx.export(
        model,
        torch.zeros(1, 1, 8, 8),
        FOLDER / "imported_digits_cnn.onnx",
        input_names=["image"],
        output_names=["digit"],
        dynamo=False,
    )
