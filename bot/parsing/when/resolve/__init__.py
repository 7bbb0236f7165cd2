"""The stage `resolve`: turns a phrase into dates, clock times and a recurrence rule, as seen from a present moment.

`phrase` decides by the clauses which of the other files the phrase is for.
"""
