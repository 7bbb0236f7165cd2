"""Finds a sentence by its key and language, and fills it in without letting anybody's words become markup."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

LANGUAGES = ("da", "en")
CORE = Path(__file__).parent

_BREAK = re.compile(r"<br>")
_TAG = re.compile(r"<[^>]*>")
_MARKS = re.compile('["“”„‟«»＂〝〞]')
_GAP = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True)
class Text:
    """A finished message: `html` for clients that show it, `plain` for those that do not."""

    html: str
    plain: str

    def __html__(self) -> str:
        """Finished is finished: put into another text, it is not escaped again."""
        return self.html

    def __str__(self) -> str:
        return self.plain


class Catalogue:
    """The sentences of the core and of one feature over them; a feature's key hides the core's.

    The files are `da.yaml` and `en.yaml`: a Jinja template for each key. Markup may stand in the templates; values are
    escaped. A line break is a line break.
    """

    def __init__(self, *folders: Path) -> None:
        self._sentences = {language: _merged(folders, language) for language in LANGUAGES}

    def say(self, language: str, key: str, values: Mapping[str, object]) -> Text:
        """Fill in a sentence. Raises KeyError for an unknown key, jinja2.UndefinedError for a missing value."""
        rendered = _GAP.sub(" ", self._template(language, key).render(values)).strip()
        return Text(rendered.replace("\n", "<br>"), _plain(rendered).rstrip())

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self._sentences[LANGUAGES[0]]

    def sources(self, language: str) -> Mapping[str, str]:
        """Every template by its key, for tests and translators."""
        return self._sentences[language]

    def _template(self, language: str, key: str) -> Template:
        return _compiled(self._sentences[language][key])


@cache
def environment() -> Environment:
    """The Jinja environment: escaping always, no missing value passed over."""
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["sentence"] = lambda text: str(text)[:1].upper() + str(text)[1:]
    made.filters["quoted"] = quoted
    return made


def quoted(text: object) -> str:
    """Somebody's words, marked as theirs; no mark in them can end the quotation early."""
    return f"“{_MARKS.sub('’', str(text))}”"


@cache
def _compiled(source: str) -> Template:
    return environment().from_string(source)


def _merged(folders: Iterable[Path], language: str) -> dict[str, str]:
    sentences: dict[str, str] = {}
    for folder in folders:
        sentences |= _read(folder / f"{language}.yaml")
    return sentences


@cache
def _read(file: Path) -> dict[str, str]:
    return dict(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {})


def _plain(rendered: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", rendered)))


def link(address: str, name: str) -> Markup:
    """A name that leads to whom it belongs: an address as the target, which each way out writes as it needs."""
    return Markup('<a href="{}">{}</a>').format(address, name)
