"""How an agreement lives: pure rules, in the words of RFC 5546 (iTIP)."""
