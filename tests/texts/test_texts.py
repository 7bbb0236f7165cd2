"""Every sentence there is in both languages alike, is used, can be filled in; and every key the code says exists."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from jinja2 import meta

from bot.languages.catalogue import CORE, Catalogue, jinja_environment
from bot.languages.registry import find_language
from bot.pipeline.load_features import feature_names, load_features

ROOT = Path(__file__).parents[2]
FEATURES = load_features(feature_names())
LANGUAGES = ("da", "en")
FOLDERS = {
    "core": None,
    "demo": ROOT / "bot" / "demo" / "texts",
    **{name: feature.folder / "texts" for name, feature in FEATURES.items()},
}

#: Calls that say something, and which of their arguments is the key.
SAYING = {"say": 0, "tell": 0, "show": 0, "change": 1, "text": 0, "Refused": 0, "Ask": 1}
ROOMS = {"agreements", "api", "features", "pipeline"}
#: Arguments of those calls that fill no placeholder, and what the pipeline adds to a question by itself.
NO_VALUES = {"notify", "under", "taps", "language", "of", "instead"}
ADDED = {"unknown", "problem"}


def sentences(folder: Path | None, language: str) -> dict[str, str]:
    file = folder / f"{language}.yaml" if folder else find_language(language).folder / CORE
    return dict(yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader))


def placeholders(template: str) -> set[str]:
    return meta.find_undeclared_variables(jinja_environment().parse(template))


@cache
def sources() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted((ROOT / "bot").rglob("*.py"))}


@cache
def words_of_the_code() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Every string in the code, and what every string with a gap in it can become."""
    literal: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for tree in sources().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literal.add(node.value)
            elif isinstance(node, ast.JoinedStr) and (pattern := as_pattern(node)):
                patterns.append(pattern)
    return frozenset(literal), tuple(patterns)


def as_pattern(node: ast.JoinedStr) -> re.Pattern[str] | None:
    """`f"card-{face}"` is any key that begins with "card-"; one that begins with the gap could be anything."""
    parts = [p.value if isinstance(p, ast.Constant) and isinstance(p.value, str) else None for p in node.values]
    first = parts[0] if parts else None
    if first is None or not re.fullmatch(r"[a-z]+(-[a-z]+)*-", first):
        return None
    return re.compile("".join("[a-z-]+" if part is None else re.escape(part) for part in parts))


@pytest.mark.parametrize("name", FOLDERS)
def test_both_languages_have_the_same_sentences_with_the_same_placeholders(name: str) -> None:
    da, en = (sentences(FOLDERS[name], language) for language in LANGUAGES)
    assert list(da) == list(en)
    assert {k: placeholders(t) for k, t in da.items()} == {k: placeholders(t) for k, t in en.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FOLDERS)
def test_only_cards_say_the_number_of_the_week(name: str, language: str) -> None:
    texts = sentences(FOLDERS[name], language)
    assert [k for k, t in texts.items() if ".with_week" in t and not k.startswith("card-")] == []


@pytest.mark.parametrize("name", FOLDERS)
def test_no_sentence_is_there_for_nobody(name: str) -> None:
    literal, patterns = words_of_the_code()
    keys = sentences(FOLDERS[name], "da")
    assert [k for k in keys if k not in literal and not any(p.fullmatch(k) for p in patterns)] == []


def test_every_key_that_the_code_says_exists_and_gets_its_values() -> None:
    said = [(path.relative_to(ROOT / "bot").parts, path, tree) for path, tree in sources().items()]
    talking = [(path, tree) for parts, path, tree in said if parts[0] in ROOMS and "migrations" not in parts]
    wrong = [problem for path, tree in talking for problem in wrong_calls(path, tree)]
    assert wrong == []


def wrong_calls(path: Path, tree: ast.Module) -> Iterator[str]:
    catalogue = catalogue_at(path)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        at = SAYING.get(name)
        if at is None or len(node.args) <= at:
            continue
        key = node.args[at]
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            continue
        place = f"{path.relative_to(ROOT)}:{node.lineno}: {key.value}"
        if key.value not in catalogue.templates_in("da"):
            yield f"{place} is in no catalogue"
        elif lacking := lacking_values(node, catalogue.templates_in("da")[key.value], path):
            yield f"{place} lacks {lacking}"


def lacking_values(node: ast.Call, template: str, path: Path) -> set[str]:
    """The rules of agreements name keys alone: whoever asks them fills them in (bot.api.agreements.negotiate)."""
    if any(keyword.arg is None for keyword in node.keywords) or path.parent.name == "agreements":
        return set()
    return placeholders(template) - {keyword.arg for keyword in node.keywords if keyword.arg} - ADDED - {"loop"}


def catalogue_at(path: Path) -> Catalogue:
    parts = path.relative_to(ROOT).parts
    feature = FEATURES.get(parts[2]) if parts[1] == "features" and len(parts) > 3 else None
    return feature.catalogue if feature else FEATURES["guide"].catalogue


class Anything(str):
    """Stands for whatever may fill a placeholder: a name, a time, a list of either."""

    def __getattr__(self, name: str) -> "Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(self)

    def __getitem__(self, at: object) -> "Anything":
        return Anything(self)

    def __iter__(self) -> Iterator[str]:
        return iter([Anything("<i>å & æ</i>"), Anything("to")])


class Tags(HTMLParser):
    """Which tags are open, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


EVERY = [
    (name, language, key)
    for name, folder in FOLDERS.items()
    for language in LANGUAGES
    for key in sentences(folder, language)
]


@pytest.mark.parametrize(("name", "language", "key"), EVERY)
def test_a_sentence_can_be_filled_in_and_is_sound_html(name: str, language: str, key: str) -> None:
    template = sentences(FOLDERS[name], language)[key]
    for filling in ("<b>Ærø & \"'</b>", ""):
        said = Catalogue(FOLDERS[name] or CORE).say(
            language, key, {p: str(filling) for p in flat(template)} | nested(template, filling)
        )
        tags = Tags()
        tags.feed(said.html)
        assert (tags.open, tags.wrong) == ([], [])
        assert "<b>" not in said.html
    assert template == "\n".join(line.rstrip() for line in template.split("\n"))


def flat(template: str) -> set[str]:
    """Placeholders that are filled with a word."""
    return placeholders(template) - nested(template, "").keys()


def nested(template: str, filling: str) -> dict[str, object]:
    """Placeholders that are filled with times, or with lists."""
    found: dict[str, object] = {}
    for name in placeholders(template):
        if re.search(rf"\bin {name}\b|\b{name}(?:\[0\])?\.[a-z]|\b{name}\s*\|\s*join", template):
            found[name] = Anything(filling)
    return found
