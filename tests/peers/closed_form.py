#!/usr/bin/env python3
"""What every species of a network of the construction `fixed_point` rests at, in closed form with 100 digits.

Reads a list of networks as `forward.py` does, each with one sample in `samples`, and beside it

    { "found": { "x_1": 1.0, "y_1_p": 0.3, "y_1_m": 0.1, … }, "annihilation": 100 }

`found` holds concentrations by identifier (their values may be null: then only the identifiers are read, which
tell where a value has two rails and where a pre-activation has a relay). Writes for each network

    { "rate": 0.01, "worst": 0.3, "at": "y_1_p" }

`rate` is the slowest rate at which a part of the pot approaches its rest. `worst` is the largest of

    |found - value| / (1e-9 scale condition)

where the scale of a species is its value, that of one of two rails the larger rail, and the condition is the sum of
the magnitudes of the terms of a value over the value, carried through the layers: an error of every term by one part
of itself moves the species by scale * condition at most.
"""

import json
import sys
from decimal import Decimal, getcontext

import numpy as np

getcontext().prec = 100
getcontext().Emin = -10**8
getcontext().Emax = 10**8
ZERO, ONE, TWO, FOUR = Decimal(0), Decimal(1), Decimal(2), Decimal(4)
BOUND = Decimal("1e-9")


class Rails:
    """Two amounts, the second of which may be missing (0), and how far an error of all terms moves each."""

    def __init__(self, up, down=ZERO, error_up=None, error_down=None):
        self.up, self.down = up, down
        self.error_up = up if error_up is None else error_up
        self.error_down = down if error_down is None else error_down

    @property
    def value(self):
        return self.up - self.down

    @property
    def error(self):
        """Of the value, where it is read as the difference."""
        return self.error_up + self.error_down


def stable_root(z, h):
    """sqrt(z² + 4h), (z + it) / 2, (−z + it) / 2."""
    s = (z * z + FOUR * h).sqrt()
    larger = (abs(z) + s) / TWO
    smaller = h / larger if larger else ZERO
    return (s, larger, smaller) if z >= 0 else (s, smaller, larger)


def annihilated(made, speed, decay=ONE):
    """Rails made at `made`, with decay, that annihilate: y₊ − y₋ = p₊ − p₋, speed y₊ y₋ = decay (p₊ − y₊)."""

    def rail(own, other):
        b = speed * (own - other) - decay
        s = (b * b + FOUR * speed * decay * own).sqrt()
        return (b + s) / (TWO * speed) if b >= 0 else TWO * decay * own / (s - b) if s - b else ZERO

    up, down = rail(made.up, made.down), rail(made.down, made.up)
    rate = speed * (up + down) + decay

    def moved(own, error_own, error_other):
        # The derivatives of y₊ by p₊ and by p₋.
        return ((speed * own + decay) * error_own + speed * own * error_other) / rate + own

    return Rails(up, down, moved(up, made.error_up, made.error_down), moved(down, made.error_down, made.error_up))


