# expect: stopped time
# time: 200
# threads: 8
import asyncio


async def never():
    await asyncio.get_running_loop().create_future()


def run():
    asyncio.run(never())
