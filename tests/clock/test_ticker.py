"""The clock calls what recurs, never twice at once, and goes on after a failure."""

import asyncio
from datetime import UTC, timedelta

from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import EVERY, Tick, Ticker
from bot.time import SystemClock

QUICK = dict.fromkeys(Tick, timedelta(milliseconds=10))


def test_every_tick_is_called_again_and_again():
    async def go():
        seen = {tick: asyncio.Semaphore(0) for tick in Tick}

        def work(tick):
            async def run():
                seen[tick].release()

            return run

        ticker = Ticker({tick: work(tick) for tick in Tick}, QUICK)
        ticker.start()
        async with asyncio.timeout(10):
            for _ in range(2):
                await asyncio.gather(*(each.acquire() for each in seen.values()))
        await ticker.stop()

    asyncio.run(go())


def test_a_slow_tick_does_not_overlap_itself_and_stopping_waits_for_it():
    async def go():
        started, release, running, most, ended = asyncio.Event(), asyncio.Event(), 0, 0, []

        async def slow():
            nonlocal running, most
            running += 1
            most = max(most, running)
            started.set()
            await release.wait()
            running -= 1
            ended.append(1)

        beats = asyncio.Semaphore(0)

        async def beat():
            beats.release()

        ticker = Ticker({Tick.PLAN: slow, Tick.DRAIN: beat}, QUICK)
        ticker.start()
        async with asyncio.timeout(10):
            await started.wait()
            for _ in range(5):
                await beats.acquire()
        stopping = asyncio.create_task(ticker.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        release.set()
        await stopping
        assert (most, ended) == (1, [1])

    asyncio.run(go())


def test_a_failing_tick_is_told_without_its_words_and_tried_again(caplog):
    async def go():
        calls = asyncio.Semaphore(0)

        async def fail():
            calls.release()
            raise ValueError("SECRET WORDS")

        ticker = Ticker({Tick.JOBS: fail}, QUICK)
        ticker.start()
        async with asyncio.timeout(10):
            await calls.acquire()
            await calls.acquire()
        await ticker.stop()

    asyncio.run(go())
    assert "a tick failed" in caplog.messages
    assert "SECRET" not in "".join(str(vars(each)) for each in caplog.records)


def test_ticks_are_late_rather_than_missed():
    async def go():
        async def work():
            pass

        ticker = Ticker({Tick.PLAN: work})
        ticker.start()
        scheduler = ticker._scheduler
        assert scheduler is not None
        (job,) = scheduler.get_jobs()
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert isinstance(job.trigger, IntervalTrigger)
        assert (job.trigger.interval, job.trigger.timezone) == (EVERY[Tick.PLAN], UTC)
        await ticker.stop()
        await ticker.stop()

    asyncio.run(go())


def test_the_offset_moves_business_time_only():
    clock = SystemClock(timedelta(days=3))
    before = clock.wall()
    assert clock.now() - before >= timedelta(days=3)
    assert clock.wall() - before < timedelta(hours=1)
    clock.offset = timedelta(0)
    assert clock.now() - before < timedelta(hours=1)
    assert clock.now().tzinfo is UTC
