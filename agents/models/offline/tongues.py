"""Tongues: Dutch and Portuguese questions put into the English words that everything else reads, phrase by phrase.

No translation for people: word order stays, what has no entry stays. Only questions that are plainly Dutch or
Portuguese are touched, so that an English question never is.
"""
# ruff: noqa: E501, SIM905 - words and patterns read better in one piece

from __future__ import annotations

import re
from functools import lru_cache

_MARKERS = {
    "nl": frozenset(
        "het een van wat welke welk hoeveel zijn onze ons hebben heeft heb er voor met niet geen wie waar wanneer waarom hoe kost kostte kostten "
        "kosten vorige maand te bij naar nog staat staan wordt worden zit zitten dit dat deze onder welke en ook laatste afgelopen gisteren vandaag "
        "ik mij mijn jullie uit alle alles ergens iets iemand gaat gaan ging gingen was waren werd werden kan kun kunnen kwam draaien draait geef toon laat "
        "hoelang sinds zonder tussen tegen meer minder meeste duurste grootste rekening rekeningen sleutels meldingen alarmen we de".split()
    ) - {"we", "was"},
    "pt": frozenset(
        "o os do da dos das que qual quais quanto quantos quantas quanta nossa nosso nossas nossos na nas em para por com foi foram temos esta estao "
        "mais nao ha quem quando onde conta contas mes ano uma um e as de no nos pelo pela houve tem sem qualquer algum alguma alguem gastou gastamos "
        "gasto gastos custou custa custo pagamos setembro agosto outubro julho semana ontem hoje passado passada ultimo ultima meu minha seu sua me "
        "mostre liste porque como desde entre cada todos todas tudo nosso".split()
    ) - {"as", "me"},
}  # fmt: skip
_ASKING = {
    "nl": r"hoeveel|welke?|wie|waarom|wanneer|hoe|wat|waar|zijn|staat|staan|heeft|hebben|geef|toon|zit|zitten|lopen|kun|is|en|hoelang|wordt|worden|gaat|gingen|ging|draaien|laat",
    "pt": r"quant[oa]s?|qua(?:l|is)|quem|por que|porque|quando|onde|o que|ha|houve|temos|estamos|me|mostre|liste|os|as|e|como|desde|existe[m]?|tem",
}

