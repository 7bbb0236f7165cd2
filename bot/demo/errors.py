"""What can go wrong in the demo itself, said in the language of the story."""


class DemoError(Exception):
    """The demo cannot go on. `key` names one of the demo's own texts; `details` are the last lines of a log."""

    def __init__(self, key: str, *, details: str = "", **values: object) -> None:
        super().__init__(key)
        self.text_key, self.details, self.values = key, details, values
