"""The labelled answers: written by hand, from frames, and corrupted once each by a seeded generator.

`python -m tests.grounding.corpus` writes `corpus.jsonl` anew. `heldout.jsonl` was written once, before the checker was
tuned, and stays as it is. `independent.jsonl`, `independent2.jsonl` and `independent3.jsonl` speak about facts that
real queries gave, and so does `independent4.jsonl`; each was written by someone who had seen neither the checker nor
the other parts, and tuned on after it was measured. `independent5a.jsonl` and `independent5b.jsonl` are the two halves
of a fifth such part, in prose as people write it; the first was tuned on, the second never was and never may be.
`varied.yaml` holds clean answers by who tuned the checker. Each line holds the estate, the draft, the corruption (null
if clean) and what was changed.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from tests.grounding.corrupt import KINDS
from tests.grounding.estates import BUILDERS, Estate, all_estates
from tests.grounding.notation import expand, parse
from tests.grounding.templates import from_frames

HERE = Path(__file__).parent
FRAMED_PER_ESTATE = 10
_WRITTEN = {
    "corpus": "written.yaml",
    "heldout": "heldout_written.yaml",
    "fresh": "fresh_written.yaml",
    "independent": "independent.yaml",
    "independent2": "independent2.yaml",
    "independent3": "independent3.yaml",
    "independent4": "independent4.yaml",
    "independent5a": "independent5a.yaml",
    "independent5b": "independent5b.yaml",
    "varied": "varied.yaml",
}


class Labelled(BaseModel):
    """One labelled answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    estate: str
    draft: str
    corruption: str | None
    changed: str = ""


def load(name: str) -> list[Labelled]:
    """The frozen answers of one part: `corpus`, `heldout`, `fresh` or one of the independent ones."""
    lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Labelled.model_validate_json(line) for line in lines]


def sources(part: str) -> list[tuple[Estate, str]]:
    """The clean answers of one part, in notation."""
    estates = all_estates()
    written = yaml.safe_load((HERE / _WRITTEN[part]).read_text("utf-8"))
    out = [(estates[name], text.strip()) for name, texts in written.items() for text in texts]
    if part == "corpus":
        for build in BUILDERS:
            estate = build()
            out += [
                (estate, text)
                for text in from_frames(estate, random.Random(f"frames {estate.name}"), FRAMED_PER_ESTATE)
            ]
    return out


def labelled(part: str, seed: int = 2) -> Iterator[Labelled]:
    """Each clean answer, and each once corrupted, with the kinds as even as the answers allow."""
    rng, used = random.Random(seed), Counter[str]()
    for number, (estate, source) in enumerate(sources(part), 1):
        parts = parse(source)
        clean = expand(parts, estate)
        yield Labelled(id=f"{part}-{number}", estate=estate.name, draft=clean, corruption=None)
        for kind in sorted(KINDS, key=lambda k: (used[k], rng.random())):
            made = KINDS[kind](parts, estate, rng)
            if made is None or (draft := expand(made[0], estate)) == clean:
                continue
            used[kind] += 1
            yield Labelled(id=f"{part}-{number}x", estate=estate.name, draft=draft, corruption=kind, changed=made[1])
            break


def every_corruption(part: str, rounds: int = 3, seed: int = 7) -> Iterator[Labelled]:
    """Every kind of corruption of every answer, several times: for rates that do not hang on one choice."""
    rng = random.Random(seed)
    for number, (estate, source) in enumerate(sources(part), 1):
        parts, seen = parse(source), {expand(parse(source), estate)}
        for kind, corrupt in KINDS.items():
            for _ in range(rounds):
                made = corrupt(parts, estate, rng)
                if made and (draft := expand(made[0], estate)) not in seen:
                    seen.add(draft)
                    yield Labelled(
                        id=f"{part}-{number}", estate=estate.name, draft=draft, corruption=kind, changed=made[1]
                    )


def main() -> None:
    """Write the corpus; the held-out parts only if they do not exist."""
    for part in _WRITTEN:
        path = HERE / f"{part}.jsonl"
        if part == "varied" or (part != "corpus" and path.exists()):
            continue
        rows = [row.model_dump() for row in labelled(part)]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        print(part, len(rows), sum(row["corruption"] is not None for row in rows), "corrupted")


if __name__ == "__main__":
    main()
