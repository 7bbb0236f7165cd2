"""English words about work and the places where it is done."""

from bot.languages.language import split_words
from bot.languages.work_words import WorkWords

words = WorkWords(
    of="of",
    inside="in",
    on="on",
    of_endings=("ing", "ation"),
    indoor_things=split_words("hall, house, room, kitchen, gym, clubhouse, basement, lobby"),
    ground_things=split_words("pitch, field, lawn, green, ground, grounds, court, stadium, park"),
    indoor_work=split_words("floor, vacuum, hoover, window"),
    ground_work=split_words(
        "mow, cutting, grass, marking, lining, fertili, aerat, spik, scarif, verticut, overseed, topdress, dethatch"
    ),
    before_purpose=("for",),
    use_verbs=split_words("use, have, rent, hire, borrow, reserve, reservation, book, get, to, a, an"),
)
