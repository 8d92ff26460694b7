"""Benchmark results from elsewhere: shown with their source, beside a team's votes and never among them."""

from collections.abc import Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class Published(BaseModel):
    """What somebody else has measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    benchmark: str = Field(
        min_length=1, max_length=60, description="Its name, with its version if it has any"
    )
    score: Decimal = Field(description="The result, as it was published")
    measure: str = Field(min_length=1, max_length=120, description="What the score is, in a few words")
    source: str = Field(min_length=1, max_length=80, description="Who published it where")
    url: str = Field(pattern=r"^https?://[^\s<>|]+$", description="Address of the source")
    date: str = Field(
        pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$",
        description="When it was published, as far as that is known",
    )


Both = tuple[Published, Published]
"""What two contenders got on one benchmark."""


def side_by_side(first: Sequence[Published], second: Sequence[Published]) -> list[Both]:
    """What two contenders got on the same benchmarks by the same measure; nothing follows of others."""
    theirs = {(at.benchmark, at.measure): at for at in second}
    return [(at, theirs[at.benchmark, at.measure]) for at in first if (at.benchmark, at.measure) in theirs]
