"""Finds contradictions in what stands under `was`: a former key names what is there no longer, and belongs to one."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.config.models.community import CommunityModel

Path = tuple[str | int, ...]
Finding = tuple[Path, str]


def find_wrong_former_keys(model: CommunityModel) -> Iterator[Finding]:
    """Yield a path in the file and a sentence for each former key that is still in use, or that two entries claim."""
    sections: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("people", model.people),
        ("things", model.things),
        ("tasks", model.tasks),
    )
    for section, entries in sections:
        owners: dict[str, str] = {}
        for key, entry in entries.items():
            for number, old in enumerate(entry.was):
                path: Path = (section, key, "was", number)
                owner = owners.setdefault(old, key)
                if old == key:
                    yield path, f"'{old}' is its key now; 'was' names a key that it had before"
                elif old in entries:
                    yield path, f"'{old}' is still in '{section}'; take one of the two away"
                elif owner != key:
                    yield path, f"'{old}' already became '{owner}'; it can become only one of them"


def find_wrong_former_names(former: Collection[str], own: str, files: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a path and a sentence for each former name of a community's file that is the name of a file.

    `files` are the names of all community files by their keys, `own` is the key of this one.
    """
    for number, old in enumerate(former):
        if old == own:
            yield ("was", number), f"'{old}' is the name of this file; 'was' is a name that it had before"
        elif old in files:
            yield ("was", number), f"the file {files[old]} is still here; take one of the two away"
