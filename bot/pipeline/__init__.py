"""The path of a message: received into the inbox, handled by a feature, sent from the outbox."""
