"""Tells machines how the program is doing: a status page on loopback, and the service manager."""
