"""The grammar all rules are written into, in groups by what a rule needs around it before it is believed:

`Piece` nothing; `IfFree` no noun before or behind it ("bane 14-16"); `IfEnds` no noun behind it ("den 1. bane"), where
behind a day only what is known to be counted is such a noun;
`IfTouching` a day or a clock time beside it ("god aften" is no time, "fredag aften" is); `IfBeside` that, and no noun
behind it; `IfAfterDay` a day directly before it; `IfBeforeClock` a clock time directly behind it; `IfHabit` that
something comes again, said before, `IfNoHabit` not; `IfBeforePart` "om aftenen" directly behind it; `IfAfterBound` a
word like "fra" directly before it, `IfAfterLimit` one like "efter", `IfAfterOr` "eller"; `IfAlone` nothing else in the
text.
"""

from bot.parsing.when.grammar import Grammar

GRAMMAR = Grammar()
says = GRAMMAR.says
