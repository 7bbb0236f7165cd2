"""Reading a file that somebody wrote, and saying in a sentence what is wrong with it and where."""
