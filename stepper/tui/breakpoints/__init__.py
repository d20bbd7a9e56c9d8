"""Breakpoints on the screen: the list of all, the editor of one, and their marks in the gutter."""
