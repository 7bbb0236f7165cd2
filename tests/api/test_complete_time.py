"""An answer to "when?" keeps what was said before and could not be."""

from datetime import datetime

import pytest

from bot.api.arguments.complete_time import complete_time
from bot.parsing.when import parse_time_phrase

NOW = datetime(2026, 6, 9, 10)


@pytest.mark.parametrize(
    ("earlier", "said", "meant"),
    [
        ("fredag", "kl. 10", "fredag kl. 10"),
        ("fredag", "kl. 10-12", "fredag kl. 10-12"),
        ("fredag kl. 14", "kl. 16", "fredag kl. 16"),
        ("fredag kl. 14", "lørdag", "lørdag kl. 14"),
        ("fredag kl. 14-17", "lørdag", "lørdag kl. 14-17"),
        ("fredag kl. 14", "lørdag kl. 9", "lørdag kl. 9"),
        ("fredag", "lørdag", "lørdag"),
        ("uge 25", "kl. 10", "kl. 10"),
        ("fredag kl. 14", "uge 25", "uge 25"),
        ("fredag kl. 14", "hver lørdag", "hver lørdag"),
    ],
)
def test_fill_takes_what_was_left_open(earlier: str, said: str, meant: str) -> None:
    times = [parse_time_phrase(text, now=NOW, language="da") for text in (said, earlier, meant)]
    assert complete_time(times[0], times[1]) == times[2]
