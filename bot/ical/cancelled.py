"""Finds out whether an event does not take place: by its status, or by what its title says."""

import re

_STATUSES = {"CANCELLED", "CANCELED", "AFLYST", "ANNULLERET"}
_WORDS = "aflyst|annulleret|cancell?ed"
#: In front, as Outlook writes it: “Aflyst: Skovby – Ry”, “[CANCELLED] U13”. “Aflyst?” is a question.
_IN_FRONT = re.compile(rf"[\W_]*(?:{_WORDS})(?!\w)(?!\W*\?)", re.IGNORECASE)
#: At the end, set apart by a sign or in capitals: “Skovby – Ry (aflyst)”, “Skovby – Ry AFLYST”.
_AT_THE_END = re.compile(
    rf"(?:[-–—:,;|/(\[*]\s*(?:{_WORDS})|(?<!IKKE )(?<!NOT )(?-i:\b(?:{_WORDS.upper()})))[\s)\]*!.]*$",
    re.IGNORECASE,
)


def is_cancelled_status(status: str) -> bool:
    """Return whether a STATUS says so, also in the spellings that RFC 5545 does not have."""
    return status.upper() in _STATUSES


def is_cancelled_title(title: str) -> bool:
    """Return whether a title says so in front or at the end. A title that asks or denies it does not."""
    return _IN_FRONT.match(title) is not None or _AT_THE_END.search(title) is not None
