"""The client of the contenders, against bytes on the wire."""
