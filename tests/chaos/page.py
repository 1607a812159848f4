"""The page that a run prints."""

from __future__ import annotations

from pathlib import Path

from day import Outcome
from scenarios import Scenario
from verdict import Verdict, share


def page(name: str, scenario: Scenario, out: Outcome, folder: Path) -> str:
    """What was done, what came of it, and where to look where something is broken."""
    held = [death for death in out.deaths if death.entries]
    lines = [
        f"chaos {name}: {scenario.about}",
        f"  seed        {out.seed}; {out.versions}, appendfsync {scenario.fsync}; "
        f"{scenario.parents} x {scenario.workers} workers; RQ's own recovery off",
        f"  happened    {', '.join(f'{kind} {count}' for kind, count in sorted(out.done.items()))}",
    ]
    if out.clocks:
        lines.append(f"  clocks      of two processes in three {scenario.clock_off} s wrong, early or late")
    lines += [f"  skipped     {each}" for each in out.skipped]
    if out.cut_bytes:
        lines.append(f"  cut off     {sum(out.cut_bytes):,} bytes in {len(out.cut_bytes)} cuts")
    again = f", {out.offered_again:,} of them again after a loss" if scenario.progress else ""
    lines += [
        f"  accepted    {out.accepted:,} ({out.different:,} different){again}; {out.unanswered} offers without an "
        f"answer; the source waited {out.waited} times",
        f"  events      {out.events:,}, {out.events / max(out.seconds, 0.1):.0f} a second over {out.seconds:.0f} s; "
        f"at rest {out.settled:.1f} s after the last offer",
    ]
    lines.append(_verdict(out.verdict, out.dead))
    if out.deaths:
        lines.append(
            f"  death to decided   p50 {share(out.recoveries, 0.5):.1f} s, p99 {share(out.recoveries, 0.99):.1f} s, "
            f"worst {share(out.recoveries, 1):.1f} s: {len(out.recoveries):,} articles of the {len(held)} workers "
            "that held any"
        )
    lines.append(
        f"  told to stop       {len(out.restarts)} parents, gone after at most {max(out.restarts, default=0):.1f} s"
    )
    lines.append("  workers' ends      " + (", ".join(f"{how} {n}" for how, n in sorted(out.ends.items())) or "none"))
    if out.slow:
        lines.append(f"  SLOWER THAN MEANT, as on a machine that others use: {'; '.join(out.slow)}")
    if not out.broken:
        far = f" so far: stopped by hand before {scenario.articles:,} articles" if out.cut_short else ""
        return "\n".join([*lines, f"  THE PROMISE HELD{far}"])
    lines += ["  BROKEN", *(f"    {each}" for each in out.broken)]
    return "\n".join([*lines, f"  look: ingest why ID --store {folder}/store; {folder}/accepted, and *.err beside it"])


def _verdict(verdict: Verdict | None, dead: int) -> str:
    if verdict is None:
        return "  nothing could be read"
    return (
        f"  lost {len(verdict.lost)}, double {len(verdict.double)}, dead {dead}, out of order "
        f"{len(verdict.out_of_order)}, stories with a hole {len(verdict.holes)}, event ids twice "
        f"{len(verdict.same_id)}, never accepted {len(verdict.unknown)}, gone on after a merge {len(verdict.gone_on)}"
    )
