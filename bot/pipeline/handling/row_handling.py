"""The state of one inbox row while it is handled: the request, the feature that it belongs to, the command in it."""

from dataclasses import replace

from bot.api.feature import Feature, Request
from bot.pipeline.context import Context
from bot.pipeline.handling.permission import check_permission
from bot.pipeline.handling.read_command import CommandCall, require_arguments


class RowHandling:
    """The handling of one row.

    `feature` is the feature that the row turned out to belong to; until that is known, the guide. `call` is the command
    that was read, if any. `original_request` is the request as it was before anything was done.
    """

    def __init__(self, context: Context, request: Request) -> None:
        self.context, self.request, self.original_request = context, request, replace(request)
        self.feature: Feature = context.features.by_name["guide"]
        self.call: CommandCall | None = None

    def make_new_request(self) -> Request:
        """Return a request in which nothing has been done yet, for an answer after everything was rolled back."""
        return replace(self.original_request, cause=self.request.cause, card=self.request.card)

    def use_feature(self, feature: Feature) -> None:
        """Let the row belong to a feature: answers are in its words."""
        self.feature = feature
        self.request.use_feature(feature)

    async def call_features(self, hook: str, *arguments: object) -> None:
        """Call a hook, such as "on_move", of each feature of the room that has it, in the room's order."""
        for feature in self.request.features:
            if function := getattr(feature, hook):
                self.use_feature(feature)
                await function(self.request, *arguments)

    async def run_command(self, call: CommandCall) -> None:
        """Run a command. Raises `Refused` when the person may not use it, and `Ask` when an argument is missing."""
        self.call = call
        self.use_feature(call.feature)
        check_permission(self.request, call.command)
        await call.command.handle(self.request, **require_arguments(call, self.request))

    def find_asking_call(self) -> CommandCall:
        """Return the command that a question of the feature completes.

        A feature that asks about a message under its card has no command yet; the question then names another one.
        """
        return self.call or CommandCall(self.feature, self.feature.commands[0])
