"""The Danish words by which the bot knows that a message in a card's thread is about the work, and that one is not."""

#: Something is in the way of the work.
HINDRANCE = (
    "regn", "regne*", "regnvejr*", "styrt*", "pløre*", "våd", "vådt", "våde", "blød", "blødt", "sump*", "oversvøm*",
    "frost*", "frossen*", "frosset*", "sne", "sneet", "sneen", "sner", "storm", "stormer", "stormvejr", "blæse*",
    "torden*", "uvejr*", "tørke*", "hedebølge*", "(dårligt|elendigt|skidt) vejr",
    "syg", "syge", "sygdom*", "sygemeld*", "influenza*", "skadet", "barnets første sygedag",
    "i stykker", "itu", "brudt (ned|sammen)", "bryder (ned|sammen)", "sat ud", "punkter*", "værksted*", "reservedel*",
    "defekt*", "nedbrud*", "driller", "strejker", "ødelagt", "reparer*", "reparation*", "går i stå", "gået i stå",
    "(kan|vil) <not> starte", "starter <not>", "sidder fast", "kørt fast", "kører fast",
    "mangler (folk|mand|mandskab|en mand|chauffør*|hænder)", "underbemand*", "travlt", "overbooket", "dobbeltbooket",
    "(fuldt|helt) booke*", "presse*", "(er|lidt|langt) bagefter", "bagud", "forsinke*", "for sent", "for tidligt",
    "lige tidligt", "lige sent", "for tæt på",
    "nødt til", "nødsaget*", "haster", "hurtigst", "akut*", "bliver svært", "er svært", "kniber", "umulig*", "besvær*",
    "problem", "problemer", "problemet", "udfordr*", "desværre", "<we> <can> <not>", "<can> <we> <not>",
    "<not> (nå|nås|nået|komme|kommet|mødt|dukket)", "(kom|kommer|mødte|møder) ([der] ingen|<not>)",
    "ingen (er|var|har|mødte|kom|kommer|dukkede)", "(ingen|<not> nogen) .. (kommet|mødt|dukket|været her|været der)",
    "<not> været (der|her|på|nogen)", "der var ingen", "(her|der) er ingen her", "udeblev*", "udebliv*",
    "<not> set (jer|nogen|noget til)", "venter stadig", "står og venter", "glemt os",
)  # fmt: skip

#: A part of what is worked on, a machine, or the state of the ground.
PART_OF_WORK = (
    "hjørne*", "kanten", "kanter*", "stribe*", "stregen", "stregerne", "linjen", "linjerne",
    "midtercirkel*", "straffespark*", "straffefelt*", "målfelt*", "halvdelen", "stykket", "græs", "græsset", "kridt*",
    "klip", "klipning*", "klipper*", "plæneklipper*", "robotklipper*",
    "traktor*", "maskine*", "knive*", "gødning*", "afklip*", "ukrudt*", "mos", "sidelinje*", "baglinje*",
    "højden", "klippehøjde*",
)  # fmt: skip

#: Matters between people that the bot has no part in.
OTHER_MATTERS = (
    "nøgle*", "nogle*n", "låge*", "port", "porten", "portkode*", "hegn", "kode", "koden", "skur", "skuret", "skurets",
    "klubhus*", "omklædning*", "toilet*", "parker*", "kaffe*", "øl", "sodavand", "rundstykke*", "kage*", "grill*",
    "regning*", "faktura*", "betal*", "mobilepay", "kasserer*", "kontrakt*", "priser", "prisen", "telefon*", "mobil*",
    "mail*", "nummer", "strøm", "strømmen", "lys", "lyset", "bolde", "bolden", "boldene", "målnet*", "spiller*",
    "spille", "spillede", "vandt", "vundet", "tabte", "tabt", "sejr*", "træner*", "dommer*", "dreng*", "pige*",
    "børn*", "holdet", "hold", "ferie*", "hils", "hilsen", "(de|vores) (små|store)", "skrald*", "affald*",
    "tillykke", "fødselsdag*", "dejligt vejr", "godt vejr", "flot vejr", "hund*", "lås*", "hente*", "låne*",
    "trailer*", "kost*", "bænk*", "flag*", "billede*", "foto*", "kegle*", "fodbolde*", "jakke*", "trøje*", "taske*",
    "madkasse*", "drikkedunk*", "termokande*", "handske*", "hue", "støvle*", "cykel*", "briller*", "tøj*",
    "(glemt|glemte|mistet|mangler) (min|mit|mine|sin|sit|sine|din|dit|dine|hans|hendes|deres)",
)  # fmt: skip

#: Things beside the work that people move, so that "flyt målene" moves no time.
OTHER_OBJECTS = (
    "mål", "målet", "målene", "bænk*", "flagene", "hjørneflag*", "bolde*", "kegle*", "bil*", "vogn*", "trailer*",
    "udstyr*", "grej*", "tingene", "hegn*", "net", "nettet", "bord*", "telt*", "container*",
)  # fmt: skip

#: Asks when the work is, or whether somebody comes.
ASKS_WHEN = (
    "(hvornår|hvad tid|hvilken dag|hvilken tid|hvad dag) [er det|var det] [det er|at] "
    "(kommer|starter|begynder|møder|slår|klipper|kridter|er) (i|du|de|vi|det|den|der)",
    "(hvornår|hvad tid|hvilken dag) (kan|skal) (vi|jeg) (forvente|regne med) (jer|dig)", "hvor bliver (i|du|de) af",
    "kommer (i|du|de|der) [nogen] snart", "(kommer|er) der [ikke] (nogen|en)",
)  # fmt: skip

#: Says of a time that it does not suit.
UNFIT = (
    "[er|bliver] [lige|for|alt for|lidt|lovlig] (tidligt|sent|tæt på) [nok]", "[er|bliver] (ikke så godt|noget skidt)",
    "(er|bliver|ser) [lige|lidt|ret|meget|desværre|noget|helt|ud til at blive] "
    "(presset|stram|stramt|svær|svært|dårlig|skidt|træls|besværlig*|optaget|fuld|fyldt|booket|umulig*)",
)  # fmt: skip

#: Stands before a clock time that has no other sign: "først 14.30".
BEFORE_HOUR = ("først [fra|ved]", "tidligst", "senest", "omkring", "cirka", "ca", "ved")
