"""Understanding: from a question and the ones before it to a plan. Pure, deterministic, no model behind it."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from agents.conversations import MOST_EXCHANGES
from agents.models.offline.inputs.backward import timed
from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import asks_share, fields_of
from agents.models.offline.intents.coverage import own_concepts
from agents.models.offline.naming.names import Names
from agents.models.offline.plan import Abstention, Plan, PlannedCall
from agents.models.offline.proposing.anchored import compares, compares_as_shown
from agents.models.offline.proposing.candidates import Candidate
from agents.models.offline.proposing.differing import differing
from agents.models.offline.proposing.enlarged import enlarged
from agents.models.offline.proposing.followups import named_after, person_meant
from agents.models.offline.proposing.guarding import objections
from agents.models.offline.proposing.listed import listed, not_of_one, said_of_all
from agents.models.offline.proposing.ranked import nth_named
from agents.models.offline.proposing.reaching import Turn, of_two_rows, placed_before, reached
from agents.models.offline.proposing.reduced import leaves_out_alone, named_apart, said_apart, said_once
from agents.models.offline.proposing.restated import alike, restated, same_queries, without_place
from agents.models.offline.proposing.shown import HAPPENED, is_beside
from agents.models.offline.proposing.timing import at_that_time
from agents.models.offline.reading import read
from agents.models.offline.topics.of_shown import no_day
from agents.models.offline.topics.refusals import refusal
from agents.models.offline.weighing.also import same_and_more
from agents.models.offline.weighing.deciding import Decision, decide
from agents.models.offline.weighing.finishing import finished, spoken, told_in_full, unclear
from agents.models.offline.weighing.heeded import without_each
from agents.models.offline.weighing.lasting import kept_from, kept_there, said_of_part, said_to_stay, spoken_of
from agents.models.offline.weighing.missed import Missed, continues, latest, leans, not_answered
from agents.models.offline.weighing.repeated import in_the_answer, repeated, while_waiting
from agents.models.offline.weighing.thread import going_on, is_shown_again, still_said
from agents.models.offline.weighing.within import said_wider, within
from agents.models.offline.words.foreign import foreign
from agents.models.offline.words.framing import with_its_topic
from agents.models.offline.words.plainly import paired
from agents.models.offline.words.text import fold
from agents.models.offline.words.tongues import tongue_of
from tools.registry import Query

_REMEMBERED = 8
"""Earlier questions that a follow-up may reach back to, at least: as many more as the first of them follows itself."""

_LISTS = 4
"""Answers, less one, among which the list is looked for of which "the third one" is said: the latest that has one."""


def understand(
    question: str,
    history: Sequence[str],
    *,
    names: Names,
    now: datetime,
    queries: Mapping[str, Query],
    answers: Sequence[str] = (),
) -> Plan:
    """Plan the calls that answer `question`, or say why not.

    Args:
        question: what the person asked.
        history: their earlier questions of this conversation, oldest first.
        names: what exists in the asker's sight.
        now: the clock, UTC.
        queries: the queries that may be planned, by name.
        answers: what was answered to them, for words that point at a first row ("there", "that bucket").
    """
    context = Context(names, now, queries)
    question = said_once(question, context)
    turns, missed = _told(history, answers, context)
    plan = _asked_after(question, turns, missed, context)
    if turns and plan.calls:
        without = without_each(question, plan, lambda less: _asked_after(less, turns, missed, context), context)
        plan = plan.model_copy(update={"without": without})
    return while_waiting(plan, answers[len(history) - 1] if 0 < len(history) <= len(answers) else "")


def planned(question: str, history: Sequence[str], answers: Sequence[str], context: Context) -> Plan:
    """The plan of `question` after these, without what is said of words that change nothing (see `understand`)."""
    return _asked_after(question, *_told(history, answers, context), context)


def _told(history: Sequence[str], answers: Sequence[str], context: Context) -> tuple[tuple[Turn, ...], Missed | None]:
    """The turns of a conversation that were answered, and what was asked since then and was not."""
    said = [*answers, *[""] * len(history)][: len(history)]
    turns: list[Turn] = []
    first = _first(history, context)
    missed = Missed((), None, None) if first and continues(history[first - 1], context) else None
    for text, answer in zip((said_once(one, context) for one in history[first:]), said[first:], strict=True):
        asked, before = _after(_taken_up(text, missed), turns, context)
        plan = _following(asked, before, context, said=text, missed=missed)
        if plan.calls:
            # of two readings, what follows is about the likelier
            beside = bool(before.calls) and is_beside(text)
            calls = before.calls if beside else plan.calls[: plan.first or None]
            of = before if beside else plan
            calls = not_of_one(calls, text, asked, before.calls)
            told = Turn(plan.asked or asked, answer, calls, of.aside, of.limits, of.then, of.focus)
            turns, missed = [*turns, replace(told, place=spoken_of(told, before, context))], None
        elif re.search(r"[^\W_]", asked) and (not turns or not continues(asked, context) or _of_two(text, context)):
            missed = latest(missed, not_answered(asked, before.calls, context, plan.abstention))
    return tuple(turns), missed


def _asked_after(question: str, turns: Sequence[Turn], missed: Missed | None, context: Context) -> Plan:
    """The plan of a question after the turns of a conversation; `missed` are the last ones that were not answered."""
    asked, before = _after(_taken_up(question, missed), turns, context)
    plan = _following(asked, before, context, said=question, missed=missed)
    plan = said_apart(in_the_answer(plan, before.answer, question), question, asked, before.answer, context)
    return said_of_all(plan, question, asked)


def _following(question: str, before: Turn, context: Context, *, said: str, missed: Missed | None) -> Plan:
    """The plan of one question after another one, which names again what that one's had to leave aside."""
    full = restated(question, before.question, context) if before.calls and missed is None else None
    apart = bool(before.calls) and missed is None and leaves_out_alone(read(question, context.names, context.now))
    plan = _asked_again(question, full, before, context) if full and not apart else None
    if missed is None and not plan and (shares := _share_then(question, before, context)):
        return shares
    plan = plan or _planned(question, before.calls, context, said=said, missed=missed)
    full = without_place(before.question, context) if apart else full
    leading = plan.calls[: plan.first or None]
    if full and (alike(leading, before.calls, question, context) or (apart and same_queries(leading, before.calls))):
        plan = told_in_full(plan, full, context)
    aside, earlier = (missed.aside, missed.calls) if missed else (before.aside, before.calls)
    follows = continues(question, context)
    plan = going_on(plan, aside, question, earlier, context, leans=follows)
    if missed:
        leaning = missed.calls or missed.asked is None or follows
        return plan if leaning else kept_from(plan, question, str(missed.asked), context)
    plan = still_said(plan, before, question, context, leans=follows)
    if leans(question) or not _SENTENCE.match(question.casefold()):
        plan = kept_there(plan, question, before, context)
    plan = said_wider(plan, plan.asked or question, before.calls, context)
    same = bool(plan.calls) and is_shown_again(plan, before, context) and fold(question) != fold(before.question)
    plan = plan.model_copy(update={"again": before.question}) if same else plan
    return said_to_stay(said_of_part(plan, question, before, context), question, before, context)


