"""The English words of each speech act, as patterns (`bot.languages.sentence_words`)."""

from bot.languages.speech_acts import SpeechAct

#: Words that stand for each other in many patterns: `<not>`, `<can>`.
GROUPS = {
    "not": (
        "not", "never", "dont", "cant", "wont", "isnt", "arent", "wasnt", "hasnt", "havent", "doesnt", "didnt",
        "cannot", "shouldnt", "wouldnt", "couldnt", "no longer",
    ),
    "we": ("i", "we", "they", "he", "she", "the lads", "the crew", "our lads", "im", "were"),
    "you": ("you", "we", "they", "somebody", "someone", "anybody", "anyone", "i", "it"),
    "can": ("can", "could", "will", "would", "shall", "may", "might", "should"),
    "is": ("is", "are", "was", "were", "has", "have", "been", "got", "its", "ive", "weve", "thats", "all", "just"),
    "did": (
        "mown", "mowed", "cut", "marked", "lined", "fertilised", "fertilized", "done", "finished", "completed",
        "sorted", "cleaned", "watered", "rolled", "seeded", "painted", "trimmed", "wrapped up", "swept",
    ),
    "it": ("it", "that", "this", "they", "pitch*", "job", "work", "everything", "all"),
    "part": (
        "corner*", "edge*", "strip*", "line*", "goal*", "side*", "end", "ends", "middle", "centre", "center",
        "area*", "patch*", "bit", "box", "touchline*", "half", "circle",
    ),
}  # fmt: skip

