"""The kinds of no: one for the person in the room, one for the caretaker who starts the program."""

from dataclasses import dataclass
from typing import Any

#: Exit codes of sysexits.h: the input data was incorrect, an input file is not there, an output file cannot be made, an
#: error in input or output, not now but later, permission denied, and a configuration error. systemd and scripts
#: tell the causes apart.
EX_DATAERR, EX_NOINPUT, EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL, EX_NOPERM, EX_CONFIG = 65, 66, 73, 74, 75, 77, 78


class Refused(Exception):
    """An expected no, said to the person in their language; nothing the feature did is kept.

    `key` names a text in the feature's catalogue, `values` fill its placeholders.
    """

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a configuration file; lines count from 1, 0 where none can be named.

    With a warning the file can be used all the same.
    """

    file: str
    line: int
    message: str
    is_warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class ConfigError(Exception):
    """A configuration that cannot be used, with everything found wrong in it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


class Fatal(Exception):
    """The program cannot go on; the message is the one sentence its caretaker reads.

    `exit_code` follows sysexits.h, so that systemd and scripts can tell the causes apart.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Unavailable(Exception):
    """A resource, such as the database, cannot be used now. Nothing of the transaction is kept; trying again may help.

    The message is for the caretaker: what is wrong, where, and what to do about it.
    """
