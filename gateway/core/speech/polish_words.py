"""Polish numerals and nouns as tables: each line is one word in its six cases, nominative genitive dative accusative
instrumental locative. Nothing is computed here but the split of the lines.

Where the norm allows two forms one is taken: "dwóch" (not "dwu"), "dwóm" (not "dwom"), instrumental in -oma
("dwudziestoma", not "dwudziestu") and "dwiema" with feminine nouns, "trzechsetny".
"""

from __future__ import annotations

import msgspec

from gateway.core.speech.values import CASES, Case, Currency, Gender

Forms = dict[Case, str]


class Noun(msgspec.Struct, frozen=True):
    """A counted noun: its gender, its singular and its plural."""

    gender: Gender
    one: Forms
    many: Forms


def _forms(line: str) -> Forms:
    return dict(zip(CASES, line.split(), strict=True))


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


def _noun(gender: Gender, one: str, many: str) -> Noun:
    return Noun(gender, _forms(one), _forms(many))


def _numerals(lines: str) -> dict[int, Forms]:
    return {int(key): _forms(line) for key, line in (row.split(maxsplit=1) for row in lines.strip().splitlines())}


JEDEN: dict[Gender, Forms] = {
    "masculine": _forms("jeden jednego jednemu jeden jednym jednym"),
    "masculine_animate": _forms("jeden jednego jednemu jednego jednym jednym"),
    "masculine_personal": _forms("jeden jednego jednemu jednego jednym jednym"),
    "feminine": _forms("jedna jednej jednej jedną jedną jednej"),
    "neuter": _forms("jedno jednego jednemu jedno jednym jednym"),
}
DWA_FEMININE = _forms("dwie dwóch dwóm dwie dwiema dwóch")

# With men the nominative and the accusative are like the genitive: "pięciu", "dwóch klientów".
CARDINALS = _numerals("""
0 zero zera zeru zero zerem zerze
2 dwa dwóch dwóm dwa dwoma dwóch
3 trzy trzech trzem trzy trzema trzech
4 cztery czterech czterem cztery czterema czterech
5 pięć pięciu pięciu pięć pięcioma pięciu
6 sześć sześciu sześciu sześć sześcioma sześciu
7 siedem siedmiu siedmiu siedem siedmioma siedmiu
8 osiem ośmiu ośmiu osiem ośmioma ośmiu
9 dziewięć dziewięciu dziewięciu dziewięć dziewięcioma dziewięciu
10 dziesięć dziesięciu dziesięciu dziesięć dziesięcioma dziesięciu
11 jedenaście jedenastu jedenastu jedenaście jedenastoma jedenastu
12 dwanaście dwunastu dwunastu dwanaście dwunastoma dwunastu
13 trzynaście trzynastu trzynastu trzynaście trzynastoma trzynastu
14 czternaście czternastu czternastu czternaście czternastoma czternastu
15 piętnaście piętnastu piętnastu piętnaście piętnastoma piętnastu
16 szesnaście szesnastu szesnastu szesnaście szesnastoma szesnastu
17 siedemnaście siedemnastu siedemnastu siedemnaście siedemnastoma siedemnastu
18 osiemnaście osiemnastu osiemnastu osiemnaście osiemnastoma osiemnastu
19 dziewiętnaście dziewiętnastu dziewiętnastu dziewiętnaście dziewiętnastoma dziewiętnastu
20 dwadzieścia dwudziestu dwudziestu dwadzieścia dwudziestoma dwudziestu
30 trzydzieści trzydziestu trzydziestu trzydzieści trzydziestoma trzydziestu
40 czterdzieści czterdziestu czterdziestu czterdzieści czterdziestoma czterdziestu
50 pięćdziesiąt pięćdziesięciu pięćdziesięciu pięćdziesiąt pięćdziesięcioma pięćdziesięciu
60 sześćdziesiąt sześćdziesięciu sześćdziesięciu sześćdziesiąt sześćdziesięcioma sześćdziesięciu
70 siedemdziesiąt siedemdziesięciu siedemdziesięciu siedemdziesiąt siedemdziesięcioma siedemdziesięciu
80 osiemdziesiąt osiemdziesięciu osiemdziesięciu osiemdziesiąt osiemdziesięcioma osiemdziesięciu
90 dziewięćdziesiąt dziewięćdziesięciu dziewięćdziesięciu dziewięćdziesiąt dziewięćdziesięcioma dziewięćdziesięciu
100 sto stu stu sto stu stu
200 dwieście dwustu dwustu dwieście dwustu dwustu
300 trzysta trzystu trzystu trzysta trzystu trzystu
400 czterysta czterystu czterystu czterysta czterystu czterystu
500 pięćset pięciuset pięciuset pięćset pięciuset pięciuset
600 sześćset sześciuset sześciuset sześćset sześciuset sześciuset
700 siedemset siedmiuset siedmiuset siedemset siedmiuset siedmiuset
800 osiemset ośmiuset ośmiuset osiemset ośmiuset ośmiuset
900 dziewięćset dziewięciuset dziewięciuset dziewięćset dziewięciuset dziewięciuset
""")

