"""The playground against the real SDK and the real Bolt."""
