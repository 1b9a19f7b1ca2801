# expect: stopped time
# time: 200
# threads: 8
import select


def run():
    select.select([], [], [], None)
