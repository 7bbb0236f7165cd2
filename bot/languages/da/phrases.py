"""The Danish words and phrases by which the bot recognises answers and the arguments of commands."""

from bot.languages.language import split_words
from bot.languages.phrases import Phrases

phrases = Phrases(
    yes=split_words(
        "ja, jo, jep, jada, okay, ok, okey, yep, fint, godt, super, perfekt, aftalt, det er fint, det passer,"
        "det passer fint, ja tak, helt fint, lyder godt"
    ),
    no=split_words("nej, nix, desværre, nej tak, det går ikke, det passer ikke, kan ikke, passer ikke"),
    pleasantries=tuple(
        "passer bedre hellere i stedet kan vi sige hvad med så vil jeg gerne er det ok også fint for mig os måske nej "
        "desværre men eller helst du I foreslår godt bare tak være på om at".split()
    ),
    endings=tuple("e en et n t er r e s ens ets erne ne ernes rne rnes de te ede ing ning ningen ninger".split()),
    same=("samme",),
    season_from=("fra", "fra og med"),
    season_to=("til", "til og med"),
    season_through=("t.o.m.",),
    season_between=("mellem",),
    season_and=("og", "og med"),
    season_start_of=("den", "d.", "primo", "starten af", "begyndelsen af"),
    season_end_of=("den", "d.", "ultimo", "slutningen af", "udgangen af", "ud"),
    start=("fra", "fra og med"),
    end=("til", "til og med", "indtil", "indtil og med", "frem til"),
    end_included=("og med", "t.o.m.", "udgangen af", "sidste"),
    end_from_now=("til",),
    community_default=split_words(
        "som rummet, som alle andre, som de andre, som vanligt, som normalt, standard, normalt"
    ),
    never=split_words("slet ikke, ikke mere, aldrig, ingenting, intet, ingen, nej, ikke, slå fra, fra"),
    agreement=("aftale", "aftalen", "booking", "bookingen"),
    number_sign=("nr.", "nr", "nummer", "no."),
    all_times=split_words(
        "alle gangene, alle gange, alle aftalerne, alle tiderne, alle, alle sammen, det hele, hele rækken, resten"
    ),
    all_of=("af",),
    next_time=split_words("næste gang, den næste gang, kommende gang, den kommende gang, første gang, den første gang"),
    from_time=("fra",),
    from_time_on=("fra og med",),
    skip_over=("over",),
    moved_to=("til",),
    hours=("timer", "timers", "time", "t"),
    per_week=split_words("om ugen, i ugen, pr. uge, pr.uge, pr uge, per uge, per. uge, hver uge, ugentlig, ugentligt"),
    week=("uge",),
    all_year=("hele året", "hele året rundt", "året rundt", "altid"),
    no_limit=split_words("ingen grænse, uden grænse, ingen begrænsning, uden begrænsning, ubegrænset"),
    as_in_file=("nulstil", "standard", "som i filen", "som i opsætningen"),
    undo=("fortryd",),
    around_rule=split_words(
        "hvert år, op til, skal, være, er, bliver, bruge, bruges, brugt, må, kun, kan, tåle, tåler, åben, åbent, nu,"
        "for, på, højst, højest, maks, maksimalt, max, sæson, sæsonen, belastning, belastningen, tak"
    ),
    this_one=("denne", "den", "aftale", "dette", "her", "om"),
    because=("pga.", "pga", "på grund af", "grundet", "fordi"),
)