_DUTCH = r"""
wat is er veranderd => what changed
wat is er gebeurd => what happened
wat is er (mis|misgegaan|fout gegaan) => what went wrong
(heeft|hebben) (dat|dit|het)((?: \w+){0,4}) gedaan => did \3
hoe gaat het met => how is the health of
hoe staat het met => what is the status of
hoe (staan|staat) (het )?ervoor => how healthy
aan de hand => wrong
is er iets mis => anything wrong
in orde => ok
in totaal => in total
in het totaal => in total
op dit moment|momenteel|thans => now
in vergelijking met|ten opzichte van|vergeleken met => compared to
tegen (een|onze|de)? ?(aws-|aws )?limiet\w*( aan)? => hitting a service limit
aws-limiet\w* => service limit
limieten => service limits
geef(t|ven|gaf|gegeven)? (het |de )?(meeste?|minste) uit => spends the \3
(geeft|geven|gaf|gaven) ((?:\w+ ){1,4})uit => spend \2
geld uitgegeven => spent
uitgegeven|uitgaven|uitgave => spend
geld besparen => save money
meest(e)? => most
minst(e)? => least
duurste => most expensive
goedkoopste => cheapest
duurder => more expensive
goedkoper => cheaper
grootste => biggest
kleinste => smallest
hoogste => highest
laagste => lowest
slechtste => worst
oudste => oldest
nieuwste => newest
langste => longest
hoger => higher
lager => lower
hoog => high
laag => low
oud(e)? => old
ouder dan => older than
meer dan => more than
minder dan => less than
meer => more
minder => less
hoeveel procent|welk percentage|hoeveel percent => what percentage
procent => percent
hoeveel geld => how much money
hoeveel (kost|kostte|kosten|betalen|betaalden|betaald|gaven|geven|geld|spend|is|was) => how much \1
hoeveel => how many
hoe lang(e)?|hoelang => how long
hoe vaak => how often
hoe oud => how old
hoe hoog => how high
sinds wanneer => since when
sinds => since
vanaf => since
tot en met => to
tot nu toe|tot dusver => so far
wanneer => when
waarom => why
hoe komt het dat => why
waar => where
wie => who
welke|welk => which
wat voor => what kind of
wat => what
kostte(n)? => cost
kost(en)? => cost
rekening van aws|aws-rekening|factuur => bill
de rekening => the bill
betalen|betaalden|betaald|betaalt => pay
begroting(en)? => budget
budget(ten)? => budgets
overschreden => exceeded
voorspelling|prognose => forecast
verwacht(e|en|ing)? => expected
besparen|besparing(en)?|bespaar => save
verspill\w+|verspild\w* => wasted
gestegen|steeg|stegen|omhoog(gegaan)?|stijgen|stijging(en)? => increased
gedaald|daalde(n)?|omlaag|daling(en)? => decreased
verschil => difference
vergelijk => compare
afwijking(en)?|afwijkende => anomalies
rare|vreemde|gekke => strange
openstaande|openstaand => open
open(en)? => open
bevinding(en)? => findings
beveiligingsbevinding(en)? => security findings
beveiligingsproble(em|men) => security issues
beveiliging => security
kritieke|kritiek => critical
ernstig(e|st|ste)? => critical
dreiging(en)?|bedreiging(en)? => threats
aangevallen|aanval(len)? => attack
verdacht(e)? => suspicious
gehackt => hacked
publiek(e)?|openbaar|openbare => public
toegankelijk => accessible
voor iedereen => to everyone
naar (het )?internet => to the internet
van buiten(af)? => from outside
tweestaps\w*|tweede factor|twee-?factor\w* => second factor
gebruikers => users
gebruiker => user
beheerder(s)?|beheerdersrechten => admin rights
(te veel|teveel) rechten => too many permissions
rechten => permissions
toegangssleutels|toegangssleutel => access keys
sleutels => keys
sleutel => key
wachtwoord(en)? => password
ongebruikt(e)?|niet gebruikt => unused
geroteerd|roteren|gedraaid => rotated
versleuteld(e)?|versleuteling|gecodeerd => encrypted
onversleuteld(e)?|niet versleuteld(e)? => unencrypted
kwetsbaarheden|kwetsbaarheid => vulnerabilities
kwetsbaar => vulnerable
regels => rules
regel => rule
voldoe(n|t)( \w+)? aan => comply with \2
overtreding(en)? => violations
overtreden|geschonden => violated
over de hele linie|in het hele bedrijf|overal => everywhere
beveiligd => protected
totale => total
hoeveel is er .* op => how much is used
zo ja => 
maakt niet uit =>
alarmen|alarmmeldingen => alarms
(gaat|gaan)( \w+)? af => firing \2
(ging|gingen)( \w+)? af => went off \2
afgegaan|afgaan => went off
rood => red
storing(en)? => outage
incidenten => incidents
gezond => healthy
gezondheid => health
back-?ups? => backup
reservekopie(en)? => backup
mislukt(e|en)?|gefaald|faalde(n)?|falen|faalt => failed
gelukt|geslaagd => succeeded
gepatcht|bijgewerkt => patched
ongepatcht(e)?|niet gepatcht(e)? => unpatched
missen|ontbreken|ontbreekt|mist => missing
wijzigingen|veranderingen => changes
gewijzigd|veranderd|aangepast => changed
gedaan => done
verwijderd(e)?|gewist => deleted
gemaakt => made
aangemaakt|gecreeerd => created
gestart|opgestart => started
ingelogd|aangemeld|inloggen|loggen in => signed in
uitgerold|uitrol => deployed
onderhoud => maintenance
gepland(e)? => planned
fouten|foutmeldingen|foutregels => errors
fout => error
draaien|draait|draaiende => running
draaiden => running
(hebben|heeft)( \w+)? geen|zonder => without
geen => no
servers? => servers
databases?|databanken => databases
schijven => disks
schijf => disk
bucket(s)? => buckets
functies => functions
diensten => services
dienst => service
rekeningen|accounts => accounts
rekening => account
omgeving(en)? => environments
vestiging(en)?|locaties => venues
afdeling(en)? => teams
bedrijf => company
regio('s)? => regions
soort(en)? => kind
per maand|maandelijks(e)? => per month
per dag|dagelijks(e)? => per day
deze maand => this month
vorige maand|afgelopen maand => last month
volgende maand => next month
dit jaar => this year
vorig jaar => last year
dit kwartaal => this quarter
(vorig|afgelopen) kwartaal => last quarter
deze week => this week
(vorige|afgelopen) week => last week
gisteravond|gisterenavond|gisteren => yesterday
vandaag => today
vannacht|afgelopen nacht => last night
(afgelopen|laatste) (\d+) dagen => last \2 days
(afgelopen|laatste) (\d+) maanden => last \2 months
maanden => months
maand => month
dagen => days
dag => day
weken => weeks
jaar => year
eerste helft => first half
tweede helft => second half
eerste => first
tweede => second
derde => third
kwartaal => quarter
laatste => last
vorige|afgelopen => last
gemiddeld(e)? => average
aandeel|deel => share
elk(e)?|ieder(e)? => each
noem|geef|toon|laat .*zien => show
lijst => list
overzicht => overview
iemand => anyone
iets => anything
ergens => anywhere
alles => everything
allemaal => all
alle => all
nog => still
ooit => ever
niet => not
wel => 
er => 
hebben we|hebben wij => do we have
is er|zijn er => are there
hebben|heeft => have
zijn => are
staan|staat|zit|zitten => is
werd|werden|wordt|worden => was
gaan we|gaan => will we
bij ons|onze|ons => our
wij => we
van => of
voor => for
met => with
tussen => between
het|de => the
een => a
en => and
of => or
in de buurt van|dicht bij => close to
dicht => close
bijna => nearly
op => on
naar => to
te => to
daar => there
die|dat => that
ook => also
"""
_PORTUGUESE = r"""
o que mudou => what changed
o que aconteceu => what happened
o que => what
por que|porque => why
no total|ao todo|em total => in total
tudo bem com|como (esta|estao|vai|vao) => how healthy are
agora|no momento|neste momento|atualmente => now
(em )?comparad[oa]s? (com|a|ao)|em relacao (a|ao) => compared to
quanto(s)? por cento|qual (a )?porcentagem|que percentual|qual (o )?percentual => what percentage
por cento => percent
quanto dinheiro => how much money
quant[oa] tempo => how long
ha quanto tempo => since how long
quantas vezes => how often
quant[oa]s => how many
quanto => how much
percentagem => percentage
(sem|falta de) (cifra|encriptacao) => without encryption
qua(l|is) => which
quem => who
quando => when
desde quando => since when
desde => since
onde => where
como => how
(\w+) mais car[oa]s? => most expensive \1
(\w+) mais barat[oa]s? => cheapest \1
(\w+) mais antig[oa]s? => oldest \1
(\w+) mais grave(s)? => worst \1
maior(es)? => biggest
menor(es)? => smallest
mais alt[oa]s? => highest
mais baix[oa]s? => lowest
mais antig[oa]s? => oldest
pior(es)? => worst
(que )?(mais) (gasta|gastou|gastam|custa|custou|gastaram) => spends the most
(gasta|gastou|gastam|custa|custou|gastaram) mais => spends the most
tem mais|tem o maior numero de|com mais => has the most
mais de|mais do que|mais que => more than
menos de|menos do que|menos que => less than
mais => more
menos => less
gastamos|gastou|gastaram|gastei|gastar|gasta|gastam => spent
gasto(s)?|despesa(s)? => spend
custou|custaram|custam?|custos?|custar => cost
pagamos|pagou|pagar|pagando => pay
fatura(s)? => bill
a conta (da aws )?(subiu|aumentou|cresceu) => the bill increased
conta (da|de) aws => aws bill
orcamento(s)? => budget
estour\w+|excedid[oa]s?|ultrapass\w+ => exceeded
dentro do => within the
previsao|projecao|estimativa => forecast
previst[oa]s?|esperad[oa]s?|vamos => expected
economizar|economia(s)?|poupar|poupanca => save
desperdic\w+ => wasted
ocios[oa]s? => idle
subiu|subiram|aument\w+|cresce\w* => increased
caiu|cairam|diminu\w+|baixou => decreased
diferenca => difference
compare|comparar => compare
anomalia(s)? => anomalies
estranh[oa]s?|inesperad[oa]s?|incomu(m|ns) => unexpected
em aberto|abert[oa]s? => open
achados|achado => findings
problemas de seguranca => security issues
seguranca => security
critic[oa]s? => critical
grave(s)? => critical
alt[oa]s? => high
ameaca(s)? => threats
atac\w+|ataque(s)? => attack
suspeit[oa]s? => suspicious
invadid[oa]s?|hackead[oa]s? => hacked
public[oa]s? => public
expost[oa]s? => exposed
(n|para )?a internet => to the internet
segundo fator|dois fatores|duas etapas|autenticacao multifator => mfa
usuarios|utilizadores => users
usuario|utilizador => user
administrador(es)? => admins
permiss(ao|oes) => permissions
demais|em excesso => too many
chaves de acesso => access keys
chave de acesso => access key
chaves => keys
chave => key
senha(s)? => password
nao (sao |foram |e )?(usad[oa]s?|utilizad[oa]s?)|sem uso => unused
rotacao|rotacionad[oa]s?|rotacionar|girad[oa]s? => rotation
ativad[oa]s?|habilitad[oa]s?|ligad[oa]s? => enabled
criptografad[oa]s?|cifrad[oa]s?|encriptad[oa]s? => encrypted
nao (estao |esta |e |sao )?(criptografad[oa]s?|cifrad[oa]s?|encriptad[oa]s?)|sem criptografia => unencrypted
criptografia => encryption
vulnerabilidades? => vulnerabilities
vulneraveis|vulneravel => vulnerable
regras => rules
regra => rule
conformidade => compliance
violad[oa]s?|violando|violam => violated
alarmes? (dispararam|dispararam|disparou|tocaram|tocou) => alarms went off
disparad[oa]s?|dispararam|disparou|disparando|ativos => firing
alarmes? => alarms
incidentes? => incidents
fora do ar => outage
saudave(l|is) => healthy
saude => health
backups? => backup
copias? de seguranca => backup
falharam|falhou|falhas?|falhad[oa]s?|falhando|falha => failed
funcionaram|funcionou|deram certo|deu certo => succeeded
atualizad[oa]s? => patched
sem patch(es)?|desatualizad[oa]s? => unpatched
faltam|faltando|falta => missing
limites => service limits
limite => limit
cota(s)? => quota
mudancas|alteracoes => changes
mudou|alterou|mudaram|alteraram|modificou => changed
apagou|excluiu|deletou|removeu => deleted
criou => created
fez|fizeram => did
tornou => made
iniciou|ligou => started
entrou|logou|acessou => signed in
implantad[oa]s?|implantac(ao|oes)|deploys? => deployments
manutenc(ao|oes) => maintenance
programad[oa]s?|agendad[oa]s?|planejad[oa]s? => planned
erros => errors
erro => error
rodando|em execucao => running
servidores|servidor => servers
maquinas? => machines
instancias? => instances
bancos? de dados|bases? de dados => databases
discos? => disks
funcoes => functions
servicos => services
servico => service
contas => accounts
conta => account
equipes|times => teams
equipe|time => team
cassinos? => casinos
unidades? => venues
empresa => company
regioes => regions
regiao => region
ambientes? => environments
tipos? => types
por mes|mensal|mensais => per month
por dia|diari[oa]s? => per day
este mes|neste mes|deste mes|esse mes => this month
(n?o )?mes passado|ultimo mes => last month
(n?o )?proximo mes|mes que vem => next month
este ano|neste ano|deste ano => this year
ano passado => last year
(n?o )?(ultimo trimestre|trimestre passado) => last quarter
este trimestre => this quarter
esta semana|nesta semana => this week
semana passada|ultima semana => last week
ontem => yesterday
hoje => today
ultimos (\d+) dias => last \1 days
ultimos (\d+) meses => last \1 months
ultimas (\d+) semanas => last \1 weeks
primeir[oa] semestre => first half
segund[oa] semestre => second half
primeir[oa]s? => first
segund[oa]s? => second
terceir[oa]s? => third
trimestre => quarter
meses => months
mes => month
dias => days
dia => day
semanas => weeks
semana => week
ano => year
ultim[oa]s? => last
media => average
participacao|parcela|fatia => share
cada => each
mostre|liste|mostra => show
lista => list
resumo => overview
alguem => anyone
algum|alguma|algo => any
qualquer => any
tod[oa]s (os|as) => all
tod[oa]s|tudo => all
ainda => still
nao (temos|tem|possui|possuem|ha) => have no
nao => not
sem => without
nos temos|temos => do we have
ha|existe(m)?|houve => are there
tem|possu(i|em) => have
esta|estao|e|sao|foi|foram|era => are
noss[oa]s? => our
nos => we
entre => between
para => for
com => with
d[aeo]s? => of
n[ao]s? => in
em => in
por => by
uma?s? => a
essa?|esse|dessa?|desse|nessa?|nesse => that
la|ali => there
[oa]s? => the
tambem => also
"""


