"""The screen: a Textual application that shows a debugger session and sends it commands."""
