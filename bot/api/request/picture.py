"""The image file of an answer, and the limit on its size."""

from dataclasses import dataclass

#: Synapse accepts 50 MB by default, other homeservers less, and people on a pitch have a slow connection.
MAX_PICTURE_BYTES = 2_000_000


@dataclass(frozen=True)
class Picture:
    """An image file to answer with: `width` and `height` in pixels, `name` is the file's name.

    Raises `ValueError` when the file is larger than `MAX_PICTURE_BYTES`.
    """

    data: bytes
    width: int
    height: int
    name: str
    mimetype: str = "image/png"

    def __post_init__(self) -> None:
        if len(self.data) > MAX_PICTURE_BYTES:
            raise ValueError(f"{self.name} has {len(self.data)} bytes, more than {MAX_PICTURE_BYTES}")
