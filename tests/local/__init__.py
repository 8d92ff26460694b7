"""The local models: weights from a package index on disk, servers that are a line of Python."""
