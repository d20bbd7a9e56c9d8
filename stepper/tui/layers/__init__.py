"""The explorer of finished images: `stepper layers` in a terminal. It needs no engine and knows no build."""
