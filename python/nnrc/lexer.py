"""A Pygments lexer for ``.nnr``: pages and notebooks show it in colours."""

from __future__ import annotations

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

__all__ = ["NnrLexer"]


class NnrLexer(RegexLexer):  # type: ignore[misc]
    """The language of nnrc.

    >>> from pygments import highlight
    >>> from pygments.formatters import RawTokenFormatter
    >>> highlight("nnr 1;", NnrLexer(), RawTokenFormatter()).split()[0]
    b'Token.Keyword'
    """

    name = "nnrc"
    aliases = ["nnr", "nnrc"]
    filenames = ["*.nnr"]

    _BLOCKS = ("network", "weights", "chemistry", "train", "simulate", "noise", "expect", "dataset", "const", "sweep")
    _WORDS = ("from", "input", "layer", "output", "in", "as", "for", "on", "within", "nnr")

    tokens = {
        "root": [
            (r"\s+", Text),
            (r"//[^\n]*", Comment.Single),
            (r'"(?:[^"\\]|\\.)*"', String.Double),
            (words(_BLOCKS + _WORDS, prefix=r"\b", suffix=r"\b"), Keyword),
            (words(("true", "false"), prefix=r"\b", suffix=r"\b"), Keyword.Constant),
            (r"(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)", Number),
            (r"([A-Za-z_][A-Za-z0-9_]*)(\s*)(\()", bygroups(Name.Function, Text, Punctuation)),
            (r"[A-Za-z_][A-Za-z0-9_]*", Name),
            (r"[|=<>~+*/^-]+", Operator),
            (r"[\[\]{}();:,.%]", Punctuation),
            (r".", Text),
        ],
    }
