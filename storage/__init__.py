"""What is remembered: SQL lives here and nowhere else, and rows never leave."""
