"""Which communities' messages are prepared for reading at the start: few, because it takes CPU time."""

from sample_community import make_community

from bot.config.community import Person
from bot.pipeline.handling.prepare_reading import MANY_NAMES, select_communities


def test_communities_that_share_their_patterns_are_prepared_once_and_those_with_many_names_each() -> None:
    people = tuple(Person(f"p{number}", f"Person {number}", (), frozenset()) for number in range(MANY_NAMES))
    first, same, large, other_language, other_features = communities = [
        make_community("landsby"),
        make_community("naboby"),
        make_community("storby", people=people),
        make_community("village", language="en", other_languages=("en",)),
        make_community("havneby", features=("bookings", "calendar")),
    ]
    assert select_communities(communities) == [first, large, other_language, other_features]
    assert select_communities([large, same]) == [large]
    assert select_communities([]) == []
