"""The Danish words by which the bot reads whole sentences: speech acts, negation, conditions and filler words."""

from bot.languages.da import answer_words, words_under_card
from bot.languages.da.closure_words import FOR_SOME
from bot.languages.da.hedges import CONCESSION, HEDGE, RELIEF, UNDECIDED
from bot.languages.da.speech_acts import ACTS, GROUPS
from bot.languages.da.speech_acts_under_card import ACTS_UNDER_CARD
from bot.languages.sentence_words import SentenceWords

words = SentenceWords(
    groups=GROUPS,
    acts=ACTS,
    acts_under_card=ACTS_UNDER_CARD,
    remark=answer_words.REMARK,
    about_you=answer_words.ABOUT_YOU,
    reassurance=answer_words.REASSURANCE,
    statement=answer_words.STATEMENT,
    away=answer_words.AWAY,
    busy=answer_words.BUSY,
    hearsay=answer_words.HEARSAY,
    in_the_past=answer_words.IN_THE_PAST,
    unspecific_missing=answer_words.UNSPECIFIC_MISSING,
    conditional_clause=answer_words.CONDITIONAL_CLAUSE,
    conclusion=answer_words.CONCLUSION,
    retraction=answer_words.RETRACTION,
    self_correction=answer_words.SELF_CORRECTION,
    answer_to=answer_words.ANSWER_TO,
    hindrance=words_under_card.HINDRANCE,
    part_of_work=words_under_card.PART_OF_WORK,
    other_matters=words_under_card.OTHER_MATTERS,
    other_objects=words_under_card.OTHER_OBJECTS,
    asks_when=words_under_card.ASKS_WHEN,
    unfit=words_under_card.UNFIT,
    before_hour=words_under_card.BEFORE_HOUR,
    negation=(
        "<not>", "aldrig", "undlad*", "lad være", "lad vær", "uden", "hverken", "ingen", "intet", "ingenting",
        "endelig ikke", "ikk'", "ingen grund", "undgå*", "(slipper|slippe|slap|fri) for",
    ),
    polite=(
        "<can> <you> [bare|lige|godt] <not> [lige|godt]", "(skal|skulle|var|bør) (vi|det|i) <not>",
        "var det <not> (bedre|noget)",
    ),
    inability=(
        "<we> (kan|når|magter|orker|kommer) [desværre|alligevel|bare|lige|heller|altså|jo] "
        "<not> [tid] [nå] [til] [det|den]",
        "<we> har <not> [en|nogen] (chance|mulighed|tid|mandskab|folk)",
        "(kan|når|har) (jeg|vi|de) [desværre] <not> [tid]", "kan <not>", "(når|kan|magter) (det|den) <not>",
        "kommer <not>", "har <not> tid",
        "(det|den|tiden|dagen) (går|passer|duer|dur|kan|holder) [desværre|bare|altså] <not> [lade sig gøre]",
        "ikke muligt", "ikke mulighed for",
        "passer .. <not>", "desværre <not>", "går <not>", "gider <not>", "har ingen tid", "ingen tid", "ikke tid",
        "når <not>", "bliver <not> til noget",
        "kan <not> (lade|lad) sig gøre", "er umulig*", "er <not> [så] (god|godt|smart|optimal*)", "bliver svært",
        "er svært",
    ),
    condition=(
        "hvis", "hvs", "medmindre", "med mindre", "såfremt", "ifald", "forudsat",
        "når (den|banen|arbejdet)",
        "når (du|i|vi|det|vejret|han|hun|de|bare|der|jeg|bane*|græsset|regnen)",
        "når .. (er|har|bliver|blir|kommer|kan|vil|holder|passer|tørrer|stopper|får)",
        "i tilfælde af", "kun hvis", "så længe", "ellers", "under forudsætning", "bare det", "alt efter",
        "afhængig*", "kommer an på", "overvejer",
    ),
    no_condition=(
        "(vi|jeg|i|du|de|han|hun|man) når (<not>|at|desværre|nok|lige|sikkert|alt|alle|kun|frem|til|heller|aldrig)",
        "(vi|jeg|i|du|de|han|hun|man) når (det|den|dem)",
    ),
    told=(
        "(er|bliver|blir|blev|var|blevet|har|havde) [desværre|nu|lige|altså|igen] "
        "(aflyst|flyttet|udskudt|udsat|rykket|ændret|sløjfet|droppet|meldt afbud|sendt afbud)",
        "(melder|sender|meldte) afbud",
    ),
    other_events=(
        "kamp*", "hjemmekamp*", "udekamp*", "træning*", "stævne*", "turnering*", "møde*", "bestyrelsesmøde*",
        "generalforsamling*", "fest*", "sommerfest*", "arrangement*", "gymnastik*", "fodbold*", "håndbold*",
        "festival*", "finale*", "pokal*", "koncert*", "bryllup*", "udflugt*", "marked*", "loppemarked*", "byfest*",
        "fødselsdag*", "konfirmation*", "kursus*",
    ),
    for_some=FOR_SOME,
    for_whom=("for", "kun for"),
    before_doer=("af", "kan", "vil", "skal", "må", "bed", "spørg"),
    at_doer=("hos",),
    for_now=("for i dag", "for nu", "for denne gang", "for i aften"),
    hedge=HEDGE,
    concession=CONCESSION,
    relief=RELIEF,
    undecided=UNDECIDED,
    exclamation=(
        "(åh|åhh|åhr|ah|nå|ih|uha) nej", "nej (dog|da)", "nej hvor", "nej hør nu", "nej sikke", "åh ja", "øv", "øv bøv",
    ),
    alternative=("eller", "enten", "el", "og/eller", "alternativt"),
    parting=("vi ses [der|så|da]",),
    not_before=("<not> .. før",),
    earliest="først",
    first_choice=("allerhelst", "helst", "først og fremmest"),
    second_choice=(
        "og ellers", "eller ellers", "ellers så", "ellers", "alternativt", "subsidiært", "hvis ikke så", "hvis ikke",
    ),
    contrast=(
        "men", "dog", "bortset fra", "undtagen", "undtaget", "udover", "på nær", "pånær", "kun", "bare ikke",
        "fraregnet", "minus",
    ),
    not_yet=(
        "(skulle|burde|skal) være",
        "sidste (stribe*|hjørne*|stykke|omgang|tur|halvdel) og så",
        "næsten", "så godt som", "stort set", "nær ved", "lige ved", "på nippet",
        "snart", "om lidt", "om <num> (minut*|time*|dag*|uge*|kvarter)", "om et øjeblik", "endnu",
        "endnu ikke", "ikke endnu", "lige straks", "straks", "senere", "mangler kun", "mangler lige",
        "i gang", "igang", "undervejs", "på vej", "bliver", "halvvejs", "halvt", "delvis*", "nogenlunde",
        "(regner|forventer) .. (færdig*|klar)", "bliver .. færdig*",
        "er .. i gang", "skal lige", "starter",
        "begynder", "går i gang",
    ),
    question=(
        "mon", "va", "hva", "ved (du|i|nogen)", "hvornår", "hvem", "hvad", "hvorfor", "hvordan", "hvilke*", "hvor",
    ),
    to_somebody=(
        "har du", "har i", "husk*", "husker du", "tag* .. med", "tager du", "tager i", "kan du ringe", "ring*",
        "kom* lige", "vi ses", "hvor er", "giv* lyd", "er du",
        "skal jeg", "kan jeg", "jeg (låser|står|stiller|henter|ringer|skriver|tager)",
        "vi (låser|stiller|står|sætter|henter)", "hvem tager",
        "nøgle*", "nogle*n", "kaffe", "portkode*", "koden", "telefon*", "nummer*", "på vej", "ankommer", "parker*",
        "trailer*", "mødes", "møder", "ses", "har nogen set",
    ),
    weak_move=(
        "først", "helst", "(passer|passede) .. fint", "kan .. blive", "(kunne|ville) .. passe",
    ),
    own_time=(
        "svar*", "ring*", "skriv*", "(sige|siger) (ja|nej|til)", "(vender|vende) .. tilbage", "giv* .. (besked|lyd)",
        "hører", "høre", "spørg*", "først .. (sige|love|vide|bekræfte)", "tjek*", "(ser|kigger|kigge|se) på", "send*",
        "hente*", "aflever*", "bring*", "(kommer|kom|komme) .. med", "tag* .. med", "lås*", "køb*", "bestil*", "betal*",
        "snakke*", "tales", "taler", "mødes", "mød*", "pause*", "frokost*", "spise*", "fri", "ferie*", "syg*", "læge*",
        "tandlæge*", "spil*", "træn*", "kamp*", "stævne*", "turnering*", "generalforsamling*", "vejr*", "regn*",
        "torden*", "nøgle*", "trailer*", "leve*", "dommer*", "kaffe", "vask*",
        "(vi ses|ses) (på|i|til|nede|oppe|ovre|hos)",
    ),
    asks_whether=(
        "(er|var|bliver|blev) (det|den) [ikke] [stadig|stadigvæk|nu|så]",
        "(er|var) (i|vi|du|de) [ikke] [her|der|på|klar]",
        "(kommer|starter|begynder|møder) (i|du|vi|de|det) [ikke] [stadig|her|op]", "(sagde|aftalte) (vi|i|du) [ikke]",
    ),
    wish_for_time=(
        "<can> (vi|jeg|i|du) [ikke|godt|også|evt|måske] (tage|gøre|lave|komme|nå|køre|slå|klippe) [det|den]",
        "<can> (det|den) .. (blive|være|passe|rykkes|flyttes)",
        "ville .. (være|passe) .. (fint|godt|bedre|nemmere|lettere|ok|okay|muligt)",
        "er det (ok|okay|fint|i orden|muligt) [hvis|at] (vi|jeg|i|du)", "(må|kan) (vi|jeg|i|du) [godt|bare|gerne|evt]",
        "kom [bare|gerne|endelig]", "går det an", "(er|var) .. (nemmere|lettere)",
    ),
    question_tag=("(er|kommer|var|starter|begynder|sagde|bliver) .. (ikke|ik|ikk|vel|ikke sandt)",),
    filler=(
        "af at alle alt altså am bare bl.a blive bliver blev da de dem den denne der deres det dette dig "
        "din dine dit du også  "
        "efter en endelig er et for fordi fra få får gang gange gerne gør gøre ham han har hele heller helt "
        "her hos hun i igen ind inde ja jamen jer jeg  "
        "jeres jo kan kom kommer kunne kører lade lang lave laver lige lidt man mand med mig min mine mit mod "
        "må nede nok nogen noget nogle nu ned når  "
        "og okay om op os over pga på sagt samme sammen selv sig sin skal ske skulle snarest som stadig så "
        "sådan tag tage tager tak til tid tiden tror ud  "
        "under vær være var venligst venlig venlige ved vel via vi vil ville vist vores vor vore været ok hej "
        "hejsa bylaug bot botten please pls kære lige  "
        "derfor dermed desuden ellers hver hvert hvis ikke-noget ku sku ska ka blir eneste endda faktisk "
        "egentlig jo virkelig bare simpelthen rigtig rigtigt  "
        "meget ret lidt godt fint god fin bedst bedste straks hurtigst muligt mulig gang igennem forbi frem "
        "tilbage klar plan planen aftale aftalen aftaler aftalt  "
        "arbejde arbejdet opgave opgaven booking bookingen tidspunkt tidspunktet dag dagen kl klokken holdet "
        "klubben folk folkene nogensinde sagen  "
        "hr fru altid skriver skrev siger sagde spørger spørg spørge mener synes syntes håber venter hilser "
        "ønsker ønske behov brug bruge nødt nødvendigt  "
        "drenge venner folkens alle I gutter sidst sidste næste gjort gøres sket sker kommende desværre jamen "
        "nå åh øh hm hmm øhm haha lol jaja altså vidst  "
        "mht ift vedr vedrørende angående omkring samt plus vi'r hva hvad gå går gik jævnfør jf undskyld "
        "beklager skynd ad hjem hjemme ude netop egen egne  "
        "komme kommet starte begynde begynder start stå står stod ligge ligger sætte sæt sat se ser set få "
        "fået få lov værd burde bør mangler"
    ),
    courtesy=(
        "tak", "tak for (i dag|denne gang|i aften)",
        "mange tak", "på forhånd tak", "tusind tak", "tak for hjælpen", "venlig hilsen", "hilsen", "vh",
        "mvh", "mange hilsner", "kh", "god (dag|weekend|aften|morgen|kamp|ferie|sommer|arbejdslyst)", "hej",
        "hejsa", "kære", "goddag", "godmorgen",
        "undskyld", "beklager", "venligst", "vær (så|sød|venlig) [venlig|sød] [at|og]", "så er du (sød|rar|flink)",
        "du må (gerne|godt)", "hvis (du|i) (vil|gider|har tid|kan) [være] [så] [sød|venlig] [at|og]",
        "ha en god (dag|weekend)",
        "skal du have", "(håber|vi ses|ses)", "hvis det er ok", "hvis det er i orden",
        "for (den|en) sikkerheds skyld",
    ),
    audience=(
        "alle [sammen|her|i|jer|herinde|derude]", "allesammen", "begge [to]", "jer [alle|to|begge]",
        "i (to|alle|begge)", "til alle", "folkens", "venner", "naboer", "drenge", "gutter",
    ),
    shows_how=("skriv*", "sådan*", "eksemp*", "fx", "f eks", "prøv*", "tast*", "kommando*"),
    signature=(
        "mvh", "vh", "hilsen", "venlig hilsen", "med venlig hilsen", "kh", "mange hilsner", "hilsner", "knus",
        "de bedste hilsner", "bedste hilsner", "på vegne af",
    ),
    risky=(
        "dag", "dage", "dagen", "dagene", "uge", "uger", "ugen", "ugerne", "måned*", "time", "timer", "minut*",
        "år", "året", "weekend*", "gang", "gange", "gangen", "gangene", "morgen*", "formiddag*",
        "middag*", "eftermiddag*", "aften*", "nat*", "mandag*", "tirsdag*", "onsdag*", "torsdag*", "fredag*",
        "lørdag*", "søndag*", "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september",
        "oktober", "november", "december",
        "(alle|i|inden|efter|over|undtagen) (ferie*|sommerferie*|efterårsferie*|skoleferie*|helligdag*|hverdag*)",
        "halv", "halve", "halvt", "halvdel*", "del af", "dele af", "noget af", "størstedelen af", "<part> af",
        "sommer*", "vinter*", "forår*", "efterår*", "resten", "alle", "begge", "hver", "hvert", "ugedag*", "sæson*",
        "(inden|før|efter|til|ved|omkring) (kamp*|stævne*|turnering*|træning*)", "kl", "klokken",
        "først", "senest", "tidligst", "indtil", "inden", "undtagen", "primo", "medio", "ultimo", "omkring",
        "cirka", "ca", "fast", "faste",
    ),
    units=("dag", "uge", "time", "minut", "måned", "år", "gang", "kvarter", "min."),
    numbers={
        "en": 1, "et": 1, "én": 1, "to": 2, "tre": 3, "fire": 4, "fem": 5, "seks": 6, "syv": 7, "otte": 8, "ni": 9,
        "ti": 10, "elleve": 11, "tolv": 12,
    },
    ordinals={
        "første": 1, "anden": 2, "andet": 2, "tredje": 3, "trede": 3, "fjerde": 4, "femte": 5, "sjette": 6,
        "syvende": 7, "ottende": 8, "niende": 9,
        "sidste": -1, "øverste": 1, "nederste": -1, "tidligste": 1, "seneste": -1, "midterste": 0,
    },
    nicknames={
        "etteren": 1, "ettern": 1, "enern": 1, "eneren": 1, "toeren": 2, "toern": 2, "treeren": 3, "treern": 3,
        "fireren": 4, "firern": 4, "femmeren": 5, "femmern": 5,
        "sekseren": 6, "sekserne": 6, "syveren": 7, "otteren": 8, "nieren": 9,
    },
    option_words=("mulighed", "valg", "svar", "eren", "ern", "er", "punkt", "forslag"),
    all_alone=("sammen", "af dem", "to", "mine", "vores", "mine sammen"),
    all_of_them=(
        "begge [to]", "alle [de] [to|tre|fire|fem] [sammen|aftaler|aftalerne|af dem]", "dem alle [sammen]",
        "allesammen", "de (to|tre|fire)", "det hele", "hele listen", "samtlige", "dem begge [to]",
    ),
    both_of_them=("begge [to]", "de to", "alle to"),
    only=("kun", "bare", "blot", "udelukkende", "alene", "(nøjes|nøj*) med"),
    excludes=("men <not>", "dog <not>", "bare <not>", "<not>", "ud over", "udover"),
    adds=("også", "desuden", "samt", "ligeledes", "derudover", "plus", "oveni", "ligeså"),
    list_joints=("samt", "plus", "og også", "og så"),
    before_list=("både", "begge", "såvel"),
    list_articles=("også", "så", "samt"),
    both_of=("begge", "begge to", "begge de to"),
    all_of=("alle", "samtlige", "alle vores", "alle vore", "alle de"),
    the_counted=("de", "vores"),
    excepting=(
        "undtagen", "undtaget", "med undtagelse af", "bortset fra", "på nær", "pånær", "minus", "fraregnet", "uden",
        "men ikke", "dog ikke",
    ),
    earlier=("tidligere", "før", "tidligere end aftalt", "før aftalt"),
    later=(
        "senere", "forsinket", "forsinkede", "forsinkelse",
        "længere ud", "bagud", "senere end aftalt", "længere frem i tiden"),
    either_way=("frem", "fremad"),
    day_earlier=("dagen før", "dagen inden", "en dag før"),
    day_later=("dagen efter", "dagen derpå", "en dag efter"),
    week_later=("ugen efter", "ugen derpå", "en uge efter"),
    same=(
        "samme (tid|tidspunkt|klokkeslæt|ugedag|dag)", "på samme (tid|tidspunkt)", "samme tid på dagen",
    ),
    from_now=("om", "i"),
    shift_by=("med",),
    delays=("vent*", "udskyd*", "udsæt*", "udskudt", "skub*"),
    advances=("fremskynd*", "fremryk*"),
    instead_of=("i stedet for", "istedet for", "fremfor", "frem for", "snarere end", "og ikke"),
    match=("kampstart", "kickoff", "kamp", "hjemmekamp", "stævne", "turnering"),
    before_match=(
        "den", "det", "næste", "vores", "første", "sidste", "weekendens", "lørdagens", "søndagens", "fredagens",
    ),
    before=("inden", "før", "forud for"),
    after=("efter",),
    day_before=("dagen før", "dagen inden", "aftenen før", "dagen forud for"),
    weekday_genitives=("ens",),
    standing=("[en] fast (tid|tider|aftale|booking|træningstid|banetid)", "[nogle] faste (tider|aftaler)", "fast"),
    means=("som", "betyder", "er", "står for", "det samme som"),
    soonest=(
        "tidligst mulig*", "hurtigst mulig*", "først mulig*", "snarest mulig*", "snarest",
        "så (hurtigt|tidligt|snart) som mulig*", "hurtigst", "(jo|des) (før|hurtigere|tidligere) (jo|des) bedre",
        "(så|lige så) (snart|hurtigt|tidligt) [som] (de|i|du|vi) [overhovedet] kan",
        "(så|lige så) (snart|hurtigt|tidligt) [som] det (kan lade|lader) sig gøre",
        "[bare|lige] når (de|i|du|det) kan", "det tidligste", "den tidligste", "først ledige",
        "første ledige", "asap",
    ),
)  # fmt: skip
