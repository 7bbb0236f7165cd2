"""The bytes of a file become lines, whatever program, editor or mail server has touched them."""

import pytest
from broken_calendar import GOOD, GOOD_READ, calendar, entries_in

from bot.ical.content_lines import read_content_lines

DANISH = "UID:a\nSUMMARY:Åby – Ærø\nLOCATION:Øvelsesbanen\nDTSTART:20260613T120000Z"
DANISH_READ = "Åby – Ærø @ Øvelsesbanen 13/6 14:00"


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\r\r\n", "\r\n\r\n", "\n\n"])
def test_every_line_end_is_read(line_end: str) -> None:
    folded = GOOD.replace("Skovby – Ry", "Skovby –\n  Ry")
    assert entries_in(calendar(folded, line_end=line_end)) == [GOOD_READ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_is_read(encoding: str) -> None:
    assert entries_in(calendar(DANISH, encoding=encoding)) == [DANISH_READ]


@pytest.mark.parametrize("fold", [b"\r\n ", b"\r\n\t", b"\n ", b"\r ", b"\r\r\n "])
def test_fold_in_the_middle_of_a_letter_is_no_break(fold: bytes) -> None:
    content = calendar(DANISH)
    first_byte_of_letter = content.index("Øvelsesbanen".encode()) + 1
    assert entries_in(content[:first_byte_of_letter] + fold + content[first_byte_of_letter:]) == [DANISH_READ]


def test_each_line_has_its_own_encoding() -> None:
    mixed = calendar(DANISH).replace("Øvelsesbanen".encode(), "Øvelsesbanen".encode("latin-1"))
    assert entries_in(mixed) == [DANISH_READ]


def test_text_that_was_encoded_twice_is_decoded_twice() -> None:
    assert entries_in(calendar(DANISH.encode().decode("cp1252"))) == [DANISH_READ]


@pytest.mark.parametrize("title", ["Skovby &amp\\; Ry", "Skovby &amp; Ry", "Skovby &#38; Ry", "Skovby & Ry"])
def test_escapes_of_html_are_read(title: str) -> None:
    assert entries_in(calendar(f"UID:a\nSUMMARY:{title}\nDTSTART:20260613T120000Z")) == ["Skovby & Ry 13/6 14:00"]


@pytest.mark.parametrize("name", ["Ãrø og Åby", "São Paulo", "Château Â", "Åh, nå ø"])
def test_other_letters_are_not_taken_for_text_encoded_twice(name: str) -> None:
    assert entries_in(calendar(f"UID:a\nSUMMARY:{name}\nDTSTART:20260613T120000Z")) == [f"{name} 13/6 14:00"]


def test_line_ends_of_other_scripts_end_no_line() -> None:
    summary = "UID:a\nSUMMARY:Skovby\u2028Ry\x0bU13\x85\nDTSTART:20260613T120000Z"
    assert entries_in(calendar(summary)) == ["Skovby Ry U13 13/6 14:00"]


def test_quoted_printable_of_old_phones_is_read() -> None:
    event = (
        "UID:a\nSUMMARY;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:=D8velse =\nog kamp\n"
        "LOCATION;ENCODING=QUOTED-PRINTABLE:Bane =C3=98st\nDTSTART:20260613T120000Z"
    )
    assert entries_in(calendar(event)) == ["Øvelse og kamp @ Bane Øst 13/6 14:00"]


def test_soft_line_break_before_another_property_joins_nothing() -> None:
    event = "UID:a\nSUMMARY;ENCODING=QUOTED-PRINTABLE:=C3=98velse=\nDTSTART:20260613T120000Z"
    assert entries_in(calendar(event)) == ["Øvelse 13/6 14:00"]


def test_file_that_is_indented_is_read() -> None:
    lines = calendar(GOOD, line_end="\n").decode().splitlines()
    indented = "\n".join(line if "VCALENDAR" in line else f"\t  {line}" for line in lines)
    assert entries_in(indented.encode()) == [GOOD_READ]


@pytest.mark.parametrize(
    ("line", "name", "parameters", "value"),
    [
        ('LOCATION;ALTREP="http://x.dk:80/a;b":Bane 1', "LOCATION", {"ALTREP": "http://x.dk:80/a;b"}, "Bane 1"),
        ("summary ;language=da: Kamp", "SUMMARY", {"LANGUAGE": "da"}, " Kamp"),
        (
            "DTSTART;TZID=Europe/Copenhagen: 20260613T140000 ",
            "DTSTART",
            {"TZID": "Europe/Copenhagen"},
            "20260613T140000",
        ),
        ("DTSTART:TZID=Europe/Copenhagen:20260613T140000", "DTSTART", {"TZID": "Europe/Copenhagen"}, "20260613T140000"),
        (
            "DTSTART;TZID=(UTC+01:00) Brussels, Copenhagen;VALUE=DATE-TIME:20260613T140000",
            "DTSTART",
            {"TZID": "(UTC+01:00) Brussels, Copenhagen", "VALUE": "DATE-TIME"},
            "20260613T140000",
        ),
        (
            "DTSTART;TZID=/citadel.org/20210210_1/Europe/Copenhagen:20260613T140000",
            "DTSTART",
            {"TZID": "/citadel.org/20210210_1/Europe/Copenhagen"},
            "20260613T140000",
        ),
        ("DTSTART:2026-06-13T14:00:00", "DTSTART", {}, "2026-06-13T14:00:00"),
        ("ved siden af", "", {}, "ved siden af"),
        ("<b>Log ind: her</b>", "", {}, "<b>Log ind: her</b>"),
    ],
)
def test_line_has_name_parameters_and_value(line: str, name: str, parameters: dict[str, str], value: str) -> None:
    [found] = read_content_lines(line.encode())
    assert (found.name, found.parameters, found.value) == (name, parameters, value)
