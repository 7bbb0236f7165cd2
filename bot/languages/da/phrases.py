"""The Danish words that answers and arguments of commands are read with."""

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
    endings=tuple("e en et n t er r e s ens ets erne ne ernes de te ede ing ning ningen ninger".split()),
    same=("samme",),
    season_from=("fra", "fra og med"),
    season_to=("til", "til og med"),
    season_through=("t.o.m.",),
    season_between=("mellem",),
    season_and=("og", "og med"),
    season_start_of=("den", "d.", "primo", "starten af", "begyndelsen af"),
    season_end_of=("den", "d.", "ultimo", "slutningen af", "udgangen af", "ud"),
)
