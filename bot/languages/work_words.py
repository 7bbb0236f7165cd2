"""The words of a language about work and about the places where it is done, of which titles and guesses are made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkWords:
    """Words for titles such as "slåning af bane 1" and "opstilling af stole i hallen", and for guesses what fits where.

    `of` stands before the thing that is worked on, when the name of the work is a noun with an ending of `of_endings`
    and has no `of` itself. Otherwise `inside` stands before a thing with a roof, and `on` before any other.

    `indoor_things` and `ground_things` are endings of the words for things with a roof and for pitches and lawns.
    `indoor_work` and `ground_work` are beginnings of the words for work on a floor and for work on grass.

    `before_purpose` stands before what a thing is reserved for ("til" of "til træning"), and `use_verbs` are words that
    only say that somebody wants to use it.
    """

    of: str = ""
    inside: str = ""
    on: str = ""
    of_endings: tuple[str, ...] = ()
    indoor_things: tuple[str, ...] = ()
    ground_things: tuple[str, ...] = ()
    indoor_work: tuple[str, ...] = ()
    ground_work: tuple[str, ...] = ()
    before_purpose: tuple[str, ...] = ()
    use_verbs: tuple[str, ...] = ()
