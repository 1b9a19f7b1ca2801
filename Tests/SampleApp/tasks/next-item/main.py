"""Ranks items by how often they were seen with the recent ones."""

import json

from walle import task

with open(task.resource("together.json")) as file:
    together = {int(item): counts for item, counts in json.load(file).items()}


def run(session: dict) -> dict:
    scores: dict[int, float] = {}
    for item in session["recent"]:
        for other, count in together.get(item, {}).items():
            scores[int(other)] = scores.get(int(other), 0) + count
    total = sum(scores.values()) or 1
    top = sorted(scores, key=lambda item: (-scores[item], item))[:3]
    return {"top": top, "score": [round(scores[item] / total, 2) for item in top]}
