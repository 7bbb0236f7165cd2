"""What the bot says: catalogues in Danish and English, filled in and escaped."""
