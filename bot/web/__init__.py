"""Reports the state of the program to machines: /live, /ready and /metrics over HTTP, and messages to systemd."""
