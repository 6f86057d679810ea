"""`python -m tests.questions --model offline [--file fresh.yaml] [--only ID ...] [--record]`: run the bank.

The development sets are run and printed before it (not with `--json`); the fresh sets only where they
are named.
Exits with 1 if fewer than 95 percent of the bank's conversations are right (of another file: never).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.measure import percentile
from tests.questions.bank import DEVELOPMENT, FILES, Entry, read
from tests.questions.runner import Outcome, run, verdicts
from tools.errors import SettingsError

if TYPE_CHECKING:
    from policies.controls.evaluations import EvaluationResult

BAR = 95.0


def main() -> None:
    """Run it; a file, an entry or a model that is not there is one sentence and exit 2."""
    parser = _parser()
    given = parser.parse_args()
    try:
        _run(given)
    except (FileNotFoundError, SettingsError, _NoEntryError) as error:
        parser.error(str(error))


class _NoEntryError(Exception):
    """No entry has an id that was named."""


def _run(given: argparse.Namespace) -> None:
    files = [Path(given.file).resolve() if Path(given.file).exists() else given.file] if given.file else FILES
    entries = [e for e in read(files) if not given.only or e.id in given.only]
    if missing := [one for one in given.only or () if one not in {entry.id for entry in entries}]:
        raise _NoEntryError(f"no entry has the id {missing[0]!r}")
    developed = read(DEVELOPMENT) if not given.file and not given.only and not given.json else []
    outcomes = run(entries, given.model, progress())
    summary = summarise(entries, outcomes)
    if developed:
        print("== The development sets (tuned on since they were written) ==")
        ran = run(developed, given.model, progress())
        _show(given.model, summarise(developed, ran), ran)
        print("\n== The bank ==")
    if given.json:
        print(
            json.dumps({"model": given.model, **summary, "failures": [_plain(o) for o in failures(outcomes)]}, indent=1)
        )
    else:
        _show(given.model, summary, outcomes)
    if given.record:
        from agents.controlling import record_evaluation

        for result in results_of(given.model, files, outcomes):
            print(f"recorded, sha256 {record_evaluation(result)}", file=sys.stderr)
    sys.exit(1 if not given.file and not given.only and summary["all"]["percent right"] < BAR else 0)


def results_of(model: str, files: Sequence[Path | str], outcomes: Sequence[Outcome]) -> Iterator[EvaluationResult]:
    """Which conversations are right, then which are silently wrong, for the check of controls; with the digests of what
    was asked and with what."""
    from agents.controlling import ROOT, evaluated

    here = Path(__file__).parent
    paths = [file if isinstance(file, Path) else here / file for file in files]
    suite = "questions" if list(files) == list(FILES) else f"{paths[0].stem}-questions"
    dataset = tuple(str(path.relative_to(ROOT)) for path in paths)
    found = sorted(verdicts(outcomes).items())
    for name, counted in ((suite, "right"), (f"{suite}-silently-wrong", "silently wrong")):
        yield evaluated(name, {one: verdict == counted for one, verdict in found}, model=model, dataset=dataset)


def summarise(entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Counts of verdicts: all, by domain, for conversations, across domains, for refusals; tokens and seconds."""
    found = verdicts(outcomes)
    groups = {
        "all": entries,
        **{domain: [e for e in entries if domain in e.domains] for domain in ("cost", "security", "ops")},
        "conversations": [e for e in entries if e.follow_up],
        "across domains": [e for e in entries if len(e.domains) > 1],
        "to be refused": [e for e in entries if e.turns[-1].expect and e.turns[-1].expect.refusal],
    }
    seconds, sent = [o.seconds for o in outcomes], [o.sent.total for o in outcomes]
    return {
        **{name: _counts([found[e.id] for e in group]) for name, group in groups.items()},
        "questions": len(outcomes),
        "seconds": {"mean": sum(seconds) / len(seconds), "p95": percentile(seconds, 95)},
        "tokens sent": {"mean": sum(sent) / len(sent), "p95": percentile(sent, 95)},
        "tokens by provider": sum(o.answer.usage.input_tokens + o.answer.usage.output_tokens for o in outcomes),
    }


