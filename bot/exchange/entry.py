"""A duel that has ended, as it is exchanged: a row for each vote. The columns, and the way there and back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.duel import (
    Answer,
    Bill,
    CloseReason,
    ContenderId,
    Duel,
    DuelId,
    Outcome,
    Person,
    Place,
    Side,
    State,
    Timing,
    Topic,
    TopicBy,
    Usage,
    duel_id,
)
from bot.exchange.values import BadRow, Column, Row, Value, read_time, say_time, value_of
from bot.votes import Choice


@dataclass(frozen=True)
class Entry:
    """A duel with its answers and the votes that counted."""

    duel: Duel
    ended_at: datetime | None
    answers: Mapping[Side, Answer] = field(default_factory=dict)
    votes: Mapping[Person, Choice] = field(default_factory=dict)


DUEL_COLUMNS = (
    Column("duel", needed=True),
    Column("team", most=32),
    Column("channel"),
    Column("asker", most=32),
    Column("asked_at", "time", needed=True),
    Column("ended_at", "time"),
    Column("state", one_of=State),
    Column("void", most=1_000),
    Column("excluded", most=1_000),
    Column("topic", one_of=Topic),
    Column("topic_by", one_of=TopicBy),
    Column("language", most=8),
    Column("round", "count"),
    Column("after"),
    Column("chain"),
)
ANSWER_COLUMNS = (
    Column("contender", needed=True),
    Column("asked_model", most=128),
    Column("reported_model", most=128),
    Column("outcome", one_of=Outcome),
    Column("attempts", "count"),
    Column("ttft_s", "seconds"),
    Column("ttfa_s", "seconds"),
    Column("total_s", "seconds"),
    Column("input_tokens", "count"),
    Column("cached_tokens", "count"),
    Column("output_tokens", "count"),
    Column("reasoning_tokens", "count"),
    Column("cost_usd", "dollars", most=40),
    Column("price_id", most=128),
)
VOTE_COLUMNS = (Column("voter", most=32), Column("choice", one_of=Choice))
TEXT_COLUMNS = (
    Column("prompt", most=1_000_000),
    Column("a_text", most=10_000_000),
    Column("b_text", most=10_000_000),
)


def _of_side(side: Side) -> tuple[Column, ...]:
    return tuple(
        Column(f"{side}_{one.name}", one.kind, one.most, one.needed, one.one_of) for one in ANSWER_COLUMNS
    )


PLAIN_COLUMNS = (*DUEL_COLUMNS, *_of_side(Side.A), *_of_side(Side.B), *VOTE_COLUMNS)


def columns(*, texts: bool) -> tuple[Column, ...]:
    """The columns of a file, in their order."""
    return (*PLAIN_COLUMNS, *TEXT_COLUMNS) if texts else PLAIN_COLUMNS


def rows(entry: Entry, called: Callable[[Person], str], *, texts: bool) -> Iterator[Row]:
    """A row for each vote, by the voter's name; one without a voter where nobody voted."""
    duel = entry.duel
    known: dict[str, Value] = {
        "duel": duel.id,
        "team": duel.asker.team,
        "channel": duel.room,
        "asker": called(duel.asker),
        "asked_at": say_time(duel.asked_at),
        "ended_at": None if entry.ended_at is None else say_time(entry.ended_at),
        "state": duel.state.value,
        "void": duel.void_reason,
        "excluded": duel.excluded,
        "topic": duel.topic and duel.topic.value,
        "topic_by": duel.topic_by and duel.topic_by.value,
        "language": duel.language,
        "round": duel.round,
        "after": duel.after,
        "chain": duel.chain,
    }
    for side in Side:
        told = _say_answer(duel.seats[side], entry.answers.get(side))
        known |= {f"{side}_{name}": value for name, value in told.items()}
    if texts:
        known |= {"prompt": duel.prompt}
        known |= {
            f"{side}_text": entry.answers[side].text if side in entry.answers else None for side in Side
        }
    if not entry.votes:
        yield known | {"voter": None, "choice": None}
    for voter, choice in sorted((called(person), choice.value) for person, choice in entry.votes.items()):
        yield known | {"voter": voter, "choice": choice}