ORDINAL_STEMS: dict[int, str] = dict(
    zip(
        (*range(20), *range(20, 100, 10), *range(100, 1000, 100), *range(1000, 10_000, 1000)),
        _words(
            "zerow pierwsz drug trzec czwart piąt szóst siódm ósm dziewiąt dziesiąt jedenast dwunast trzynast "
            "czternast piętnast szesnast siedemnast osiemnast dziewiętnast "
            "dwudziest trzydziest czterdziest pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt "
            "dziewięćdziesiąt setn dwusetn trzechsetn czterechsetn pięćsetn sześćsetn siedemsetn osiemsetn "
            "dziewięćsetn tysięczn dwutysięczn trzytysięczn czterotysięczn pięciotysięczn sześciotysięczn "
            "siedmiotysięczn ośmiotysięczn dziewięciotysięczn"
        ),
        strict=True,
    )
)

_HARD: dict[Gender, str] = {
    "masculine": "y ego emu y ym ym",
    "masculine_animate": "y ego emu ego ym ym",
    "masculine_personal": "y ego emu ego ym ym",
    "feminine": "a ej ej ą ą ej",
    "neuter": "e ego emu e ym ym",
}
_AFTER_K_G: dict[Gender, str] = {
    "masculine": "i iego iemu i im im",
    "masculine_animate": "i iego iemu iego im im",
    "masculine_personal": "i iego iemu iego im im",
    "feminine": "a iej iej ą ą iej",
    "neuter": "ie iego iemu ie im im",
}
_SOFT: dict[Gender, str] = {**_AFTER_K_G, "feminine": "ia iej iej ią ią iej"}


def ordinal_ending(stem: str, gender: Gender, case: Case) -> str:
    """The ending of a simple ordinal, an adjective in the singular."""
    endings = {"drug": _AFTER_K_G, "trzec": _SOFT}.get(stem, _HARD)
    return endings[gender].split()[CASES.index(case)]


TYSIAC = _noun(
    "masculine",
    "tysiąc tysiąca tysiącowi tysiąc tysiącem tysiącu",
    "tysiące tysięcy tysiącom tysiące tysiącami tysiącach",
)
MILION = _noun(
    "masculine",
    "milion miliona milionowi milion milionem milionie",
    "miliony milionów milionom miliony milionami milionach",
)
DZIEN = _noun("masculine", "dzień dnia dniowi dzień dniem dniu", "dni dni dniom dni dniami dniach")
GODZINA = _noun(
    "feminine",
    "godzina godziny godzinie godzinę godziną godzinie",
    "godziny godzin godzinom godziny godzinami godzinach",
)
MINUTA = _noun(
    "feminine", "minuta minuty minucie minutę minutą minucie", "minuty minut minutom minuty minutami minutach"
)
SEKUNDA = _noun(
    "feminine",
    "sekunda sekundy sekundzie sekundę sekundą sekundzie",
    "sekundy sekund sekundom sekundy sekundami sekundach",
)
_EURO = "euro euro euro euro euro euro"
_CENT = _noun(
    "masculine_animate", "cent centa centowi centa centem cencie", "centy centów centom centy centami centach"
)

MONEY: dict[Currency, tuple[Noun, Noun]] = {
    "PLN": (
        _noun("masculine", "złoty złotego złotemu złoty złotym złotym", "złote złotych złotym złote złotymi złotych"),
        _noun(
            "masculine", "grosz grosza groszowi grosz groszem groszu", "grosze groszy groszom grosze groszami groszach"
        ),
    ),
    "EUR": (_noun("neuter", _EURO, _EURO), _CENT),
    "USD": (
        _noun(
            "masculine_animate",
            "dolar dolara dolarowi dolara dolarem dolarze",
            "dolary dolarów dolarom dolary dolarami dolarach",
        ),
        _CENT,
    ),
    "GBP": (
        _noun(
            "masculine_animate", "funt funta funtowi funta funtem funcie", "funty funtów funtom funty funtami funtach"
        ),
        _noun(
            "masculine_animate", "pens pensa pensowi pensa pensem pensie", "pensy pensów pensom pensy pensami pensach"
        ),
    ),
}

MONTHS_GENITIVE = _words(
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
)
WEEKDAYS = [
    _forms(line)
    for line in (
        "poniedziałek poniedziałku poniedziałkowi poniedziałek poniedziałkiem poniedziałku",
        "wtorek wtorku wtorkowi wtorek wtorkiem wtorku",
        "środa środy środzie środę środą środzie",
        "czwartek czwartku czwartkowi czwartek czwartkiem czwartku",
        "piątek piątku piątkowi piątek piątkiem piątku",
        "sobota soboty sobocie sobotę sobotą sobocie",
        "niedziela niedzieli niedzieli niedzielę niedzielą niedzieli",
    )
]
POLNOC = _forms("północ północy północy północ północą północy")
KEYS = dict(
    zip(
        "0123456789*#",
        _words("zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć gwiazdka krzyżyk"),
        strict=True,
    )
)
