"""Views that know nothing of a session: they take values, paint them line by line, and post messages."""