def _asked_again(question: str, full: str, before: Turn, context: Context) -> Plan | None:
    """The plan of the question before, asked of another place, time or service; None where it leaned on others itself.

    Args:
        question: the few words that name that.
        full: the question before with it in place.
        before: the turn of that one.
        context: names, clock and queries.
    """
    old, new = (finished(decide(asked, (), context), context) for asked in (before.question, full))
    if old.calls[: old.first or None] != before.calls:
        return None
    return new if alike(new.calls, old.calls, question, context) else None


def _share_then(question: str, before: Turn, context: Context) -> Plan | None:
    """A share that was shown, and the same at the one time that it is held against; None of any other question."""
    reading = read(question, context.names, context.now)
    if not before.calls or not compares(reading) or len(reading.when.mentions) != 1:
        return None
    if not asks_share(read(before.question, context.names, context.now)):
        return None
    plan = finished(decide(before.question, (), context), context)
    leading = plan.calls[: plan.first or None]
    if leading != before.calls or any(call.query != "spend" for call in leading):
        return None
    other = tuple(call.having(period=reading.when.mentions[0].word) for call in leading)
    calls = (*leading, *other) if len(other) == 1 and not plan.then else other
    told = {"calls": calls, "first": 0, "asked": before.question, "read_as": "; ".join(map(spoken, calls))}
    return plan.model_copy(update=told)


_SENTENCE = re.compile(
    r"^\W*(?:(?:so|ok|okay|hi|hey|hello|please|well|right|good|thanks|thank you|fine|tell me|can you tell me|could you tell me)\b\W*)*"
    r"(?:which|what|who|how|when|where|is|are|was|were|do|does|did|has|have|had|will|show|give|list|(?P<why>why))\b(?:\W+\S+){3}"
)
"""A sentence of four words at least, and not a few words thrown in."""
_POINTER = re.compile(r"\b(?:it|its|that|this|these|those|they|them|their|there|then|same)\b")


