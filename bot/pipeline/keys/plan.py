"""Decides for one community what becomes of keys that its file has no longer: renamed, kept, or gone."""

from dataclasses import dataclass, field, replace

from bot.config.community import Community, EntryKind, FormerKey
from bot.config.kept import KeptEntry, build_kept_person, find_same_words, keep_entries
from bot.errors import Problem
from bot.pipeline.keys.describe import (
    describe_clash,
    describe_gone,
    describe_kept,
    describe_other_ids,
    describe_same_addresses,
    find_closest_key,
)
from bot.pipeline.keys.state import KeyState
from bot.store.keys.known import KnownKey
from bot.store.keys.uses import Uses

_KINDS: tuple[EntryKind, ...] = ("person", "thing", "task", "feature")


@dataclass
class KeyPlan:
    """The changes to the stored keys of a community, and what the community keeps.

    `renames` are applied to the rows; `adoptions` are addresses of people whom the file did not list and now does.
    `saved` and `deleted` are known keys. `kept` is what the community goes on with, though the file has it no longer.
    `findings` are warnings for the administrator.
    """

    community: Community
    renames: list[FormerKey] = field(default_factory=list)
    adoptions: list[FormerKey] = field(default_factory=list)
    saved: list[KnownKey] = field(default_factory=list)
    deleted: list[KnownKey] = field(default_factory=list)
    kept: list[KeptEntry] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)
    _former: list[FormerKey] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has to be written."""
        return not (self.renames or self.adoptions or self.saved or self.deleted)

    def result(self) -> Community:
        """Return the community as it is served."""
        community = replace(self.community, former_keys=tuple(dict.fromkeys(self._former)))
        return keep_entries(community, self.kept)


def plan_keys(community: Community, state: KeyState, clashes: dict[FormerKey, list[tuple[int, int]]]) -> KeyPlan:
    """Return what is to happen to the keys of a community.

    `clashes` are the agreements that keep a former key from being renamed, by former key (`find_renames`).
    """
    plan, known, uses = KeyPlan(community), _known_by_name(community, state), state.uses_of(community.key)
    present = find_present(community, state)
    renames = find_renames(community, state)
    possible = [former for former in renames if not clashes.get(former)]
    _plan_renames(plan, known, uses, possible)
    plan.findings += [
        describe_clash(community, former, clashes[former]) for former in renames if former not in possible
    ]
    plan.findings += [
        describe_same_addresses(community, former) for former in possible if former not in community.former_keys
    ]
    _plan_adoptions(plan, known)
    _save_present(plan, known, present)
    renamed = {(former.kind, former.old) for former in possible}
    clashing = {(former.kind, former.old) for former in renames} - renamed
    missing = {name for name in {*known, *uses} if name[0] in _KINDS and name[1] not in present[name[0]]} - renamed
    for kind, key in sorted(missing):
        entry, use = known.get((kind, key)), uses.get((kind, key))
        if entry is not None and entry.became is not None and use is None:
            plan._former.append(FormerKey(kind, key, entry.became))
        elif use is not None and use.is_kept:
            kept = KeptEntry(kind, key, entry.text if entry else "")
            if entry is None or entry.became is not None:
                plan.saved.append(KnownKey(community.key, kind, key, kept.text))
            if (kind, key) not in clashing:
                now = find_same_words(community, kept) or find_closest_key(key, find_new(kind, present, known))
                kept = replace(kept, is_removed=now is None and kind != "feature")
                plan.findings.append(describe_kept(community, kind, key, use, now))
            plan.kept.append(kept)
        elif entry is not None:
            plan.deleted.append(entry)
            if use is not None:
                now = find_closest_key(key, find_new(kind, present, known))
                plan.findings.append(describe_gone(community, kind, key, use, now))
    return plan


def find_present(community: Community, state: KeyState) -> dict[EntryKind, set[str]]:
    """Return the keys that the file has, by kind. Features have their present names, with the one that is always on."""
    names = {name: feature.name for feature in state.features.values() for name in feature.names}
    return {
        "person": {person.handle for person in community.people},
        "thing": {thing.key for thing in community.things},
        "task": {task.key for task in community.tasks},
        "feature": {"guide", *(names.get(name, name) for name in community.features)},
    }


def find_renames(community: Community, state: KeyState) -> list[FormerKey]:
    """Return the former keys in the file, and the handles that are gone while their addresses have a new handle."""
    written = [former for former in community.former_keys if former.kind != "community"]
    known, present = _known_by_name(community, state), find_present(community, state)
    named = {former.old for former in written if former.kind == "person"}
    new = [person for person in community.people if ("person", person.handle) not in known]
    found: list[FormerKey] = []
    for (kind, key), entry in known.items():
        if kind == "person" and entry.became is None and key not in present["person"] and key not in named:
            addresses = {*build_kept_person(community, KeptEntry(kind, key, entry.text)).addresses}
            same = [person for person in new if addresses & {*person.addresses}]
            if len(same) == 1:
                found.append(FormerKey("person", key, same[0].handle))
    return written + found


def find_new(
    kind: EntryKind, present: dict[EntryKind, set[str]], known: dict[tuple[EntryKind, str], KnownKey]
) -> list[str]:
    """Return the keys of a kind that the file did not have before; all, where it is not known what it had."""
    new = sorted(key for key in present[kind] if (kind, key) not in known)
    return new or (sorted(present[kind]) if not any(name[0] == kind for name in known) else [])


def _known_by_name(community: Community, state: KeyState) -> dict[tuple[EntryKind, str], KnownKey]:
    return {(key.kind, key.key): key for key in state.known_of(community.key)}


def _plan_renames(
    plan: KeyPlan,
    known: dict[tuple[EntryKind, str], KnownKey],
    uses: dict[tuple[EntryKind, str], Uses],
    renames: list[FormerKey],
) -> None:
    """Rename what was not renamed before, or is named again: by a backup that was restored, for one."""
    for former in renames:
        entry = known.get((former.kind, former.old))
        plan._former.append(former)
        if entry is None or entry.became != former.new or (former.kind, former.old) in uses:
            plan.renames.append(former)
            plan.saved.append(KnownKey(plan.community.key, former.kind, former.old, "", former.new))
            if former.kind == "person" and entry is not None and entry.text:
                _warn_of_other_ids(plan, former, KeptEntry("person", former.old, entry.text))


def _warn_of_other_ids(plan: KeyPlan, former: FormerKey, entry: KeptEntry) -> None:
    """Warn when nobody acts for the new handle who acted for the old one: that may have been the Matrix id."""
    before = build_kept_person(plan.community, entry).addresses
    person = plan.community.person(former.new)
    if before and person is not None and not {*before} & {*person.addresses}:
        plan.findings.append(describe_other_ids(plan.community, former, before[0]))


def _plan_adoptions(plan: KeyPlan, known: dict[tuple[EntryKind, str], KnownKey]) -> None:
    """Let agreements that name somebody by address belong to their handle, where the file lists them now."""
    written = {(entry.kind, entry.key): entry.text for entry in plan.community.written}
    for person in plan.community.people:
        entry = known.get(("person", person.handle))
        if entry is None or entry.text != written.get(("person", person.handle), ""):
            plan.adoptions += [FormerKey("person", address, person.handle) for address in person.addresses]


def _save_present(
    plan: KeyPlan, known: dict[tuple[EntryKind, str], KnownKey], present: dict[EntryKind, set[str]]
) -> None:
    written = {(entry.kind, entry.key): entry.text for entry in plan.community.written}
    for kind in _KINDS:
        for key in sorted(present[kind]):
            entry = KnownKey(plan.community.key, kind, key, written.get((kind, key), ""))
            if known.get((kind, key)) != entry:
                plan.saved.append(entry)
