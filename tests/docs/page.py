"""Takes a page of the documentation apart, so that tests can hold it to its word."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_NAMED_BLOCK = re.compile(r"^`([\w./-]+)`:\n```\w+\n(.*?)^```$", re.S | re.M)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


def files_on(page: Path) -> dict[str, str]:
    """The blocks under a line that names a file, by that name."""
    return dict(_NAMED_BLOCK.findall(page.read_text("utf-8")))


def blocks_on(page: Path, language: str) -> list[str]:
    """The blocks in a language."""
    return [text for named, text in _BLOCK.findall(page.read_text("utf-8")) if named == language]


def links_on(page: Path) -> list[str]:
    """What its links and pictures lead to."""
    return _LINK.findall(_BLOCK.sub("", page.read_text("utf-8")))


def code_on(page: Path) -> list[str]:
    """What stands between backticks."""
    return _CODE.findall(_BLOCK.sub("", page.read_text("utf-8")))
