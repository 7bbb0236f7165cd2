"""The Danish words about time, each with its roles.

Which words together are a time is decided in bot/parsing/when/rules.
"""

from typing import Any

from bot.languages.language import split_words

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MONTHS = split_words("januar, februar, marts, april, maj, juni, juli, august, september, oktober, november, december")
PARTS = {
    "morgen": "morning",
    "formiddag": "forenoon",
    "middag": "midday",
    "eftermiddag": "afternoon",
    "aften": "evening",
    "nat": "night",
}

_ONES = split_words(
    "nul, en, to, tre, fire, fem, seks, syv, otte, ni, ti, elleve, tolv, tretten, fjorten, femten, seksten, sytten,"
    "atten, nitten"
)
_TENS = {20: "tyve", 30: "tredive", 40: "fyrre", 50: "halvtreds"}
_NUMBERS = (
    dict(zip(_ONES, range(20), strict=True))
    | {"et": 1, "én": 1, "ét": 1}
    | {word: ten for ten, word in _TENS.items()}
    | {f"{_ONES[one]}og{word}": ten + one for ten, word in _TENS.items() for one in range(1, 10)}
)
_ORDINALS = split_words(
    "første, andet, tredje, fjerde, femte, sjette, syvende, ottende, niende, tiende, ellevte, tolvte, trettende,"
    "fjortende, femtende, sekstende, syttende, attende, nittende, tyvende, enogtyvende, toogtyvende, treogtyvende,"
    "fireogtyvende, femogtyvende, seksogtyvende, syvogtyvende, otteogtyvende, niogtyvende, tredivte, enogtredivte"
)


def _abbreviated(day: int) -> str:
    return {0: "", 1: ", tir., tirs.", 2: ", ons.", 3: ", tor., tors.", 4: ", fre.", 5: ", lør.", 6: ""}[day]


