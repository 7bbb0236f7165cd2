"""The words that have to do with time, in each language, and the signs a text is turned into."""
