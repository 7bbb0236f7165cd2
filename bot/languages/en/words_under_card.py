"""The English words by which the bot knows that a message in a card's thread is about the work, and that one is not."""

#: Something is in the way of the work.
HINDRANCE = (
    "rain", "raining", "rained", "rains", "pouring", "soaked", "soaking", "sodden", "wet", "soggy", "boggy", "muddy",
    "waterlogged", "flood*", "frost*", "frozen", "snow*", "storm", "stormy", "thunder*", "windy", "drought",
    "(bad|awful|terrible) weather", "heatwave",
    "ill", "sick", "unwell", "injured", "off sick", "flu",
    "broken", "broke", "broken down", "breakdown", "break down", "packed (up|in)", "puncture*", "flat tyre", "workshop",
    "spare part*", "faulty", "out of action", "being repaired", "repair*", "wont start", "stuck", "playing up",
    "short (staffed|handed|of)", "nobody to", "no one to", "busy", "snowed under", "double booked",
    "(fully|all) booked", "behind", "late", "delayed", "delay", "held up", "too (early|late|soon|close|tight|wet|dry)",
    "[a] bit (early|late|tight|soon)",
    "have to", "must", "urgent*", "urgently", "tricky", "difficult", "struggl*", "problem", "problems", "trouble",
    "issue", "unfortunately", "afraid", "<we> (cant|cannot|wont|couldnt)", "<not> (make|manage|fit|come|turned|shown)",
    "(nobody|no one|noone) .. (came|come|coming|turned|showed|shown|here|there|been)", "nobody here", "no show",
    "no sign of", "<not> .. arrived",
    "<not> been (here|there|near)", "<not> seen (you|anybody|anyone)", "still waiting", "forgotten us",
)  # fmt: skip

#: A part of what is worked on, a machine, or the state of the ground.
PART_OF_WORK = (
    "corner*", "edges", "strip", "strips", "the lines", "centre circle", "penalty (area|box)", "goalmouth*",
    "half of it",
    "(last|far|other) (end|bit|side)", "grass", "mower*", "tractor*", "machine*", "blade*",
    "clippings", "weeds", "moss", "touchline*",
    "cutting height",
)  # fmt: skip

#: Matters between people that the bot has no part in.
OTHER_MATTERS = (
    "key", "keys", "gate", "gates", "door", "code", "shed", "clubhouse", "changing room*", "toilet*", "park", "parking",
    "car park", "coffee", "tea", "beer*", "cake*", "invoice*", "bill", "pay", "paid", "treasurer", "contract*",
    "price*", "phone", "mobile", "email*", "number", "electric*", "lights", "floodlight*", "ball", "balls", "nets",
    "player*", "won", "win", "lost", "kids", "children", "girls", "boys", "team", "coach*", "referee*",
    "holiday*", "regards", "rubbish", "litter", "congratulations", "birthday", "lovely weather", "nice weather", "dog*",
    "lock*", "borrow*", "trailer*", "bench*", "flags", "photo*", "picture*", "cones", "jacket*", "coat*", "bag",
    "lunchbox*", "flask*", "gloves", "boots", "bike*", "glasses", "jumper*",
    "(forgot|forgotten|left|lost) (my|his|her|your|their)",
)  # fmt: skip

#: Things beside the work that people move, so that "move the goals" moves no time.
OTHER_OBJECTS = (
    "goals", "goalposts", "bench*", "flags", "balls", "cones", "cars", "car", "van", "trailer*", "equipment", "kit",
    "fence*", "nets", "tables", "tent*",
)  # fmt: skip

#: Asks when the work is, or whether somebody comes.
ASKS_WHEN = (
    "(when|what time|which day|what day) (are|will|do) (you|they|we) [be] "
    "(coming|come|starting|start|mowing|marking|here)",
    "(when|what time|which day) is (it|that|the mowing|the work)", "when can we expect (you|them)",
    "where (are you|have you got to)", "(is|are) (anybody|anyone|somebody|someone) coming",
)  # fmt: skip

#: Says of a time that it does not suit.
UNFIT = (
    "[is|are] [a bit|a little|too|far too|rather] (early|late|tight|soon)",
    "[is|are] (no good|not great)",
    "(is|are|looks) [a bit|rather|quite|very|too|really|getting] (tight|tricky|difficult|busy|full|booked|bad)",
)

#: Stands before a clock time that has no other sign: "only from 14:30".
BEFORE_HOUR = ("[only] from", "not before", "around", "about")
