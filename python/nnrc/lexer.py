"""A Pygments lexer for ``.nnr``: pages and notebooks show it in colours.

Pygments is an extra of the package: ``pip install 'nnrc[pygments]'``.
"""

from __future__ import annotations

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Text

from nnrc._words import CONTEXTUAL, FUNCTIONS, KEYWORDS, RESERVED, UNITS

__all__ = ["NnrLexer"]

_UNIT = "|".join(sorted(UNITS, key=lambda unit: (-len(unit), unit)))


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

    tokens = {
        "root": [
            (r"\s+", Text),
            (r"//[^\n]*", Comment.Single),
            (r'"(?:[^"\\\n]|\\[^\n])*"', String.Double),
            (words(KEYWORDS, prefix=r"\b", suffix=r"\b"), Keyword),
            (words(CONTEXTUAL, prefix=r"\b", suffix=r"\b(?=\s*(?:=|[A-Za-z_]\w*\s*\())"), Keyword),
            (words(RESERVED, prefix=r"\b", suffix=r"\b(?!\s*[=.\],])"), Keyword.Reserved),
            (words(("true", "false"), prefix=r"\b", suffix=r"\b"), Keyword.Constant),
            (
                rf"(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)([ \t]*)({_UNIT})(?![A-Za-z0-9_])",
                bygroups(Number, Text, Keyword.Type),
            ),
            (r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", Number),
            (words(FUNCTIONS, prefix=r"\b", suffix=r"(?=\s*\()"), Name.Builtin),
            (r"[A-Za-z_][A-Za-z0-9_]*(?=\s*\()", Name.Function),
            (r"[A-Za-z_][A-Za-z0-9_]*", Name),
            (r"==|<=|>=|[|=<>~+*/-]", Operator),
            (r"[\[\]{}();:,.]", Punctuation),
            (r".", Error),
        ],
    }