def _of_two(question: str, context: Context) -> bool:
    """Whether a sentence holds two places against each other that it names: its "more" leans on no question before it."""
    found = read(question, context.names, context.now).found
    several = max(map(len, (found.accounts, found.venues, found.teams, found.envs))) > 1
    return several and bool(_SENTENCE.match(question.casefold())) and not _POINTER.search(question.casefold())


_OF_US = re.compile(r"\b(?:we|our|us|company|organi[sz]ation)\b")
_POINTS = re.compile(
    r"\b(?:such|the)\b(?! (?:most|least|whole|entire|full|total|overall|last|past|current|coming|top|best|worst|biggest|largest|smallest|highest|lowest|oldest|newest|latest"
    r"|cheapest|dearest|priciest|costliest|company|group|organi[sz]ation|estate|bill|cloud|aws|internet|world|public|root|end|start|beginning|moment|<\w+>)\b)"
)
"""What was spoken of before: "the rise", "the machines", "this"; not "the most", not a name."""


def _whole(question: str, earlier: tuple[PlannedCall, ...], context: Context, *, said: str) -> Decision | None:
    """What a complete question means: what it means alone, in the place and time that were shown.

    None of one that takes up what was said before.
    """
    sentence = _SENTENCE.match(question.casefold())
    if sentence is None or (sentence["why"] and not _OF_US.search(question.casefold())):
        return None
    if tongue_of(fold(said)):
        return None  # "zijn daar" points at a place where "are there" does not
    alone = _alone(question, context) if _stands_alone(question, earlier) else None
    if alone is None or _POINTS.search(alone.reading.text) or leans(alone.reading.text):
        return None
    calls = alone.readings[0].calls
    if compares_as_shown(calls, alone.reading, earlier) or any(
        of_it(alone.reading, earlier, context) for of_it in (enlarged, differing)
    ):
        return None
    if not any(own_concepts(call.query) & alone.reading.concepts for call in calls):
        return None
    asked = within(calls, alone.reading, earlier, context)
    return replace(alone, readings=(replace(alone.readings[0], calls=asked),))


def _first(history: Sequence[str], context: Context) -> int:
    """From where on a conversation is read: from a question that follows no other, where there still is one."""
    first = max(0, len(history) - _REMEMBERED)
    while first and continues(history[first], context):
        first -= 1
    if first or len(history) < MOST_EXCHANGES:
        return first
    # what was before that is not kept: a few words that followed it say something else when read alone
    return next((place for place, text in enumerate(history) if not continues(text, context)), len(history))


_UNSHOWN = "I can not tell what this one follows: the question before it was not answered, or lies too far back,"


def _planned(
    question: str,
    earlier: tuple[PlannedCall, ...],
    context: Context,
    *,
    said: str,
    missed: Missed | None,
) -> Plan:
    """The plan of one question of a conversation, or why there is none.

    Args:
        question: what is asked, with what it points at named.
        earlier: the calls of the last answer that was shown.
        context: what exists, and when it is.
        said: the question word for word.
        missed: a question that was asked since, in full, and not answered; None if none was. What goes on from such a
            one goes on from nothing that anybody saw, and anything else does not go on from what was shown before it.
    """
    if not re.search(r"[^\W_]", question):
        return unclear("", {}, context)
    if elsewhere := foreign(said):
        return Plan(abstention=Abstention(kind="cannot_know", text=elsewhere))
    if missed is None and (both := same_and_more(question, earlier, context)):
        return both
    if whole := _whole(question, earlier, context, said=said):
        return finished(_at_that_time(whole, earlier, context), context)
    if missed is not None:
        if subject := missed.subject_of(question, context):
            decision = decide(question, (), context)
            return finished(replace(decision, readings=(Candidate("carry", subject),)), context)
        followed = missed.followed_by(question, context)
        if followed is None:
            return _of_one_named(question, missed, context)
        earlier = followed
    decision = _at_that_time(decide(question, earlier, context), earlier, context)
    plan = finished(decision, context, earlier)
    if once := repeated(plan.calls or _vague(decision, plan, context), question, earlier, context):
        return Plan(abstention=once)
    if plan.abstention is None or plan.abstention.kind != "unclear":
        return plan
    if _stands_alone(question, earlier) and (alone := _alone(question, context)):
        return finished(_at_that_time(alone, earlier, context), context)
    return _out_of_sight(decision, context) or plan


