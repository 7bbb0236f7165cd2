"""Community files become communities, and every mistake becomes a sentence with its line."""

import time
from datetime import time as hour
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.build import DEFAULT_FEATURES
from bot.config.community import Person, RecurringTask, Task, Thing
from bot.config.file.document import MAX_PROBLEMS
from bot.config.load import load_communities

HEAD = 'name: Skovby IF\nroom: "#skovby"\n'
FULL = """\
# yaml-language-server: $schema=community.schema.json
name: Skovby IF
room: "#skovby-baner"
topic: Baner, slåning og kampe
language: da
time_zone: Europe/Copenhagen
access: public
greeting: |
  Hej!
  Velkommen.
people:
  skovby-if: {name: Skovby IF, roles: [club]}
  groen-pleje:
    name: Grøn Pleje
    matrix: ["@groen-pleje:other.org", "@mester"]
    roles: [contractor, steward]
    language: en
  nabo:
things:
  bane-1: {name: bane 1, aliases: [kunsten, b1]}
  hallen:
tasks:
  slåning: {aliases: [slå, klippe], duration: 2h}
  opsyn: {aliases: kigge, duration: 1h30m, role: resident}
features: [bookings]
hours: 06:30-20:00
"""


def load(folder: Path, features=None, **files: str):
    for stem, content in files.items():
        (folder / f"{stem}.yaml").write_text(content, encoding="utf-8")
    return load_communities(folder, server_name="example.org", features=features)


def problems(folder: Path, content: str, features=None) -> list[str]:
    """Return the problems of one file, each as line and sentence."""
    communities, found = load(folder, features, skovby=content)
    assert (communities == []) == bool(found)
    return [f"{problem.line}: {problem.message}" for problem in found]


def test_community_with_everything_is_read(tmp_path):
    (community,), found = load(tmp_path, skovby=FULL)
    assert found == []
    assert (community.key, community.name, community.room) == ("skovby", "Skovby IF", "#skovby-baner:example.org")
    assert (community.topic, community.language, community.access) == ("Baner, slåning og kampe", "da", "public")
    assert (community.time_zone.key, community.greeting) == ("Europe/Copenhagen", "Hej!\nVelkommen.")
    assert (community.hours, community.features) == ((hour(6, 30), hour(20)), ("bookings",))
    assert community.file == str(tmp_path / "skovby.yaml")
    assert community.people == (
        Person("skovby-if", "Skovby IF", ("matrix:u/skovby-if:example.org",), frozenset({"club"})),
        Person(
            "groen-pleje",
            "Grøn Pleje",
            ("matrix:u/groen-pleje:other.org", "matrix:u/mester:example.org"),
            frozenset({"contractor", "steward"}),
            "en",
        ),
        Person("nabo", "nabo", ("matrix:u/nabo:example.org",), frozenset({"resident"})),
    )
    assert community.things == (Thing("bane-1", "bane 1", ("kunsten", "b1")), Thing("hallen", "hallen"))
    assert community.tasks == (
        Task("slåning", "slåning", ("slå", "klippe"), timedelta(hours=2), "contractor", things=frozenset({"bane-1"})),
        Task("opsyn", "opsyn", ("kigge",), timedelta(minutes=90), "resident"),
    )


def test_relation_to_matches_is_read(tmp_path):
    tasks = "tasks:\n  slå: {duration: 2h, role: resident, before_match: 24h, dry_after: 12h, never_during: match}\n"
    (community,), found = load(
        tmp_path, skovby=HEAD + tasks + "things:\n  a: {every: {slå: 7d}}\n  b: {every: {slå: match}}\n"
    )
    assert found == []
    (task,) = community.tasks
    assert (task.before_match, task.dry_after) == (timedelta(hours=24), timedelta(hours=12))
    assert task.never_during_match
    assert [thing.recurring_tasks for thing in community.things] == [
        (RecurringTask("slå", timedelta(days=7)),),
        (RecurringTask("slå", None),),
    ]


