import asyncio


async def work(number):
    await asyncio.sleep(number % 3 / 1000)
    return [number] * 1000


async def gather():
    return sum(map(len, await asyncio.gather(*(work(number) for number in range(200)))))


def run():
    return asyncio.run(gather())
