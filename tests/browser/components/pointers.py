"""Fingers and pens, as Chromium emulates them: Playwright moves a mouse, and taps. What a move costs."""


def slide(page, kind, places):
    """Put a finger ("touch") or a pen ("pen") down at the first of some places, move it on, and lift it."""
    session = page.context.new_cdp_session(page)
    if kind == "touch":
        for index, (x, y) in enumerate(places):
            type_ = "touchMove" if index else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": type_, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        return
    pressed = {"button": "left", "buttons": 1, "clickCount": 1, "pointerType": "pen", "force": 0.5}
    types = ["mousePressed", *["mouseMoved"] * (len(places) - 1), "mouseReleased"]
    for type_, (x, y) in zip(types, [*places, places[-1]], strict=True):
        session.send("Input.dispatchMouseEvent", {"type": type_, "x": x, "y": y, **pressed})


def count_layouts(page, script):
    """Return how often the browser lays the page out while a script runs."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def count():
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "LayoutCount")

    before = count()
    page.evaluate(script)
    return count() - before
