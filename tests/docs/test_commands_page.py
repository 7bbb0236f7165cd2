"""The list of all commands in the documentation is what the features say."""

from commands_page import MARK, PAGE, make_list

from bot.pipeline.load_features import feature_names, load_features


def test_list_of_commands_is_made_from_the_features() -> None:
    made = PAGE.read_text("utf-8").partition(MARK)[2]
    assert made == make_list(), "run: python tests/docs/commands_page.py"


def test_list_has_every_word_of_every_command() -> None:
    made = make_list()
    words = {word for feature in load_features(feature_names()).values() for word in feature.words(["da", "en"])}
    assert words
    assert [word for word in sorted(words) if f"`!{word}`" not in made] == []
