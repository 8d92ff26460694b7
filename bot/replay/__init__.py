"""A file of prompts as duels in a channel, one after the other: read, asked, gone on with after a stop."""
