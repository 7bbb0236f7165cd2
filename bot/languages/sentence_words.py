"""The words of a language by which the bot reads whole sentences: speech acts, negation, conditions and filler words.

Every field but `filler`, `numbers`, `ordinals` and `nicknames` has patterns (`bot.parsing.sentences.patterns`): words,
one of which may end in `*` ("flyt*": any ending), `..` for up to five other words, `[x]` for a part that may be
missing, `(a|b)` for alternatives and `<name>` for one of the `groups`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.languages.speech_acts import SpeechAct

Patterns = tuple[str, ...]


@dataclass(frozen=True)
class SentenceWords:
    """What people write to do each speech act, and the words that change what a sentence means.

    `groups` are lists of patterns that other patterns name. `acts` are the patterns of each speech act,
    `acts_under_card` more of them that only count in the thread of a card.

    `negation` turns a sentence around ("ikke"). `polite` has a "not" that means nothing ("kan I ikke …?"). `inability`
    is a no that contains a negation ("vi kan ikke"). `condition` begins a condition ("hvis"), `no_condition` looks like
    one ("vi når den"). `told` tells that something was called off or moved ("er aflyst"), and `other_events` are events
    that are not work ("kampen"). `alternative` joins alternatives ("eller"), `contrast` takes back a part of a sentence
    ("men"). `not_yet` says that something is not so yet ("næsten", "om lidt"), `for_now` that a report holds only for a
    while ("færdig for i dag"). `hedge` says that a decision is not made yet ("vender tilbage", "måske"). `undecided`
    says so for certain, whatever other words the sentence has ("kan ikke love noget endnu"). `concession` accepts a
    fault, or says that nobody has looked at the work ("lad gå"). `relief` says that an act is not needed ("så slipper
    vi for at aflyse"). `exclamation` shows a feeling, though a yes or a no is in it ("åh nej"). `question` begins a
    question, apart from the question mark. `to_somebody` is said to a person ("har du nøglen med?"), not about the
    work.

    `filler` are words that add nothing to a sentence, separated by blanks. `courtesy` are thanks and greetings,
    `audience` are the people whom a greeting names ("alle sammen"), `shows_how` says that a command is only shown
    ("skriv sådan her"), `signature` comes before the name of a sender at the end of a message. `risky` are words that a
    reason must not hold unread, `units` the beginnings of words for units of time and of number. `numbers` are number
    words with their values.

    For a yes or a no that is none: `remark` is praise for what somebody does ("godt I skriver"). `about_you` tells why
    somebody else cannot ("I har travlt"). `reassurance` is a no that takes away a worry ("nej nej, det er fint").
    `statement` tells what is so, or what people do ("vi kommer fredag"). `away` tells that somebody does not work
    ("holder pause").

    For a time in the thread of a card: `weak_move` are words of MOVE that say when something is, not that it changes
    ("først"). `own_time` are verbs and nouns with a time of their own ("jeg ringer kl. 10"). `asks_whether` begins a
    question whether a time is the agreed one ("er det kl. 15?"), `question_tag` ends one ("det er kl. 15, ikke?"), and
    `asks_when` asks for the time ("hvornår kommer I?"). `unfit` says that a time does not suit ("lige tidligt nok"),
    `before_hour` stands before a clock time without another sign ("først 14.30"). `other_objects` are moved in space,
    not in time ("flyt målene").
    `wish_for_time` may wish for another time ("må vi komme kl. 15?").

    For a message in the thread of a card that cannot be read: `hindrance` says that something is in the way of the work
    ("regner", "i stykker"), `part_of_work` names a part of what is worked on, or a machine ("hjørnet"), and
    `other_matters` are matters between people that the bot has no part in ("nøglen", "regningen").

    `first_choice` and `second_choice` say which of two times is wanted more ("helst lørdag, ellers fredag"). They have
    words, and no patterns.

    `parting` says goodbye until then ("vi ses"): beside a day it may be a yes to what was proposed.

    `not_before` names an earliest time by a negation and a word for "before" ("ikke … før"), and `earliest` is the word
    before a time that says the same without a negation ("først").

    For answers: `ordinals` and `nicknames` name the place of an option in a list, and `option_words` stand beside a
    number that does ("mulighed to"). `soonest` asks for the first time. `all_of_them` and `both_of_them` name every
    option, and `only` stands before those that are meant ("kun bane 1"). `all_alone` stands behind an "alle" without a
    noun ("alle sammen"). `adds` says that something comes on top ("også").

    For lists of options, of agreements and of names: `list_joints` join them beside the conjunction and marks ("samt"),
    and `excepting` stands before what is not meant ("undtagen"). Among options, `excludes` does so too ("ikke").

    For lists of names: `before_list` comes before a list ("både"), `list_articles` before a name. `both_of` and
    `all_of` stand before a plural ("alle baner"), and `the_counted` before a plural with its number ("de tre baner").

    For a person who is named to do the work: `before_doer` are words before a name with a capital letter ("af Jensen",
    "kan Hans"), `at_doer` before any name ("hos jensen"). They have words, and no patterns.

    For what only looks like a wish or a report: `hearsay` repeats what somebody else says ("Per siger, at …"),
    `in_the_past` tells of an earlier time ("sidste gang"), and `busy` says what the writer does at a time ("skal jeg
    til lægen"). `unspecific_missing` are words of REPORT_MISSING that may be about anything ("mangler").
    `conditional_clause` begins a condition with its verb ("bliver den for våd, …") where `conclusion` begins the next
    clause. `answer_to` is a yes or a no to what follows ("nej tak til"). `retraction` takes back the whole message at
    its end ("nej glem det"), and `self_correction` the time before it ("fredag, nej torsdag").

    For the time of an agreement: `earlier` and `later` shift it, `either_way` without saying which way. `day_earlier`
    and `day_later` shift it by a day, `week_later` by a week. `delays` are verbs that make it later, `advances` verbs
    that make it earlier. `from_now` stands before a duration that is counted from now ("om en uge"), `shift_by`
    before one that is not ("med en uge"), `same` keeps a part of it as it is ("samme tid"). `instead_of` comes before
    a time that is given up. `weekday_genitives` are endings of weekdays ("fredagens slåning").

    `for_some` says that a closure is for some people or uses only ("for børn", "kun træning"), and `for_whom` stands
    before a person's name in the same meaning.

    `standing` says that a time is one of a series, and is only read with a series ("fast tid hver tirsdag").

    `means` are words between a new name and what it shall mean ("den lille som bane 3").

    For times around a match: `before`, `after` and `day_before` stand before a word for a `match`, perhaps with words
    of `before_match` between ("inden den næste kamp").
    """

    groups: Mapping[str, Patterns] = field(default_factory=dict)
    acts: Mapping[SpeechAct, Patterns] = field(default_factory=dict)
    acts_under_card: Mapping[SpeechAct, Patterns] = field(default_factory=dict)
    negation: Patterns = ()
    polite: Patterns = ()
    inability: Patterns = ()
    condition: Patterns = ()
    no_condition: Patterns = ()
    told: Patterns = ()
    other_events: Patterns = ()
    alternative: Patterns = ()
    parting: Patterns = ()
    not_before: Patterns = ()
    earliest: str = ""
    first_choice: tuple[str, ...] = ()
    second_choice: tuple[str, ...] = ()
    contrast: Patterns = ()
    not_yet: Patterns = ()
    for_now: Patterns = ()
    hedge: Patterns = ()
    concession: Patterns = ()
    relief: Patterns = ()
    undecided: Patterns = ()
    exclamation: Patterns = ()
    remark: Patterns = ()
    about_you: Patterns = ()
    reassurance: Patterns = ()
    statement: Patterns = ()
    away: Patterns = ()
    busy: Patterns = ()
    hearsay: Patterns = ()
    in_the_past: Patterns = ()
    unspecific_missing: Patterns = ()
    conditional_clause: Patterns = ()
    conclusion: Patterns = ()
    retraction: Patterns = ()
    self_correction: Patterns = ()
    answer_to: Patterns = ()
    question: Patterns = ()
    to_somebody: Patterns = ()
    weak_move: Patterns = ()
    own_time: Patterns = ()
    asks_whether: Patterns = ()
    question_tag: Patterns = ()
    wish_for_time: Patterns = ()
    hindrance: Patterns = ()
    part_of_work: Patterns = ()
    other_matters: Patterns = ()
    other_objects: Patterns = ()
    asks_when: Patterns = ()
    unfit: Patterns = ()
    before_hour: Patterns = ()
    filler: str = ""
    courtesy: Patterns = ()
    audience: Patterns = ()
    shows_how: Patterns = ()
    signature: Patterns = ()
    risky: Patterns = ()
    units: Patterns = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    ordinals: Mapping[str, int] = field(default_factory=dict)
    nicknames: Mapping[str, int] = field(default_factory=dict)
    option_words: Patterns = ()
    all_alone: Patterns = ()
    all_of_them: Patterns = ()
    both_of_them: Patterns = ()
    only: Patterns = ()
    excludes: Patterns = ()
    adds: Patterns = ()
    list_joints: Patterns = ()
    before_list: Patterns = ()
    list_articles: Patterns = ()
    both_of: Patterns = ()
    all_of: Patterns = ()
    the_counted: Patterns = ()
    excepting: Patterns = ()
    earlier: Patterns = ()
    later: Patterns = ()
    either_way: Patterns = ()
    day_earlier: Patterns = ()
    day_later: Patterns = ()
    week_later: Patterns = ()
    same: Patterns = ()
    delays: Patterns = ()
    advances: Patterns = ()
    from_now: Patterns = ()
    shift_by: Patterns = ()
    instead_of: Patterns = ()
    soonest: Patterns = ()
    weekday_genitives: Patterns = ()
    for_some: Patterns = ()
    for_whom: Patterns = ()
    before_doer: tuple[str, ...] = ()
    at_doer: tuple[str, ...] = ()
    standing: Patterns = ()
    means: tuple[str, ...] = ()
    match: Patterns = ()
    before_match: Patterns = ()
    before: Patterns = ()
    after: Patterns = ()
    day_before: Patterns = ()
