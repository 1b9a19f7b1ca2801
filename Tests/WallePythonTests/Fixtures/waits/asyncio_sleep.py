# expect: stopped time
# time: 200
# threads: 8
import asyncio


def run():
    asyncio.run(asyncio.sleep(1000))
