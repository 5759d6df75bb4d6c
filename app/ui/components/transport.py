"""The transport: reset, back, play, step, speed and a scrubber in fixed places, wherever something walks."""


def write_transport(label: str, step: str = "step") -> str:
    """Write its HTML; `createTransport` of transport.js brings it to life, transport.css lays it out.

    Args:
        label: What it plays, for screen readers.
        step: What one press of Step takes, as a learner reads it.
    """
    return f"""
  <div class="gb-transport" role="group" aria-label="{label}">
    <div class="gb-transport-buttons">
      <button type="button" data-move="reset" title="Back to the start (R or Home)">Reset</button>
      <button type="button" data-move="back" title="One {step} back (left arrow; Shift: tenth)">Back</button>
      <button type="button" data-move="play" title="Play or pause (Space)">Play</button>
      <button type="button" data-move="step" title="One {step} on (right arrow; Shift: tenth)">Step</button>
    </div>
    <select aria-label="Speed" title="Speed: 1× is four {step}s a second"></select>
    <input type="range" min="0" step="1" aria-label="{step.capitalize()}s taken">
    <output aria-live="off"></output>
  </div>"""
