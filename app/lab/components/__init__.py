"""The lab's components."""
