"""From the inbox to the outbox: a row is routed, its command is read and run, its answers are queued."""
