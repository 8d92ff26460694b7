"""What prompts are about, and in which language."""
