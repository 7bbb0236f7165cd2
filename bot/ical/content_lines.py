"""Splits the bytes of an iCalendar file into content lines: name, parameters and value (RFC 5545, section 3.1).

Accepted beside the standard: byte order marks and UTF-16, Windows-1252 where a line is no UTF-8, every kind of line
end, blank lines, folds in the middle of a letter, names in lower case, blanks around names, and times whose parameters
are separated by the wrong sign.
"""

import codecs
import html
import re
from binascii import a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

#: CR alone, LF alone, CRLF, and CRCRLF, which Windows makes of CRLF when it translates line ends twice.
_LINE_END = re.compile(rb"\r+\n?|\n")
#: A line that begins with a blank continues the line before it, also behind blank lines.
_FOLD = re.compile(rb"(?<![\r\n])[\r\n]+[ \t]")
#: What no line behind a soft line break begins with.
_PROPERTY = re.compile(rb"[A-Z][A-Z-]+[;:]")
#: Blanks in front of the lines of a file that is indented as a whole, which are no folds.
_INDENTED, _INDENTATION = re.compile(rb"(?mi)^[ \t]+BEGIN:VEVENT\s*$"), re.compile(rb"(?mi)^[ \t]+(?=[A-Z-]+[;:])")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NAME = re.compile(r"\s*([A-Za-z0-9-]+)\s*(?=[;:])")
#: A parameter in front of a value; in quotation marks it may contain ";" and ":".
_PARAMETER = re.compile(r"""\s*;\s*([A-Za-z0-9-]+)\s*(?:=\s*((?:"[^"]*"|[^";:])*))?""")
#: A parameter of a time. Its value may contain ":" without quotation marks: TZID=(UTC+01:00) Copenhagen.
_PARAMETER_OF_TIME = re.compile(r"[;:]\s*([A-Za-z][A-Za-z-]*)\s*=\s*")
_TIME_NAMES = {"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"}
#: A line that begins so without ":" is not skipped: its value is unreadable, and that is said.
_WITHOUT_VALUE = re.compile(r"\s*(DTSTART|DTEND|DURATION|RECURRENCE-ID|EXDATE|RDATE|RRULE)\b")
#: The value of a time begins behind the first ":" that a date follows; some programs write ";" there.
_VALUE_OF_TIME = re.compile(r"""[:;](?=[\s"]*\d{4}-?\d{2}-?\d{2}(?!\d*[_/]))""")
#: UTF-8 that was taken for Windows-1252 and encoded again: “Ã˜” for “Ø”, “â€“” for “–”.
_DOUBLE_ENCODED = re.compile("[\u00c2\u00c3][\u0080-\u2122]|\u00e2\u20ac")
#: Properties whose value may go on in the next line although that is no fold, up to so many characters.
_TEXT_NAMES, _MAX_TITLE_CHARACTERS = {"SUMMARY", "LOCATION"}, 500
_NO_TEXT, _REST_OF_TIME = re.compile(r"\s*[A-Z-]+\s*|\s*<.*"), re.compile(r"\s*[\d:TZ+-]+\s*")
_ESCAPE, _HTML_ESCAPE = re.compile(r"\\(.)"), re.compile(r"&(?:#\w{1,8}|[A-Za-z]{1,20});")


@dataclass(frozen=True, slots=True)
class ContentLine:
    """A line of a calendar. `name` and the names of parameters are in capitals; a line that is none has no name."""

    name: str
    value: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value of a TEXT property without its escapes (RFC 5545, section 3.3.11) or HTML's, in one line."""
        unescaped = _ESCAPE.sub(lambda escape: " " if escape[1] in "nN" else escape[1], self.value)
        if _HTML_ESCAPE.search(unescaped):
            unescaped = html.unescape(unescaped)
        return " ".join(unescaped.split())

    def with_next_line(self, text: str) -> "ContentLine":
        """Return the line with one behind it that is no content line: a line break that was not folded, or nothing."""
        if self.name in _TEXT_NAMES and len(self.value) < _MAX_TITLE_CHARACTERS and not _NO_TEXT.fullmatch(text):
            return replace(self, value=f"{self.value} {text}")
        if self.name in _TIME_NAMES and _REST_OF_TIME.fullmatch(text):
            return replace(self, value=self.value + text.strip())
        return self


def read_content_lines(content: bytes) -> Iterator[ContentLine]:
    """Yield every line that is not blank. One that is no content line has an empty name."""
    content = _to_ascii_compatible(content).replace(b"\0", b"")
    if _INDENTED.search(content):
        content = _INDENTATION.sub(b"", content)
    unfolded = _FOLD.sub(b"", content)
    pending: list[bytes] = []  # a line with soft line breaks (RFC 2045, section 6.7)
    for line in _LINE_END.split(unfolded):
        if pending and _PROPERTY.match(line):
            yield _parse_line(decode(b"".join(pending)))
            pending = []
        if line.endswith(b"=") and (pending or b"QUOTED-PRINTABLE" in line.upper()):
            pending.append(line[:-1])
        elif pending or line.strip():
            yield _parse_line(decode(b"".join((*pending, line))))
            pending = []
    if pending:
        yield _parse_line(decode(b"".join(pending)))


def decode(raw: bytes) -> str:
    """Return text in UTF-8, or in Windows-1252 when it is no UTF-8."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
    if _DOUBLE_ENCODED.search(text):
        try:
            return text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return text
    return text


def _to_ascii_compatible(content: bytes) -> bytes:
    """Return a file in UTF-16 as UTF-8, and every file without its byte order mark."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            content = content[len(mark) :]
            return content if encoding == "utf-8" else content.decode(encoding, "replace").encode("utf-8", "replace")
    for encoding, start in (("utf-16-le", b"B\0E\0"), ("utf-16-be", b"\0B\0E")):
        if content.startswith(start):
            return content.decode(encoding, "replace").encode("utf-8", "replace")
    return content


def _parse_line(text: str) -> ContentLine:
    text = text.lstrip("\ufeff")
    match = _NAME.match(text)
    if match is None:
        return _without_value(text)
    name = match[1].upper()
    if name in _TIME_NAMES and (value_at := _VALUE_OF_TIME.search(text, match.end())):
        parameters = _read_parameters_of_time(text[match.end() : value_at.start()])
        return ContentLine(name, text[value_at.end() :].strip().strip('"'), parameters)
    parameters, position = {}, match.end()
    while parameter := _PARAMETER.match(text, position):
        parameters[parameter[1].upper()] = (parameter[2] or "").strip().strip('"')
        position = parameter.end()
    _, colon, value = text[position:].partition(":")
    if not colon:
        return _without_value(text)
    if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE" or "QUOTED-PRINTABLE" in parameters:
        value = decode(a2b_qp(value.encode()))
    return ContentLine(name, value, parameters)


def _without_value(text: str) -> ContentLine:
    match = _WITHOUT_VALUE.match(text)
    return ContentLine(match[1] if match else "", text)


def _read_parameters_of_time(text: str) -> dict[str, str]:
    """Return the parameters between the name and the value of a time."""
    _, *parts = _PARAMETER_OF_TIME.split(text)
    return {name.upper(): value.strip(" \t;'\"") for name, value in zip(parts[::2], parts[1::2], strict=True)}
