"""An exception of a series may last from one day to another, and is never read by half."""

from datetime import datetime

import pytest

from bot.parsing.when import When, find_time_in_languages

NOW = datetime(2026, 6, 9, 10)
_SHORT = "20260703,20260710,20260717"


def read(text: str) -> When | None:
    found = find_time_in_languages(text, now=NOW, languages=("da", "en"))
    return found.when if found else None


@pytest.mark.parametrize(
    ("text", "end_and_exceptions"),
    [
        ("hver fredag kl. 9 undtagen fra 3. juli til 17. juli", f"EXDATE={_SHORT}"),
        ("hver fredag kl. 9 til 1. oktober undtagen den 3. juli til den 17. juli", f"UNTIL=20261001;EXDATE={_SHORT}"),
        (
            "hver fredag kl. 9 undtagen fra den 3. juli til den 17. juli til 1. oktober",
            f"UNTIL=20261001;EXDATE={_SHORT}",
        ),
        ("hver fredag kl. 9 til 1. oktober bortset fra 3. juli til og med 17. juli", f"UNTIL=20261001;EXDATE={_SHORT}"),
        ("hver fredag kl. 9 undtagen mellem 3. juli og 17. juli", f"EXDATE={_SHORT}"),
        (
            "hver fredag kl. 9 til 1. oktober undtagen 19. juni og 3. juli til 17. juli",
            f"UNTIL=20261001;EXDATE=20260619,{_SHORT}",
        ),
        ("every friday at 9 except from 3 july to 17 july", f"EXDATE={_SHORT}"),
        ("every friday at 9 until 1 october except 3 july through 17 july", f"UNTIL=20261001;EXDATE={_SHORT}"),
        ("hver fredag kl. 9 undtagen i sommerferien til 1. oktober", None),
    ],
)
def test_exception_may_last_to_a_day(text: str, end_and_exceptions: str | None) -> None:
    when = read(text)
    if end_and_exceptions is None:
        assert when is None or when.error  # without a school calendar
        return
    assert when is not None
    assert (when.rrule, when.alternatives) == (f"FREQ=WEEKLY;BYDAY=FR;{end_and_exceptions}", ())


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("hver fredag kl. 9 undtagen den 3. juli til den 17. juli", "20260717"),
        ("hver fredag kl. 9 undtagen 3. juli til og med 17. juli", "20260717"),
        ("every friday at 9 except 3 july to 17 july", "20260717"),
    ],
)
def test_end_behind_an_exception_has_two_meanings(text: str, until: str) -> None:
    when = read(text)
    assert when is not None
    assert when.rrule == f"FREQ=WEEKLY;BYDAY=FR;EXDATE={_SHORT}"
    assert [other.rrule for other in when.alternatives] == [f"FREQ=WEEKLY;BYDAY=FR;UNTIL={until};EXDATE=20260703"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("alle hverdage undtagen mandag til onsdag kl. 9", "TH,FR"),
        ("every day except friday to sunday at 9", "MO,TU,WE,TH"),
    ],
)
def test_excepted_weekdays_may_be_a_range(text: str, days: str) -> None:
    when = read(text)
    assert when is not None
    assert when.rrule == f"FREQ=WEEKLY;BYDAY={days}"


@pytest.mark.parametrize(
    "text", ["hver fredag kl. 9 til 1. oktober undtagen fra 10. juli", "hver fredag kl. 9 undtagen fra"]
)
def test_exception_without_an_end_is_no_time(text: str) -> None:
    when = read(text)
    assert when is None or when.error
