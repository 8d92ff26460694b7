"""The rules of voting, against a plain reading of what people did."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.duel import Person, Side
from bot.votes import (
    SEVERAL,
    UNTOLD,
    Choice,
    Mark,
    Register,
    Tally,
    apply,
    ballots,
    patience,
    reconcile,
    tally,
)

BEN, CHLOE = Person("T1", "ben"), Person("T1", "chloe")

Act = tuple[Choice, bool]
acts = st.lists(st.tuples(st.sampled_from(Choice), st.booleans()), max_size=12)


def marks_of(person: Person, history: list[Act], first: int = 0) -> list[Mark]:
    """What somebody did, one thing after the other; putting on what is on is nothing that can be done."""
    return [Mark(person, choice, on=on, at=first + 2 * n) for n, (choice, on) in enumerate(history)]


def plainly(history: list[Act]) -> Choice | None:
    """A person's vote, read off from what they did: their newest choice that is still on."""
    order: list[Choice] = []
    for choice, on in history:
        if choice in order:
            order.remove(choice)
        if on:
            order.append(choice)
    return order[-1] if order else None


@given(acts, acts, st.randoms(), st.data())
def test_any_order_and_doubling_of_events_gives_the_vote_that_people_cast(
    bens: list[Act], chloes: list[Act], random: object, data: st.DataObject
) -> None:
    marks = marks_of(BEN, bens) + marks_of(CHLOE, chloes, first=1)
    doubled = marks + (data.draw(st.lists(st.sampled_from(marks))) if marks else [])
    shuffled = data.draw(st.permutations(doubled))
    votes = ballots(apply({}, shuffled))
    expected = {BEN: plainly(bens), CHLOE: plainly(chloes)}
    assert votes == {person: choice for person, choice in expected.items() if choice}


@given(acts, st.sets(st.sampled_from(Choice)))
def test_after_reconciling_what_is_on_is_what_the_place_shows(history: list[Act], shown: set[Choice]) -> None:
    held = apply({}, marks_of(BEN, history))
    agreed = apply(held, reconcile(held, {(BEN, choice) for choice in shown}, before=held))
    assert {choice for (_, choice), register in agreed.items() if register.on} == shown


@given(acts, st.data())
def test_events_that_come_after_reconciling_still_give_the_vote_that_was_cast(
    history: list[Act], data: st.DataObject
) -> None:
    """Any of the events may come late, after we looked at what the place shows; none may be applied twice."""
    marks = marks_of(BEN, history, first=10)
    late = data.draw(st.sets(st.sampled_from(range(len(marks))))) if marks else set()
    held = apply({}, [mark for number, mark in enumerate(marks) if number not in late])
    shown = {key for key, register in apply({}, marks).items() if register.on}
    agreed = apply(held, reconcile(held, shown, before=held))
    assert {key for key, register in agreed.items() if register.on} == shown
    told = apply(agreed, data.draw(st.permutations([marks[number] for number in late])))
    assert ballots(told) == ({BEN: choice} if (choice := plainly(history)) else {})


@given(acts, acts, st.data())
def test_only_whoever_has_several_choices_on_is_waited_for_and_longer_where_an_event_is_missing(
    bens: list[Act], chloes: list[Act], data: st.DataObject
) -> None:
    marks = marks_of(BEN, bens, first=10) + marks_of(CHLOE, chloes, first=11)
    late = data.draw(st.sets(st.sampled_from(range(len(marks))))) if marks else set()
    held = apply({}, [mark for number, mark in enumerate(marks) if number not in late])
    shown = {key for key, register in apply({}, marks).items() if register.on}
    agreed = apply(held, reconcile(held, shown, before=held))
    several = {who for who in (BEN, CHLOE) if sum(person == who for person, _ in shown) > 1}
    missing = any(key not in held or not held[key].on for key in shown if key[0] in several)
    assert patience(agreed) == (UNTOLD if missing else SEVERAL if several else timedelta())
    told = apply(agreed, [marks[number] for number in late])
    assert patience(told) == (SEVERAL if several else timedelta())


@given(acts, acts, st.data())
def test_a_look_that_is_older_than_what_events_tell_meanwhile_undoes_none_of_it(
    bens: list[Act], chloes: list[Act], data: st.DataObject
) -> None:
    marks = marks_of(BEN, bens, first=10) + marks_of(CHLOE, chloes, first=11)
    marks.sort(key=lambda mark: mark.at)
    told = data.draw(st.integers(0, len(marks)))
    looked = data.draw(st.integers(told, len(marks)))
    seen = {key for key, register in apply({}, marks[:looked]).items() if register.on}
    assert reconcile(apply({}, marks), seen, before=apply({}, marks[:told])) == []


def test_reconciling_leaves_the_order_of_what_was_known_alone() -> None:
    held = {
        (BEN, Choice.A): Register(on=True, at=10, rank=10),
        (BEN, Choice.B): Register(on=True, at=20, rank=20),
    }
    assert reconcile(held, [(BEN, Choice.A), (BEN, Choice.B)], before=held) == []


def test_of_two_marks_at_one_instant_taking_off_wins_in_any_order() -> None:
    on, off = Mark(BEN, Choice.A, on=True, at=1), Mark(BEN, Choice.A, on=False, at=1)
    assert ballots(apply({}, [on, off])) == ballots(apply({}, [off, on])) == {}


def test_a_tally_counts_people_and_knows_who_is_ahead() -> None:
    votes = {
        Person("T", str(n)): choice for n, choice in enumerate([Choice.B, Choice.B, Choice.A, Choice.TIE])
    }
    counted = tally(votes)
    assert counted == Tally(a=1, b=2, tie=1, both_bad=0)
    assert counted.total == 4
    assert counted.ahead is Side.B
    assert Tally(a=1, b=1, both_bad=3).ahead is None
