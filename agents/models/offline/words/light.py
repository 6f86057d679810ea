"""Light words: they hold a sentence together, or say how it is asked, and name nothing that a plan would have to know."""
# ruff: noqa: E501, SIM905 - words read better in one piece

from __future__ import annotations

import re

SAYS_NOTHING = frozenset(
    "a an the our my your their its his her this that these those them they it us we you me i all any each every everything everyone everybody everywhere anything both same whole entire full "
    "complete total totals overall altogether sum lot rest of for in on at by per with without from to over under into as since until till during within between among across around about not no only just even "
    "too also again please pls thanks then now today yesterday tomorrow currently still so far ever once more less much many few some most least "
    "one ones two three four five six top first second last latest next previous prior before after earlier later past current recent coming "
    "highest lowest biggest largest smallest worst best cheapest dearest priciest costliest oldest newest expensive costly "
    "day days week weeks weekend month months monthly quarter quarters year years yearly daily weekly hour hours night nights evening evenings morning mornings afternoon time times period date dates ago "
    "account accounts venue venues casino casinos location locations place places site sites team teams squad department departments service services region regions country countries env environment environments prod production staging "
    "company group organisation organization estate business houses "
    "together combined row rows line lines share shares proportion portion detail details detailed table list overview summary figures figure number numbers breakdown split view percent percentage share rate trend average mean amount amounts result results status state "
    "else instead besides really actually ok okay please well right thing things stuff such kind type types and or but".split()
)
"""What a short follow-up may consist of without naming anything."""
LINKS = frozenset(
    "with without for on by per from during under against through outside inside within behind like than because excluding including except in at of over about via into near "
    "met zonder voor door op van uit in bij tijdens buiten dan per tegen com sem para por de em".split()
)
"""Prepositions: what stands behind one says more of what stands before it."""
BOUNDS = frozenset(
    "is are was were be been being am do does did done has have had having will would can could shall should may might must and or but so then "
    "which what who whom whose when where why how that if whether while as to i we you they it he she there here please show give tell list "
    "zijn is was waren heeft hebben had kan kunnen wordt worden werd welke wat wie hoe waar en of die dat er we wij ik je".split()
)
"""Words that end what stands behind a preposition."""
LIGHT = (SAYS_NOTHING - frozenset("weekend business hours".split())) | LINKS | BOUNDS | frozenset(
    # verbs that say no more than that something is, is had, is done or is looked at
    "get gets got gotten getting go goes went gone going come comes came coming make makes made making use uses used using find finds found finding take takes took taken taking put puts "
    "see sees saw seen seeing look looks looked looking say says said know knows known want wants need needs let lets keep keeps kept leave leaves left run runs ran running "
    "happen happens happened happening occur occurs occurred start starts started starting begin began stay stays stayed remain remains exist exists sit sits stand stands stood bring brings brought "
    "hold holds held mean means seem seems seemed appear appears work works worked turn turns turned set sets show shows showed shown showing report reports reported give gives given gave "
    "break broke broken tell told ask asked call called become became contain contains belong belongs affect affects affected hit hits cause causes caused involve involved concern concerns concerned "
    "help try check compare explain describe count counted sort order rank ranked group grouped add drop total come count receive received respond handle eat eats eating switch switched "
    "back up down off out away along apart through behind ahead anyway already yet never always often usually mostly mainly nearly almost quite rather very really exactly roughly simply merely "
    "somewhere anywhere nowhere somebody someone something anyone anybody nobody none nothing noone other others another different own itself themselves ourselves ours mine yours theirs "
    "way ways part parts piece bit matter case cases fact item items question answer potential possible actual real big bigger small large long short old new high low good bad fine great quick quickly fast "
    "enough likely sure able available clear main major total important serious urgent general certain particular specific single separate individual open remaining level levels rated above below beyond onwards data course exchange i.e e.g talk reach user people property serious ignoring disregarding excluded "
    "aws amazon cloud company's anything's hey hi hello colleague colleagues board boss meeting audit report".split()
)  # fmt: skip
"""What narrows nothing wherever it stands."""


_WORD = re.compile(r"(?<![<\w])[a-z][\w'-]*")


def weighty(text: str) -> list[re.Match[str]]:
    """The words of a folded text that are not light, where they stand; masks in angle brackets are none."""
    return [one for one in _WORD.finditer(text) if one[0] not in LIGHT]
