"""`stepper layers`: a finished image taken apart, for people, for programs and as a check."""
