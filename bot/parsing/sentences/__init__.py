"""Reads what somebody wants with a sentence: its speech act, whether it is negated, and which words are left unread.

    text ── clean_message ── find_signals ── rank_acts ── find_content, find_risks

- `clean_message` (message.py): a message as a phone sends it, without invisible characters and quoted lines.
- `find_signals` (signals.py): the words of a sentence that stand for a speech act, and whether it is a question. The
  words of each language are data (`bot/languages/*/speech_acts.py` and `sentences.py`), written as patterns
  (patterns.py).
- `rank_acts` (speech_act.py): the speech acts that the sentence may be, the likeliest first.
- `find_content` and `find_risks` (unread.py): which of the words that no argument has read carry a meaning, and which
  could change the meaning of the whole.
- `name_earliest` (earliest_time.py): "vi kan ikke før kl. 15" as "vi kan først kl. 15".
- `find_time_shift` (time_shift.py): a time relative to an agreement: "en halv time senere".

Nothing here knows the features. Which command serves a speech act is declared by the feature, and
`bot/pipeline/handling/messages/sentences.py` brings the two together.
"""
