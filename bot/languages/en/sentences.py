"""The English words by which the bot reads whole sentences: speech acts, negation, conditions and filler words."""

from bot.languages.en import answer_words, words_under_card
from bot.languages.en.hedges import CONCESSION, HEDGE, RELIEF, UNDECIDED
from bot.languages.en.speech_acts import ACTS, GROUPS
from bot.languages.en.speech_acts_under_card import ACTS_UNDER_CARD
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
        "<not>", "no longer", "without", "neither", "nor", "nothing", "none", "hold off", "avoid", "stop",
        "no [need|reason] to",
    ),
    polite=("(cant|couldnt|wont|wouldnt|dont|shouldnt) (you|we|they|somebody)", "<can> <you> not"),
    inability=(
        "<we> (cant|cannot|wont|dont|havent|are not|am not|can not) [make|manage|do|have|be|fit] [it|that|time]",
        "<it> (wont|doesnt|does not|cant) (work|suit|fit)", "wont work", "doesnt (work|suit)",
        "cant (make|do|manage)", "cannot (make|do)", "not (available|possible|free|able)", "wont be able",
        "dont have .. (time|people|staff)", "no can do", "afraid not", "isnt possible",
    ),
    condition=(
        "if", "unless", "provided", "as long as", "in case", "only if", "assuming", "depending", "depends", "once",
        "considering", "thinking of", "otherwise",
        "when (you|we|its|the|they|i|ive|weve|youve|theyve|he|she|there|theres)",
    ),
    told=(
        "(is|was|are|were|been|gets|got|being|has|have) [now|also|just|sadly] "
        "(cancelled|canceled|called off|moved|postponed|off|cried off|pulled out)",
    ),
    other_events=(
        "match*", "game*", "training", "practice", "tournament*", "fixture*", "meeting*", "party", "event*", "fete*",
        "final*", "cup*", "concert*", "race*", "show", "wedding*", "trip*", "festival*",
    ),
    for_some=(
        "(for|to) [all|the|other|older|younger|small|big] "
        "(child*|kid*|youth*|adult*|men|mens|women*|girl*|boy*|senior*|junior*|veteran*|teams|players|matches|games|"
        "spectators|guests|visitors|dog*|schools|clubs|members|public|others)",
        "only (for|to)", "only (child*|kids|adults|teams|training|matches|members|schools)",
        "(everyone|everybody|anyone|anybody|all) (but|except|other than)",
    ),
    for_whom=("for", "to", "only for"),
    before_doer=("by", "with", "can", "could", "will", "would", "ask"),
    for_now=("for (today|now|tonight|the day)",),
    hedge=HEDGE,
    concession=CONCESSION,
    relief=RELIEF,
    undecided=UNDECIDED,
    exclamation=("(oh|ah|aw|aww) no", "oh dear", "oh yes", "no wonder", "no kidding"),
    alternative=("or", "either", "alternatively"),
    parting=("see you [then|there]",),
    not_before=("(cant|cannot|wont|couldnt|<not>) .. (before|until|till)",),
    earliest="from",
    first_choice=("preferably", "ideally", "if possible"),
    second_choice=("or else", "otherwise", "failing that", "if not", "or alternatively", "alternatively"),
    contrast=(
        "but", "except", "apart from", "however", "excluding", "only", "just not", "other than", "although",
        "though",
    ),
    not_yet=(
        "(should|ought to|supposed to|hope to|hoping to) be",
        "(well|itll|theyll|ill|hell|shell) be (done|finished|ready|through)",
        "last (strip|corner|bit|half) and (then|its)",
        "almost", "nearly", "just about", "as good as", "virtually", "practically", "pretty much", "soon",
        "in a (moment|minute|bit|while)", "yet", "not yet",
        "in <num> (minute*|hour*|day*|week*|mins)", "shortly", "later", "halfway", "half way", "in progress",
        "under way", "underway", "on (it|our way|the way)", "about to", "will be", "going to", "partly",
        "partially", "still (working|mowing|at it)", "starting", "nearly there",
    ),
    question=("when", "who", "what", "why", "how", "which", "whether", "did", "does", "do"),
    to_somebody=(
        "have you", "do you have", "have you got", "remember", "dont forget", "bring", "call me", "ring",
        "see you", "where are", "can you bring", "ill (bring|be|leave|unlock|put)",
        "well (bring|leave|unlock|put)", "who has", "key", "keys", "phone", "park*", "are you", "shall i", "can i",
        "whos got", "meet*",
    ),
    weak_move=("say", "works", "suits", "not before", "later"),
    own_time=(
        "reply*", "answer*", "call*", "ring*", "phone*", "text", "email*", "write*", "let .. know", "get back",
        "say (yes|no)",
        "ask*", "check*", "look", "send*", "pick .. up", "collect*", "drop .. off", "bring*", "take*", "unlock*",
        "buy*",
        "order*", "pay*", "talk*", "speak*", "meet*", "meeting*", "lunch", "break", "off", "holiday*", "sick",
        "doctor*",
        "dentist*", "play*", "train*", "match*", "game*", "fixture*", "tournament*", "rain*", "weather", "storm*",
        "key*",
        "trailer*", "tractor*", "referee*", "coffee", "see you (at|in|down)",
    ),
    asks_whether=(
        "(is|was|isnt|wasnt) it [still|not]", "are (you|we|they) [still] [here|there|coming|starting]",
        "(did|didnt) (we|you) say", "do (you|we|they) (come|start|begin)",
    ),
    wish_for_time=(
        "<can> (we|i|you) [not|maybe|also] (do|come|make|take|be|start)", "would be (easier|better)", "is easier",
    ),
    question_tag=(
        "(is|its|youre|were|are|was|said) .. (right|isnt it|arent you|arent we|correct|yes|wasnt it|didnt we)",
    ),
    filler=(
        "a about after again ah all also am an and any anyone as at be been being by can could did do does "
        "done for from get give go going got had has have he her here hey hi him his how i id if in  "
        "is it its itself ive just let lets like ll make may me might more much my need needs now of off oh ok "
        "okay on one our out over please possible really s she should so some somebody someone soon  "
        "still such take than that thats the their them then there these they thing this those to today too up "
        "us very was we well were will with would yes you your youre yours bot bylaug again job jobs work  "
        "want wants wanted hello agreement booking time slot lads guys folks team everyone cheers thanks thank "
        "ta regards kind best when usual usually actually simply quite bit lot sure right fine good great nice "
        " "
        "sorry afraid im weve were theyre say says said think believe hope thanks asking ask tell told know "
        "see look looks looking put set sort sorted round around through back doing come coming start starting "
        "begin behalf mate club every"
    ),
    courtesy=(
        "please", "thanks", "thanks for today",
        "thank you", "many thanks", "cheers", "kind regards", "best regards", "regards",
        "if you (dont mind|would|could|can|please)", "if possible",
        "if (thats|that is|its|it is) (ok|okay|alright|all right|possible)",
        "good (morning|day|evening|afternoon)", "have a (good|nice) (day|weekend)", "hello", "hi", "dear", "sorry",
    ),
    audience=("all", "everyone", "everybody", "both", "you (all|two|both)", "to all", "folks", "team", "guys"),
    shows_how=("write", "type", "like this", "example*", "eg", "e g", "try", "command*"),
    signature=(
        "regards", "kind regards", "best regards", "best", "cheers", "thanks", "yours", "best wishes",
        "many thanks", "on behalf of",
    ),
    risky=(
        "day", "days", "week", "weeks", "month*", "hour*", "minute*", "year*", "weekend*", "time", "times",
        "morning*", "noon", "afternoon*", "evening*", "night*", "monday*", "tuesday*", "wednesday*", "thursday*",
        "friday*", "saturday*", "sunday*",
        "summer*", "winter*", "spring", "autumn*",
        "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
        "december", "(all|in|before|after|over|except|public|bank) holiday*", "rest", "all", "both", "every",
        "each", "weekday*", "season*", "(before|after|for) the (match*|game*|tournament*|fixture*)", "oclock",
        "half", "part of", "parts of", "most of", "some of", "end of", "corner of",
        "am", "pm", "first", "until", "before", "after", "except", "around", "roughly",
        "standing", "regular", "regularly", "permanent",
    ),
    units=(
        "day", "week", "hour", "minute", "month", "year", "time", "quarter", "mins", "hrs",
        "fortnight", "am", "pm", "a.m",
           "p.m", "oclock", "o'clock"),
    numbers={
        "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
        "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    },
    ordinals={
        "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
        "ninth": 9, "last": -1, "top": 1, "bottom": -1, "earliest": 1, "latest": -1,
    },
    nicknames={"number one": 1, "number two": 2},
    option_words=("option", "choice", "answer", "suggestion"),
    all_alone=("of them", "of mine", "of ours", "my", "our", "two of them"),
    all_of_them=(
        "both [of them]", "all [of] [them|these|the] [two|three|four|five]", "all agreements", "every one",
        "everything", "the lot", "the whole lot", "them all", "them both", "each of them",
    ),
    both_of_them=("both", "them both", "all two"),
    only=("only", "just", "merely", "nothing but"),
    excludes=("but <not>", "but", "just not", "<not>", "bar", "save for"),
    adds=("also", "too", "as well", "in addition", "plus"),
    list_joints=("plus", "and also", "as well as"),
    before_list=("both", "either of"),
    list_articles=("the", "also"),
    both_of=("both", "both of the", "both the"),
    all_of=("all", "all the", "all of the", "every", "all our", "all of our"),
    the_counted=("the", "our"),
    excepting=("except", "except for", "apart from", "but not", "other than", "minus", "without", "excluding"),
    earlier=("earlier", "sooner", "forward", "early"),
    later=("later", "back", "after that", "late", "behind [schedule]"),
    day_earlier=("the day before", "a day before", "day before"),
    day_later=("the day after", "a day after", "the next day"),
    week_later=("the week after", "a week after", "the following week"),
    same=("[at] [the] same (time|hour|day|weekday)",),
    from_now=("in", "for"),
    shift_by=("by",),
    delays=("wait*", "postpone*", "delay*", "(push*|put|move*|knock*) .. back", "hold off"),
    advances=("(bring|move*|pull|put) .. forward", "forward"),
    instead_of=("instead of", "rather than", "and not", "in place of"),
    match=("kickoff", "kick-off", "kick off", "match", "game", "fixture", "tournament"),
    before_match=("the", "next", "our", "first", "last"),
    before=("before", "ahead of"),
    after=("after",),
    day_before=("the day before", "day before", "the evening before"),
    weekday_genitives=("'s",),
    standing=("[a] (standing|regular|fixed|permanent) (time|slot|booking|appointment)", "[as a] regular", "regularly"),
    means=("as", "means", "is", "stands for", "the same as"),
    soonest=(
        "as soon as (possible|you can|they can)", "the sooner the better", "whenever (you|they) can", "asap",
        "earliest", "soonest", "the earliest", "first available",
        "whenever .. earliest",
    ),
)  # fmt: skip
