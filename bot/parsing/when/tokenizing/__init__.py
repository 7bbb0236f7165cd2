"""The stage `tokenize`: splits a text into words, numbers and marks, each with the roles that it can play in a time.

tokens.py is the stage. It uses lexemes.py, with the smallest parts of a text, figures.py, with the roles of numbers,
and lexicon.py, with those of words.
"""
