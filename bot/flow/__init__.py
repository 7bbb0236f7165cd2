"""Carries what comes in to the feature it is for, and what that says back out."""
