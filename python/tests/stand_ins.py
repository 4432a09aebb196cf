"""Modules with the interfaces of torch.nn and of Keras, as far as an import looks at them."""

from __future__ import annotations

from typing import Any

import numpy as np


class Tensor:
    """A parameter of PyTorch."""

    def __init__(self, values: Any) -> None:
        self._values = np.asarray(values, dtype=np.float32)
        self.shape = self._values.shape

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def numpy(self) -> np.ndarray:
        return self._values


class Module:
    training = False

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def named_children(self) -> Any:
        return iter(())

    def state_dict(self) -> dict[str, Any]:
        return {}


class Sequential(Module):
    def __init__(self, *children: Module) -> None:
        self._children = children

    def named_children(self) -> Any:
        return ((str(at), child) for at, child in enumerate(self._children))


class Linear(Module):
    def __init__(self, inputs: int, outputs: int, rng: np.random.Generator, bias: bool = True) -> None:
        self.weight = Tensor(rng.normal(size=(outputs, inputs)) / np.sqrt(inputs))
        self.bias = Tensor(rng.normal(size=outputs) / 4) if bias else None


class BatchNorm1d(Module):
    eps = 1e-5

    def __init__(self, width: int, rng: np.random.Generator) -> None:
        self.num_features = width
        self.running_mean, self.running_var = Tensor(rng.normal(size=width)), Tensor(rng.random(width) + 0.5)
        self.weight, self.bias = Tensor(rng.random(width) + 0.5), Tensor(rng.normal(size=width))


class ReLU(Module):
    pass


class Tanh(Module):
    pass


class Sigmoid(Module):
    pass


class Softmax(Module):
    pass


class Dropout(Module):
    pass


class LeakyReLU(Module):
    negative_slope = 0.2


class GELU(Module):
    approximate = "none"


class MultiheadAttention(Module):
    pass


def torch_forward(module: Any, X: np.ndarray) -> np.ndarray:
    """What PyTorch computes at inference."""
    from math import erf, sqrt

    kind = type(module).__name__
    if kind == "Sequential":
        for _, child in module.named_children():
            X = torch_forward(child, X)
        return X
    if kind == "Linear":
        return X @ module.weight.numpy().T.astype(float) + (0 if module.bias is None else module.bias.numpy())
    if kind == "BatchNorm1d":
        mean, variance = module.running_mean.numpy().astype(float), module.running_var.numpy().astype(float)
        return (X - mean) / np.sqrt(variance + module.eps) * module.weight.numpy() + module.bias.numpy()
    if kind == "GELU":
        return X * (1 + np.vectorize(erf)(X / sqrt(2))) / 2
    functions = {
        "ReLU": lambda z: np.maximum(z, 0),
        "LeakyReLU": lambda z: np.where(z > 0, z, 0.2 * z),
        "Tanh": np.tanh,
        "Sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "Dropout": lambda z: z,
        "Softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
    }
    return functions[kind](X)


class KerasLayer:
    def __init__(self, name: str, **attributes: Any) -> None:
        self.name = name
        self.__dict__.update(attributes)

    def get_weights(self) -> list[np.ndarray]:
        return []


def function(name: str) -> Any:
    """An activation function of Keras: all that counts is its name."""
    found = lambda z: z  # noqa: E731
    found.__name__ = name
    return found


class Dense(KerasLayer):
    def __init__(self, name: str, inputs: int, outputs: int, activation: str, rng: np.random.Generator) -> None:
        super().__init__(name, activation=function(activation))
        self._weights = [rng.normal(size=(inputs, outputs)) / np.sqrt(inputs), rng.normal(size=outputs) / 4]

    def get_weights(self) -> list[np.ndarray]:
        return self._weights


class BatchNormalization(KerasLayer):
    epsilon = 1e-3

    def __init__(self, name: str, width: int, rng: np.random.Generator) -> None:
        super().__init__(name)
        self.gamma, self.beta = rng.random(width) + 0.5, rng.normal(size=width)
        self.moving_mean, self.moving_variance = rng.normal(size=width), rng.random(width) + 0.5


class Normalization(KerasLayer):
    def __init__(self, name: str, mean: np.ndarray, variance: np.ndarray) -> None:
        super().__init__(name, mean=mean[None], variance=variance[None])


class Activation(KerasLayer):
    pass


class KerasModel:
    """A model of Keras; its class is called Sequential there."""

    def __init__(self, width: int, layers: list[KerasLayer]) -> None:
        self.layers = layers
        self.input_shape = (None, width)

    def get_weights(self) -> list[np.ndarray]:
        return [weights for layer in self.layers for weights in layer.get_weights()]


KerasSequential = type("Sequential", (KerasModel,), {})
