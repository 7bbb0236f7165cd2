"""The rules of agreements: pure functions, in the words of iTIP (RFC 5546). docs/agreements.md explains them."""
