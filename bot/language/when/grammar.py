"""The grammar all rules are written into. What a rule of each group needs around it before it is believed:

`Piece` nothing; `IfFree` no noun before or behind it ("bane 14-16"); `IfEnds` no noun behind it ("den 1. bane");
`IfBeside` a day or a clock time touching it ("god aften" is no time, "fredag aften" is); `IfAfterDay` a day directly
before it; `IfAfterBound` a word like "efter" directly before it; `IfAlone` nothing else in the text.
"""

from bot.language.when.pattern import Grammar

GRAMMAR = Grammar()
says = GRAMMAR.says
