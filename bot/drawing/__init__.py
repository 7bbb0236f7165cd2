"""Draws what is better seen than read; it knows no language: all words are given to it."""