_YES = re.compile(
    r"\W*(?:yes|yeah|yep|ja|sure|exactly|indeed|correct|right|i do|i did)\b\W*(?:please|graag|that one|i do|i did)?\W*"
)


def _taken_up(text: str, missed: Missed | None) -> str:
    """A question with what it is about in its place; "yes" to "did you mean utrecht?" is "utrecht"."""
    meant = missed.why.candidates if missed and missed.why and missed.why.kind == "unknown_name" else ()
    return meant[0] if len(meant) == 1 and _YES.fullmatch(text.casefold()) else with_its_topic(text)


def _vague(decision: Decision, plan: Plan, context: Context) -> tuple[PlannedCall, ...]:
    """The likeliest calls of a question that is not answered for no other reason than that it says too little."""
    one = decision.nearest
    if one is None or plan.abstention is None or plan.abstention.kind != "unclear":
        return ()
    return one.calls if objections(one.calls, one.limits, decision.reading, context).keys() <= {"person"} else ()


def _stands_alone(question: str, earlier: tuple[PlannedCall, ...]) -> bool:
    """Whether a question that was asked after another one leans on nothing said before."""
    return bool(earlier) and not leans(question)


def _of_one_named(question: str, missed: Missed, context: Context) -> Plan:
    """What is asked of the one thing that a question named which was not answered; or that this one follows nothing."""
    reading = read(question, context.names, context.now)
    refused = refusal(reading.text, reading.flat)
    if refused and refused.kind == "read_only":
        return Plan(abstention=refused)  # whatever it is that is to be changed
    named = missed.named_in(question, context)
    alone = _alone(named, context) if named else None
    # "it" may as well be what somebody has, such as a key: what was done to its owner is not asked then
    if alone is None or any("resource" in call.inputs for call in alone.readings[0].calls):
        return unclear(reading.text, {}, context, _UNSHOWN)
    return finished(alone, context)


def _alone(question: str, context: Context) -> Decision | None:
    """What a question means by itself, if it means one thing only."""
    alone = decide(question, (), context)
    return alone if len(alone.readings) == 1 else None


def _at_that_time(meant: Decision, earlier: tuple[PlannedCall, ...], context: Context) -> Decision:
    """What a question means, at the time that was spoken of where it asks what happened and names none."""
    timed = (replace(one, calls=at_that_time(one.calls, meant.reading, earlier, context)) for one in meant.readings)
    return replace(meant, readings=tuple(timed))


def _after(question: str, turns: Sequence[Turn], context: Context) -> tuple[str, Turn]:
    """A question with what it points at named, and the turn that it follows: the last one, or that it reaches to."""
    if not turns:
        return question, Turn("", "", ())
    if apart := of_two_rows(question, turns[-1], context):
        return apart
    question, older = reached(no_day(paired(question)), turns, context)
    before = placed_before(question, older or turns[-1], turns, context)
    question = named_apart(question, before.calls, before.answer, context)
    lists = (before,) if older else turns[:-_LISTS:-1]
    taken = (nth_named(question, turn.answer, context.names, rules=_of_rules(turn)) for turn in lists)
    question = next((one for one in taken if one != question), question)
    question = timed(question, before.calls, context.now)
    question = listed(question, before.question, before.answer, before.calls, context)
    of_a_team = any("team" in call.inputs for call in before.calls)
    who = {str(call.inputs["who"]) for call in before.calls if call.inputs.get("who", "root") != "root"}
    if not who and all(call.inputs.get("check") == "over_privileged" for call in before.calls):
        who = set(before.focus)  # what one may do was asked
    if len(who) == 1:
        question = person_meant(question, before.answer, *who)
    happened = all(call.query in HAPPENED for call in before.calls)
    named = named_after(question, before.question, before.answer, context.names, of_a_team=of_a_team, happened=happened)
    return named, before


def _of_rules(turn: Turn) -> bool:
    """Whether the rows of an answer are of Config rules."""
    return bool(turn.calls) and all(call.query == "config_compliance" for call in turn.calls)


def _out_of_sight(decision: Decision, context: Context) -> Plan | None:
    """Whatever else was not understood: an account that the asker does not see is the gate's to refuse, by a call."""
    named = [name for name in decision.reading.found.accounts if name not in context.names.accounts]
    if context.names.complete or not named:
        return None
    for name in decision.found.both:
        query = context.queries[name]
        if "accounts" in fields_of(query) and not query.personal_data and "name" not in fields_of(query):
            call = PlannedCall(query=name, domain=query.domain, inputs={"accounts": named[0]})
            return Plan(calls=(call,), read_as=spoken(call))
    return None
