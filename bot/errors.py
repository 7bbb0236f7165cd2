"""Expected errors: refusals, which people in rooms read, and problems, which the administrator reads."""

from dataclasses import dataclass
from typing import Any

#: Exit codes of sysexits.h, by which systemd and scripts tell the causes apart: incorrect input data, no input file, an
#: output file that cannot be created, an error of input or output, a temporary failure, no permission, a configuration
#: error.
EX_DATAERR, EX_NOINPUT, EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL, EX_NOPERM, EX_CONFIG = 65, 66, 73, 74, 75, 77, 78


class Refused(Exception):
    """Raised by a feature to refuse a request. The person is told why, and the changes of the feature are rolled back.

    `key` names a text in the feature's catalogue, and `values` fill its placeholders.
    """

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True)
class Problem:
    """One mistake in a configuration file. Lines count from 1; the line is 0 when the mistake has no line.

    A file with warnings only can be used.
    """

    file: str
    line: int
    message: str
    is_warning: bool = False

    def __str__(self) -> str:
        location = f"{self.file}:{self.line}" if self.line else self.file
        return f"{location}: {self.message}"


class ConfigError(Exception):
    """A configuration cannot be used. `problems` are all the mistakes in it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Fatal(Exception):
    """The program has to end. The message is the one sentence that the administrator reads.

    `exit_code` follows sysexits.h, so that systemd and scripts can tell the causes apart.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Unavailable(Exception):
    """A resource such as the database cannot be used now. The transaction is rolled back; trying again may help.

    The message tells the administrator what is wrong, where, and what to do about it.
    """
