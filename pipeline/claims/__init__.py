"""Article text in, attributed claims out. Start reading at read.py; the step is in extract.py."""
