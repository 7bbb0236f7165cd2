"""The words of a sentence signal what somebody does with it."""

import pytest

from bot.languages.speech_acts import SpeechAct
from bot.parsing.sentences.signals import find_signals, strip_signature
from bot.parsing.sentences.speech_act import rank_acts
from bot.parsing.sentences.unread import RiskKind, find_content, find_risks, is_courtesy

LANGUAGES = ("da", "en")


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("kan I slå banen på fredag?", SpeechAct.WANT),
        ("flyt den til mandag", SpeechAct.MOVE),
        ("skal ikke slås alligevel", SpeechAct.CALL_OFF),
        ("nu er den slået", SpeechAct.REPORT_DONE),
        ("kanten langs hegnet er ikke taget", SpeechAct.REPORT_MISSING),
        ("ser rigtig godt ud", SpeechAct.APPROVE),
        ("det passer fint", SpeechAct.YES),
        ("det går ikke", SpeechAct.NO),
        ("luk banen i uge 30", SpeechAct.CLOSE),
        ("spring over i uge 29", SpeechAct.SKIP),
        ("hvem har banen", SpeechAct.WHO),
        ("er hallen ledig", SpeechAct.WHETHER_FREE),
        ("lad det bare være", SpeechAct.DROP),
        ("tusind tak", SpeechAct.THANK),
        ("could you mow it", SpeechAct.WANT),
        ("call it off", SpeechAct.CALL_OFF),
        ("the goalmouth was missed", SpeechAct.REPORT_MISSING),
        ("no problem", SpeechAct.YES),
        ("no can do", SpeechAct.NO),
    ],
)
def test_a_sentence_signals_its_speech_act(text: str, act: SpeechAct) -> None:
    assert act in find_signals(text, LANGUAGES).acts


def test_a_word_inside_a_longer_phrase_of_another_act_does_not_count() -> None:
    assert SpeechAct.NO not in find_signals("yes, no problem", LANGUAGES).acts


def test_a_sentence_is_read_in_the_language_that_knows_most_of_it() -> None:
    assert find_signals("could you please move it", LANGUAGES).language == "en"
    assert find_signals("kan du flytte den", LANGUAGES).language == "da"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("ikke alligevel", {RiskKind.NEGATION}),
        ("kan I ikke lige", set()),
        ("hvis det er tørt", {RiskKind.CONDITION}),
        ("eller mandag", {RiskKind.ALTERNATIVE, RiskKind.PART}),
        ("men ikke den", {RiskKind.NEGATION, RiskKind.CONTRAST}),
        ("og 2", {RiskKind.PART}),
        ("torsd", {RiskKind.PART}),
        ("alle gangene", {RiskKind.PART}),
        ("bane fire", {RiskKind.PART}),
        ("regnvejr", set()),
        ("tak for hjælpen", set()),
        ("unless it rains", {RiskKind.CONDITION}),
    ],
)
def test_unread_words_that_could_change_the_meaning_are_risks(text: str, kinds: set[RiskKind]) -> None:
    assert {risk.kind for risk in find_risks(text, LANGUAGES, frozenset({"bane"}))} == kinds


def test_an_inability_is_no_negation_where_it_is_what_the_message_says() -> None:
    assert find_risks("vi kan ikke", LANGUAGES, allows_inability=True) == []
    assert [risk.kind for risk in find_risks("vi kan ikke", LANGUAGES)] == [RiskKind.NEGATION]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("så er du sød, mange tak", ""),
        ("det er på grund af regnvejr", "regnvejr"),
        ("ok. Mvh bestyrelsen", ""),
        ("👍🏽", ""),
    ],
)
def test_courtesy_and_filler_words_are_no_content(text: str, content: str) -> None:
    assert find_content(text, LANGUAGES).removeprefix("grund af ") == content


def test_a_greeting_is_courtesy_and_a_wish_is_not() -> None:
    assert is_courtesy("Hej", LANGUAGES)
    assert is_courtesy("", LANGUAGES)
    assert not is_courtesy("vi skal have", LANGUAGES)


def test_a_signature_is_no_part_of_the_message() -> None:
    assert strip_signature("Ja. Mvh bestyrelsen", LANGUAGES) == "Ja."
    assert strip_signature("Hilsen 2 mand på bane 1", LANGUAGES) == "Hilsen 2 mand på bane 1"


def test_a_question_comes_before_a_report_and_an_answer_before_a_time_under_a_card() -> None:
    asked = find_signals("hvornår blev banen sidst slået?", LANGUAGES)
    ranked = rank_acts(asked, names_work=True, names_time=False, moves_time=False, under_card=False)
    assert ranked[0] is SpeechAct.WHEN
    yes = find_signals("ok, kl. 11", LANGUAGES)
    under_card = rank_acts(yes, names_work=False, names_time=True, moves_time=False, under_card=True)
    assert under_card.index(SpeechAct.YES) < under_card.index(SpeechAct.MOVE)
