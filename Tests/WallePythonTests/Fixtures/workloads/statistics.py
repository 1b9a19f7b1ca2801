import datetime
import random
import statistics


def run():
    generator = random.Random(1)
    values = [generator.gauss(0, 1) for _ in range(3000)]
    days = [datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=number) for number in range(3000)]
    return statistics.fmean(values) + len({day.date().isoformat() for day in days})
