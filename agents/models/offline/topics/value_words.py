"""Value words: words that say a value of some input (a state, a level, an age), so that none is taken for a name."""
# ruff: noqa: E501, SIM905 - words read better in one piece

from __future__ import annotations

VALUE_WORDS = frozenset(
    """
    abandoned aborted additional ahead announced apart applied authenticator automatically barely beefy beyond blind botched
    cancelled canceled colder concluded considering crashed cycled dangerous datapoints deadlock deducted deductions deepest
    defined delayed detached disregarded disused easiest encrypted excl execution executions exercised expired expiry failures
    fattest forbidden foremost forthcoming fullest generation generations glacier graded grave gravest greatest halfway
    hardly hottest hungriest identities inactive inbound incl inclusive informational informative ingress insufficient
    interrupted juiciest lifecycle longest lookups look-ups manually measurements measures mere merely midway mitigated
    moderate moderates mutations negligible netted netting neither offenders omitted omitting ongoing outstanding
    over-privileged overdue oversized partially partly pending percentile percentiles perfectly permissive pipeline
    prematurely pressing priority problematic promotional properly quietest rated rating rebates rebates refreshed
    remediated remedied renewed resized riskiest rotated rotation safety separate serverless settled severe severest
    sharpest silent slackest slowest smoothly starved steepest stripped stripping subtracted succeeded suppliers
    terabytes threatening tier tiering tiers topped trivial unavailable undecided undelivered undetermined undiscounted
    unencrypted unfettered unfinished unlimited unprocessed unresolved unrestricted unsolved unsuccessful untouched
    uppermost urgent vendors waiting weakest wildcard workloads wrapped zombie zombies candidates candidate greyed
    future generous rang spare stuck tail upper visits wait range picture profile season cores control
    """.split()
)
