"""A profile is told by its dearest functions."""

import cProfile
from pathlib import Path

from bench.profiling import sampled, traced


def test_samples_are_counted_where_the_work_is() -> None:
    text = sampled(
        "main (a.py);read (b.py) 3\nmain (a.py);write (c.py) 1\nmain (a.py);x (d.py);read (b.py) 4\n", lines=1
    )
    assert text == " 87.5%  read (b.py)"


def test_nothing_sampled_is_nothing() -> None:
    assert sampled("") == ""


def test_a_kept_profile_is_told(tmp_path: Path) -> None:
    watch = cProfile.Profile()
    watch.runcall(sorted, range(1000), key=str)
    watch.dump_stats(tmp_path / "profile")
    assert "built-in method builtins.sorted" in traced(tmp_path / "profile")
