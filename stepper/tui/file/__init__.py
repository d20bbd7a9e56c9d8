"""Looking at one file of a state: its content as text, hex or difference, read in pieces as it is looked at."""
