"""What an image holds: its configuration, its entries, and the changes between two snapshots.

Pure: it reads no files and knows no engine.
"""
