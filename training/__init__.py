"""How the head of the topic classifier is made: `python -m training`, with the extra `topics`."""
