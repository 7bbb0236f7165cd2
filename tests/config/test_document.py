"""Any file becomes plain data with line numbers, or problems."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.file.document import MAX_PROBLEMS, read_document
from bot.config.file.plain import Unquoted
from bot.config.file.text import MAX_FILE_BYTES
from bot.errors import ConfigError, Problem


def write(folder: Path, content: str | bytes) -> Path:
    file = folder / "skovby.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def find_problem(file: Path) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        read_document(file)
    assert {problem.file for problem in caught.value.problems} == {str(file)}
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_document_is_plain_data(tmp_path):
    content = 'a: {b: [x, "y", \'z\']}\nc: |\n  one\n  two\nd:\n1: ""\n'
    assert read_document(write(tmp_path, content)).data == {
        "a": {"b": ["x", "y", "z"]},
        "c": "one\ntwo\n",
        "d": None,
        "1": "",
    }


def test_scalars_that_yaml_converts_keep_their_text(tmp_path):
    data = read_document(write(tmp_path, "[on, No, 1, 0x1F, 1e3, .5, ~, 'on', nej, 14:00, 2026-06-12, 1h]")).data
    assert data[:6] == [
        Unquoted("on", "yes or no"),
        Unquoted("No", "yes or no"),
        *(Unquoted(text, "a number") for text in ("1", "0x1F", "1e3", ".5")),
    ]
    assert data[6:] == [None, "on", "nej", "14:00", "2026-06-12", "1h"]


def test_lines_are_those_of_the_keys(tmp_path):
    document = read_document(write(tmp_path, "a: 1\nb:\n  c:\n    - x\n    - y\n"))
    assert [document.line_of(path) for path in ((), ("a",), ("b",), ("b", "c"), ("b", "c", 1))] == [1, 1, 2, 3, 5]


def test_line_of_a_missing_key_is_that_of_its_parent(tmp_path):
    document = read_document(write(tmp_path, "a: 1\nb:\n  c: 2\n"))
    assert document.line_of(("b", "d", "e")) == 2


@pytest.mark.parametrize("content", ["\ufeffa: b\n", "a: b\r\n", "a: b\r", "--- \na: b\n...\n"])
def test_line_endings_and_byte_order_mark_make_no_difference(tmp_path, content):
    assert read_document(write(tmp_path, content)).data == {"a": "b"}


def test_lines_with_crlf_are_counted_once(tmp_path):
    assert read_document(write(tmp_path, "a: b\r\nc: d\r\n")).line_of(("c",)) == 2


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n", "---\n", "\ufeff"])
def test_document_when_empty_is_none(tmp_path, content):
    assert read_document(write(tmp_path, content)).data is None


@pytest.mark.parametrize(
    ("content", "line", "begins"),
    [
        ("a: b\na: c\n", 2, "'a' is written twice, the first time in line 1"),
        ("x:\n  a: 1\n  b: 2\n  a: 3\n", 4, "'a' is written twice, the first time in line 2"),
        ("a:\n\tb: c\n", 2, "a tab is used here; indent with spaces"),
        ("a:\n  b: c\n\td: e\n", 3, "a tab is used here; indent with spaces"),
        ("a: @anna\n", 1, "text that begins with @ needs quotes around it"),
        ("a: `b`\n", 1, "text that begins with ` needs quotes around it"),
        ("%a\n", 1, "text that begins with % needs quotes around it"),
        ("a: !abc:x.org\n", 1, "text that begins with ! needs quotes around it"),
        ("a: *abc\n", 1, "'*abc' refers to another place"),
        ("*abc : a\n", 1, "'*abc' refers to another place"),
        ("a: Skovby: baner\n", 1, "a ':' is not expected here"),
        ("a b\nc: d\n", 2, "a ':' is not expected here: the line above may lack its own"),
        ('a: "b\nc: d\n', 3, "the quote that opens in line 1 is never closed"),
        ("a: b\nc: [d, e\nf: g\n", 3, "a comma or ']' is missing after the '[' in line 2"),
        ("a: {b: c\nd: e\n", 2, "a comma or '}' is missing after the '{' in line 1"),
        ("a: [b,,c]\n", 1, "a value is missing here"),
        ("a:\n    b: c\n  d: e\n", 3, "this line is not indented like its neighbours"),
        ("- a\nb: c\n", 2, "this line stands in the list that begins in line 1 and has no '-'"),
        ("a: b\n---\nc: d\n", 2, "a second document begins here"),
        ("{a: b}: c\n", 1, "a key is a plain word"),
        ("? [a]\n: b\n", 1, "a key is a plain word"),
        ("a: !!python/object:os.system x\n", 1, "the tag 'tag:yaml.org,2002:python/object:os.system' is not used here"),
        ("a: b\nc: \x07\n", 2, "a character that cannot be seen (U+0007)"),
    ],
)
def test_document_when_broken_names_line_and_cause(tmp_path, content, line, begins):
    found = find_problem(write(tmp_path, content))
    assert len(found) == 1
    assert found[0][0] == line
    assert found[0][1].startswith(begins), found[0][1]


def test_document_in_latin_1_names_the_line(tmp_path):
    found = find_problem(write(tmp_path, "a: b\nc: blåbær\n".encode("latin-1")))
    assert found == [(2, "this is not text in UTF-8; save the file with the encoding UTF-8")]


@pytest.mark.parametrize(
    "content", [bytes(range(256)), "a: b".encode("utf-16"), b"a: b\n\x00", b"\x89PNG\r\n\x1a\n\x00"]
)
def test_document_when_binary_is_refused(tmp_path, content):
    assert len(find_problem(write(tmp_path, content))) == 1


def test_alias_bomb_is_refused_before_it_unfolds(tmp_path):
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert find_problem(write(tmp_path, bomb))[0][0] == 2


@pytest.mark.parametrize(
    "content", ["[" * 400_000, "a: " + "{b: " * 200_000, "- " * 400_000 + "x", "? " * 400_000 + "x"]
)
def test_document_when_nested_deeply_is_refused_and_the_process_lives(tmp_path, content):
    assert len(find_problem(write(tmp_path, content))) == 1


def test_document_of_ten_megabytes_is_refused_unread(tmp_path):
    assert find_problem(write(tmp_path, "a: b\n" * 2_000_000)) == [
        (0, "the file is larger than 1000 kB, which no community needs")
    ]


def test_document_of_the_largest_size_is_read(tmp_path):
    assert read_document(write(tmp_path, "a: b #" + "x" * (MAX_FILE_BYTES - 6))).data == {"a": "b"}


def test_document_with_countless_problems_stops_early(tmp_path):
    assert len(find_problem(write(tmp_path, "a: b\n" * 100_000))) == MAX_PROBLEMS + 1


def test_document_that_is_missing_or_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "dangling.yaml").symlink_to("nowhere.yaml")
    found = [find_problem(tmp_path / name) for name in ("none.yaml", "dangling.yaml", "pipe.yaml", ".")]
    assert [one[0][1] for one in found] == ["there is no such file"] * 2 + ["this is not a file"] * 2


def test_document_that_cannot_be_read_says_why(tmp_path):
    # Permissions stop nobody who is root; the kernel refuses to read address 0 of this one to everybody.
    (tmp_path / "memory.yaml").symlink_to("/proc/self/mem")
    assert find_problem(tmp_path / "memory.yaml") == [(0, "the file cannot be read: Input/output error")]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`,? \n\t\r<0\x85\u2028æ", max_size=60) | st.binary(max_size=40))
def test_document_of_anything_is_data_or_problems(tmp_path_factory, content):
    file = write(tmp_path_factory.mktemp("any"), content)
    found: list[Problem] = []
    try:
        read_document(file)
    except ConfigError as error:
        found = error.problems
    assert [problem for problem in found if not problem.message or problem.line > 100] == []
