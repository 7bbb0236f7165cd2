"""Says to the administrator what became of a key that the file has no longer: where, what names it, and what to do."""

from collections.abc import Sequence
from urllib.parse import unquote

from bot.config.community import Community, EntryKind, FormerKey
from bot.config.suggest import MIN_SIMILARITY
from bot.errors import Problem
from bot.store.keys.uses import Uses
from bot.suggest import find_closest

_SECTIONS: dict[EntryKind, str] = {"person": "people", "thing": "things", "task": "tasks", "feature": "features"}


def describe_kept(community: Community, kind: EntryKind, key: str, uses: Uses, closest: str | None) -> Problem:
    """Return the warning that something the file has no longer is kept. `closest` is the key that it may have now."""
    closest = closest if kind != "feature" else None
    if closest is None:
        hint = "it stays as it was until they are over"
    else:
        hint = f"did it become '{closest}'? Then write 'was: {key}' under that one; until then it stays as it was"
    return _warn(community, kind, closest, f"'{key}' is not here any more, and {_name_it(uses)}; {hint}")


def describe_gone(community: Community, kind: EntryKind, key: str, uses: Uses, closest: str | None) -> Problem:
    """Return the warning that something is gone that names, settings and the like still name."""
    asked = f"did it become '{closest}'? Then write 'was: {key}' under that one" if closest else ""
    hint = asked or "they count again when it comes back"
    return _warn(community, kind, closest, f"'{key}' is not here any more, and {_name_it(uses)}; {hint}")


def describe_clash(community: Community, former: FormerKey, clashes: Sequence[tuple[int, int]]) -> Problem:
    """Return the warning that a former key cannot be renamed, because agreements would contradict each other."""
    one, other = clashes[0]
    if former.kind == "person":
        why = f"agreement {one} is between the two of them"
    else:
        why = f"agreements {one} and {other} hold both at the same time"
    sentence = f"'{former.old}' cannot become '{former.new}' yet: {why}. Both stay until that is over or called off"
    return _warn(community, former.kind, former.new, sentence)


def describe_same_addresses(community: Community, former: FormerKey) -> Problem:
    """Return the warning that a person was renamed because the same Matrix id acts for the new handle."""
    sentence = f"'{former.old}' is called '{former.new}' now, since the same Matrix id acts for both"
    return _warn(community, "person", former.new, f"{sentence}; what was agreed follows")


def describe_other_ids(community: Community, former: FormerKey, address: str) -> Problem:
    """Return the warning that another Matrix id acts for a person who was renamed. `address` acted for the old one."""
    user = f"@{unquote(address.rpartition('/')[2])}"
    sentence = f"another Matrix id acts for '{former.new}' than acted for '{former.old}'"
    return _warn(community, "person", former.new, f"{sentence}; if it is the same, write 'matrix: \"{user}\"' there")


def describe_lost_community(folder: str, key: str, number: int, closest: str | None) -> Problem:
    """Return the warning that a community has no file any more. `number` counts its open agreements."""
    agreements = "agreement" if number == 1 else "agreements"
    sentence = f"the file of the community '{key}' is gone, and it has {number} open {agreements}; it is not served"
    if closest:
        sentence += f". Did it become '{closest}'? Then write 'was: {key}' at the top of that file"
    return Problem(folder, 0, sentence, is_warning=True)


def describe_two_communities(community: Community, old: str) -> Problem:
    """Return the warning that two communities cannot become one, because both have agreements."""
    sentence = f"'{old}' cannot become '{community.key}': both have agreements. They stay apart"
    return Problem(community.file, 0, f"was: {sentence}", is_warning=True)


def describe_same_room(community: Community, old: str) -> Problem:
    """Return the warning that a community was renamed because another file has its room now."""
    sentence = f"the community '{old}' is called '{community.key}' now, since it has the same room"
    return Problem(community.file, 0, f"{sentence}; what was agreed follows", is_warning=True)


def _name_it(uses: Uses) -> str:
    return f"{uses} still {'names' if uses.is_single else 'name'} it"


def find_closest_key(key: str, new: Sequence[str]) -> str | None:
    """Return the new key that is most like a former one; the only new one, however it is written."""
    return find_closest(key, new, min_similarity=MIN_SIMILARITY) or (new[0] if len(new) == 1 else None)


def _warn(community: Community, kind: EntryKind, key: str | None, sentence: str) -> Problem:
    """Return a warning about an entry of the file, in its line, or else in that of the first one of its kind."""
    of_kind = {entry.key: entry.line for entry in community.written if entry.kind == kind}
    line = of_kind.get(key or "", min(of_kind.values(), default=0))
    return Problem(community.file, line, f"{_SECTIONS[kind]}: {sentence}", is_warning=True)
