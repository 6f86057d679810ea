"""Ordinary words: known, and neither names nor worth correcting. A word outside this and the lexicon may be a name."""
# ruff: noqa: E501, SIM905 - words and patterns read better in one piece

from __future__ import annotations

ORDINARY = frozenset(
    """
crazy mad wild nuts bananas employed employ arose arise arises arisen arising occasion occasioned suppose supposing supposed woke wake noise
undone detour detours architecture accompanied accompany accompanies parallel simultaneous simultaneously assumed deemed presence absence
altered alteration alterations ups ins outs offs
examiner examiners inspectorate inspection inspections regulators authority authorities commissioner commissioners assessor assessors officer officers official officials supervisor supervisors
supervision reseller resellers insurer insurers underwriter lender lenders creditor creditors investor investors shareholder shareholders notary lawyer lawyers counsel
attorney prosecutor police journalist journalists newspaper newspapers council ministry minister treasurer treasury controllers accountants bookkeeper chairwoman chairperson secretary secretariat bosses
consultant consultants consultancy contractor contractors landlord headhunter recruiter intern interns trainee liaison ombudsman engineer
engineers developer developers scientist scientists architect architects lady gentleman judge court division parent laboratory state states national municipal provincial federal european dutch belgian
german irish english british american french spanish italian agreement agreements renewal renew renewing renegotiate renegotiating purchase purchases acquisition merger diligence covenant
annex annexes appendix appendices chapter minutes protocol memorandum dossier inquiry inquiries enquiry enquiries investigation investigations complaint complaints allegation allegations tip-off lobby
visit visits visiting arrive arrives arrived arriving attestation attestations certification surveillance assessment assessments questionnaire questionnaires statement statements
confirmation confirm confirms written formal formally official officially legally licensed licensee licensees licensing permit permits law laws lawful statute duty duties obligation obligations oblige obliges obliged
protection protect protects protected paper papers pages production politics published publish publishing side sides
rather thereof thereon therein thereto whereby wherein hereby herewith hereto aforementioned undersigned accordingly pursuant henceforth forthwith presently duly solely merely ascertain ascertained furnish furnished
wish wishes wishing appreciate appreciated grateful obliged delighted pleased glad kind regards sincerely yours dear sir sirs madam esteemed honourable respected
anyone's today's month's week's year's somebody's house's
carry carried bring brought seem seeming appear appears appeared appearing remain remains remained persist persists persisted continue continues continued cease ceased begin began begun commence commenced
learn learned understand understood establish established determine determined disclose disclosed reveal revealed indicate indicated specify specified describe described enumerate enumerated itemise itemised itemize itemized
deliver deliver delivered supply supplied submit submitted present presented attach attached enclose enclosed forward circulate circulated discuss discussed debate debated agree agreed approve approved reject rejected sign
silly stupid daft obvious annoying painful dreadful awful terrible horrible fantastic brilliant lucky unlucky funny nasty ugly grim rosy tidy messy sloppy careless careful carefully properly improperly
holiday holidays vacation leave weekend weekends bedtime midnight dawn dusk sunrise sunset
mysql postgres postgresql mariadb oracle python node nodejs java ruby dotnet runtime runtimes engine engines gp2 gp3 standard tips tip hint hints fleet detection symmetric asymmetric
everywhere nationwide companywide director directors noisiest busiest heaviest worst-hit worse worst safest healthiest autumnal already per se vs
mth mths utc cet gmt egress genai ignoring disregarding regardless aside dashboard gadget chart graph plot
premium eentje overal zo ja neste usado lopen gingen momenteel call called calls carries carrying exchange linked somehow anyhow em
holding held hold sits runs ran running rings tells says reads goes went comes gives takes makes brings leaves stays keeps stands
steal thing things thingy stuff bits pieces whatnot whichever whoever wherever whenever however whatever
tiny huge massive giant enormous vast sizeable substantial considerable notable remarkable slight modest decent fairly rather quite very
immediate immediately urgent urgently soon sooner later latest earliest eventually finally lastly firstly secondly next previous prior
ssh rdp tcp udp http https iso soc pci gdpr nen required requirement requirements needed cash-flow flunk flunks lying blown fit fits fitting flag flags flagged bother
anymore already afterwards beforehand nightly hourly weekly quarterly yearly annually annual recap wrap quote quoting mailing emailed forward forwarding hearing
hypothetically theoretically practically literally seriously truly purely simply merely solely exclusively altogether combined apiece respectively
gimme lemme dunno kinda sorta wassup yo hiya howdy oi mate buddy folks peeps crew gang boys girls
question questions answer answers asking asks reply respond sentence paragraph bullet bullets minutes steering quarter-end year-on-year
rings ring bell suspect suspected assume assuming presume hope hopes hopefully worry fear reckon figure figured wonder
recall recalled remember remembered forget forgot forgotten realise realize knew learned learnt read reading saw seen seeing watch watching
show showed showing list listing listed rank ranks sorted sorting order ordering group grouped grouping split splits splitting
add adding added file files hand handed handing fiddle fiddling hearing heard mention mentioned mentions pricey settle settled bother
bothers bothering nervous afraid scared anxious eager keen busy happy sad fair honest nice lovely brief thorough crucial critical essential worthwhile
amazon anyways hopefully supposedly allegedly rumour rumours gossiping insist insists insisted claim claims claimed suspect suspects guess guessing
locations machines committee boards floor highest clean cleaned clear evidence pls plz thx kindly hello dear boss chairman
quick thing bit tad chance possible possibly able allowed across organisation wise exactly roughly ballpark
spreadsheet slide slides deck presentation agenda budgetary fiscal financial treasurer controller accountant accounting
manager managers exec lead leads colleague ceo cto ciso coo cio auditor inspectors supervisory commission licence license
tonight seem seems seemed apparently obviously honestly frankly curious wondering hoping heard noticed told
meanwhile otherwise besides including namely specifically especially particularly generally usually typically
prepare preparing compile put together pull dig find check verify confirm double-check explain walk through
biggest smallest top bottom worst best main major minor key whole entire overall complete full partial rough
ids web ledger-like website app application apps portal somewhere numbers name names anywhere
a about above across actual actually after again ago all almost alone along already also always am among amount amounts an and
another any anybody anyone anything anyway anywhere are area areas around as ask asked at available average away aws back bad
basically be because become been before begin being below best better between big bigger biggest board boardroom boss bottom both
breakdown brief briefly business but by call came can care case cases casino casinos cause certain cfo chart cheap check clear clearly close
closed closer cloud colleague colleagues combined come coming company complete completely concerned contribute contributed contributes
contribution corporate could couple cover covered current currently cut daily dashboard data date day days dealing deep detail
detailed details did difference different do does doing done double down due during each earlier early easy either else
end ended ends engineering enough entire especially estate etc even evening ever every everybody everyone everything exact exactly
except explain extra fact facts far fast few figure figures final finally finance find fine first five floor following for four
from front full further gambling game games general get gets getting give given gives glance go goes going gone good got gotten great group
groups guys had half happen happened happening happens has have having he hear heard hello help her here hey hi high him his home hot
hour hours house how however i idea if impact important in include included including indeed individual infra infrastructure
inside instead interested into involved is issue it item items its itself just keep kind kinds know known large larger largest last late
lately later latest lead least leave left less let level levels like likely line lines list little local long longer look looked looking
looks lot lots low made main mainly make makes making management manager many matter matters max maximum may maybe me mean means
meant meeting mention middle might min mind minimum minute minutes mine moment money month monthly months more morning most mostly move
much must my name named names near need needed needs never new newer newest next night no nobody none noon normal normally not
nothing notice now number numbers of off office often oh ok okay old older oldest on once one ones only onto open operations opinion or
order organisation organization other others our ours ourselves out outside over overall own owned owner owners page part particular parts
past per percent percentage perhaps period person piece place plain please point portion possible present pretty previous prior
probably problem problems production put quarter question quick quickly quite rank ranked ranking rather ratio ready real really reason
recent recently region regions regarding relative remain remaining report reported reports respectively rest result right roughly round row run
running runs said same say says second see seem seems seen send service services set several shall share shared she short should show
showing shown side similar simple simply since single site sites situation six size small smaller smallest so some somebody someone something
sometimes somewhere soon sorry sort split start started state status stay still stop story stuff such sum suddenly summarise summarize
summary sure system systems table take taken takes talk team teams tell ten than thank thanks that the their them then there therefore these
they thing things think third this those though three through throughout till time times to today together told tomorrow tonight too took top
total totals totally toward trend trends true try trying turn twice two type types under until up update updates upon us use used
user users uses using usual usually value values various venue venues very via view vs want wanted wants was way ways we week weekly weeks
well went were what whatever when where whether which while who whole whom whose why will with within without wonder wondering word work
worked working works world worse worst worth would write wrong year yearly years yes yesterday yet you your yours
been behave behaved behaving came chance compared comparison compare customers customer environment environments environment
exec executives director regulator auditor auditors audit board internal external internally compliance regulatory landscape
organisational organisation-wide estate-wide company-wide account-wide wise terms term sense respect regards concerning
ireland frankfurt aside based basis broken brought bring calculate call categories category combine consume consumed consuming consumption consumes
count counts country date dates delivered deserve develop developed development direction division divided eat eaten eats eating
effect email evolve evolved fees fee figure forward fraction gaming generate generated happening hardware heavy hefty highest hits hit
hurting hungry ideas identify increase insight insights inform information insane interesting involve involve keeps landed
leading leads leak lowest makeup maintain minus mouth moving nearest nicely noticed observe occur occurred occurring outlying overview
pain payment pays perspective pie plus pool position possible precise proportion providing provide pull question questions quiet quietly raise raised
raw reach reached read reason regarding relevant remind reside resides responsible review rich rid room scale scope section seconds sector
serious seriously sell sitting slice slices sold solved somehow sorted sound source sources special spot spread stand stands
standing stack steady step steps stick stood stream strongest style sums surely tab taking tally target targets tech technical thank threshold
throw thrown thus tiny tool tools topic touch track tracked traced treat trouble ugly unit units unknown upcoming usage usages useful
versus wanna wish worried yeah yell zero
blown pick picked re ve fully lapse lapsed shutting net console role handle handled fastest quickest slowest success successful excluding
bought carry carries lying found affected affect affects affecting potential upfront speaking filling fill mad aan gaan gaat af iedereen allemaal staat
currently actual precisely summary wondered happily nicely somehow whatsoever regardless christmas fyi asap cheers ta ps btw tbh
headline snapshot rundown lowdown gist recap nutshell handy useful helpful briefly shortly lads folks guys gentlemen ladies mate
utilizadores usuarios feitos esta gostaria queria preciso saber diga porfavor obrigado bedankt dank graag even eens nodig hallo hoi
alle alles als bij dan dat de deze die dit door een en er geen haar hebben heb heeft het hij hoe hoeveel hun ik in is ja je kan kun kunnen
laat laten maar me meer meeste mij mijn naar niet niets nog nu of om onder ons onze ook op over per staan staat te tegen toch toe tot tussen
u uit van veel voor waar waarom wanneer was wat we wel welk welke wie wij wil worden wordt zal ze zich zien zijn zo zonder zou hoogste laagste
toon geef overzicht totaal totale maand maanden week weken dag dagen jaar vorige laatste gisteren vandaag dienst diensten rekeningen omgeving
a ao aos as ate com como da das de dele dela do dos e ela ele eles em entre era essa esse esta estamos estao este eu foi foram ha isso isto ja
mais mas me mesmo meu minha muito na nas nao no nos nossa nossas nosso nossos o os ou para pela pelo por qual quais quando quanto quantos quem que se sem ser seu
sua sao sobre so tambem tem temos ter teve tudo um uma voce mostre mostra liste contas servico servicos equipe mes meses semana semanas dia dias ano ontem hoje
""".split()
)

MEANINGFUL = frozenset(
    """
    read send sell hire work works worked working email customer customers game games gaming gambling sold sleep director reach
    hardware lost room play played win won write call called talk sit move moving eat eats eating cut close closed turn
    buy bought person people street building door food water table tables chair car house phone computer laptop printer network
    generate generated develop pain flat write ugly special spot spread stand target targets style stream sound throw
    """.split()
)
"""Ordinary words that carry a meaning of their own: a query that does not explain them is probably not what was meant."""
