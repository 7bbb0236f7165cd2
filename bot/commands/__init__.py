"""The work of those subcommands of `bylaug` that change the database or the keys of encrypted rooms."""
