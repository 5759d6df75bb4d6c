"""Entry point of the Hugging Face Space: build the page and serve it."""

import os
import sys

# What many strangers may take of a Space's two free cores and its disk; the Space's own variables go before
# these.
SETTINGS = {
    "OMP_NUM_THREADS": "2",
    "GLASSBOX_MAX_RUNS": "1",
    "GLASSBOX_MAX_WAITING": "20",
    "GLASSBOX_MAX_EPOCHS": "10",
    "GLASSBOX_MAX_MINUTES": "15",
    "GLASSBOX_RUNS_PER_VISITOR": "10",
    "GLASSBOX_LIVE_PER_VISITOR": "3",
    "GLASSBOX_RUNS_DISK_MB": "2048",
    # Every request comes through the Hub's proxy, which says whose it is; nothing else reaches the container.
    "FORWARDED_ALLOW_IPS": "127.0.0.1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
}

if __name__ == "__main__":
    os.environ.update(SETTINGS | os.environ)
    from app.main import launch_app

    try:
        launch_app(host="0.0.0.0", port=7860)
    except (ValueError, OSError) as mistake:  # in a variable, or a folder that cannot be used
        sys.exit(f"glassbox: {mistake}")