#: The patterns of each speech act.
ACTS = {
    SpeechAct.WANT: (
        "book*", "reserve*", "put (me|us) (down|in)", "request*", "apply", "sign .. up", "order*", "schedule*",
        "arrange*",
        "<can> <you> [please]", "need*", "needs", "want*", "would like", "id like", "wed like", "like to have",
        "get .. (mown|cut|marked|done|lined|to)", "have .. (mown|cut|marked|done|lined)", "ask .. (to|if|whether)",
        "please", "is it possible", "any chance", "chance of", "could do with", "sort out",
        "looking for", "slot for", "fit .. in", "due (a|for)", "time (to|for)", "wants", "must be", "has to be",
        "have to be", "should be", "is to be", "lets get", "<can> .. be <did>",
    ),
    SpeechAct.MOVE: (
        "move*", "moving", "postpone*", "reschedul*", "push* [back]", "shift*", "put off", "put .. off",
        "instead [of]", "rather", "swap*", "change*", "propose*", "suggest*", "suits .. better", "better",
        "bring .. forward", "delay*", "another (time|day)", "different (time|day)",
        "<can> <you> (make|do|say) [it]", "how about", "what about", "(make|do) it", "say", "rearrang*",
        "works better", "works", "suits", "prefer*", "earlier", "later", "not before", "lets (say|do|make)",
    ),
    SpeechAct.CALL_OFF: (
        "cancel", "cancels", "cancelled", "canceled", "cancelling", "canceling", "call* off", "call* .. off",
        "scrap*", "drop", "dropping", "cry off", "cries off", "withdraw*",
        "scratch", "bin",
        "delete*", "remove*", "pull* out", "wont be needed", "not needed [any more|anymore]",
        "no longer (need*|necessary|required)", "dont need .. (any more|anymore|after all)",
        "<not> .. after all", "isnt happening", "is off", "are off", "back* out", "unbook*", "<not> go* ahead",
        "dont need", "doesnt need", "(can|could) .. leave .. off",
    ),
    SpeechAct.SKIP: ("skip*", "leave out", "leave .. out", "miss* out"),
    SpeechAct.REPORT_DONE: (
        "<is> .. <did>", "<did>", "all done", "job done", "packed up", "finished", "were done", "done and dusted",
        "ready (for|to) (play*|go|use|the match)", "its (ready|done)", "wrapped up", "complete", "completed",
        "all set",
    ),
    SpeechAct.REPORT_MISSING: (
        "missing", "missed", "<not> [been|quite|fully|properly|all] (<did>)", "forgot*", "forgotten", "left out",
        "still (long|high|needs|uneven|needed|to)", "uneven", "wonky", "crooked", "wrong", "poor*", "half done",
        "only half", "not (good|happy|right|straight|ok|okay|finished|complete)",
        "not .. (properly|happy|right)", "too (long|short|high|low)", "there is .. left", "not quite", "skipped",
        "<not> .. touched", "half of it", "(half|some|most) of .. <did>", "only (got|managed)", "untouched",
        "uncut", "left .. (undone|uncut|behind)", "cant see",
        "incomplete", "needs redoing",
        "unhappy", "sloppy", "patchy",
    ),
    SpeechAct.APPROVE: (
        "<not> (find|see|spot|found) any* .. (missing|wrong|amiss|complain*)",
        "nothing .. (missing|wrong|amiss|left out|complain .. about)",
        "confirm*", "approve*", "looks .. (good|great|fine|lovely|perfect|brilliant|superb|nice|spot on|the part)",
        "looking (good|great|lovely|perfect)",
        "(good|great|lovely|nice|excellent|fine|superb|brilliant|cracking) (job|work)", "all good", "happy with",
        "well done", "spot on", "in order",
        "thanks for (the|your) (work|job|help)", "satisfied", "signed off", "sign* off", "looks the part",
        "looks a treat", "a treat",
        "very happy",
    ),
    SpeechAct.YES: (
        "yes", "yeah", "yep", "yup", "aye", "ok", "okay", "okey", "fine", "good", "great", "perfect", "sure",
        "deal", "agreed", "sounds (good|great|fine|perfect|like a plan)", "accept*", "works for (me|us)",
        "<it> works [for] [me|us]", "suits (me|us) [fine|well]", "suits",
        "well be there", "ill be there", "see you [then|there]", "happy to", "absolutely", "of course",
        "certainly", "cool", "lovely", "brilliant", "no problem", "all right", "alright", "count us in", "were on",
        "its a date", "thats (fine|good|great|ok|okay|perfect)", "that is (fine|good|ok)", "go ahead", "can do",
        "will do", "that will do", "thatll do", "k", "fine (by|with) (me|us)", "good (by|with) (me|us)",
        "confirmed", "by all means", "were in", "you got it", "sorted", "all good", "gladly", "grand", "righto",
        "right you are", "it is", "spot on", "no worries", "not a problem", "no problem at all", "not a bother",
        "(that|it) would be (great|good|lovely|nice|fine|perfect|brilliant)",
    ),
    SpeechAct.NO: (
        "no", "nope", "nah", "no thanks", "decline*", "reject*", "sorry", "cant do", "cant make [it|that]",
        "cannot make [it|that]", "<it> wont work", "wont work", "doesnt work", "does not work", "not possible",
        "impossible", "doesnt suit", "no (good|use)",
        "<not> [very|so|too] (good|great|ideal)", "suits (me|us) badly", "(bad|terrible) (day|time)", "fully booked",
        "too busy",
        "unable", "afraid not", "not available",
        "unavailable", "(not|isnt) (going to happen|happening)", "no chance", "were away", "no can do", "no go",
        "turn .. down", "pass",
    ),
    SpeechAct.CLOSE: (
        "close", "closes", "closed", "closing", "shut", "shuts", "shutting", "out of (use|action|bounds|order)",
        "waterlogged", "<not> be (used|played on)", "block off", "off limits",
    ),
    SpeechAct.OPEN: (
        "open", "opens", "reopen*", "back in (use|action)", "open* .. again", "playable again",
        "(used|played on) again", "available again", "unlock",
    ),
    SpeechAct.ACKNOWLEDGE: (
        "received", "noted", "seen [it|that]", "got it", "got that", "understood", "roger", "copy that",
        "read it", "that you",
        "(thanks|thank you) for (letting (me|us) know|the (info|message|update|reply))",
    ),
    SpeechAct.THANK: (
        "thanks", "thank you", "thankyou", "thx", "ta", "cheers", "many thanks",
        "thanks (a lot|a million|so much|very much|for .. (help|today|that))", "much appreciated",
    ),
    SpeechAct.GREET: (
        "hello", "hi", "hey", "good (morning|evening|afternoon|day|night)", "morning", "evening", "bye", "goodbye",
        "see you", "how are you", "hows it going", "hiya", "howdy",
        "have a (good|nice|great) (day|weekend|one|evening)", "hello there", "welcome", "you there",
        "are you there", "good (bot|job bot)", "congratulations", "merry*",
    ),
    SpeechAct.DROP: (
        "leave it", "forget (it|about it|that)", "never mind", "nevermind", "drop it", "doesnt matter",
        "does not matter", "no matter", "stop", "dont bother", "ill (do|take|sort) it [myself]",
        "well (do|take|sort) it [ourselves]", "not now", "none of (them|those|these)", "scrap that", "skip it",
        "undo", "no thanks", "leave that", "let it be", "another time", "no need",
    ),
    SpeechAct.HELP: (
        "help", "(what|how) .. (write|type|say) .. to", "what can (you|i) (do|say|write|type)",
        "how (do|does|can) (i|you|we|one) (use|book|cancel|write|type|move)", "commands", "instructions",
    ),
    SpeechAct.WHO: ("who", "whos", "whose", "which (club|contractor|team|company|firm)", "who is", "whom"),
    SpeechAct.WHEN: (
        "when", "whens", "what time", "which day", "what day", "what date", "how long (ago|since)", "which week",
    ),
    SpeechAct.WHAT: (
        "what", "whats", "which", "show [me]", "list", "overview", "status", "is there anything", "anything",
        "do we have", "have we got", "how many", "whats on", "going on", "tell me", "schedule", "fixtures",
        "where are we", "is .. (booked|mown|cut|marked)",
    ),
    SpeechAct.WHY: ("why", "how come"),
    SpeechAct.WHETHER_FREE: (
        "free", "(is|are) .. (free|available|taken|booked|open|closed|occupied|busy)", "available", "availability",
        "<can> (we|i|you) (use|play|train)", "vacant", "any (space|slots|room|openings)", "taken",
    ),
    SpeechAct.HOW_MUCH: (
        "(time|hours) left", "hours remaining", "how (many|much) .. (left|remaining|used)",
    ),
}  # fmt: skip
