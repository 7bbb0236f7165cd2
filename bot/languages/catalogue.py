"""Finds a sentence by its key and language, and fills in its values, escaped so that nobody's words become markup."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
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
_QUOTATION_MARKS = re.compile('["“”„‟«»＂〝〞]')
_BLANKS = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True)
class Text:
    """A finished message: `html` for clients that show it, `plain` for those that do not."""

    html: str
    plain: str

    def __html__(self) -> str:
        """Return the markup, so that a text inside another one is not escaped again."""
        return self.html

    def __str__(self) -> str:
        return self.plain


class _Layer:
    """The sentences of the core or of one feature, from one or several sources.

    A source is a folder with a file for each language (`da.yaml`), or the name of a file that every language's own
    folder may have. When two sources have the same key, the later source counts.
    """

    def __init__(self, *sources: Path | str) -> None:
        self._sources = sources
        self._by_language: dict[str, dict[str, str]] = {}

    def in_language(self, code: str) -> Mapping[str, str]:
        """Return the templates of one language by their keys."""
        if code not in self._by_language:
            files = [file for source in self._sources if (file := _file_of(source, code))]
            self._by_language[code] = {key: template for file in files for key, template in _read(file).items()}
        return self._by_language[code]

    def languages(self) -> list[str]:
        """Return the languages of the folders; without a folder, every installed language."""
        folders = [source for source in self._sources if isinstance(source, Path)]
        if not folders:
            return list(language_codes())
        return sorted({file.stem for folder in folders for file in folder.glob("*.yaml")})

    def find(self, key: str, languages: Iterable[str]) -> str | None:
        """Return the template in the first of these languages that has it, else in English, else in any language."""
        for code in chain(languages, (FALLBACK,)):  # other languages are only read when these lack the sentence
            if key in self.in_language(code):
                return self.in_language(code)[key]
        return next((self.in_language(code)[key] for code in self.languages() if key in self.in_language(code)), None)


class Catalogue:
    """Sentences by key, each a Jinja template, in every language that has them.

    When two layers (`_Layer`) have the same key, only the later layer counts, in all languages: the templates of the
    earlier one may have other placeholders. Templates may contain markup; values are escaped. A line break in a
    template is a line break in the sentence.
    """

    def __init__(self, *layers: Path | str | tuple[Path | str, ...]) -> None:
        self._layers = [_Layer(*layer) if isinstance(layer, tuple) else _Layer(layer) for layer in layers]

    def say(self, language: str, key: str, values: Mapping[str, object], fallback: Sequence[str] = ()) -> Text:
        """Return a sentence with its values filled in.

        When `language` lacks the sentence, it is said in the first of `fallback` that has it, else in English, else in
        any language. Raises KeyError for a key that no language has, jinja2.UndefinedError for a missing value.
        """
        template = self._find(key, (language, *fallback))
        if template is None:
            raise KeyError(key)
        rendered = _BLANKS.sub(" ", _compile(template).render(values)).strip()
        rendered = rendered.replace("“”", "“…”")  # an empty value is a mistake, but people can still read the sentence
        return Text(rendered.replace("\n", "<br>"), _to_plain(rendered).rstrip())

    def has(self, key: str) -> bool:
        """Return whether any language has the sentence."""
        return self._find(key, ()) is not None

    def templates_in(self, language: str) -> Mapping[str, str]:
        """Return the templates of one language by their keys, without any fallback."""
        return {key: text for layer in self._layers for key, text in layer.in_language(language).items()}

    def find_missing_keys(self, language: str) -> list[str]:
        """Return the keys of the last layer that another language has and this one lacks, in alphabetical order."""
        layer = self._layers[-1]
        keys = {key for code in layer.languages() for key in layer.in_language(code)}
        return sorted(keys - layer.in_language(language).keys())

    def _find(self, key: str, languages: Iterable[str]) -> str | None:
        found = (layer.find(key, languages) for layer in reversed(self._layers))
        return next((template for template in found if template is not None), None)


@cache
def jinja_environment() -> Environment:
    """Return the Jinja environment. It always escapes values, and a missing value is an error."""
    jinja = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    jinja.filters["sentence"] = lambda text: str(text)[:1].upper() + str(text)[1:]
    jinja.filters["quoted"] = quote
    return jinja


def quote(text: object) -> str:
    """Return somebody's words in quotation marks.

    Quotation marks inside them are replaced, so that none ends the quotation.
    """
    return f"“{_QUOTATION_MARKS.sub('’', str(text))}”"


@cache
def _compile(source: str) -> Template:
    return jinja_environment().from_string(source)


def _file_of(source: Path | str, code: str) -> Path | None:
    if isinstance(source, Path):
        return source / f"{code}.yaml"
    return find_language(code).folder / source if is_installed(code) else None


@cache
def _read(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    return dict(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {})


def _to_plain(rendered: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", rendered)))


def link(address: str, name: str) -> Markup:
    """Return a name as a link to an address. Each channel writes such links in its own way when it sends them."""
    return Markup('<a href="{}">{}</a>').format(address, name)
