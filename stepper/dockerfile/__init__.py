"""What a Dockerfile says: text to stages and instructions, word expansion, the stage graph, the ignore file.

Pure: it reads no files and knows no engine.
"""
