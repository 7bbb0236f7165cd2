"""The keys of communities, things, tasks and people in the database: which rows have them, and how they are renamed."""