@pytest.mark.parametrize(
    ("task", "every", "sentence"),
    [
        (
            "before_match: 13h, dry_after: 12h",
            "7d",
            "4: tasks › slå › before_match: it takes 2h and dries for 12h, which",
        ),
        ("before_match: 90m", "7d", "4: tasks › slå › before_match: it takes 2h, which does not fit into 1h30m"),
        ("before_match: 1d", "sjældent", "6: things › a › every › slå: 'sjældent' does not say how often, which is"),
        ("before_match: 1d", "0d", "6: things › a › every › slå: '0d' does not say how often, which is written 7d"),
        (
            "dry_after: 1h",
            "match",
            "6: things › a › every › slå: the task 'slå' has no 'before_match' that says how long",
        ),
        ("never_during: kamp", "7d", "4: tasks › slå › never_during: "),
    ],
)
def test_relation_to_matches_that_cannot_be_names_line_and_cause(tmp_path, task, every, sentence):
    written = f"tasks:\n  slå: {{duration: 2h, role: resident, {task}}}\nthings:\n  a: {{every: {{slå: {every}}}}}\n"
    (found,) = problems(tmp_path, HEAD + written)
    assert found.startswith(sentence)


def test_recurring_task_must_exist(tmp_path):
    written = "tasks:\n  slåning: {duration: 2h, role: resident}\nthings:\n  a: {every: {slaaning: 7d}}\n"
    assert problems(tmp_path, HEAD + written) == [
        "6: things › a › every › slaaning: unknown task 'slaaning', did you mean 'slåning'?"
    ]


def test_community_with_little_has_defaults(tmp_path):
    (community,), found = load(tmp_path, skovby=HEAD + "people:\nthings:\ntasks:\nfeatures:\n")
    assert found == []
    assert (community.language, community.time_zone.key, community.access) == ("da", "Europe/Copenhagen", "invited")
    assert (community.hours, community.greeting, community.topic) == ((hour(7), hour(21)), None, "")
    assert (community.people, community.things, community.tasks) == ((), (), ())
    assert community.features == DEFAULT_FEATURES


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("taskss: {}\n", ["3: unknown key 'taskss', did you mean 'tasks'?"]),
        ("people:\n  a: {nmae: A}\n", ["4: people › a: unknown key 'nmae', did you mean 'name'?"]),
        (
            "things:\n  a: {duration: 2h}\n",
            ["4: things › a: unknown key 'duration', expected one of: name, aliases"],
        ),
        ("<<: {topic: x}\n", ["3: unknown key '<<', expected one of: name, room, topic"]),
        ("people: [a]\n", ["3: people: this must be a mapping: indented lines with 'key: value'"]),
        ("features: {a: b}\n", ["3: features: this must be a list, written [one, two]"]),
        ("tasks:\n  a:\n", ["4: tasks › a: the key 'duration' is missing"]),
        ("tasks:\n  a: 2h\n", ["4: tasks › a: this must be a mapping"]),
        (
            "tasks:\n  a: {duration: 90, role: resident}\n",
            ["4: tasks › a › duration: '90' has no unit, write 90m for minutes or 90h for hours"],
        ),
        (
            "people:\n  a: {roles: clubb}\n",
            ["4: people › a › roles › number 1: unknown role 'clubb', did you mean 'club'?"],
        ),
        ("language: dk\n", ["3: language: unknown language 'dk', expected one of: da, en"]),
        ("language: no\n", ['3: language: no without quotes is yes or no; if a word is meant, write "no"']),
        ("time_zone: Europe/Copenhagn\n", ["3: time_zone: unknown time zone 'Europe/Copenhagn', did you mean"]),
        ("hours: 21-7\n", ["3: hours: '21-7' ends before it begins"]),
        ("topic: [a]\n", ["3: topic: this must be a text, not a list or a mapping"]),
        ("topic: 2026\n", ['3: topic: 2026 without quotes is a number; if a word is meant, write "2026"']),
        ('topic: "a\\u202eb"\n', ["3: topic: a character that cannot be seen (U+202E) does not belong here"]),
        ("things:\n  Bane 1:\n", ["4: things › Bane 1: 'Bane 1' cannot be a key, which has", "like 'bane-1'"]),
        ("things:\n  1:\n", ["4: things › 1: '1' is a bare number and cannot be a key"]),
        ("things:\n  a: {name: ''}\n", ["4: things › a › name: nothing is written here"]),
        ("things:\n  a: {name: " + "x" * 121 + "}\n", ["4: things › a › name: this is longer than 120 characters"]),
        ("name: Igen\n", ["3: 'name' is written twice, the first time in line 1"]),
    ],
)
def test_community_with_mistake_names_line_and_cause(tmp_path, content, said):
    (sentence,) = problems(tmp_path, HEAD + content)
    assert sentence.startswith(said[0])
    assert all(part in sentence for part in said)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "0: the file is empty"),
        ("hej", "1: the file must hold lines of the form 'key: value'"),
        ("- a", "1: the file must hold lines of the form 'key: value'"),
        ('room: "#x"', "1: the key 'name' is missing"),
        ("name: x\nroom: #x", "2: room: nothing is written here (text that begins with # needs quotes around it)"),
        ("name:\nroom: '#x'", "1: name: nothing is written here"),
        (
            "name: x\nroom: skovby",
            '2: room: \'skovby\' is not a room, which is written "#skovby" or "#skovby:example.org"',
        ),
    ],
)
def test_community_without_name_or_room_is_told_so(tmp_path, content, sentence):
    assert problems(tmp_path, content) == [sentence]


