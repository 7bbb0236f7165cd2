"""The Danish words about time whose misspellings are asked about, and words that only look like a misspelling."""

from bot.languages.da.time_words import MONTHS, WEEKDAYS
from bot.languages.language import split_words

#: Words whose misspellings are asked about, and words that are similar to words about time and mean something else.
SPELL_CHECKED = {
    "Misspelling": (
        *WEEKDAYS,
        *(f"{name}en" for name in WEEKDAYS),
        *split_words(
            "formiddag, formiddagen, eftermiddag, eftermiddagen, overmorgen, weekenden, sankthans, nytårsaften,"
            "nytårsdag, juleaften, grundlovsdag, skærtorsdag, langfredag"
        ),
    ),
    "MisspellingAfterIn": ("morgen", "aften"),
    "MisspelledMonth": tuple(name for name in MONTHS if len(name) > 3),
}
NOT_MISSPELLED = split_words(
    "fridag, fridage, fridagen, frida, mandat, mandal, mandel, morten, morgan, borgen, match, marked, maskine,"
    "her, ses, hav, tie, fie, inde, seneste, ovre, oven, tide, tider, uden, enten, alene, aftale, aftalen, dagens,"
    "først, frokost, efterår, trak, tak, tank,"
    "køkken, køkkenet, manden, mande, mos, moset, tier, fier, kloakken, klokker, moren, frost, næse, sat, tidende, tov,"
    "udgange, udgave, mening, mager, hvid, hved, hvem, hvor, ugle, lige, fjer, fjern,"
    "dårlig, dårligt, førte, ligge, lægge, mandlig, sået, sæt, tidligste, ændret, ærlig, ærligt,"
    "sekser, nier, tolk, ting, uden, inder, senere,"
    "june, july, march, may, october"  # right in English
)
#: What any word may be put before; such a word is no misspelling.
COMPOUND_ENDS = split_words("dag, dage, dagen, dagene, dags, uge, ugen, uger, ugerne, tid, tiden, tider, tiderne")
