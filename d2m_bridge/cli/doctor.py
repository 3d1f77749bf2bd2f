"""d2m doctor: what works here, what does not, and what to do about it."""

from __future__ import annotations

import argparse
import json

from d2m_bridge.cli.say import BAD_INPUT, OK


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's options."""
    doctor = commands.add_parser("doctor", help="check camera, sound, models, GPU and speed")
    doctor.set_defaults(run=run)
    doctor.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Prints a verdict for each part; 2 when something that `d2m live` cannot do without fails."""
    from d2m_bridge.pipeline.doctor import examine

    findings = []
    for finding in examine():
        findings.append(finding)
        if not options.json:
            print(f"{finding.verdict.upper():5}  {finding.part}: {finding.fact}", flush=True)
            if finding.remedy:
                print(f"       -> {finding.remedy}", flush=True)
    if options.json:
        print(json.dumps([finding.as_dict() for finding in findings]))
    return BAD_INPUT if any(finding.verdict == "bad" for finding in findings) else OK
