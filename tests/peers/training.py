"""Trainings as docs/src/training.md, "The same training elsewhere", describes them, in plain numpy.

Usage: training.py iris.csv. Prints the weights of the trainings of tests/src/acceptance/elsewhere.rs as JSON.
"""

import csv
import json
import math
import sys

import numpy as np

WORD = 2**64 - 1


class ChaCha8:
    """A stream of 64-bit words."""

    def __init__(self, seed):
        state, self.key = seed, []
        for _ in range(8):
            state = (state * 0x5851F42D4C957F2D + 0xA17654E46FBE17F3) & WORD
            x = (((state >> 18) ^ state) >> 27) & 0xFFFFFFFF
            turn = state >> 59
            self.key.append(((x >> turn) | (x << (32 - turn))) & 0xFFFFFFFF)
        self.counter, self.words = 0, []

    def block(self):
        start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *self.key]
        start += [self.counter & 0xFFFFFFFF, self.counter >> 32, 0, 0]
        s = list(start)

        def quarter(a, b, c, d):
            for to, by, turned, turn in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)]:
                s[to] = (s[to] + s[by]) & 0xFFFFFFFF
                x = s[turned] ^ s[to]
                s[turned] = ((x << turn) | (x >> (32 - turn))) & 0xFFFFFFFF

        for _ in range(4):
            for a in range(4):
                quarter(a, 4 + a, 8 + a, 12 + a)
            for a in range(4):
                quarter(a, 4 + (a + 1) % 4, 8 + (a + 2) % 4, 12 + (a + 3) % 4)
        self.counter += 1
        return [(x + y) & 0xFFFFFFFF for x, y in zip(s, start)]

    def next(self):
        if not self.words:
            block = self.block()
            self.words = [block[i] | block[i + 1] << 32 for i in range(0, 16, 2)]
        return self.words.pop(0)

    def uniform(self, low, high):
        return low + (high - low) * ((self.next() >> 11) / 2**53)

    def normal(self, deviation):
        while True:
            a, b = self.uniform(-1, 1), self.uniform(-1, 1)
            s = a * a + b * b
            if 0 < s < 1:
                return deviation * a * math.sqrt(-2 * math.log(s) / s)


class SplitMix64:
    """The same by another rule."""

    def __init__(self, seed):
        self.s = seed

    def next(self):
        self.s = (self.s + 0x9E3779B97F4A7C15) & WORD
        z = self.s
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & WORD
        z = (z ^ z >> 27) * 0x94D049BB133111EB & WORD
        return z ^ z >> 31


def below(words, n):
    while True:
        word = words.next()
        if word < WORD - WORD % n:
            return word % n


def shuffle(words, items):
    for i in range(len(items) - 1, 0, -1):
        j = below(words, i + 1)
        items[i], items[j] = items[j], items[i]


def hold_out(rows, classes, share, seed):
    words, kept, held = ChaCha8(seed), [], []
    for one in sorted(set(classes[row] for row in rows)):
        members = [row for row in rows if classes[row] == one]
        shuffle(words, members)
        count = math.floor(share * len(members) + 0.5)
        held += members[:count]
        kept += members[count:]
    return sorted(kept), sorted(held)


def epoch_order(rows, seed, epoch):
    words = SplitMix64(SplitMix64(seed).next() ^ (epoch * 0xD1342543DE82EF95 & WORD))
    rows = list(rows)
    shuffle(words, rows)
    return rows