_DONE = "\u0001"


def _compiled(table: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    pairs = [line.split("=>") for line in table.strip().splitlines()]
    return tuple(
        (re.compile(rf"(?<![\w<./{_DONE}-])(?:{left.strip()})(?![\w>/-])"), _marked(right.strip())) for left, right in pairs
    )


def _marked(english: str) -> str:
    """The English words with a mark before each, so that no later entry takes them for foreign ones ("no", "de")."""
    return " ".join(word if word.startswith("\\") else f"{_DONE}{word}" for word in english.split())


@lru_cache(maxsize=2)
def _table(tongue: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return _compiled(_DUTCH if tongue == "nl" else _PORTUGUESE)


_COMPOUND = re.compile(r"\b(aws|lambda|s3|ec2|rds|kms|config|security|root|mfa|team|tag|cloud|iam|backup|patch|service|data|log)-([a-z]{4,})\b(?!-)")


def tongue_of(flat: str) -> str | None:
    """`nl` or `pt` if the folded text is plainly in that language, else None."""
    said = re.findall(r"[a-z][a-z'-]*", flat)
    if len(said) < 3:
        return None
    counts = {tongue: sum(word in markers for word in said) for tongue, markers in _MARKERS.items()}
    best = max(counts, key=lambda tongue: counts[tongue])
    share = counts[best] / len(said)
    opens = bool(re.match(rf"(?:en |e )?(?:{_ASKING[best]})\b", flat))
    enough = counts[best] >= 2 and share >= (0.25 if opens else 0.34)
    return best if enough and counts[best] > max(c for t, c in counts.items() if t != best) else None


def in_english(flat: str) -> str:
    """Folded text with Dutch or Portuguese words replaced by English ones, if it is in one of these languages."""
    tongue = tongue_of(flat)
    if tongue is None:
        return flat
    flat = _COMPOUND.sub(r"\1 \2", flat)
    for pattern, english in _table(tongue):
        flat = pattern.sub(english, flat)
    return re.sub(r"\s+", " ", flat.replace(_DONE, "")).strip()
