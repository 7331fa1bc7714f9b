"""Tests of service/jobs/job.py: whoever starts jobs has the one shape."""

from service.jobs.alone import Alone
from service.jobs.job import Jobs
from tests.service.jobs.ticking import Diary, Time


async def test_one_process_and_several_nodes_are_used_alike() -> None:
    time = Time()
    diary = Diary(time)
    jobs: Jobs = Alone([diary.job("staff")], time.works())
    assert await jobs.run_now("staff")
    assert await diary.until(1) == [("staff", "12:00:00")]
    assert diary.job("staff").schedule is None