def test_aliases_that_yaml_misreads_are_told_one_by_one(tmp_path):
    assert problems(tmp_path, HEAD + "things:\n  a:\n    aliases:\n      - nej\n      - on\n      - 1\n") == [
        '7: things › a › aliases › number 2: on without quotes is yes or no; if a word is meant, write "on"',
        '8: things › a › aliases › number 3: 1 without quotes is a number; if a word is meant, write "1"',
    ]


def test_aliases_that_collide_are_told_with_their_lines(tmp_path):
    content = """\
things:
  bane-1: {name: bane 1, aliases: [b1, B1]}
  bane-2: {name: Bane-1}
  hal:
    aliases:
      - b1
      - "12"
      - "#3"
      - skovby if
people:
  klub: {name: Skovby IF}
tasks:
  klip: {duration: 1h, role: resident}
  slå: {duration: 1h, role: resident, aliases: [KLIP]}
"""
    assert problems(tmp_path, HEAD + content) == [
        "4: things › bane-1 › aliases: the alias 'B1' is listed twice",
        "5: things › bane-2 › name: 'Bane-1' already means things › bane-1; one word can mean only one of them",
        "8: things › hal › aliases: 'b1' already means things › bane-1; one word can mean only one of them",
        "9: things › hal › aliases: '12' is a bare number, and numbers name agreements; write a word with it,"
        " like 'nr 12'",
        "10: things › hal › aliases: '#3' is a bare number, and numbers name agreements; write a word with it,"
        " like 'nr 3'",
        "11: things › hal › aliases: 'skovby if' already means people › klub; one word can mean only one of them",
        "16: tasks › slå › aliases: 'KLIP' already means tasks › klip; one word can mean only one of them",
    ]


def test_alias_that_repeats_its_own_name_is_fine(tmp_path):
    assert problems(tmp_path, HEAD + "things:\n  bane-1: {name: bane 1, aliases: [Bane 1]}\n") == []


def test_task_for_a_role_that_nobody_has_is_told(tmp_path):
    content = HEAD + "people: {a: {roles: [club]}}\ntasks:\n  slå:\n    duration: 1h\n    role: contractor\n"
    assert problems(tmp_path, content) == [
        "7: tasks › slå › role: nobody in 'people' has the role 'contractor', so nobody could do this"
    ]


def test_matrix_ids_that_cannot_be_are_told(tmp_path):
    content = """\
people:
  anna:
  bent:
    matrix:
      - "@anna"
      - bent
      - "@Bent Ø"
  grøn:
"""
    assert problems(tmp_path, HEAD + content) == [
        "7: people › bent › matrix: '@anna:example.org' already acts for 'anna'",
        '8: people › bent › matrix: \'bent\' is not a Matrix id, which is written "@anna" or "@anna:example.org"',
        "9: people › bent › matrix: '@Bent Ø' cannot be a Matrix id, which looks like \"@anna:example.org\"",
        "10: people › grøn: 'grøn' cannot be a Matrix name, which has a-z, 0-9 and hyphens; add 'matrix:'",
    ]


def test_features_are_checked_only_where_they_are_known(tmp_path):
    content = HEAD + "features:\n  - boking\n  - bookings\n  - bookings\n"
    assert problems(tmp_path, content, features={"bookings", "help"}) == [
        "4: features: unknown feature 'boking', did you mean 'bookings'?",
        "6: features: the feature 'bookings' is listed twice",
    ]
    assert problems(tmp_path, HEAD + "features: [boking]\n", features=None) == []


