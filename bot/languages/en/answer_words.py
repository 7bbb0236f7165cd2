"""The English words that tell an answer or a wish from what only looks like one (`bot.languages.sentence_words`)."""

_PRAISE = "(fine|good|nice|great|lovely|kind|brilliant|perfect|glad|grand|super|pleased|decent)"

_TALKED = (
    "ask|asked|write|wrote|ring|rang|call|called|came|say|said|got|told|let|answer|answered|remember|remembered|think|"
    "thought|look|looked|wanted|helped|did|took|turned|were|are|have|had|managed|made"
)

REMARK = (
    f"[its|it is|thats|that is] [so|very|really|im|were] {_PRAISE} [that] (you|he|she|they|we) ({_TALKED})",
    f"[its|it is|thats|that is] [so|very|really|im|were] {_PRAISE} to (hear|see|know|meet)",
    f"[its|it is|thats|that is] [so|very|really] {_PRAISE} of (you|them|him|her)",
    f"{_PRAISE} (weather|question|picture|photo|idea|game|match|thinking)",
)

ABOUT_YOU = ("(you|youre) .. (too busy|fully booked|unavailable|away)",)

REASSURANCE = (
    "(no|nah) (no|nah) [no]",
    "(no|nah) [its|it is|thats|that is] [not a|no] (problem|bother|trouble)",
    "(no|nah) [its|it is|thats|that is] [all|quite|perfectly|totally] (fine|ok|okay|good|right|alright)",
)

STATEMENT = (
    "(im|were|youre|hes|shes|theyre|theres|ill be|well be|youll be|theyll be|hell be|shell be)",
    "(i|we|you|he|she|they) (am|are|is|was|were|come|came|go|went|play|played|train|trained|meet|met|leave|arrive|"
    "start|began|begin|pick|left)",
    "(i|we|you|he|she|they|ill|well|theyll) (will|would) be (there|here)",
    "(ill|well|theyll|hell|shell) (come|meet|see)",
    "(we|i|they|you) (have|had) [a|just|already] (match*|game*|training|practice|meeting|<did>|been)",
    "(weve|ive|theyve) .. <did>",
    "see you",
    "<it> (is|was|looks) .. (wet|dry|closed|taken|busy|good|great|lovely|soft|hard)",
)

AWAY = (
    "(take|taking|have|having|on) .. (holiday|holidays|break|leave|time off)",
    "(are|be|is|im|were) .. (away|off|closed for the holidays)",
)

BUSY = (
    "(i|we) (have|need|must) .. (doctor*|dentist*|hospital|meeting|appointment|wedding|funeral|work)",
    "(im|were|ill be|well be) (at|in|seeing) (the|a|my|work) .. (doctor*|dentist*|hospital|meeting|appointment|work)",
)

HEARSAY = (
    "(says|said|reckons|claims|wrote|writes|heard|told|thinks) (that|its|the|me|us|there|pitch)",
    "(he|she|they|people|somebody|someone) (says|say|said|reckon|reckons|claim|claims|wrote)",
    "(ive|weve|i|we) heard",
    "according to",
    "apparently",
    "rumour*",
)

IN_THE_PAST = (
    "last (time|year|season|summer|spring|autumn|month)",
    "back (when|then)",
    "(used|use) to",
    "(years|months|weeks) ago",
)

UNSPECIFIC_MISSING = (
    "missing",
    "missed",
    "forgot*",
    "forgotten",
    "left out",
    "wrong",
    "cant see",
    "left .. (undone|behind)",
    "damaged",
    "there* .. left",
    "there is .. left",
)

CONDITIONAL_CLAUSE = ("(should|were|had) (it|the|you|we|they|there|anything|i) ..",)

CONCLUSION = (
    "then",
    "(well|ill|theyll|youll|we|i|they|you|it|please|lets|let|call|cancel|move|drop|skip|book|close|push|ring)",
)

RETRACTION = (
    "[no|oh|actually] [wait] (forget (it|that)|never mind|nevermind|scrap that|ignore (that|me)|cancel that)",
    "(no|actually) (wait|stop)",
    "(no|actually) (leave it|dont bother)",
    "changed my mind",
)

ANSWER_TO = ("(yes|no|yeah|nope) [please|thanks|thank you] to",)

SELF_CORRECTION = (
    "(no|sorry|oops|wait) [no|sorry|wait] [i mean|i meant|make that|make it]",
    "[sorry] i (mean|meant)",
    "(or|no) rather",
    "make (that|it)",
)
