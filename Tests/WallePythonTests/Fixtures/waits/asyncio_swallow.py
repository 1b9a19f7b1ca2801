# expect: stopped time
# time: 200
# threads: 8
# child: true
import asyncio


async def never():
    while True:
        try:
            await asyncio.sleep(1000)
        except BaseException:
            pass


def run():
    while True:
        try:
            asyncio.run(never())
        except BaseException:
            pass