class Network:
    """Smoothed ReLUs, then linear outputs; squared error, or cross-entropy of their softmax."""

    def __init__(self, w1, b1, w2, b2, h, cross_entropy):
        self.p = [np.array(x, float) for x in (w1, b1, w2, b2)]
        self.h, self.cross_entropy = h, cross_entropy

    def forward(self, x):
        w1, b1, w2, b2 = self.p
        z = x @ w1.T + b1
        a = (z + np.sqrt(z * z + 4 * self.h)) / 2
        return a, a @ w2.T + b2

    def losses(self, y, t):
        if not self.cross_entropy:
            return ((y - t) ** 2).sum(axis=1) / 2, y - t
        e = np.exp(y - y.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return -(t * np.log(p)).sum(axis=1), p - t

    def gradient(self, x, t):
        a, y = self.forward(x)
        loss, d = self.losses(y, t)
        back = (d @ self.p[2]) * (a * a / (a * a + self.h))
        n = len(x)
        return loss.sum(), [back.T @ x / n, back.sum(axis=0) / n, d.T @ a / n, d.sum(axis=0) / n]


def sgd(rate, momentum):
    v = [0.0] * 4

    def step(p, g, factor, _):
        for i in range(4):
            v[i] = momentum * v[i] + g[i]
            p[i] = p[i] - factor * rate * v[i]

    return step


def adam(rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m, v = [0.0] * 4, [0.0] * 4

    def step(p, g, factor, t):
        for i in range(4):
            m[i] = beta1 * m[i] + (1 - beta1) * g[i]
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2
            mean, square = m[i] / (1 - beta1**t), v[i] / (1 - beta2**t)
            p[i] = p[i] - factor * rate * mean / (np.sqrt(square) + epsilon)

    return step


def train(net, x, t, rows, judged, step, factor, epochs, batch=32, decay=0.0, seed=1, patience=None, enough=None):
    best, number, done = None, 0, 0
    for epoch in range(epochs):
        order = rows if seed is None else epoch_order(rows, seed, epoch)
        total = 0.0
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            loss, g = net.gradient(x[part], t[part])
            total += loss
            number += 1
            step(net.p, [g + decay * w for g, w in zip(g, net.p)], factor(epoch, epochs), number)
        done = epoch + 1
        loss = total / len(rows)
        judge = net.losses(net.forward(x[judged])[1], t[judged])[0].mean() if judged else loss
        if patience and (best is None or judge < best[0]):
            best = (judge, done, list(net.p))
        if enough is not None and loss < enough:
            break
        if patience and done - best[1] >= patience:
            break
    return (best[2] if patience else net.p), done


def flowers(path, validation, patience):
    """Iris: standard(), holdout, glorot_uniform, adam, cosine, decay, patience."""
    with open(path) as file:
        rows = list(csv.DictReader(file))
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    x = np.array([[float(row[name]) for name in names] for row in rows])
    species = sorted(set(row["species"] for row in rows))
    classes = [species.index(row["species"]) for row in rows]
    t = np.eye(3)[classes]
    kept, held = hold_out(range(len(rows)), classes, 0.25, 7)
    x = (x - x[kept].mean(axis=0)) / x[kept].std(axis=0)
    judged = held
    if validation:
        kept, judged = hold_out(kept, classes, 0.3, 5)
    words = ChaCha8(2)
    draw = lambda n, m: [[words.uniform(-math.sqrt(6 / (n + m)), math.sqrt(6 / (n + m))) for _ in range(m)] for _ in range(n)]
    net = Network(draw(5, 4), np.zeros(5), draw(3, 5), np.zeros(3), 0.1, True)
    cosine = lambda e, epochs: 0.1 + 0.9 * (1 + math.cos(math.pi * e / epochs)) / 2
    return train(net, x, t, kept, judged, adam(0.05), cosine, 60, batch=20, decay=1e-3, seed=3, patience=patience)


def table(schedule, feed, enough):
    """A table of values: he_normal, sgd with momentum, a batch that leaves a rest, patience without validation."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.25]], float)
    t = np.array([[0, 1], [1, 0.5], [1, 0.25], [0, 0], [0.5, 0.5]], float)
    words = ChaCha8(9)
    draw = lambda n, m: [[words.normal(math.sqrt(2 / m)) for _ in range(m)] for _ in range(n)]
    net = Network(draw(4, 2), np.zeros(4), draw(2, 4), np.zeros(2), 0.05, False)
    return train(net, x, t, list(range(5)), [], sgd(0.1, 0.8), schedule, 90, batch=2, seed=feed, enough=enough)


def main():
    by_step = lambda e, _: 0.5 ** (e // 20)
    exponential = lambda e, _: 0.98**e
    runs = {
        "flowers": flowers(sys.argv[1], False, None),
        "flowers_patience": flowers(sys.argv[1], True, 3),
        "table": table(by_step, 12345678901, None),
        "table_stop": table(exponential, None, 0.1),
    }
    names = ["hidden.W", "hidden.b", "y.W", "y.b"]
    json.dump(
        {
            name: {"epochs": done, "weights": {key: w.ravel().tolist() for key, w in zip(names, p)}}
            for name, (p, done) in runs.items()
        },
        sys.stdout,
    )


main()
