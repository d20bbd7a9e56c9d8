"""The console at the bottom of the main screen: its line, what it printed, and the lines that were typed before."""
