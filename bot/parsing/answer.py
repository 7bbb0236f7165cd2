"""Hears a yes or a no, and whether somebody says no more than a time."""

from bot.parsing.normalise import fold

_YES = frozenset(
    "ja jo jep jada okay ok okey yes yep sure fint godt super perfekt aftalt fine agreed accepted deal great".split()
) | {"det er fint", "det passer", "det passer fint", "ja tak", "helt fint", "lyder godt", "sounds good", "yes please"}
_NO = frozenset("nej nix nope no desværre sorry".split()) | {
    "nej tak",
    "det går ikke",
    "det passer ikke",
    "kan ikke",
    "passer ikke",
    "no thanks",
    "can't",
}
_YES_SIGNS, _NO_SIGNS = frozenset("✅👍✔☑👌"), frozenset("❌👎✖🚫")

#: What people put around a time when the time is all they mean.
_PLEASANTRIES = frozenset(
    fold(word)
    for word in (
        "passer bedre hellere i stedet kan vi sige hvad med så vil jeg gerne er det ok også fint for mig os måske nej "
        "desværre men eller helst du I foreslår godt bare tak være på om at "
        "works better rather instead how about what can we make it for me us please would be is no sorry but maybe or "
        "suits that i prefer on at thanks"
    ).split()
)


def yes_or_no(text: str) -> bool | None:
    """True for a yes, False for a no, None for everything that is more than that. Danish and English."""
    sign = sign_of(text)
    if sign is not None:
        return sign
    said = fold(text.strip().strip(".!, "))
    if said in _FOLDED_YES:
        return True
    return False if said in _FOLDED_NO else None


def sign_of(emoji: str) -> bool | None:
    """What a single emoji answers; skin tones and variation selectors make no difference."""
    first, rest = emoji.strip()[:1], emoji.strip()[1:]
    if any(character not in "\ufe0f\ufe0e" and not "\U0001f3fb" <= character <= "\U0001f3ff" for character in rest):
        return None
    if first and first in _YES_SIGNS:
        return True
    return False if first and first in _NO_SIGNS else None


def is_pleasantry(rest: str) -> bool:
    """Whether what stands around a time adds nothing to it: "kl. 9 passer bedre"."""
    return all(fold(word.strip(".,!?:;()-")) in _PLEASANTRIES | {""} for word in rest.split())


_FOLDED_YES = frozenset(map(fold, _YES))
_FOLDED_NO = frozenset(map(fold, _NO))
