"""Messages that cost much to read, from a seeded generator: one kind of word or mark over and over, and mixtures."""

from collections.abc import Iterator
from random import Random

#: What is repeated, by name of the kind.
UNITS = {
    "numbers": "1 2 3 4 5 6 7 8 9 10 11 12 ",
    "figures": "1234567890",
    "names": "bane 1 bane 2 bane 3 ",
    "list": "bane 1 og 2 og 3 og ",
    "and": "og ",
    "commas": "1,2,3,",
    "times": "hver fredag kl. 9 fra april til oktober undtagen uge 29 ",
    "dates": "1. juli, 12. august og 4. september ",
    "clock times": "kl. 9-11 ",
    "shifts": "en halv time senere ",
    "weeks": "uge 1-2+3 og ",
    "dashes": "1-2-3-",
    "dots": ". ",
    "commands": "!a ",
    "lines": "\n!aflys 1",
    "quotes": "“!a ",
    "code": "`!a ",
    "struck out": "~~a",
    "no spaces": "x",
    "letters": "aaaaaaaab ",
    "accents": "å\u030a\u0301",
    "invisible": "\u200b",
    "from right to left": "السبت ",
    "emoji": "👍🏽",
    "negations": "ikke ",
    "conditions": "hvis ",
    "alternatives": "eller ",
    "wishes": "kan vi ikke lade være med at ",
    "speech acts": "ja nej tak færdig aflys flyt book ",
    "articles": "den den ",
    "all": "alle baner ",
    "half a name": "bane ",
    "misspelled": "slåninga bana ",
    "the bot's name": "Bylaug ",
    "mentions": "@groen-pleje ",
    "links": "https://a.b/c ",
    "brackets": "<b>((",
    "signatures": "mvh ",
}
#: What stands before that: commands, sentences, or nothing.
BEGINNINGS = (
    "!book ",
    "!aflys 1 ",
    "!flyt 1 ",
    "!luk ",
    "!vis ",
    "!",
    "Bylaug, ",
    "Bylaug kan I ",
    "Hej alle\n!book ",
    "",
)
LENGTHS = (20, 100, 500, 2_000, 60_000)


def make_message(kind: str, length: int, beginning: str) -> str:
    """Return a message of at most `length` characters."""
    unit = UNITS[kind]
    return (beginning + unit * (length // len(unit) + 1))[:length]


def make_messages(seed: int, count: int) -> Iterator[str]:
    """Yield messages, the same ones for a seed. One of a hundred is long; the others are as long as people write."""
    random = Random(seed)
    kinds = list(UNITS)
    for number in range(count):
        length = random.choice(LENGTHS[2:]) if number % 100 == 0 else random.randint(1, 80 if number % 5 == 0 else 50)
        beginning = random.choice(BEGINNINGS)
        if random.random() < 0.5:
            yield make_message(random.choice(kinds), length, beginning)
        else:
            words = [word for kind in random.sample(kinds, 4) for word in UNITS[kind].split(" ")[:3]]
            random.shuffle(words)
            yield (beginning + " ".join(words) * (length // 40 + 1))[:length]
