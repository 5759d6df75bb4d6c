"""Fingers and pens, as Chromium emulates them: Playwright itself moves a mouse, and taps."""


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
