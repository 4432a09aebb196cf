"""How far long work is: a bar of tqdm where that is installed, else nothing."""

from __future__ import annotations

import sys
from typing import Any, Callable

Callback = Callable[..., None]


def _is_watched() -> bool:
    """Whether somebody looks: a terminal, or a notebook."""
    if sys.stderr is not None and sys.stderr.isatty():
        return True
    return "ipykernel" in sys.modules


class Progress:
    """Passes on what work tells: to a bar, and to a callback of the user.

    Parameters
    ----------
    show : bool or None
        Whether to draw a bar; None: where tqdm is installed and somebody looks.
    words : str
        What is done.
    callback : callable or None
        Called with each event: ``("note", words)``, ``("progress", done, of)`` or
        ``("epoch", number, of, loss, metric, value)``.
    """

    def __init__(self, show: bool | None, words: str, callback: Callback | None = None) -> None:
        self._show = _is_watched() if show is None else show
        self._words = words
        self._callback = callback
        self._bar: Any = None

    @property
    def listener(self) -> Callback | None:
        """What is to be called; None where nobody wants to know."""
        if self._show:
            try:
                import tqdm.auto  # noqa: F401
            except ImportError:
                self._show = False
        return self._hear if self._show or self._callback is not None else None

    def _hear(self, kind: str, *what: Any) -> None:
        if self._callback is not None:
            self._callback(kind, *what)
        if not self._show or kind == "note":
            return
        done, of = what[0], what[1]
        if self._bar is None:
            from tqdm.auto import tqdm

            self._bar = tqdm(total=of, desc=self._words, leave=False)
        self._bar.update(done - self._bar.n)
        if kind == "epoch":
            _, _, loss, metric, value = what
            self._bar.set_postfix({"loss": f"{loss:.4g}", metric: f"{value:.4g}"}, refresh=False)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
