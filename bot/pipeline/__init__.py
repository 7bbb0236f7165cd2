"""The path of a message: receive, understand, allow, handle, deliver. One way in, one way out, one direction."""
