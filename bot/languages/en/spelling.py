"""The English words about time whose misspellings are asked about, and words that only look like a misspelling."""

from bot.languages.en.time_words import MONTHS, WEEKDAYS
from bot.languages.language import split_words

#: Words whose misspellings are asked about, and words that are similar to words about time and mean something else.
SPELL_CHECKED = {
    "Misspelling": (*WEEKDAYS, *("tomorrow", "afternoon", "weekend")),
    "MisspelledMonth": tuple(name for name in MONTHS if len(name) > 3),
}
NOT_MISSPELLED = split_words(
    "fridag, fridage, fridagen, frida, sundry, sundae, mundane, match, matches, marching, very, ever, form, there,"
    "seen, thanks, tree, fist, lest, eats, net, pat, fur, fir, non, lat, tie,"
    "juni, juli, marts, maj, oktober"  # right in Danish
)
#: What any word may be put before; such a word is no misspelling. Danish, since both languages are written in a room.
COMPOUND_ENDS = split_words("dag, dage, dagen, dagene, dags, uge, ugen, uger, ugerne, tid, tiden, tider, tiderne")