def check(row: Mapping[str, Any]) -> Row:
    """The row with its values as what they are, whatever file they came from. Raises `BadRow`."""
    if unknown := set(row) - {column.name for column in columns(texts=True)}:
        raise BadRow(f"there is no column “{min(unknown)}” in docs/export.md")
    found = {column.name: value_of(column, row.get(column.name)) for column in columns(texts=True)}
    if (found["voter"] is None) != (found["choice"] is None):
        raise BadRow("a vote has both a voter and a choice, a duel without votes has neither")
    if found["a_contender"] == found["b_contender"]:
        raise BadRow("a_contender and b_contender are the same")
    state = found["state"] or State.REVEALED
    if not State(str(state)).ended:
        raise BadRow(f"state: only {State.REVEALED} and {State.VOID} have ended")
    if state == State.VOID and found["voter"] is not None:
        raise BadRow("a void duel has no votes that count")
    if (found["topic"] is None) != (found["topic_by"] is None):
        if found["topic"] is None:
            raise BadRow("topic_by: there is no topic")
        found["topic_by"] = TopicBy.PERSON.value
    return found | {"state": str(state)}


def same_duel(one: Row, other: Row) -> str | None:
    """The column in which two rows of a duel differ though they must not; `None` where all is well."""
    free = {column.name for column in VOTE_COLUMNS}
    return next((name for name in one if name not in free and one[name] != other[name]), None)


def entry(checked: Sequence[Row], team: str) -> Entry:
    """A duel out of its rows; `team` is whose it is where they do not say."""
    row = checked[0]
    team = _text(row, "team") or team
    asked_at = read_time(_text(row, "asked_at"))
    ended_at = _text(row, "ended_at")
    topic, by = row["topic"], row["topic_by"]
    duel = Duel(
        id=_id(_text(row, "duel"), team),
        asker=Person(team, _text(row, "asker") or "imported"),
        room=Place(_text(row, "channel")),
        prompt=_text(row, "prompt"),
        seats={side: ContenderId(_text(row, f"{side}_contender")) for side in Side},
        asked_at=asked_at,
        vote_for=timedelta(),
        state=State(_text(row, "state")),
        close_reason=CloseReason.IMPORTED,
        void_reason=_or_none(row["void"]),
        topic=None if topic is None else Topic(str(topic)),
        topic_by=None if by is None else TopicBy(str(by)),
        language=_or_none(row["language"]),
        excluded=_or_none(row["excluded"]),
        round=int(str(row["round"] or 1)),
        after=_id(_text(row, "after"), team) if row["after"] else None,
        chain=_id(_text(row, "chain"), team) if row["chain"] else None,
    )
    votes = {
        Person(team, str(one["voter"])): Choice(str(one["choice"]))
        for one in checked
        if one["voter"] is not None
    }
    answers = {side: _read_answer(row, side) for side in Side if row[f"{side}_outcome"] is not None}
    return Entry(duel, read_time(ended_at) if ended_at else asked_at, answers, votes)


def _say_answer(contender: ContenderId, answer: Answer | None) -> dict[str, Value]:
    told: dict[str, Value] = {column.name: None for column in ANSWER_COLUMNS}
    told["contender"] = contender
    if answer is None:
        return told
    usage, timing, bill = answer.usage, answer.timing, answer.bill
    return told | {
        "asked_model": answer.asked_model,
        "reported_model": answer.reported_model,
        "outcome": answer.outcome.value,
        "attempts": answer.attempts,
        "ttft_s": timing.ttft_s,
        "ttfa_s": timing.ttfa_s,
        "total_s": timing.total_s,
        "input_tokens": usage.input_tokens,
        "cached_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": None if bill.usd is None else format(bill.usd, "f"),
        "price_id": bill.price_id,
    }


def _read_answer(row: Row, side: Side) -> Answer:
    def of(name: str) -> Any:
        return row[f"{side}_{name}"]

    cost = of("cost_usd")
    return Answer(
        contender=ContenderId(of("contender")),
        text=_text(row, f"{side}_text"),
        outcome=Outcome(of("outcome")),
        timing=Timing(of("ttft_s"), of("ttfa_s"), of("total_s")),
        usage=Usage(of("input_tokens"), of("cached_tokens"), of("output_tokens"), of("reasoning_tokens")),
        bill=Bill(None if cost is None else Decimal(cost), of("price_id")),
        attempts=of("attempts") or 1,
        asked_model=of("asked_model"),
        reported_model=of("reported_model"),
    )


def _id(name: str, team: str) -> DuelId:
    """Duel's own names stay; those of elsewhere are made like them, always the same one of the same name."""
    ours = len(name) == 10 and all(sign in "abcdefghijklmnopqrstuvwxyz234567" for sign in name)
    return DuelId(name) if ours else duel_id(f"imported:{team}:{name}")


def _text(row: Row, name: str) -> str:
    return str(row[name] or "")


def _or_none(value: Value) -> str | None:
    return None if value is None else str(value)
