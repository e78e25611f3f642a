"""The numbers that have check digits: whether what was keyed can be one of them.

NIP, REGON and PESEL: weights and moduli of the Polish registers. Luhn: ISO/IEC 7812-1, annex B. IBAN: ISO 13616,
digits of a Polish account without the letters PL. Damm: H. M. Damm, 2004, a quasigroup of order ten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

CheckDigit = Literal["", "nip", "regon", "pesel", "luhn", "iban", "damm"]

_NIP = (6, 5, 7, 2, 3, 4, 5, 6, 7)
_REGON_9 = (8, 9, 2, 3, 4, 5, 6, 7)
_REGON_14 = (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)
_PESEL = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_IBAN_DIGITS = 26
_POLAND = "2521"
"""P and L as ISO 13616 counts letters: A is 10."""
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def damm(digits: str) -> int:
    """The check digit that belongs behind `digits`; 0 for digits that end in theirs. It catches every single wrong
    digit and every swap of neighbours."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def is_right(digits: str, rule: CheckDigit) -> bool:
    """Whether `digits` (0-9 only) have the length and the check digits that `rule` asks for."""
    return bool(digits) and (rule == "" or RULES[rule](digits))


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))


def _nip(digits: str) -> bool:
    return len(digits) == len(_NIP) + 1 and _weighted(digits[:-1], _NIP) % 11 == int(digits[-1])


def _regon(digits: str) -> bool:
    for weights in (_REGON_9, _REGON_14):
        if len(digits) == len(weights) + 1:
            return _weighted(digits[:-1], weights) % 11 % 10 == int(digits[-1]) and (
                len(digits) == len(_REGON_9) + 1 or _regon(digits[: len(_REGON_9) + 1])
            )
    return False


def _pesel(digits: str) -> bool:
    return len(digits) == len(_PESEL) + 1 and (_weighted(digits[:-1], _PESEL) + int(digits[-1])) % 10 == 0


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return len(digits) > 1 and sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _iban(digits: str) -> bool:
    return len(digits) == _IBAN_DIGITS and int(digits[2:] + _POLAND + digits[:2]) % 97 == 1


RULES: dict[str, Callable[[str], bool]] = {
    "nip": _nip,
    "regon": _regon,
    "pesel": _pesel,
    "luhn": _luhn,
    "iban": _iban,
    "damm": lambda digits: len(digits) > 1 and damm(digits) == 0,
}
LENGTHS: dict[str, tuple[int, int]] = {
    "nip": (10, 10),
    "regon": (9, 14),
    "pesel": (11, 11),
    "luhn": (2, 32),
    "iban": (_IBAN_DIGITS, _IBAN_DIGITS),
    "damm": (2, 32),
}
"""How many digits each can have."""
