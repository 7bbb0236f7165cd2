"""The version of the installed program."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def program_version() -> str:
    """Return the version of the installed package, such as "0.1.0"; "unknown" when the sources run uninstalled."""
    try:
        return version("bylaug")
    except PackageNotFoundError:
        return "unknown"
