"""The stage `resolve`: turns a phrase into dates, clock times and a recurrence rule, as seen from a present moment.

phrase.py chooses by the clauses of the phrase which of the other modules resolves it.
"""