class Pot:
    def __init__(self, network):
        self.found = network["found"]
        self.annihilation = Decimal(float(network["annihilation"]))
        self.rates, self.expected = [], {}

    def has(self, name):
        return name in self.found

    def expect(self, name, value, error, scale=None):
        """A species by its identifier, if the pot has it."""
        if name in self.found:
            self.expected[name] = (value, max(error, scale or ZERO, value))

    def rails(self, stem, rails):
        """A value of one or two rails."""
        if self.has(stem + "_p"):
            error = max(rails.error_up, rails.error_down)
            self.expect(stem + "_p", rails.up, error)
            self.expect(stem + "_m", rails.down, error)
        else:
            self.expect(stem, rails.up, rails.error_up)

    def relayed(self, stem, drive):
        """The drive as a species, where it is one."""
        if self.has(stem + "_Z_p"):
            self.rates.append(1.0)
            relay = annihilated(drive, self.annihilation)
            self.rails(stem + "_Z", relay)
            return relay
        if self.has(stem + "_Z"):
            self.rates.append(1.0)
            self.expect(stem + "_Z", drive.up, drive.error_up)
        return drive

    def rate(self, value):
        self.rates.append(float(value))

    def pair(self, z, error, h):
        """u, v, their sum, and by which part of themselves an error of z moves them."""
        s, u, v = stable_root(z, h)
        self.rate(s)
        return u, v, s, ONE + error / s

    def unit(self, name, stem, spec, drive):
        """One unit of an activation of one unit at a time."""
        h = Decimal(float(spec.get("h", 0)))
        k = Decimal(float(spec.get("k", 0)))
        two = self.has(stem + "_p")
        if name == "identity":
            self.rate(1)
            return annihilated(drive, self.annihilation) if two else Rails(drive.up, ZERO, drive.error_up + drive.up)
        if name == "annihilation_relu":
            self.rate(1)
            pair = annihilated(drive, k)
            return Rails(pair.up, ZERO, pair.error_up)
        drive = self.relayed(stem, drive)
        z, error = drive.value, drive.error
        if name == "smooth_relu":
            u, _, _, part = self.pair(z, error, h)
            return Rails(u, ZERO, u * part)
        if name == "smooth_leaky_relu":
            u, v, _, part = self.pair(z, error, h)
            slope = Decimal(float(spec["slope"]))
            self.rate(1)
            return Rails(u, slope * v, u * part, slope * v * part)
        if name in ("algebraic_sigmoid", "algebraic_tanh"):
            u, v, s, part = self.pair(z, error, h)
            up, down = u / s, v / s
            return Rails(up, down if two else ZERO, TWO * up * part, TWO * down * part if two else ZERO)
        if name == "restored_sigmoid":
            a = Decimal(float(spec["a"]))
            s, u, v = stable_root(z, a * a)
            # x = (a + u) / (2a + s), since u - v = z and u + v = s.
            x, c = (a + u) / (TWO * a + s), (a + v) / (TWO * a + s)
            if self.has(stem + "_F"):
                self.restored(drive, float(a), float(x), float(c), stem)
            else:
                self.rate(s)
            return Rails(x, ZERO, x * (ONE + error / s))
        if name in ("michaelis", "hill"):
            if name == "hill":
                drive = self.square(stem + "_Q", drive)
                z, error = drive.value, drive.error
            self.rate(k + z)
            part = error / (k + z)
            up, down = drive.up / (k + z), drive.down / (k + z)
            if not two:
                return Rails(up, ZERO, up + part * k / (k + z) + up * part)
            return Rails(
                up,
                down,
                up * (ONE + part) + drive.error_up / (k + z),
                down * (ONE + part) + drive.error_down / (k + z),
            )
        if name == "softsign":
            u, v, s, part = self.pair(z, error, h)
            self.rate(1)
            return Rails(u / (ONE + s), v / (ONE + s), TWO * u / (ONE + s) * part, TWO * v / (ONE + s) * part)
        if name == "elu":
            u, v, _, part = self.pair(z, error, h)
            self.rate(ONE + v)
            return Rails(u, v / (ONE + v), u * part, v / (ONE + v) * part)
        if name == "abs":
            _, _, s, part = self.pair(z, error, h)
            self.rate(1)
            return Rails(s, ZERO, s * part)
        if name == "swish":
            u, _, s, part = self.pair(z, error, h)
            self.rate(1)
            gate = u / s
            up, down = drive.up * gate, drive.down * gate
            made = Rails(
                up,
                down,
                drive.error_up * gate + TWO * up * part,
                drive.error_down * gate + TWO * down * part,
            )
            return annihilated(made, self.annihilation) if two else Rails(up, ZERO, made.error_up)
        if name == "square":
            return self.square(stem, drive, "value")
        if name == "inverse_multiquadric":
            _, _, s, part = self.pair(z, error, h)
            return Rails(ONE / s, ZERO, part / s)
        if name == "inverse_quadratic":
            q = self.square(stem + "_Q", drive)
            y = ONE / (ONE + q.value)
            self.rate(ONE + q.value)
            return Rails(y, ZERO, y * (ONE + q.error * y))
        raise ValueError(f"unknown activation {name}")

    def square(self, stem, drive, what="species"):
        self.rate(1)
        up = drive.up * drive.up + drive.down * drive.down
        down = TWO * drive.up * drive.down
        error_up = TWO * (drive.up * drive.error_up + drive.down * drive.error_down) + up
        error_down = TWO * (drive.up * drive.error_down + drive.down * drive.error_up) + down
        if self.has(stem + "_p"):
            rails = annihilated(Rails(up, down, error_up, error_down), self.annihilation)
        else:
            rails = Rails(up, ZERO, error_up)
        if what == "species":
            self.rails(stem, rails)
        return rails

    def restored(self, drive, a, x, c, stem):
        """F follows what pushes X up, B what pushes C up; the slowest mode of the three."""
        up, down = float(drive.up), float(drive.down)
        f, b = up * x, down * c
        matrix = np.array([[-1.0, 0.0, up], [0.0, -1.0, -down], [c, -x, -(f + b + 2.0 * a)]])
        self.rate(min(-np.linalg.eigvals(matrix).real))

    def layer(self, name, spec, stems, drives):
        """All units of one activation."""
        if name == "winner_take_all":
            return self.winner_take_all(Decimal(float(spec["h"])), stems, drives)
        if name == "rational_softmax":
            h = Decimal(float(spec["h"]))
            drives = [self.relayed(stem, drive) for stem, drive in zip(stems, drives)]
            pairs = [self.pair(drive.value, drive.error, h) for drive in drives]
            total = sum(u for u, _, _, _ in pairs)
            self.rate(total)
            shared = sum(u / total * part for u, _, _, part in pairs)
            return [Rails(u / total, ZERO, u / total * (part + shared)) for u, _, _, part in pairs]
        return [self.unit(name, stem, spec, drive) for stem, drive in zip(stems, drives)]

    def winner_take_all(self, h, stems, drives):
        drives = [self.relayed(stem, drive) for stem, drive in zip(stems, drives)]
        z = [drive.value for drive in drives]
        top = max([ZERO, *z])
        gaps = [top - one for one in z]
        # sum h / (d + gap) = top + d for d = S − top: the left side falls, the right side rises.
        low, high = ZERO, (h * len(z)).sqrt() + h
        while sum(h / (high + gap) for gap in gaps) > top + high:
            high *= TWO
        low = Decimal("1e-300")
        for _ in range(400):
            middle = (low * high).sqrt() if high > TWO * low else (low + high) / TWO
            if sum(h / (middle + gap) for gap in gaps) > top + middle:
                low = middle
            else:
                high = middle
        d = (low + high) / TWO
        x = [h / (d + gap) for gap in gaps]
        total = top + d
        errors = [drive.error + total for drive in drives]
        weights = [one * one / h for one in x]
        moved = sum(w * e for w, e in zip(weights, errors)) / (ONE + sum(weights))
        roots = np.array([float(one.sqrt()) for one in x])
        matrix = np.diag([float(h / one) for one in x]) + np.outer(roots, roots)
        self.rate(min(np.linalg.eigvalsh(matrix)) if max(matrix.flat) < 1e8 * min(np.diag(matrix)) else min(np.diag(matrix)))
        return [Rails(one, ZERO, one + one * one / h * (error + moved)) for one, error in zip(x, errors)]

    def judge(self):
        worst, at = ZERO, ""
        for name, (value, error) in self.expected.items():
            found = self.found[name]
            if found is None:
                continue
            distance = abs(Decimal(float(found)) - value) if np.isfinite(found) else Decimal("Infinity")
            ratio = distance / (BOUND * error) if error else (ZERO if distance == 0 else Decimal("Infinity"))
            if ratio > worst:
                worst, at = ratio, f"{name}: {found!r} is not {float(value)!r}, condition {float(error):.3g}"
        return {"rate": min(self.rates), "worst": min(float(worst), 1e300), "at": at, "species": len(self.expected)}


