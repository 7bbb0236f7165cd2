"""The Danish words of speech acts that count only in the thread of a card (`bot.languages.sentence_words`).

Elsewhere they are ambiguous: no card says which agreement they are about.
"""

from bot.languages.speech_acts import SpeechAct

ACTS_UNDER_CARD = {
    SpeechAct.YES: (
        "(er|står|skrevet|sat|har) .. i kalenderen", "(er|har) .. skrevet (ned|op|ind|på)",
        "(det|den) lader sig [godt|sagtens] gøre", "(vi|jeg) (møder|stiller|dukker|rykker) (op|ud)", "vi er der",
        "jeg er der", "sæt (os|mig) [bare|gerne] på", "skriv (os|mig) [bare|gerne] på",
        "så gør (vi|jeg) det",
        "(det|den) (snupper|fikser|fixer|når|gør|sørger) (vi|jeg) [for]", "den er fin", "(den|det) er helt fin",
        "regn* [bare|trygt] med (os|mig)", "lyder som en [god] plan", "(har|er der) .. plads til", "er med på den",
        "fint for os", "den er god", "så er det en aftale", "banker den ind", "vi er friske",
        "(vi|jeg) (godtager|godkender|accepterer) (det|den|tiden)",
    ),
    SpeechAct.NO: (
        "(har|er) ingen (folk|mand|mandskab|maskine|maskiner|traktor|chauffør|plads|tid)", "bortrejst",
        "(for|alt for) kort varsel", "hænger <not> sammen",
        "er .. (booket|optaget|i gang) [et] (andet sted|andetsteds|til anden side|hos .. andre)", "udelukket",
        "(ligger|er|blevet) syg*", "takke* nej",
        "(er|gik|gået) .. (i stykker|brudt sammen|til reparation|på værksted)", "har for meget", "drukner i arbejde",
        "er ude af byen", "mangler (folk|mandskab)",
    ),
    SpeechAct.CALL_OFF: (
        "<not> (aktuelt|aktuel|relevant|relevant|nødvendigt) [mere|længere|alligevel]",
        "(skal|behøver|skulle) [I|du|de|vi] <not> (komme|møde|slå|køre|bruge|rykke)",
        "(bliver|blir|er) <not> (nødvendig*|relevant)",
        "(vi|jeg) (slår|klipper|kridter|gøder|ordner|klarer|gør) [det|den] selv",
        "(har|fik) .. selv (slået|klippet|ordnet|kridtet|gjort|klaret)", "glem (alt|det hele|aftalen|tiden) [om]",
        "(går|gik) .. i vasken",
        "(det|den) (bliver|blir) <not> [på] (i dag|i morgen|mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag)",
        "lad os .. (stoppe|droppe|skippe|lade være)", "drop (det|den)", "skip", "skippe*",
        "(kommer|dukker) <not> .. (alligevel|op)", "(skal|har) <not> brug* (for|jer)",
    ),
    SpeechAct.MOVE: (
        "midt (på|i) (ugen|dagen|måneden)", "[i] (starten|begyndelsen|slutningen) af ugen",
        "(skyd*|skubbe*|læg*|lagt|ligge|sætte|tage) .. (en uge|om til)", "lagt om",
        "(skulle|burde) .. (have|ha) været", "(jeg|vi) mente", "forsink*", "(vent*|vente) .. (par|til)",
        "foretrækker", "byttet", "(bliver|er) .. først",
    ),
    SpeechAct.REPORT_DONE: (
        "nyklippet", "nyslået", "nykridtet", "nystreget", "nygødet", "(græsset|det hele|den|alt) er nede",
        "er græsset nede", "slut", "(kan|må) I (spille|bruge|træne) .. igen", "så er den i hus",
        "(er|har) .. (klippet|slået|kridtet) færdig*", "vi er færdige",
    ),
    SpeechAct.REPORT_MISSING: (
        "sprunget .. over", "sprang .. over", "(ligger|ligge|står|er|mangler) (der|det) stadig",
        "der (er|ligger|står|mangler|hænger) stadig*",
        "stadig* (totter|afklip|græs|ukrudt|striber|hjulspor|bunker|høj*|lang*)", "(skal|må|bør|burde) .. fjernes",
        "(i bunker|i klumper|overalt|over det hele)", "afklip*", "hjulspor*", "hul* i", "totter", "makværk", "jask*",
        "juks*", "møg", "noget (rod|lort|skrammel)", "skamfer*", "ødelagt*", "smadre*", "beskadig*",
        "<not> (imponer*|tilfreds*|begejstret|glad*|god nok|godt nok|i orden|rørt|pæn*|ret|lige)",
        "(for|alt for) (dårligt|ringe|sløset|skidt|langt|højt)", "(en omgang|en gang|en tur) (mere|til)",
        "ligner <not>", "ser <not> ud (som|til)", "(ikke|ik) ligner",
        "<not> .. (klippet|slået|kridtet|gødet|vasket|taget|rørt)",
        "(I|du|de) (mangler|glemte|glemmer|manglede)", "kom* (tilbage|igen) og", "(står|ses) [der] (højt|langt)",
        "skuffe*", "(ringe|elendigt|dårligt|sløset|sjusket) (arbejde|stykke|klippet|slået|lavet)",
        "<part> .. (uslået|uklippet|ukridtet|utaget)", "uslået", "uklippet", "ukridtet", "revet op",
        "kørt .. i stykker", "trænger til (en|mere)", "(er|var) .. våd",
    ),
    SpeechAct.APPROVE: (
        "ser .. (knald|super|mega|skide|pisse)godt ud",
        "ser .. (knaldgodt|supergodt|superflot|megagodt|fantastisk|skarpt|skarp|lækker|lækkert|fremragende) ud",
        "(er|var) [helt|alt|det hele] som (det|den|de) [skal|skulle] [være]",
        "<it> (står|er|ligger) (skarpt|skarp|snorlige|flot|lækker|lækkert|flot)",
        "ingen (klager|bemærkninger|anmærkninger|kommentarer)", "lækker*", "kanon", "tip top", "tiptop",
        "fremragende", "fantastisk*", "den er fin", "glade for", "(vi|jeg) er (glade|glad|tilfreds*)", "ros",
        "alt er som",
    ),
}  # fmt: skip
