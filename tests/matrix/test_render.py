"""Rendered events: mentions, threads, edits and reactions as clients expect them, escaped, and never too large."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.api.request.person import person_at
from bot.config.address import matrix_address
from bot.config.community import Community
from bot.languages.catalogue import link
from bot.matrix.render import MAX_TEXT_BYTES, render
from bot.store.messages.outbox import OutboxRow

ANNA = "matrix:u/anna:example.org"


def make_row(kind: str = "say", target: str | None = None, **content: Any) -> OutboxRow:
    row_content = {"html": "hej", "plain": "hej", "notify": [], **content}
    now = datetime(2026, 6, 9, tzinfo=UTC)
    return OutboxRow(1, 1, "bylaug-x", "matrix:roomid/r", kind, row_content, 7 if target else None, target, None, now)


def test_an_answer_is_a_notice_that_notifies_nobody() -> None:
    assert render(make_row(html="<b>hej</b>", reply_to="$q")) == (
        "m.room.message",
        {
            "msgtype": "m.notice",
            "body": "hej",
            "format": "org.matrix.custom.html",
            "formatted_body": "<b>hej</b>",
            "m.relates_to": {"m.in_reply_to": {"event_id": "$q"}},
        },
    )


def test_people_to_notify_are_mentioned_in_a_text() -> None:
    _, content = render(make_row(html=str(link(ANNA, "Anna")), notify=[ANNA, "mailto:anna@example.org"]))
    assert content["msgtype"] == "m.text"
    assert content["m.mentions"] == {"user_ids": ["@anna:example.org"]}
    assert content["formatted_body"] == '<a href="https://matrix.to/#/@anna:example.org">Anna</a>'


def test_an_edit_has_the_new_message_and_a_fallback_for_old_clients() -> None:
    kind, content = render(make_row("edit", "$card", html="<b>ny</b>", plain="ny"))
    assert (kind, content["body"], content["formatted_body"]) == ("m.room.message", "* ny", "* <b>ny</b>")
    assert content["m.new_content"]["body"] == "ny"
    assert content["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$card"}


def test_a_reaction_is_an_annotation() -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$card", "key": "✅"}
    assert render(make_row("react", "$card", key="✅")) == ("m.reaction", {"m.relates_to": relation})


def test_a_message_under_a_card_is_in_its_thread() -> None:
    fallback = {"rel_type": "m.thread", "event_id": "$card", "is_falling_back": True}
    assert render(make_row(target="$card"))[1]["m.relates_to"] == {**fallback, "m.in_reply_to": {"event_id": "$card"}}
    answer = {"rel_type": "m.thread", "event_id": "$card", "is_falling_back": False}
    relation = render(make_row(target="$card", reply_to="$q"))[1]["m.relates_to"]
    assert relation == {**answer, "m.in_reply_to": {"event_id": "$q"}}
    assert render(make_row(thread="$t", reply_to="$q"))[1]["m.relates_to"]["event_id"] == "$t"


@pytest.mark.parametrize(
    "user", ['@a"onmouseover="x:example.org', "@<script>:example.org", "@a&amp;b:example.org", "@a'b:example.org"]
)
def test_an_id_with_special_characters_stays_inside_its_link(user: str) -> None:
    person = person_at(Community("c", "C", "#c:example.org"), matrix_address(user))
    _, content = render(make_row(html=str(link(person.addresses[0], person.name)), notify=[person.addresses[0]]))
    assert content["formatted_body"].count('"') == 2
    assert content["formatted_body"].count("<") == 2
    assert content["m.mentions"] == {"user_ids": [user]}


@pytest.mark.parametrize("character", ["x", "æ", "🚜", "\n", '"', "\x01", "linje\n"])
@pytest.mark.parametrize("kind", ["say", "edit"])
def test_a_text_of_any_length_fits_an_event(character: str, kind: str) -> None:
    _, content = render(make_row(kind, "$card", plain=character * 70_000, html=character * 70_000))
    assert len(json.dumps(content, ensure_ascii=False).encode()) < 60_000
    assert content["body"].endswith("…")
    assert "formatted_body" not in content


def test_too_long_html_is_left_out() -> None:
    _, content = render(make_row(plain="<b>" * 5_000, html="&lt;b&gt;" * 5_000))
    assert "formatted_body" not in content
    assert "format" not in content


@settings(deadline=None)
@given(st.text(), st.integers(1, 4000), st.sampled_from(["say", "edit", "react"]))
def test_any_text_can_be_sent(text: str, times: int, kind: str) -> None:
    _, content = render(make_row(kind, "$card", plain=text * times, html=text * times, key="✅"))
    assert len(json.dumps(content, ensure_ascii=False).encode()) < 60_000


def test_a_text_that_fits_is_unchanged() -> None:
    text = "x" * (MAX_TEXT_BYTES - 2)
    assert render(make_row(plain=text))[1]["body"] == text
