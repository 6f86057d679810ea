"""What is due to regulators and others was sent, and there is proof."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.catalogue import catalogue
from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import repository
from policies.controls.predicates import day

_REPORT = {
    "to": "regulator",
    "what": "yearly report on AI in use",
    "due": "2026-09-30",
    "sent": "2026-09-20",
    "proof": "receipt 4711",
    "controls": ["A.8.5"],
}


@check(
    "reports-sent",
    says="Every report that was due was sent in time, with proof, and every obligation is carried by controls",
    serves=("A.8.5", "4.2", "A.10.4"),
    needs={"reports": repository.OBLIGATIONS},
    reasons={
        "not-sent": "a report is due and was not sent",
        "sent-late": "a report was sent after its date",
        "no-proof": "a report was sent, and nothing proves it",
        "no-control": "an obligation is carried by no control that exists",
    },
    good={"reports": [Item(name="OB-1", data=_REPORT)]},
    mutants=[
        Mutant("not sent", "not-sent", put("reports", "sent", None)),
        Mutant("late", "sent-late", put("reports", "sent", "2026-10-01")),
        Mutant("no proof", "no-proof", put("reports", "proof", "")),
        Mutant("no control", "no-control", put("reports", "controls", [])),
        Mutant("invented control", "no-control", put("reports", "controls", ["A.8.6"])),
    ],
    benign=[Mutant("due next year", None, both(put("reports", "due", "2027-09-30"), put("reports", "sent", None)))],
)
def reports_sent(look: Look, reports: Sequence[Item]) -> None:
    """`reports`: rows of the approved register; customers' commitments stand there too."""
    for report in reports:
        data = look.at(report).data
        if not data["sent"]:
            if day(data["due"]) < look.as_of.date():
                look.fail("not-sent", report, f"due {data['due']}")
        else:
            if day(data["sent"]) > day(data["due"]):
                look.fail("sent-late", report, data["sent"])
            if not data["proof"]:
                look.fail("no-proof", report)
        if not data["controls"] or set(data["controls"]) - set(catalogue()):
            look.fail("no-control", report)
