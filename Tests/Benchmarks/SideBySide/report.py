"""The figures as text: Markdown for the documentation, and a plot."""

from __future__ import annotations

import platform
import subprocess
import tempfile
from pathlib import Path

from workloads import IDLE, WORKLOADS

OURS = "cartouche"


def best_peer(row: dict[str, float]) -> str | None:
    return min((name for name in row if name != OURS), key=row.get, default=None)


def table(results: dict[str, dict[str, float]]) -> str:
    names = list(dict.fromkeys(name for row in results.values() for name in row))
    if not results:
        return ""
    lines = ["| workload | " + " | ".join(names) + " | ours / best peer | target |", "|---" * (len(names) + 3) + "|"]
    for work in [*WORKLOADS, IDLE]:
        row = results.get(work.name)
        if not row:
            continue
        best = best_peer(row)
        ratio = f"**{row[OURS] / row[best]:.2f}** ({best})" if best and OURS in row else "–"
        figures = " | ".join(f"{row[name]:.2f}" if work is IDLE and name in row else f"{row[name]:.1f}" if name in row else "–" for name in names)
        lines.append(f"| {work.name}: {work.about}, {work.unit} | {figures} | {ratio} | {work.target} |")
    return "\n".join(lines)


def latency_table(rows: list[dict]) -> str:
    lines = ["| connections | requests/s | through | p50, µs | p99, µs |", "|---|---|---|---|---|"]
    lines += [f"| {row['connections']} | {row['rate']} | {row['name']} | {row['p50']:.0f} | {row['p99']:.0f} |" for row in rows]
    return "\n".join(lines)


def growth_table(rows: list[dict[str, float]]) -> str:
    """The first column is what grows; the others, processor time."""
    lines = ["| " + " | ".join([next(iter(rows[0])), *(f"{name}, µs/request" for name in list(rows[0])[1:])]) + " |",
             "|---" * len(rows[0]) + "|"]
    for row in rows:
        first, *costs = row.values()
        lines.append("| " + " | ".join([str(first), *("–" if cost is None else f"{cost:.1f}" for cost in costs)]) + " |")
    return "\n".join(lines)


def machine() -> str:
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    return f"{model or platform.machine()}, Linux {platform.release()}"


def plot(results: dict[str, dict[str, float]], file: Path) -> None:
    """Bars: what each proxy takes, as a share of what the best of the others takes."""
    names = list(dict.fromkeys(name for row in results.values() for name in row))
    works = [work.name for work in [*WORKLOADS, IDLE] if work.name in results and best_peer(results[work.name])]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        lines = ["workload " + " ".join(names)]
        for work in works:
            row = results[work]
            base = row[best_peer(row)]
            lines.append(work + " " + " ".join(f"{row[name] / base:.3f}" if name in row else "NaN" for name in names))
        data.write_text("\n".join(lines) + "\n")
        script = f"""
set terminal svg size 900,360 font 'Helvetica,12' background '#ffffff'
set output '{file}'
set style data histograms
set style histogram clustered gap 1.5
set style fill solid 0.9 noborder
set boxwidth 0.9
set ylabel 'taken / best of the others (less is better)'
set yrange [0:3]
set ytics 0.5
set grid y lc rgb '#dddddd'
set key outside right top
set border 3
set tics nomirror
set arrow from graph 0, first 1 to graph 1, first 1 nohead lc rgb '#444444' dt 2
plot for [i=2:{len(names) + 1}] '{data}' using i:xtic(1) title columnheader(i)
"""
        subprocess.run(["gnuplot"], input=script, text=True, check=True)
