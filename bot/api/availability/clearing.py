"""Takes a thing away for a time: whom that hits, and how all their agreements, of whichever feature, give way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.agreements.decide import decide
from bot.agreements.negotiation import Negotiation, Terms
from bot.agreements.states import Side, State, Step
from bot.api.availability.booking import find_reservations
from bot.api.availability.free import find_next_free
from bot.api.negotiation import detach_occurrences, save_step
from bot.api.request import Request
from bot.api.series import drop_occurrences
from bot.config.community import Thing
from bot.languages.catalogue import Text
from bot.span import Span
from bot.store.agreements.agreements import Agreement

#: Whether a time has to give way.
_Falls = Callable[[Span], bool]

_OPEN = frozenset({State.PROPOSED, State.AGREED})


@dataclass(frozen=True)
class AffectedAgreement:
    """An agreement or a proposal that would lose some times, soonest first."""

    agreement: Agreement
    times: tuple[Span, ...]


@dataclass(frozen=True)
class ClearedAgreement:
    """An agreement after it gave way, the times it lost, and the sentence that says why, in the room's language.

    Cancelled: nothing is left of it. Moved: nothing is left, and another time waits for a yes of both. Otherwise
    something is left: some times of a series, or an offer for another time. `lost` is empty for a series whose times
    have become agreements of their own.
    """

    agreement: Agreement
    lost: tuple[Span, ...]
    why: Text

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing is left of it."""
        return self.agreement.state is State.CANCELLED

    @property
    def is_moved(self) -> bool:
        """Whether another time was offered to both."""
        newest = self.agreement.negotiation.newest_offer
        return newest is not None and newest.by is Side.MAINTAINER


async def find_affected_agreements(request: Request, thing: Thing, window: Span) -> list[AffectedAgreement]:
    """Every agreement and proposal about a thing with a time between two moments, by number.

    What has begun by now is not among them: work that is going on is finished.
    """
    falls = _falls(request, window)
    about = {booking.agreement.id: booking.agreement for booking in await find_reservations(request, thing, window)}
    found = [AffectedAgreement(one, _lost(one.negotiation, falls)) for one in about.values() if one.state in _OPEN]
    return sorted((hit for hit in found if hit.times), key=lambda hit: hit.agreement.number)


async def clear_agreements(
    request: Request, thing: Thing, window: Span, hit: Sequence[AffectedAgreement], why: Text, *, move: bool = False
) -> list[ClearedAgreement]:
    """Let these agreements give way, and their features tell the parties (`Feature.on_cleared`).

    Make known first what is in the way from now on (`Feature.obstacles`). Of a series only the times that are hit are
    lost. To `move` is to offer both parties the next free time for each that is: it is theirs to say yes to, and the
    old one is off. That takes a feature with `on_cleared`, a series that nobody is changing, and a free time within a
    year; what cannot be moved loses its times.
    """
    falls = _falls(request, window)
    cleared: list[ClearedAgreement] = []
    for one in hit:
        agreement = one.agreement
        moves = move and _listens(request, agreement)
        if (
            moves
            and agreement.negotiation.terms.is_series
            and agreement.state is State.AGREED
            and not agreement.negotiation.offers
        ):
            cleared += await _move_each(request, thing, one, falls, why)
        else:
            instead = await _instead(request, thing, agreement) if moves else None
            cleared.append(await _give_way(request, one, falls, why, instead))
    await _tell(request, cleared)
    return cleared


async def _move_each(
    request: Request, thing: Thing, hit: AffectedAgreement, falls: _Falls, why: Text
) -> list[ClearedAgreement]:
    """Each of the times becomes an agreement of its own, with an offer of its own; the series goes on without them."""
    rest, moved = hit.agreement, list[ClearedAgreement]()
    for time in hit.times:
        rest, own = await detach_occurrences(request, rest, [time.start])
        instead = await _instead(request, thing, own)
        moved.append(await _give_way(request, AffectedAgreement(own, (time,)), falls, why, instead))
    return [ClearedAgreement(rest, (), why), *moved]


async def _instead(request: Request, thing: Thing, agreement: Agreement) -> Terms | None:
    terms = agreement.negotiation.terms
    if terms.is_series:
        return None
    free = await find_next_free(request, thing, terms.span, task=request.community.task(agreement.task or ""))
    return Terms.once(free) if free else None


async def _give_way(
    request: Request, hit: AffectedAgreement, falls: _Falls, why: Text, instead: Terms | None
) -> ClearedAgreement:
    def left(terms: Terms) -> Terms | None:
        gone = [span.start for span in terms.spans if falls(span)]
        return drop_occurrences(request, terms, gone) if gone else terms

    talk = decide(hit.agreement.negotiation, Step.CLEAR, Side.MAINTAINER, remaining=left, terms=instead)
    return ClearedAgreement(await save_step(request, hit.agreement, talk, Step.CLEAR, str(why)), hit.times, why)


def _falls(request: Request, window: Span) -> _Falls:
    return lambda span: request.now < span.start and span.overlaps(window)


def _lost(talk: Negotiation, falls: _Falls) -> tuple[Span, ...]:
    offers = [offer for offer in (talk.standing, *talk.offers) if offer]
    return tuple(sorted({span for offer in offers for span in offer.terms.spans if falls(span)}))


def _listens(request: Request, agreement: Agreement) -> bool:
    return any(agreement.feature in feature.names and feature.on_cleared for feature in request.features)


async def _tell(request: Request, cleared: Sequence[ClearedAgreement]) -> None:
    """By the feature whose agreement it is, in its words; in ours where it has none."""
    speaking = request.feature, request.catalogue
    for name in dict.fromkeys(one.agreement.feature for one in cleared):
        theirs = [one for one in cleared if one.agreement.feature == name]
        feature = next((one for one in request.features if name in one.names), None)
        if feature is not None and feature.on_cleared is not None:
            request.use_feature(feature)
            await feature.on_cleared(request, theirs)
            request.feature, request.catalogue = speaking
        else:
            for one in theirs:
                await _tell_parties(request, one)


async def _tell_parties(request: Request, cleared: ClearedAgreement) -> None:
    agreement = cleared.agreement
    parties = [request.find_person(agreement.organizer), request.find_person(agreement.attendee)]
    await request.tell(
        "cleared",
        under=agreement.card,
        notify=parties,
        number=agreement.number,
        time=agreement.negotiation.terms,
        why=cleared.why,
        parties=parties,
        cancelled=cleared.is_cancelled,
    )
