"""Everything that belongs to one language: its words, how numbers and dates are written in it, and its sentences.

Each language is a folder. Outside bot/languages nothing asks which language it is.
"""
