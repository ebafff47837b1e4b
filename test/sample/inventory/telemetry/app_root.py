import os
from pathlib import Path

#: The folder of the whole shop on this machine.
APP_ROOT = str(Path(__file__).resolve().parents[2])


def as_deployed(text: str) -> str:
    """The text with this machine's paths turned into those of the deployment (``SHOP_ROOT``)."""
    return text.replace(APP_ROOT, os.environ.get("SHOP_ROOT", APP_ROOT))
