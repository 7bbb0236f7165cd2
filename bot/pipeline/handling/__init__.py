"""What is done about a row: found out whom it is for, understood, allowed, handled."""
