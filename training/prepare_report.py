"""What came of preparing a data set: how much in which split, what was dropped, and why."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.datasets.clip import SPLITS, Drop
from training.prepared_folder import PreparedFolder
from training.shards import load_facts


@dataclass(frozen=True, slots=True)
class Report:
    """clips, seconds: by split. holds: how many clips have which array. drops: in the order of the data set."""

    clips: Mapping[str, int]
    seconds: Mapping[str, float]
    holds: Mapping[str, int]
    drops: Sequence[Drop]

    def as_json(self) -> dict[str, Any]:
        """JSON values."""
        drops = [dataclasses.asdict(drop) for drop in self.drops]
        return {**dataclasses.asdict(self), "drops": drops, "dropped": self.reasons()}

    def reasons(self) -> dict[str, int]:
        """Reason -> clips, the most frequent first."""
        return dict(Counter(drop.reason for drop in self.drops).most_common())

    def table(self) -> str:
        """The same for people."""
        rows = [f"{'':24}{'clips':>8}{'minutes':>10}"]
        rows += [f"{split:24}{self.clips[split]:8}{self.seconds[split] / 60:10.1f}" for split in SPLITS]
        rows += [f"with {name:19}{count:8}" for name, count in self.holds.items()]
        rows += [f"dropped: {reason:15}{count:8}" for reason, count in self.reasons().items()]
        rows += [f"  {drop.text if drop.name in drop.text else f'{drop.name}: {drop.text}'}" for drop in self.drops]
        return "\n".join(rows)


def report_on(folder: PreparedFolder, names: Sequence[str]) -> Report:
    """Reads what was written for the clips of a data set, each of which has a shard or a record of its drop."""
    drops = [drop for name in names if (drop := folder.drop(name)) is not None]
    dropped = {drop.name for drop in drops}
    facts = [load_facts(folder.shard(name)) for name in names if name not in dropped]
    return Report(
        {split: sum(fact["split"] == split for fact in facts) for split in SPLITS},
        {split: sum(fact["seconds"] for fact in facts if fact["split"] == split) for split in SPLITS},
        dict(sorted(Counter(array for fact in facts for array in fact["holds"]).items())),
        drops,
    )
