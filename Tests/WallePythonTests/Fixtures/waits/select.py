# expect: stopped time
# time: 200
# threads: 8
import os
import select


def run():
    reader, writer = os.pipe()
    select.select([reader], [], [])
