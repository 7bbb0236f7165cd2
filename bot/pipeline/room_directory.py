"""Which community is in which room: today's rooms, former ones, and rooms that a community is about to move to."""

from dataclasses import dataclass, field

from bot.config.community import Community


@dataclass
class RoomDirectory:
    """The communities by room address (`place`).

    `communities` has a community's former rooms too; `moved` maps each former room to today's. `expected` are rooms to
    which a community is about to move: what people say there is already read.
    """

    communities: dict[str, Community] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    expected: set[str] = field(default_factory=set)

    def current_place(self, place: str) -> str:
        """Return the room in which the community of a room is today."""
        return self.moved.get(place, place)

    def current(self) -> dict[str, Community]:
        """Return the communities by the rooms in which they are today."""
        elsewhere = self.moved.keys() | self.expected
        return {place: community for place, community in self.communities.items() if place not in elsewhere}

    def expect(self, community: Community, place: str) -> None:
        """Note that a community is about to move to a room."""
        if place not in self.communities:
            self.communities[place] = community
            self.expected.add(place)

    def stop_expecting(self, place: str) -> None:
        """Note that the community will not move to this room after all."""
        if place in self.expected:
            self.expected.discard(place)
            del self.communities[place]

    def assign(self, community: Community, place: str) -> None:
        """Note that a community is in this room from now on; its rooms so far become former ones."""
        former = [old for old, other in self.communities.items() if other.key == community.key and old != place]
        self.moved.pop(place, None)
        self.expected.discard(place)
        self.moved |= dict.fromkeys(former, place)
        self.communities[place] = community
