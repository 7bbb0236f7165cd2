"""Danish words about work and the places where it is done."""

from bot.languages.language import split_words
from bot.languages.work_words import WorkWords

words = WorkWords(
    of="af",
    inside="i",
    on="på",
    of_endings=("ing", "else"),
    indoor_things=split_words(
        "hal, hallen, haller, sal, salen, hus, huset, lokale, lokalet, rum, rummet, køkken, køkkenet, stue, stuen, "
        "foyer, foyeren, kælder, kælderen"
    ),
    ground_things=split_words("bane, banen, baner, plæne, plænen, mark, marken, stadion, stadionet, park, parken"),
    indoor_work=split_words("gulv, støvsug, trappevask, vinduespuds"),
    ground_work=split_words(
        "slå, klip, græs, kridt, opkridt, opstreg, streg, gød, vertikal, topdress, tromle, tromling, efterså,"
        " prikl, dybdeluft, plæneluft"
    ),
    before_purpose=("til", "for"),
    use_verbs=split_words(
        "bruge, brug, låne, lån, leje, lej, have, reservere, reservation, booke, benytte, få, at, en, et"
    ),
)
