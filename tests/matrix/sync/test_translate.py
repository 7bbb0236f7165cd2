"""Any event is translated or ignored, without an exception, and into text that every database takes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.matrix.sync.translate import MAX_TEXT_CHARACTERS, TRANSLATED_TYPES, translate

ME, ANNA = "@bylaug:example.org", "@anna:example.org"
NOW = datetime(2026, 6, 9, 8, tzinfo=UTC)
ROOM = "!room:example.org"


def translate_event(content: Any, kind: str = "m.room.message", **more: Any) -> Any:
    event = {"type": kind, "content": content, "sender": ANNA, "event_id": "$e", "origin_server_ts": 1_780_000_000_000}
    return translate(ROOM, {**event, **more}, ME, NOW)


def text_message(body: Any, **more: Any) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": body, **more}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
#: Keys that `translate` reads; tests give them any value.
KEYS = ("msgtype", "body", "m.relates_to", "m.new_content", "m.mentions", "formatted_body", "redacts", "rel_type")
KEYS += ("event_id", "key", "m.in_reply_to", "is_falling_back", "user_ids", "membership", "format", "prev_content")
WORDS = st.sampled_from(
    ["m.text", "m.notice", "m.thread", "m.replace", "m.annotation", "$e", ME, ANNA, "!ping", "join"]
)
PLAUSIBLE = st.recursive(
    WORDS | JSON,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)
ENVELOPE = st.fixed_dictionaries(
    {"type": st.sampled_from(TRANSLATED_TYPES) | JSON, "content": PLAUSIBLE},
    optional={
        "sender": st.just(ANNA) | JSON,
        "event_id": st.just("$e") | JSON,
        "origin_server_ts": st.integers() | st.floats() | JSON,
        "unsigned": PLAUSIBLE,
        "redacts": WORDS | JSON,
        "state_key": WORDS | JSON,
    },
)


@settings(max_examples=700, deadline=None)
@given(ENVELOPE | JSON)
@example({"type": "m.room.message", "content": text_message("\ud800!ping"), "sender": ANNA, "event_id": "$e"})
@example({"type": ["m.room.message"], "content": {}, "sender": ANNA, "event_id": "$e"})
def test_any_json_in_any_place_is_translated_or_ignored(event: Any) -> None:
    found = translate(ROOM, event, ME, NOW)
    if found is not None:
        stored = json.dumps(found.payload) + found.sender + found.place + found.external_id
        assert "\\u0000" not in stored
        assert "\x00" not in stored
        stored.encode()
        assert len(stored) < 50_000
        assert found.sent_at <= NOW
        assert found.kind in ("message", "edit", "tap", "redaction")


@given(st.text())
def test_any_text_is_one_that_every_database_takes(body: str) -> None:
    found = translate_event(text_message(body))
    if found is not None:
        assert (
            found.payload["text"] == body[:MAX_TEXT_CHARACTERS].replace("\x00", "").encode("utf-8", "replace").decode()
        )


@pytest.mark.parametrize("kind", ["m.notice", "m.image", "m.emote", "m.file", "m.bad.encrypted", None, 7, {}, "M.TEXT"])
def test_messages_that_are_no_text_are_ignored(kind: Any) -> None:
    assert translate_event({"msgtype": kind, "body": "!ping"}) is None


@pytest.mark.parametrize("body", ["", "   ", "\n", "\x00", None, 7, [], {}])
def test_a_text_without_words_is_ignored(body: Any) -> None:
    assert translate_event(text_message(body)) is None


@pytest.mark.parametrize(
    "kind", ["m.room.encrypted", "m.sticker", "m.poll.start", "m.room.member", "", None, 3, [], {}]
)
def test_other_events_are_ignored(kind: Any) -> None:
    assert translate_event(text_message("!ping"), kind) is None


@pytest.mark.parametrize("sender", [ME, "", None, 7, "anna", "@anna", "@:example.org", "@an na:example.org", "@a:\n"])
def test_events_of_the_bot_and_of_malformed_senders_are_ignored(sender: Any) -> None:
    assert translate_event(text_message("!ping"), sender=sender) is None


def test_messages_from_before_the_bot_joined_are_ignored() -> None:
    assert translate_event(text_message("!ping"), unsigned={"membership": "invite"}) is None
    assert translate_event(text_message("!ping"), unsigned={"membership": "leave"}) is None
    assert translate_event(text_message("!ping"), unsigned={"membership": "join"}).payload["text"] == "!ping"
    assert translate_event(text_message("!ping"), unsigned="nonsense").payload["text"] == "!ping"


def test_sixty_thousand_characters_are_cut() -> None:
    assert translate_event(text_message("!" + "x" * 60_000)).payload["text"] == "!" + "x" * (MAX_TEXT_CHARACTERS - 1)


def test_bidi_and_control_characters_are_kept() -> None:
    assert translate_event(text_message("!ping \u202eabc\u2066\x00")).payload["text"] == "!ping \u202eabc\u2066"


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (NOW.timestamp() * 1000 + 5_000, NOW),
        (10**30, NOW),
        (float("nan"), NOW),
        (float("inf"), NOW),
        (-(10**18), NOW),
        ("soon", NOW),
        (None, NOW),
    ],
)
def test_a_malformed_time_is_now(stamp: Any, moment: datetime) -> None:
    assert translate_event(text_message("!ping"), origin_server_ts=stamp).sent_at == moment


HOUR = 3_600_000


@pytest.mark.parametrize(
    ("behind", "age", "hours"),
    [
        (2 * HOUR, 2 * HOUR + 900, 2.0),  # the answer took a while, and the clock is exact
        (50 * HOUR, 0, 0.0),  # a clock that is two days behind
        (-50 * HOUR, 5 * HOUR, 5.0),  # a clock that is ahead, and a message that waited for the bot
        (0, 20 * HOUR, 20.0),  # a sender who claims that an old message is new
        (5 * HOUR, -3, 5.0),
        (5 * HOUR, "7", 5.0),
        (5 * HOUR, 10**20, 5.0),
        (5 * HOUR, None, 5.0),
    ],
)
def test_the_age_that_the_homeserver_counts_is_used_where_a_clock_is_wrong(behind: int, age: Any, hours: float) -> None:
    stamp = int(NOW.timestamp() * 1000) - behind
    found = translate_event(text_message("!ping"), origin_server_ts=stamp, unsigned={"age": age})
    assert (NOW - found.sent_at).total_seconds() == hours * 3600


@pytest.mark.parametrize(
    "mentions", [None, 7, "x", [], {"user_ids": "x"}, {"user_ids": [None, 7, "x", {}, "@:", ME * 99]}]
)
def test_broken_mentions_mention_nobody(mentions: Any) -> None:
    payload = translate_event(text_message("!ping", **{"m.mentions": mentions})).payload
    assert (payload["mentions"], payload["to_us"]) == ([], False)


def test_mentions_are_those_of_m_mentions_else_the_links_in_the_html() -> None:
    link = f'<a href="https://matrix.to/#/{ANNA}">Anna</a>'
    both = {"m.mentions": {"user_ids": [ME, ANNA, ANNA]}}
    mentioned = translate_event(text_message("hej", formatted_body=link, **both)).payload
    assert (mentioned["mentions"], mentioned["to_us"]) == (["matrix:u/anna:example.org"], True)
    linked = translate_event(text_message("hej", formatted_body=link)).payload
    assert (linked["mentions"], linked["to_us"]) == (["matrix:u/anna:example.org"], False)
    nobody = translate_event(text_message("hej", formatted_body=link, **{"m.mentions": {}})).payload
    assert nobody["mentions"] == []


def test_only_some_of_a_thousand_mentions_are_read() -> None:
    users = [f"@user{n}:example.org" for n in range(1000)]
    assert len(translate_event(text_message("hej", **{"m.mentions": {"user_ids": users}})).payload["mentions"]) == 20


def test_a_thread_and_its_fallback_for_old_clients() -> None:
    thread = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$last"}}
    falling_back = translate_event(text_message("ja", **{"m.relates_to": {**thread, "is_falling_back": True}})).payload
    assert (falling_back["thread"], "reply_to" in falling_back) == ("$root", False)
    inside = translate_event(text_message("ja", **{"m.relates_to": thread})).payload
    assert (inside["thread"], inside["reply_to"]) == ("$root", "$last")


@pytest.mark.parametrize(
    "relation", [None, 7, "x", [], {"rel_type": "m.thread"}, {"rel_type": "m.thread", "event_id": 7}]
)
def test_a_malformed_relation_is_none(relation: Any) -> None:
    payload = translate_event(text_message("!ping", **{"m.relates_to": relation})).payload
    assert payload.keys() == {"text", "to_us", "mentions"}


def test_a_reply_is_read_without_its_quotation_however_long() -> None:
    quote = "".join(f"> line {n} of a card\n" for n in range(500)) + "\n"
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": "$card"}}}
    assert translate_event(text_message(quote + "kl. 9 passer bedre", **reply)).payload["text"] == "kl. 9 passer bedre"
    assert translate_event(text_message("> et citat\n\n!ping")).payload["text"] == "> et citat\n\n!ping"
    assert translate_event(text_message(quote, **reply)) is None


def test_an_edit_has_its_new_content() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$old"}
    edit = text_message("* !ping 2", **{"m.new_content": text_message("!ping 2"), "m.relates_to": relation})
    found = translate_event(edit)
    assert (found.kind, found.payload["text"], found.payload["target"]) == ("edit", "!ping 2", "$old")
    for broken in ({}, None, "x", {"body": "!ping"}, text_message(7), {"msgtype": "m.notice", "body": "x"}):
        assert translate_event({**edit, "m.new_content": broken}) is None
    for broken in ({"rel_type": "m.replace"}, {"rel_type": "m.replace", "event_id": 7}):
        assert translate_event({**edit, "m.relates_to": broken}) is None


def test_a_reaction_is_a_tap_and_a_malformed_one_is_none() -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$card", "key": "✅"}
    found = translate_event({"m.relates_to": relation}, "m.reaction")
    assert (found.kind, found.payload) == ("tap", {"target": "$card", "key": "✅"})
    for broken in (
        {},
        {"event_id": "$card"},
        {"key": "✅"},
        {"event_id": 7, "key": "✅"},
        {"event_id": "$card", "key": {}},
    ):
        assert translate_event({"m.relates_to": broken}, "m.reaction") is None
    assert len(translate_event({"m.relates_to": {**relation, "key": "👍" * 500}}, "m.reaction").payload["key"]) == 40


def test_a_redaction_in_rooms_of_old_and_new_versions() -> None:
    assert translate_event({"redacts": "$e1"}, "m.room.redaction").payload == {"target": "$e1"}
    assert translate_event({}, "m.room.redaction", redacts="$e1").payload == {"target": "$e1"}
    assert translate_event({"reason": "x"}, "m.room.redaction") is None


def test_a_room_id_of_version_12_has_no_server() -> None:
    event = {"type": "m.room.message", "content": text_message("!ping"), "sender": ANNA, "event_id": "$e"}
    assert translate("!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM", event, ME, NOW).place == (  # type: ignore[union-attr]
        "matrix:roomid/31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"
    )


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        ("join", "leave", "departure"),
        ("join", "ban", "departure"),
        (None, "join", "arrival"),
        ("invite", "join", "arrival"),
        ("leave", "join", "arrival"),
        ("join", "join", None),
        ("invite", "leave", None),
        ("knock", "leave", None),
        (None, "invite", None),
        ("ban", "leave", None),
    ],
)
def test_who_joins_and_who_leaves(before: str | None, now: str, kind: str | None) -> None:
    """The author is the user who left, not the one who removed them."""
    unsigned = {"prev_content": {"membership": before}} if before else {}
    found = translate_event({"membership": now}, "m.room.member", state_key="@bo:example.org", unsigned=unsigned)
    assert (found and (found.kind, found.sender, found.payload)) == (kind and (kind, "matrix:u/bo:example.org", {}))


def test_memberships_of_the_bot_are_ignored() -> None:
    unsigned = {"prev_content": {"membership": "join"}}
    assert translate_event({"membership": "leave"}, "m.room.member", state_key=ME, unsigned=unsigned) is None
