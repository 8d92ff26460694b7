"""Reasoning that comes within the text: a server without a parser for it passes a model's tags through."""

OPEN, CLOSE = "<think>", "</think>"


class Thoughts:
    """Parts a text that begins with `<think>` from its reasoning, piece by piece.

    Only at the very beginning is the tag the model's own; further on it is text like any other. `opened`: a
    chat template has put `<think>` before the answer already, so that it begins inside.
    """

    def __init__(self, *, opened: bool = False) -> None:
        self._opened = opened
        self._held = ""
        self._inside = self._closed = False
        self.over = False
        """Whether all that comes from now on is text."""

    @property
    def any(self) -> bool:
        """Whether there were any within the text."""
        return self._inside

    def elsewhere(self) -> None:
        """Reasoning came apart from the text, so the server has a parser: none of it is left in there."""
        self._opened = False

    def part(self, piece: str) -> tuple[str, str]:
        """Reasoning and text of this piece; what may be half a tag waits for the next one."""
        held, self._held = self._held + piece, ""
        if self._closed:
            return "", self._begin(held)
        if not self._inside:
            begun = held.lstrip()
            if OPEN.startswith(begun) and begun != OPEN:
                self._held = held
                return "", ""
            self._inside = self._opened or begun.startswith(OPEN)
            if not self._inside:
                self.over = True
                return "", held
            held = begun.removeprefix(OPEN)
        thought, closed, text = held.partition(CLOSE)
        if closed:
            self._closed = True
            return thought, self._begin(text)
        kept = next((n for n in range(len(CLOSE) - 1, 0, -1) if thought.endswith(CLOSE[:n])), 0)
        self._held = thought[len(thought) - kept :]
        return thought[: len(thought) - kept], ""

    def _begin(self, text: str) -> str:
        """The answer after its reasoning: it begins with its first word, and so does its time."""
        text = text.lstrip()
        self.over = bool(text)
        return text

    def rest(self) -> tuple[str, str]:
        """Reasoning and text that were held back, now that nothing more comes."""
        held, self._held = self._held, ""
        return (held, "") if self._inside or self._opened else ("", held)
