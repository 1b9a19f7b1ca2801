import csv
import io


def run():
    out = io.StringIO()
    writer = csv.DictWriter(out, ["a", "b", "c"])
    for number in range(5000):
        writer.writerow({"a": number, "b": "x" * 20, "c": number / 7})
    return len(list(csv.reader(io.StringIO(out.getvalue()))))
