"""What the kernel says of a process: CPU seconds and memory (proc(5))."""

from __future__ import annotations

from pathlib import Path


def cpu_s(pid: int) -> float:
    """CPU seconds of all threads so far, in nanosecond steps (schedstat); threads that have ended are missing."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def rss_mb(pid: int) -> float:
    """Resident memory in MB."""
    return _field(f"/proc/{pid}/smaps_rollup", "Rss:")


def pss_mb(pid: int) -> float:
    """Proportional memory in MB: what is shared with other processes counts by its share."""
    return _field(f"/proc/{pid}/smaps_rollup", "Pss:")


def _field(path: str, name: str) -> float:
    for line in Path(path).read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    raise ValueError(f"{path} has no {name}")


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of the sorted values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
