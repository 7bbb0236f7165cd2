"""Finds a sentence by its key and language, and fills it in without letting anybody's words become markup."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import yaml
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from bot.languages.registry import FALLBACK, find_language, is_installed, language_codes

#: The file in a language's folder with the sentences of the core.
CORE = "texts.yaml"

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
    """Sentences by key, in every language that has them: a Jinja template each.

    A source is a folder with a file for each language (`da.yaml`), or the name of a file in every language's own
    folder. A key of a later source hides the same key of an earlier one. Markup may stand in the templates; values are
    escaped. A line break is a line break.
    """

    def __init__(self, *sources: Path | str) -> None:
        self._sources = sources
        self._sentences: dict[str, dict[str, str]] = {}

    def say(self, language: str, key: str, values: Mapping[str, object], fallback: Sequence[str] = ()) -> Text:
        """Fill in a sentence. What the language lacks is said in the first of `fallback` that has it, else in English,
        else in any language.

        Raises KeyError for a key that no language has, jinja2.UndefinedError for a missing value.
        """
        rendered = _GAP.sub(" ", self._template(language, key, fallback).render(values)).strip()
        return Text(rendered.replace("\n", "<br>"), _plain(rendered).rstrip())

    def has(self, key: str) -> bool:
        """Whether there is such a sentence in any language."""
        return any(key in self.sources(code) for code in self._every_language())

    def sources(self, language: str) -> Mapping[str, str]:
        """Return the templates of one language by their keys, without any fallback."""
        if language not in self._sentences:
            self._sentences[language] = self._merged(language)
        return self._sentences[language]

    def languages(self) -> list[str]:
        """Return the codes of the languages in which there can be sentences."""
        folders = [source for source in self._sources if isinstance(source, Path)]
        codes = {file.stem for folder in folders for file in folder.glob("*.yaml")}
        if len(folders) < len(self._sources):
            codes.update(language_codes())
        return sorted(codes)

    def _template(self, language: str, key: str, fallback: Sequence[str]) -> Template:
        for code in chain((language, *fallback), self._every_language()):
            if key in (templates := self.sources(code)):
                return _compiled(templates[key])
        raise KeyError(key)

    def _every_language(self) -> Iterator[str]:
        """Yield English first, so that the installed languages are only looked for where English lacks a sentence."""
        yield FALLBACK
        yield from self.languages()

    def _merged(self, language: str) -> dict[str, str]:
        sentences: dict[str, str] = {}
        for source in self._sources:
            if isinstance(source, Path):
                sentences |= _read(source / f"{language}.yaml")
            elif is_installed(language):
                sentences |= _read(find_language(language).folder / source)
        return sentences


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


@cache
def _read(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    return dict(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {})


def _plain(rendered: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", rendered)))


def link(address: str, name: str) -> Markup:
    """A name that leads to whom it belongs: an address as the target, which each way out writes as it needs."""
    return Markup('<a href="{}">{}</a>').format(address, name)
