"""The Danish words that tell an answer or a wish from what only looks like one (`bot.languages.sentence_words`)."""

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

BUSY = (
    "(skal|har|er) (jeg|vi) (til|på|i|møde|optaget|væk|ude|på arbejde|selv på|inviteret)",
    "(jeg|vi) (skal|er) (til|på) (lægen|læge|tandlæge*|møde|arbejde|ferie|kursus|hospital*|fødselsdag|fest|bryllup)",
)

HEARSAY = (
    "(siger|mener|påstår|skrev|skriver|sagde|fortalte|fortæller|hører|hørte) (at|der|den|det|banen|bane|hallen)",
    "har (hørt|læst|fået at vide)",
    "(han|hun|de|naboen|folk|nogen) (siger|mener|påstår|skriver|skrev|sagde|fortalte)",
    "(siger|mener|påstår|skriver|sagde) (han|hun|de|folk|nogen)",
    "efter sigende",
    "ifølge",
    "rygte*",
)

IN_THE_PAST = (
    "(sidste|forrige) (gang|år|sæson|sommer|forår|efterår|måned)",
    "dengang",
    "i fjor",
    "(for|førhen) .. siden",
    "da (de|i|vi|han|hun) (sidst|sidste gang)",
    "(plejede|plejer)",
)

UNSPECIFIC_MISSING = (
    "mangler",
    "mangle",
    "glemt",
    "glemte",
    "(I|du|de) (mangler|glemte|glemmer|manglede)",
    "overset",
    "(ligger|ligge|står|er|mangler) (der|det) stadig",
    "der (er|ligger|står|mangler|hænger) stadig*",
    "kan .. <not> se",
    "forkert*",
    "efterlad*",
    "ødelagt*",
)

CONDITIONAL_CLAUSE = (
    "(bliver|blir|er|regner|kommer|får|kan|har|går|står|holder|skulle|tørrer|sner|stormer|ringer|siger|passer) "
    "(det|den|der|vi|i|du|de|han|hun|banen|banerne|græsset|jeg|ingen|vejret)",
)

CONCLUSION = (
    "(så|aflys|flyt|udskyd|drop|luk|book|spring|ring|skriv|sig)",
    "(tager|kommer|gør|må|rykker|flytter|aflyser|kan|skal|slår|klipper|kører|venter|er|har|går|bliver|ringer|siger|"
    "finder|udsætter|dropper|vil|kunne|behøver) (vi|jeg|i|du|de|det|den|der|han|hun)",
)

RETRACTION = (
    "[nej|næ|nå|øh] [men] (glem|drop) (det|den) [igen|alligevel|bare|hele]",
    "(nej|næ|nå) (vent|stop)",
    "nej alligevel <not>",
    "(nej|næ) alligevel",
    "[nej|næ] lad (det|den|dem) [bare] (være|ligge|stå|blive|gælde|passe)",
    "[nej|næ] (det|den) var <not> (noget|mig|det)",
    "[nej|næ] jeg fortryder",
    "fortryd*",
)

ANSWER_TO = ("(ja|nej|jo|jatak|nejtak) [tak|ellers tak] til",)

SELF_CORRECTION = (
    "(nej|næ|øh|ups|hov) [nej] [undskyld|vent|jeg mener|jeg mente] [hellere]",
    "(vent|øh) (nej|hellere)",
    "(eller|altså) rettere [sagt]",
    "rettere [sagt]",
    "[jeg] (mener|mente) [jeg]",
    "undskyld [jeg mener|jeg mente]",
)
