"""What the subcommands of `bylaug` do: for the database, and for the keys of encrypted rooms."""
