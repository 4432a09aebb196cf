"""The Pygments lexer colours what the compiler reads, and says of nothing else that it is right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pygments = pytest.importorskip("pygments")
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename  # noqa: E402
from pygments.token import Error, Keyword, Name, Number, Text  # noqa: E402

from nnrc import _words  # noqa: E402
from nnrc.lexer import NnrLexer  # noqa: E402

ROOT = Path(__file__).parents[2]


def tokens(text: str) -> list[tuple[object, str]]:
    return [(kind, value) for kind, value in NnrLexer().get_tokens(text) if kind is not Text]


@pytest.mark.parametrize("path", sorted([*ROOT.glob("examples/*/*.nnr"), *ROOT.glob("tests/corpus/good/*.nnr")]), ids=lambda path: path.stem)
def test_every_good_file_is_coloured_whole(path):
    text = path.read_text(encoding="utf-8")
    found = list(NnrLexer(stripnl=False, ensurenl=False).get_tokens(text))
    # Pygments drops the mark of byte order and reads every end of line as one sign.
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(value for _, value in found) == plain
    assert [value for kind, value in found if kind is Error] == []


def test_words_are_what_the_compiler_says():
    for word in _words.KEYWORDS:
        assert tokens(f"{word} ")[0] == (Keyword, word)
    for word in _words.RESERVED:
        assert tokens(f"{word} ")[0] == (Keyword.Reserved, word)
    for unit in _words.UNITS:
        assert tokens(f"20 {unit};")[:2] == [(Number, "20"), (Keyword.Type, unit)]
    for name in _words.FUNCTIONS:
        assert tokens(f"{name}(1)")[0] == (Name.Builtin, name)
    assert tokens("as classes(1)")[0] == (Keyword, "as") and tokens("as = 1")[0][1] == "as"
    assert tokens("20 seconds")[1] == (Name, "seconds")
    assert tokens("h")[0] == (Name, "h")


def test_what_is_no_sign_of_the_language_is_an_error():
    for sign in "#^%é":
        assert tokens(f"x {sign} y")[1] == (Error, sign)


def test_pygments_finds_it_by_name_and_file():
    assert isinstance(get_lexer_by_name("nnr"), NnrLexer)
    assert isinstance(get_lexer_for_filename("xor.nnr"), NnrLexer)
    command = [sys.executable, "-m", "pygments", "-l", "nnr", "-f", "html", str(ROOT / "examples/xor/xor.nnr")]
    assert "smooth_relu" in subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_package_does_not_need_pygments():
    code = "import sys; sys.modules['pygments'] = None; import nnrc"
    subprocess.run([sys.executable, "-c", code], check=True)
