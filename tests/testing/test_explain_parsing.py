"""`bylaug parse` prints one JSON object per line, for time phrases and for commands of a community."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests/parsing/phrases/sample.jsonl"
NOW = ("--now", "2026-06-09T10:00", "--timezone", "Europe/Copenhagen")


def parse(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: list[str], *options: str
) -> list[dict[str, Any]]:
    written = "".join(f"{line}\n" for line in lines).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(written), encoding="latin-1"))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    try:
        assert main(["parse", *options]) == 0
        sys.stdout.flush()
        told = sys.stdout.buffer.getvalue().decode()  # type: ignore[attr-defined]
    finally:
        monkeypatch.undo()
    return [json.loads(line) for line in told.splitlines()]


@pytest.mark.parametrize("language", ["da", "en"])
def test_output_equals_the_sample(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    mine = [row for row in rows if row.pop("lang") == language]
    told = parse(monkeypatch, capsys, [row["text"] for row in mine], "--language", language, *NOW)
    assert [{name: read[name] for name in row} for read, row in zip(told, mine, strict=True)] == mine


def test_line_without_a_time_has_an_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = {"start": None, "end": None, "rrule": None, "deadline": False, "alternatives": [], "error": None}
    told = parse(monkeypatch, capsys, ["bane 12", "", "14-2-2", "\x00 \ud7ff"], "--language", "da", *NOW)
    assert [{name: read[name] for name in nothing} for read in told] == [nothing] * 4


def test_time_in_a_sentence_is_found_and_an_ambiguous_one_has_alternatives(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence, doubtful, wrong = parse(
        monkeypatch, capsys, ["kan I slå bane 1 på fredag inden kampen?", "næste fredag", "31. juni"], *NOW
    )
    assert sentence["start"] == "2026-06-12"
    assert [doubtful["start"], *(other["start"] for other in doubtful["alternatives"])] == ["2026-06-12", "2026-06-19"]
    assert (wrong["start"], wrong["error"]) == (None, "Datoen “31. juni” findes ikke.")


def test_commands_are_read_with_a_community(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room = ("--room", str(ROOT / "rooms/skovby.yaml"), *NOW)
    lines = ["!book bane 1 slåning fredag kl. 14 @groen-pleje", "kan I slå bane 2 på lørdag?", "!aflys 2 regnvejr"]
    names = ("command", "number", "thing", "task", "person", "start", "rest")
    assert [tuple(read[name] for name in names) for read in parse(monkeypatch, capsys, lines, *room)] == [
        ("book", None, "bane-1", "slåning", "groen-pleje", "2026-06-12T14:00", ""),
        (None, None, "bane-2", "slåning", None, "2026-06-13", "kan I ?"),
        ("cancel", 2, None, None, None, None, "regnvejr"),
    ]


def test_time_with_an_offset_is_converted_to_the_time_zone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    late = ("--now", "2026-06-09T23:30+00:00", "--timezone", "Europe/Copenhagen")
    assert parse(monkeypatch, capsys, ["i dag"], *late)[0]["start"] == "2026-06-10"


def test_wrong_zone_and_wrong_file_are_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    with pytest.raises(SystemExit):
        main(["parse", "--timezone", "Skovby"])
    assert "there is no time zone 'Skovby'" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    (tmp_path / "x.yaml").write_text("name: [")
    assert main(["parse", "--room", str(tmp_path / "x.yaml")]) != 0
    assert "x.yaml" in capsys.readouterr().err
    assert main(["parse", "--room", str(tmp_path / "none.yaml")]) != 0
    assert "none.yaml" in capsys.readouterr().err
