"""The error that stops the demo, with a message in the language of the demo."""


class DemoError(Exception):
    """The demo cannot go on. `text_key` names one of the demo's texts; `details` are the last lines of a log."""

    def __init__(self, text_key: str, *, details: str = "", **values: object) -> None:
        super().__init__(text_key)
        self.text_key, self.details, self.values = text_key, details, values