def dense(layer, sources):
    drives = []
    for row, bias in zip(layer["W"], layer["b"]):
        up = down = error_up = error_down = ZERO
        for weight, source in zip([*row, bias], [*sources, Rails(ONE)]):
            w = Decimal(float(weight))
            rails = [(source.up, source.error_up), (source.down, source.error_down)]
            if w < 0:
                rails.reverse()
            up += abs(w) * rails[0][0]
            down += abs(w) * rails[1][0]
            error_up += abs(w) * rails[0][1]
            error_down += abs(w) * rails[1][1]
        drives.append(Rails(up, down, error_up + up, error_down + down))
    return drives


def settle(network):
    pot = Pot(network)
    values, at = {}, 0
    for item in network["inputs"]:
        numbers = [Decimal(float(x)) for x in network["samples"][0][at : at + item["width"]]]
        at += item["width"]
        values[item["name"]] = [Rails(max(x, ZERO), max(-x, ZERO)) for x in numbers]
    for layer in network["layers"]:
        sources = [rails for source in layer["from"] for rails in values[source]]
        drives = dense(layer, sources)
        chain = layer["activation"] or [{"name": "identity"}]
        for link, spec in enumerate(chain):
            middle = f"_A{link + 1}" if link + 1 < len(chain) else ""
            stems = [f"{layer['name']}_{unit + 1}{middle}" for unit in range(len(drives))]
            drives = pot.layer(spec["name"], spec, stems, drives)
            for stem, rails in zip(stems, drives):
                pot.rails(stem, rails)
        values[layer["name"]] = drives
    return pot.judge()


if __name__ == "__main__":
    json.dump([settle(network) for network in json.load(sys.stdin)], sys.stdout)