def failures(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What was not right."""
    return [o for o in outcomes if o.judgement and o.judgement.verdict != "right"]


def _counts(found: Sequence[str]) -> dict[str, Any]:
    counts = {verdict: found.count(verdict) for verdict in ("right", "abstained", "silently wrong")}
    right, wrong = (round(100 * counts[verdict] / max(len(found), 1), 1) for verdict in ("right", "silently wrong"))
    return {"conversations": len(found), **counts, "percent right": right, "percent silently wrong": wrong}


def _show(model: str, summary: dict[str, Any], outcomes: Sequence[Outcome]) -> None:
    for outcome in failures(outcomes):
        plain = _plain(outcome)
        print(f"\n{plain['verdict'].upper()}  {plain['id']}")
        print(
            f"  asked:   {' / '.join(plain['asked'])}" + (f"  (as {outcome.entry.by})" * (outcome.entry.by != "local"))
        )
        print(f"  read as: {plain['read as']}")
        print(f"  missing: {'; '.join(plain['faults'])}")
    print(f"\n{'':<16}{'asked':>7}{'right':>7}{'abstained':>11}{'silently wrong':>16}{'right %':>9}{'wrong %':>9}")
    for name, counts in summary.items():
        if isinstance(counts, dict) and "right" in counts:
            print(
                f"{name:<16}{counts['conversations']:>7}{counts['right']:>7}{counts['abstained']:>11}"
                f"{counts['silently wrong']:>16}{counts['percent right']:>9}{counts['percent silently wrong']:>9}"
            )
    print(f"\nmodel {model}: {summary['questions']} questions (a conversation is right when every turn is)")
    for name in ("seconds", "tokens sent"):
        print(f"{name} per question: mean {summary[name]['mean']:.2f}, p95 {summary[name]['p95']:.2f}")
    print(f"tokens that the provider counted: {summary['tokens by provider']}")


def _plain(outcome: Outcome) -> dict[str, Any]:
    assert outcome.judgement is not None
    answer = outcome.answer
    read_as = [part for part in answer.text.split("\n\n") if part.startswith("Read as:")]
    calls = [f"{made.name}({made.input}) {made.decision}" for made in answer.queries]
    return {
        "id": outcome.name,
        "verdict": outcome.judgement.verdict,
        "asked": [turn.ask for turn in outcome.entry.turns[: outcome.number]],
        "status": answer.status,
        "read as": " ".join(read_as).removeprefix("Read as: ") or f"{answer.status}: {answer.text[:160]!r}",
        "queries": calls,
        "faults": list(outcome.judgement.faults),
        "text": answer.text,
    }


def progress(every: float = 20, clock: Callable[[], float] = time.monotonic) -> Callable[[Outcome], None]:
    """What says how far it is, on stderr: one moving line on a terminal, elsewhere a line every so many seconds."""
    done, right, next_at = 0, 0, clock() + every
    moving = sys.stderr.isatty()

    def tell(outcome: Outcome) -> None:
        nonlocal done, right, next_at
        verdict = outcome.judgement.verdict if outcome.judgement else "asked"
        done, right = done + 1, right + (verdict == "right")
        if moving:
            print(f"\r{outcome.name:<44} {verdict:<16}", end="", file=sys.stderr, flush=True)
        elif clock() >= next_at:
            next_at = clock() + every
            print(f"{done} questions asked, {right} right; the last was {outcome.name}", file=sys.stderr, flush=True)

    return tell


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.questions", description="Run the question bank.")
    parser.add_argument("--model", default="offline", help="offline, bedrock:ID or openai:URL#MODEL")
    parser.add_argument("--file", help="one file (in tests/questions, or a path) instead of the bank: fresh.yaml")
    parser.add_argument("--only", nargs="+", metavar="ID", help="only these entries")
    parser.add_argument("--record", action="store_true", help="keep the result as evidence, in REGENT_HOME")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


if __name__ == "__main__":
    main()
