"""Entry point of the Hugging Face Space: build the page and serve it."""

from app.main import launch_app

if __name__ == "__main__":
    launch_app(host="0.0.0.0", port=7860)
