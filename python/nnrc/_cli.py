"""The command ``nnrc`` of this package."""

from __future__ import annotations

import sys

from . import _nnrc


def main() -> None:
    """Runs the command, whose name is the first word."""
    sys.exit(_nnrc.run(["nnrc", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
