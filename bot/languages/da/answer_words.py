"""The Danish words that tell an answer from what only looks like one (`bot.languages.sentence_words`)."""

_PRAISE = (
    "(fint|fin|godt|dejligt|rart|skønt|super|perfekt|fedt|flot|glimrende|okay|ok|pænt|sødt|venligt|hyggeligt|heldigt|"
    "alletiders)"
)
_TALKED = (
    "spørger|spurgte|skriver|skrev|ringer|ringede|siger|sagde|svarer|svarede|melder|meldte|giver|gav|minder|mindede|"
    "husker|huskede|hører|hørte|tænker|tænkte|kigger|kiggede|ser|så|fik|kom|kunne|ville|gad|nåede|hjalp|hjælper|gjorde|"
    "lavede|tog|var|stillede|mødte|blev|sørgede|har|havde|er"
)

_HOW = "[helt|rigtig|meget|vældig|virkelig|så|da|sgu]"

REMARK = (
    f"[det|den] [er|var|lyder] {_HOW} {_PRAISE} at (i|du|han|hun|de|vi|jeg) [lige|også|alle|selv|gerne] ({_TALKED})",
    f"[det|den] [er|var|lyder] {_HOW} {_PRAISE} at (høre|se|vide|få|møde)",
    f"[det|den] [er|var] {_HOW} {_PRAISE} (i|du|han|hun) [lige|også|alle|selv|gerne] ({_TALKED})",
    f"[det|den] [er|var] {_HOW} {_PRAISE} af (jer|dig|ham|hende|dem)",
    f"{_PRAISE} (vejr|spørgsmål|billede|idé|ide|kamp|spillet|initiativ|set|tænkt)",
)

ABOUT_YOU = (
    "(i|du) (har|er) .. (travlt|forhindret|optaget|på ferie|lukket|syg*)",
    "(har|er) (i|du) .. (travlt|forhindret|optaget|på ferie|lukket|syg*)",
)

REASSURANCE = (
    "(nej|næ|næh) (nej|næ|næh) [nej]",
    "(nej|næ|næh) da",
    "(nej|næ|næh) [slet|overhovedet|bestemt] (ikke|intet|ingen|ikke noget|ikke nogen) [som helst] problem*",
    "(nej|næ|næh) [men|jamen|da] (det|den) er [da|bare|helt|ganske] (fint|ok|okay|i orden|godt)",
    "(nej|næ|næh) [det er] [bare|helt] (fint|ok|okay|i orden)",
)

STATEMENT = (
    "(jeg|vi|du|i|han|hun|de|man|der) (er|var|kommer|kom|ses|spiller|spillede|træner|trænede|mødes|møder|bliver|"
    "holder|henter|kører|sætter|ringer|skriver|venter|hører|låser|stiller|står|rejser|arbejder|fik|får|starter|begynder|"
    "slutter|åbner|lukker|snakker|taler)",
    "(jeg|vi|du|i|han|hun|de|man) (har|havde) (lige|allerede|<did>|kamp*|træning*|stævne*|møde*)",
    "(jeg|vi|du|han|hun|de) (går|gik)",
    "(vi ses|ses vi)",
    "(skal|skulle) (jeg|vi) (til|på|i|hjem|afsted)",
    "(jeg|vi) (skal|skulle) (til|på|i|hjem|afsted)",
    "<it> (er|var|bliver) .. (våd*|tør*|lukket|optaget|fri|flot|fin|pæn*|dejlig*|tung*|blød*|hård*|klar)",
)

AWAY = (
    "(holder|holde|har|tager|tage|afholder) .. (pause|ferie|sommerferie|ferielukket|ferielukning|fri|sommerlukket|"
    "industriferie|vinterferie|juleferie)",
    "(er|bliver|går|rejser) .. (på ferie|på sommerferie|bortrejst|væk|ude af byen|ude at rejse)",
)
