"""What the calls of the benchmark `calls` reach."""


def same(value: object) -> object:
    """Give back what came."""
    return value


def event(event: dict) -> dict:
    """Handle one event."""
    return {"item": event["item"], "score": event["score"] * 2}


def events(events: list[dict]) -> list[dict]:
    """Handle a batch of events in one call."""
    return [{"item": event["item"], "score": event["score"] * 2} for event in events]