@pytest.mark.parametrize("names", ["bookings, grounds", "bookings, grounds, closures"])
def test_former_name_of_a_feature_is_a_warning(tmp_path, names):
    (tmp_path / "skovby.yaml").write_text(f"{HEAD}features: [{names}]\n", encoding="utf-8")
    (community,), (warning,) = load_communities(
        tmp_path, server_name="example.org", features=["bookings", "closures"], renamed={"grounds": "closures"}
    )
    assert community.features == tuple(names.split(", "))
    assert warning.is_warning
    assert (warning.line, warning.message) == (3, "features › number 2: 'grounds' is called 'closures' now")


def test_several_mistakes_come_in_the_order_of_lines(tmp_path):
    found = problems(tmp_path, HEAD + "hours: x\nlanguage: xx\nfoo: 1\naccess: x\n")
    assert [sentence.split(":")[0] for sentence in found] == ["3", "4", "5", "6"]


def test_number_of_reported_mistakes_is_limited(tmp_path):
    found = problems(tmp_path, HEAD + "".join(f"k{number}: 1\n" for number in range(70_000)))
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1] == "0: there are more problems in this file"


def test_sentences_hold_no_escape_sequences(tmp_path):
    (sentence,) = problems(tmp_path, HEAD + f'"\\e[31m{"x" * 5000}": 1\n')
    assert sentence.isprintable()
    assert len(sentence) < 400


def test_invalid_file_leaves_the_others_alone(tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "binary.yaml").write_bytes(bytes(range(256)))
    communities, found = load(tmp_path, skovby=FULL, hylke="name: [", other=HEAD)
    assert [community.key for community in communities] == ["other", "skovby"]
    assert [Path(problem.file).name for problem in found] == ["binary.yaml", "folder.yaml", "hylke.yaml"]


def test_room_named_by_two_files_stays_with_the_first(tmp_path):
    communities, found = load(tmp_path, a=HEAD, b='name: B\nroom: "#skovby:example.org"\n')
    assert [community.key for community in communities] == ["a"]
    assert [str(problem) for problem in found] == [
        f"{tmp_path / 'b.yaml'}:2: room: a.yaml already has the room #skovby:example.org"
    ]


def test_room_of_an_invalid_file_is_free_for_another(tmp_path):
    communities, found = load(tmp_path, a=HEAD + "foo: 1\n", b=HEAD)
    assert [community.key for community in communities] == ["b"]
    assert len(found) == 1


def test_community_written_twice_with_two_endings_is_told(tmp_path):
    (tmp_path / "skovby.yml").write_text('name: B\nroom: "#b"\n')
    communities, found = load(tmp_path, skovby=HEAD)
    assert [community.name for community in communities] == ["Skovby IF"]
    assert [problem.message for problem in found] == ["skovby.yaml is the same community; one of the two must go"]


def test_folder_without_communities_is_told(tmp_path):
    (tmp_path / ".hidden.yaml").write_text(HEAD)
    (tmp_path / "notes.txt").write_text("hej")
    communities, (problem,) = load_communities(tmp_path, server_name="x.org", features=None)
    assert communities == []
    assert str(problem) == f"{tmp_path}: there is no community here, that is, no file such as skovby.yaml"


@pytest.mark.parametrize("name", ["nowhere", "file.txt"])
def test_folder_that_is_none_is_told(tmp_path, name):
    (tmp_path / "file.txt").write_text("")
    _, (problem,) = load_communities(tmp_path / name, server_name="x.org", features=None)
    assert problem.message.startswith("the folder of communities cannot be read: N")


def test_five_hundred_communities_load_at_once(tmp_path):
    files = {f"c{number}": FULL.replace("#skovby-baner", f"#r{number}") for number in range(500)}
    for stem, content in files.items():
        (tmp_path / f"{stem}.yaml").write_text(content, encoding="utf-8")
    begun = time.perf_counter()
    communities, found = load_communities(tmp_path, server_name="example.org", features=["bookings"])
    # Under half a second on an idle machine; the rest is for one that is busy.
    assert time.perf_counter() - begun < 3
    assert (len(communities), found) == (500, [])
