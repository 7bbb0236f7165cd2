"""Makes the list of all commands on docs/commands.md from the features: `python tests/docs/commands_page.py`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.api.feature import Command, Feature
from bot.config.community import Community
from bot.config.load import load_community
from bot.pipeline.load_features import feature_names, load_features

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "commands.md"

#: Everything behind this line is made.
MARK = "<!-- From here on the page is made by `python tests/docs/commands_page.py`. -->\n"


@dataclass(frozen=True)
class Language:
    """How the list is written in a language, and the community whose names its examples use."""

    code: str
    community: str
    heading: str
    columns: tuple[str, str, str]


LANGUAGES = (
    Language("da", "skovby", "Alle kommandoer", ("For eksempel", "Det gør den", "Ordene")),
    Language("en", "riverside", "All commands", ("For example", "What it does", "Its words")),
)


def make_list() -> str:
    """Return the made part of the page."""
    return "\n".join("\n".join(_section(language)) for language in LANGUAGES) + "\n"


def _section(language: Language) -> Iterator[str]:
    community = load_community(ROOT / "rooms" / f"{language.community}.yaml", server_name="example.org", features=None)
    yield f"\n## {language.heading}\n"
    for feature in _in_order(community):
        yield f"### {_say(feature, language, 'help-title')} (`{feature.name}`)\n"
        yield f"| {' | '.join(language.columns)} |\n|{'---|' * len(language.columns)}"
        for command in feature.commands:
            if command.words:
                yield _row(feature, command, language)
        yield ""


def _in_order(community: Community) -> list[Feature]:
    """Return the installed features of Bylaug: in the order of the community's file, then the others."""
    features = load_features(name for name in feature_names() if (ROOT / "bot" / "features" / name).is_dir())
    first = [features[name] for name in community.features if name in features]
    return [*first, *(feature for feature in features.values() if feature not in first)]


def _row(feature: Feature, command: Command, language: Language) -> str:
    example = _say(feature, language, f"example-{command.name}")
    words = " ".join(f"`!{word}`" for word in feature.words_of(command, [language.code]))
    what = _say(feature, language, f"help-{command.name}")
    return f"| `{example}` | {what} | {words} |"


def _say(feature: Feature, language: Language, key: str) -> str:
    return feature.catalogue.say(language.code, key, {}).plain.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write the page anew."""
    written, mark, _ = PAGE.read_text("utf-8").partition(MARK)
    assert mark, f"{PAGE} lacks the line {MARK}"
    PAGE.write_text(f"{written}{MARK}{make_list()}", "utf-8")


if __name__ == "__main__":
    main()
