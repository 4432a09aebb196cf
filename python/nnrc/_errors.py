"""Exceptions and warnings, each with what the compiler found."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

__all__ = [
    "ExpectationFailed",
    "FileError",
    "Finding",
    "ModelError",
    "NnrcError",
    "NnrcWarning",
    "NotSettled",
    "SolverError",
]


class Finding(NamedTuple):
    """One thing that was found, as the command shows it.

    Attributes
    ----------
    severity : str
        ``"error"``, ``"warning"`` or ``"note"``.
    code : str
        Its kind, such as ``"shape-mismatch"``; :func:`nnrc.explain` has a page on each.
    message : str
        What is wrong.
    file : str
        The text that it is about.
    line, column, end_line, end_column : int or None
        The place in the text, counted from 1, columns in characters; None where it is about no place.
    label : str or None
        What stands beside the place.
    help : str
        What to write instead, a line for each way; empty where there is none.
    """

    severity: str
    code: str
    message: str
    file: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    label: str | None
    help: str


class NnrcError(Exception):
    """Something could not be done; the text of the exception is what the command prints.

    Attributes
    ----------
    findings : tuple of Finding
        Everything that was found, at least one error among it.
    """

    def __init__(self, text: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.findings = findings

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.text, self.findings)


class ModelError(NnrcError):
    """The text, or what was asked of it, makes no sense."""


class FileError(NnrcError, OSError):
    """A file cannot be read, decoded or written."""


class ExpectationFailed(NnrcError):
    """What was expected does not hold."""


class SolverError(NnrcError):
    """A time course cannot be followed, or a training diverged."""


class NotSettled(SolverError):
    """The chemistry does not come to rest."""


class NnrcWarning(UserWarning):
    """A warning of the compiler.

    Attributes
    ----------
    finding : Finding or None
        What was found.
    """

    def __init__(self, text: str, finding: Finding | None = None) -> None:
        super().__init__(text)
        self.finding = finding


_CLASSES: dict[int, type[NnrcError]] = {1: ModelError, 3: FileError, 4: ExpectationFailed, 5: SolverError}


def findings_of(text: str) -> tuple[Finding, ...]:
    """Findings of their JSON form."""
    known = Finding._fields
    return tuple(
        Finding(**{**{name: one[name] for name in known}, "help": "\n".join(one["help"])}) for one in json.loads(text)
    )


def error_of(status: int, code: str, text: str, findings: str) -> NnrcError:
    """The exception of a failure; ``status`` is the exit status of its gravest finding, ``code`` its kind."""
    kind = NotSettled if code == "not-settled" else _CLASSES.get(status, NnrcError)
    return kind(text.rstrip("\n"), findings_of(findings))