ROLES: dict[str, str | dict[str, Any]] = {
    # days and months
    "Weekday": {name + _abbreviated(day): day for day, name in enumerate(WEEKDAYS)},
    "AmbiguousWeekday": {"man., ma.": 0, "fr": 4, "lø.": 5, "søn., sø.": 6},  # "man kan", "min søn"
    "ShortWeekday": {"ma": 0, "ti": 1, "on": 2, "to": 3, "fr": 4, "lø": 5, "sø": 6},
    "DefiniteWeekday": {f"{name}en": day for day, name in enumerate(WEEKDAYS)},  # om fredagen
    "PluralWeekday": {f"{name}e, {name}ene": day for day, name in enumerate(WEEKDAYS)},  # fredage
    "PastWeekday": {f"{name}s": day for day, name in enumerate(WEEKDAYS)},  # i fredags
    "WeekdayAndPart": {
        f"{name}{part}, {name}s{part}": (day, key) for day, name in enumerate(WEEKDAYS) for part, key in PARTS.items()
    },
    "Month": {name if len(name) < 4 else f"{name}, {name[:3]}.": at for at, name in enumerate(MONTHS, 1)}
    | {"sept.": 9, "febr.": 2},
    "MonthBeforeDay": {name if len(name) < 4 else f"{name}, {name[:3]}.": at for at, name in enumerate(MONTHS, 1)},
    "MonthName": {name: at for at, name in enumerate(MONTHS, 1)},
    "RelativeDay": {
        "i dag, idag": 0,
        "i morgen, imorgen": 1,
        "i overmorgen, overmorgen": 2,
        "i går, igår": -1,
        "i forgårs, forgårs": -2,
    },
    "DayAndPart": {
        f"i {part}, her til {part}, denne {part}": (0, key) for part, key in PARTS.items() if part != "morgen"
    }
    | {
        "i morgen tidlig, i morgen tidligt": (1, "morning"),
        "her til morgen, i morges, her i morges, denne morgen": (0, "morning"),
        "i aftes, i går aftes, i går aften": (-1, "evening"),
        "i går morges, i går morgen": (-1, "morning"),
        "i middags": (0, "midday"),
    },
    "PartOfDay": PARTS
    | {"middagstid": "midday", "efter middag, efter frokost": "afternoon", "før frokost": "forenoon"},
    "DefinitePartOfDay": {f"{part}en" if part != "nat" else "natten": key for part, key in PARTS.items()}
    | {"morgenen": "morning", "aftenen": "evening"},
    "NamedDay": {
        "nytårsdag, 1. nytårsdag": "new-years-day",
        "skærtorsdag": "maundy-thursday",
        "langfredag": "good-friday",
        "påskedag, 1. påskedag, første påskedag, påskesøndag": "easter-sunday",
        "2. påskedag, anden påskedag, andenpåskedag, påskemandag": "easter-monday",
        "store bededag, bededag": "great-prayer-day",
        "kristi himmelfartsdag, kristi himmelfart, kr. himmelfartsdag, kr. himmelfart": "ascension-day",
        "pinsedag, 1. pinsedag, første pinsedag, pinsesøndag": "whit-sunday",
        "2. pinsedag, anden pinsedag, andenpinsedag, pinsemandag": "whit-monday",
        "juledag, 1. juledag, første juledag": "christmas-day",
        "2. juledag, anden juledag, andenjuledag": "boxing-day",
        "fastelavn, fastelavnssøndag": "shrove-sunday",
        "fastelavnsmandag": "shrove-monday",
        "palmesøndag": "palm-sunday",
        "påskelørdag, påskeaften": "holy-saturday",
        "pinselørdag, pinseaften": "whit-saturday",
        "mors dag, morsdag": "mothers-day",
        "allehelgensdag, alle helgens dag, allehelgen": "all-saints-day",
    },
    "FixedNamedDay": {
        "helligtrekonger, helligtrekongersdag, hellig tre konger": (6, 1),
        "kyndelmisse": (2, 2),
        "valentinsdag": (14, 2),
        "kvindernes kampdag, kvindernes internationale kampdag": (8, 3),
        "valborgsaften, valborg": (30, 4),
        "arbejdernes kampdag, arbejdernes internationale kampdag": (1, 5),
        "befrielsesaften": (4, 5),
        "befrielsesdag, befrielsesdagen": (5, 5),
        "grundlovsdag, grundlovsdagen": (5, 6),
        "fars dag, farsdag": (5, 6),
        "valdemarsdag": (15, 6),
        "sankthans, sankt hans, skt. hans, sct. hans, sankthansaften, sankt hansaften, sankt hans aften,"
        "skt. hansaften, skt. hans aften, sct. hansaften, sct. hans aften": (23, 6),
        "sankthansdag, sankt hansdag, sankt hans dag, skt. hans dag": (24, 6),
        "halloween": (31, 10),
        "mortensaften, morten bisp, mortens aften": (10, 11),
        "mortensdag": (11, 11),
        "luciadag, sankta lucia": (13, 12),
        "lillejuleaften, lille juleaften": (23, 12),
        "juleaften, juleaftensdag": (24, 12),
        "3. juledag, tredje juledag": (27, 12),
        "nytårsaften, nytårsaftensdag": (31, 12),
    },
    # numbers
    "NumberWord": _NUMBERS,
    "Number": _NUMBERS,
    "Hour": {word: number for word, number in _NUMBERS.items() if word != "en"},
    "Ordinal": {word: at for at, word in enumerate(_ORDINALS, 1)} | {"anden": 2},
    "Unit": {
        "sekund, sekunder, sek.": (1, "seconds"),
        "minut, minutter, min., minutters": (1, "minutes"),
        "kvarter, kvarters": (15, "minutes"),
        "time, timer, t., timers, times": (60, "minutes"),
        "dag, dage, døgn, dages": (1, "days"),
        "uge, uger, ugers, uges": (7, "days"),
        "måned, måneder, mdr., måneders": (1, "months"),
        "år, års": (12, "months"),
    },
    "PartOfMonth": {"primo": "first", "medio, midt": "middle", "ultimo": "last"},
    "quarter_of_year": "kvartal",
    "school_holidays": "skoleferie, skoleferien, skoleferier, skoleferierne",
    "school_holiday": (
        "vinterferie, vinterferien, påskeferie, påskeferien, sommerferie, sommerferien, efterårsferie, efterårsferien,"
        "kartoffelferie, kartoffelferien, juleferie, juleferien"
    ),
    "holiday_end": "ferie, ferien",
    "TimeZone": {"gmt, utc": 0, "cet": 60, "cest": 120},
    "minutes": "minut, minutter, min.",
    "hour": "time, timer",
    "day": "dag, dage",
    "week": "uge, uger, ugerne, uge nr., uge nummer",
    "month": "måned, måneder",
    "year": "år",
    "weekend": "weekend, weekenden, week-end, week-enden",
    "weekends": "weekender, weekenderne",
    "the_day": "dagen",
    "the_week": "ugen",
    "the_month": "måneden",
    "the_year": "året",
    "end_of_the_week": "ugens udgang",
    "end_of_the_month": "månedens udgang",
    "end_of_the_year": "årets udgang",
    "workdays": "hverdage, hverdagene, hverdag, arbejdsdage, ugedage",
    "definite_workdays": "hverdagen",
    "every_day": "dagligt, daglig",
    "every_week": "ugentligt, ugentlig",
    "every_month": "månedligt, månedlig",
    "every_year": "årligt, årlig",
    "even": "lige",
    "odd": "ulige",
    "weeks": "uger",
    # the clock
    "clock": "kl., klokken, kl",
    "half_to": "halv",
    "half": "halv, halvt",
    "one_and_a_half": "halvanden, halvandet",
    "half_sign": "½",
    "quarter": "kvart, kvarter",
    "past": "over",
    "to_hour": "i",
    "hourish": "tiden",
    "midnight": "midnat",
    "hour_sign": "h",
    # small words
    "on": "på, her på, først på",
    "in": "i, her i",
    "for": "i",
    "of": "af",
    "the": "den, d.",
    "the_date": "d.",
    "them": "de",
    "now": "nu, lige nu",
    "coming": "førstkommende, kommende, førstk.",
    "next": "næste, naeste, næstkommende",
    "this": "denne, dette, den her, indeværende",
    "this_year": "i år",
    "last": "sidste, forrige, seneste",
    "every": "hver, hvert, hver eneste, hver evig eneste",
    "every_other": "hveranden, hvertandet",
    "all": "alle",
    "whole": "hele",
    "on_each": "om",
    "in_future": "om",
    "of_time": "tid, mere",
    "onward": "frem, fremad, fremover",
    "from_now": "fra nu, fra nu af",
    "from_day": "fra",
    "in_a_row": "i træk, i streg, i rad",
    "countable": (
        "af os, af jer, af dem, stk., styk, mand, mænd, mands, spillere, personer, folk, hold, børn, voksne, drenge,"
        "piger, kvinder, herrer, damer, unge, seniorer, medlemmer, frivillige, forældre, gæster, tilskuere, deltagere,"
        "hjælpere, trænere, dommere, ledere, løbere, ryttere, husstande, familier, mennesker, stykker, par,"
        "kampe, runder, halvlege, baner, rækker, point, mål, kasser, bolde, kegler, veste, net, borde, bænke, stole,"
        "telte, nøgler, biler, trailere, kander, kopper, øl, pølser, kager, flasker, sække, poser, ruller, bøtter,"
        "spande, træer, planter, skovle, river, spader, trillebøre, børe, stiger, bukke, plader, brædder, stolper,"
        "liter, l, kg, kilo, ton, meter, m, km, cm, m2, kr., kroner, procent, pct., grader, gram, pladser, lodder,"
        "billetter, steder, punkter, sider, opgaver, vagter, haver, lygter, huller, heste, hunde"
    ),
    # what no number counts: who does something, what is surely done, and how a message ends
    "subject": (
        "vi, jeg, du, han, hun, der, alle, ingen, nogen, klubben, bestyrelsen, formanden, kassereren, kommunen, holdet,"
        "holdene, drengene, pigerne, børnene, seniorerne, damerne, herrerne, oldboys"
    ),
    "not_countable": (
        "har, havde, holder, kommer, mangler, lukker, åbner, bliver, får, bruger, låner, begynder, slutter, starter,"
        "mødes, afleverer, skriver, henter, afholder, ønsker, tager, gør, ser, siger, synes, tror, vælger, må, bør,"
        "skulle, kunne, burde, var, blev, hilsen, mvh, vh, kh, dbh, hilsner, venlig, venligst, kærlig, hej, hejsa, hos,"
        "vores, jeres, deres, hans, hendes, min, mit, mine, din, dit, dine, hvem, hvad, hvornår, fordi, selv, også"
    ),
    "greeting": ("god weekend, go weekend, godweekend, " + ", ".join(f"god {name}, go {name}" for name in WEEKDAYS)),
    "ago": "siden",
    "ago_for": "for",
    "times": "gange, gang",
    "in_all": "i alt, ialt",
    "rest_of": "resten af",
    "out": "ud",
    "throughout": "over, igennem",
    "end_of": "udgangen af",
    "day_after": "dagen efter",
    "day_before": "dagen før, dagen inden",
    "night_to": "natten til, nat til",
    "night_between": "natten mellem, nat mellem, natten imellem",
    "from": "fra, fra og med, tidligst, startende, med start, startende fra, med start fra",
    "to": "til",
    "until": "indtil, ind til, frem til, frem til og med, indtil og med",
    "through": "til og med, t.o.m.",
    "before": "før, men før",
    "prior": "inden, men inden",
    "by": "senest, allersenest, ikke senere end, senest ved",
    "within": "inden for, indenfor, inden, i løbet af",
    "during": "i løbet af",
    "after": "efter, men efter",
    "and": "og, samt",
    "or": "eller",
    "between": "mellem, imellem, ml., mell.",
    "except": (
        "undtagen, undtaget, bortset fra, minus, eksklusive, dog ikke, men ikke, på nær, pånær, med undtagelse af, ikke"
    ),
    "not": "ikke",
    "roughly": "omkring, cirka, ca., circa",
    "about": "ca., cirka, omkring, ved, circa, godt, knap, små",
    "courtesy": (
        "kan i ikke, kan du ikke, kan vi ikke, vil i ikke, vil du ikke, skal vi ikke, kunne i ikke,"
        "kunne du ikke, kunne vi ikke, må vi ikke, må jeg ikke, kan man ikke, kan jeg ikke,"
        "hvorfor kan jeg ikke, hvorfor kan vi ikke, hvorfor kan man ikke, hvorfor må vi ikke, hvorfor må jeg ikke,"
        "hvorfor kan i ikke, hvorfor kan du ikke, hvorfor ikke"
    ),
    "filler": (
        "indtil videre, fremover, i hvert fald, ihvertfald, i hvert tilfælde, hver især,"
        "præcis, præcist, sharp, ca., cirka, omkring, ved, hele dagen, allerede, helst, gerne, tidligt, sent, hele, nu,"
        "igen"
    ),
    # what may stand beside a bare number without being counted by it, and who stands before "man" and "søn"
    "function_word": (
        "på, i, til, med, hos, ved, hvis, men, så, passer, passede, er, kan, vil, ville, skal, og, eller,"
        "tak, går, bedst, bedre, bare, for, fra, hvor, som, fint, måske, om, slås, den, da, når, nej, ja,"
        "ok, jo, ikke"
    ),
    "before_no_weekday": (
        "kan, skal, vil, må, hvis, at, når, som, bør, hvordan, hvad, min, din, hans, hendes, vores, en,ens, den"
    ),
    "vague": (
        "ferien, vinterferien, påskeferien, sommerferien, efterårsferien, juleferien, skoleferien,"
        "julen,"
        "påsken, pinsen, foråret, sommeren, efteråret, vinteren, sæsonen, snart, ugen efter, ugen før,"
        "forleden, formiddags, eftermiddags, kvartalet, helligdage, helligdagene, midt i, midt på,"
        "starten af, begyndelsen af, slutningen af, først på, sidst på, først i, sidst i, et par, nogle,"
        "påskedagene, juledagene, pinsedagene"
    ),
    "vague_noun": (
        "ferie, jul, påske, pinse, nytår, forår, sommer, efterår, vinter, sæson, kvartal, halvår,skoleferie"
    ),
}
