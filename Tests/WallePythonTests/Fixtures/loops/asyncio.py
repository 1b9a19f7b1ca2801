# expect: stopped time
# time: 300
# child: true
import asyncio


async def forever():
    while True:
        try:
            await asyncio.sleep(0)
        except BaseException:
            pass


def run():
    while True:
        try:
            asyncio.run(forever())
        except BaseException:
            pass
