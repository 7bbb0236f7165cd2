"""Sentences are filled in without letting anybody's words become markup."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from bot.languages.catalogue import Catalogue, link


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    below, above = tmp_path / "below", tmp_path / "above"
    for folder, title in ((below, "Grund"), (above, "Mit")):
        folder.mkdir()
        for language in ("da", "en"):
            (folder / f"{language}.yaml").write_text(f"title: {title} {language}\n", "utf-8")
    with (below / "da.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "hi: 'Hej <b>{{ name }}</b>'\nlines: |-\n  en\n  to\nlist: '{% for one in all %}{{ one }}. {% endfor %}'\n"
        )
    return Catalogue(below, above)


def test_say_escapes_what_people_wrote(catalogue: Catalogue) -> None:
    said = catalogue.say("da", "hi", {"name": '<img src="x"> & {{ 7*7 }}'})
    assert said.html == "Hej <b>&lt;img src=&#34;x&#34;&gt; &amp; {{ 7*7 }}</b>"
    assert said.plain == 'Hej <img src="x"> & {{ 7*7 }}'


def test_say_puts_one_finished_sentence_into_another(catalogue: Catalogue) -> None:
    inner = catalogue.say("da", "hi", {"name": "<i>"})
    assert catalogue.say("da", "list", {"all": [inner, "<"]}).html == "Hej <b>&lt;i&gt;</b>. &lt;."


def test_say_breaks_lines_where_the_template_does(catalogue: Catalogue) -> None:
    said = catalogue.say("da", "lines", {})
    assert (said.html, said.plain) == ("en<br>to", "en\nto")


def test_say_without_a_value_or_a_sentence_is_a_mistake(catalogue: Catalogue) -> None:
    with pytest.raises(UndefinedError):
        catalogue.say("da", "hi", {})
    with pytest.raises(KeyError):
        catalogue.say("da", "nothing", {})


def test_a_features_key_hides_the_cores(catalogue: Catalogue) -> None:
    assert catalogue.say("en", "title", {}).plain == "Mit en"
    assert (catalogue.has("title"), catalogue.has("nothing")) == (True, False)


def test_sentence_that_a_language_lacks_is_said_in_another(tmp_path: Path) -> None:
    for language, text in {"da": "a: A\nb: B\nc: C\n", "en": "a: one\nb: two\n", "nb": "a: en\n"}.items():
        (tmp_path / f"{language}.yaml").write_text(text, "utf-8")
    catalogue = Catalogue(tmp_path)
    assert catalogue.say("nb", "a", {}, ["da"]).plain == "en"
    assert catalogue.say("nb", "b", {}, ["da"]).plain == "B"
    assert catalogue.say("nb", "b", {}).plain == "two", "else in English"
    assert catalogue.say("en", "c", {}).plain == "C", "else in any language"
    assert (catalogue.find_missing_keys("nb"), catalogue.find_missing_keys("da")) == (["b", "c"], [])


def test_a_features_key_hides_the_cores_also_where_it_lacks_the_language(tmp_path: Path) -> None:
    below, above = tmp_path / "below", tmp_path / "above"
    for folder, texts in ((below, {"da": "Grund", "nb": "Grunn"}), (above, {"da": "Mit {{ thing }}"})):
        folder.mkdir()
        for language, text in texts.items():
            (folder / f"{language}.yaml").write_text(f"title: '{text}'\n", "utf-8")
    assert Catalogue(below, above).say("nb", "title", {"thing": "hus"}).plain == "Mit hus"


def test_link_leads_to_an_address_and_nowhere_else() -> None:
    made = link('matrix:u/a"b', "<Anna>")
    assert made == Markup('<a href="matrix:u/a&#34;b">&lt;Anna&gt;</a>')


def test_an_empty_value_leaves_no_empty_quotation_marks(tmp_path: Path) -> None:
    (tmp_path / "da.yaml").write_text("what: Hvad er “{{ said }}”?\nthat: Hvad er {{ said|quoted }}?\n", "utf-8")
    catalogue = Catalogue(tmp_path)
    assert {catalogue.say("da", key, {"said": ""}).plain for key in ("what", "that")} == {"Hvad er “…”?"}
