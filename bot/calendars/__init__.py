"""Polls the calendars of others: fetches them within limits, parses them in a child process and keeps their matches.

The matches of the last successful read stay in use while a calendar's source is down.
"""
