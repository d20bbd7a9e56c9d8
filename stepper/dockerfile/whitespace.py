"""What BuildKit takes for white space. Python's own notion differs: it has four control characters more."""

import re

BYTE_SPACE = "\t\n\v\f\r \x85\xa0"
"""The spaces of Latin-1: what BuildKit takes for a space where it reads bytes as if they were characters."""

SPACE = (
    BYTE_SPACE
    + "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Every character that Go's `unicode.IsSpace` takes for a space; for `str.strip` and `in`."""

SEPARATOR = re.compile(r"[\t\v\f\r ]+")
"""What separates the keyword from its arguments, and words from each other."""
