"""What kind of answer a question asks for, and which sentences could be one: a hint, no more."""

from __future__ import annotations

import re

_NUMBER_WORD = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|forty|fifty"
    r"|hundreds?|thousands?|millions?|billions?|half|once|twice|daily|weekly|monthly|yearly|annual\w*"
)
_ASKS_WHEN = re.compile(
    r"(?i)\b(?:when|(?:which|what) (?:year|date|day|month|decade|century)|how long ago|wann|quand"
    r"|cuándo|когда)\b|什么时候|何时|哪一?年|いつ"
)
_ASKS_HOW_MANY = re.compile(
    r"(?i)\b(?:how (?:many|much|often|long|far|old|large|big|high|tall|deep|fast|heavy|wide)"
    r"|(?:what|which) (?:percent\w*|number|share|size|distance|price)|wie ?viele?|combien"
    r"|cuánt[oa]s?|сколько)\b|多少|几[个名年次岁]|いくつ|何人"
)
_ASKS_WHO = re.compile(r"(?i)\b(?:who|whom|whose|wer|wem|wen|qui|quién|кто|кого)\b")
_TIME = re.compile(
    r"\d{4}|\d{1,2}(?:st|nd|rd|th)? centur|\b(?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday"
    r"|Sunday)\b|[年月日世纪]|\d{2}s\b"
)
_AMOUNT = re.compile(rf"(?i)\d|\b(?:{_NUMBER_WORD})\b|[一二三四五六七八九十百千万亿两]")
_NAME = re.compile(r"(?<=[\w,;:] )[A-ZÀ-ÞА-Я][\w'’.-]+|^[A-ZÀ-ÞА-Я][\w'’-]+ [A-ZÀ-ÞА-Я]")


def answer_kinds(question: str) -> tuple[re.Pattern[str], ...]:
    """What an answer to a question would hold: a time, an amount, a name."""
    asked = ((_ASKS_WHEN, _TIME), (_ASKS_HOW_MANY, _AMOUNT), (_ASKS_WHO, _NAME))
    return tuple(holds for asks, holds in asked if asks.search(question))
