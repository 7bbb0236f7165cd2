"""The features that come with Bylaug; each is a guest and lives on `bot.api` alone."""
