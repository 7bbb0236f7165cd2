"""Draws pictures such as a week's calendar. It knows no language: the caller passes all texts."""
